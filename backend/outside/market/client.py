"""Client of the market regulator's register of legal persons (市场主体登记库).

The wire: JSON over POST with a bearer token; field names are those of the register's public data
(``UNISCID`` Unified Social Credit Code, GB 32100; ``LEREP`` legal representative). ``code``
``0000`` is an answer, ``1001`` means nothing is held, anything else is a refusal. The number of
the representative's document is never told: the register is asked whether a given one is theirs.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.outside.population.client import plain_name
from backend.outside.records import Facts, Record, iso_date, only_given
from backend.outside.registers import Envelope, Register
from backend.outside.wire import Down, exchange

SYSTEM = "market"
ANSWER = Envelope(code="code", held="0000", nothing="1001", content="data")


class CompanyState(StrEnum):
    """How a legal person stands (登记状态)."""

    ACTIVE = "active"
    REVOKED = "revoked"
    DISSOLVED = "dissolved"


STATES = {
    "1": CompanyState.ACTIVE,  # 存续（在营、开业、在册）
    "2": CompanyState.REVOKED,  # 吊销
    "3": CompanyState.DISSOLVED,  # 注销
}
STATE_NAMES = {"1": "存续", "2": "吊销", "3": "注销"}


@dataclass(frozen=True, repr=False)
class CompanyRecord(Record):
    """One legal person as the regulator holds it."""

    uniscid: str
    entname: str
    lerep: str
    regstate: str
    enttype: str = ""
    dom: str = ""
    industryphy: str = ""
    estdate: str = ""

    @property
    def state(self) -> CompanyState:
        """How it stands; raises ``Down`` (garbled) for a word that is not in the standard."""
        if self.regstate not in STATES:
            raise Down(SYSTEM, "garbled")
        return STATES[self.regstate]


class Market(Register):
    """Asks the register. Every method raises ``wire.Down``."""

    system = SYSTEM

    async def find_company(self, uscc: str) -> CompanyRecord | None:
        """The legal person with a credit code, or None when the register holds none."""
        result = await self._ask("/scjg/v1/entinfo", {"UNISCID": uscc.upper()})
        return None if result is None else CompanyRecord.of(result, SYSTEM)

    async def is_representative(self, uscc: str, *, name: str, id_number: str) -> bool:
        """Whether this person is the legal representative (法定代表人) now."""
        result = await self._ask(
            "/scjg/v1/lerep",
            {"UNISCID": uscc.upper(), "LEREP": plain_name(name), "CERNO": id_number.upper()},
        )
        if result is None:
            return False
        if result.get("RESULT") not in ("1", "0"):
            raise Down(SYSTEM, "garbled")
        return bool(result["RESULT"] == "1")

    async def _ask(self, path: str, question: dict[str, str]) -> dict[str, Any] | None:
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            path,
            deadline=self._deadline,
            json=question,
            headers={"Authorization": f"Bearer {self._token}"},
        )
        return ANSWER.opened(response, SYSTEM)


def facts_from(company: CompanyRecord) -> Facts:
    """The legal person's facts in the city's data elements."""
    return only_given(
        {
            "company_name": company.entname,
            "uscc": company.uniscid,
            "company_kind": company.enttype,
            "legal_representative": company.lerep,
            "registered_address": company.dom,
            "industry": company.industryphy,
            "established_on": iso_date(company.estdate),
            "company_status": STATE_NAMES.get(company.regstate),
        }
    )
