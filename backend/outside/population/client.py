"""Client of the population register (公安人口库) and the residence-permit system (居住证系统).

The wire: JSON over POST, so that no ID number ever stands in a URL; field names are the GA/T
abbreviations (``GMSFHM`` citizen ID number, ``XM`` name); every answer is ``{"status", "message",
"result"}`` where status ``200`` is an answer, ``404`` means nothing is held, and anything else is
a refusal.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.outside.population.codes import ETHNIC_GROUPS, MARITAL, RELATIONS, SEX
from backend.outside.records import Facts, Record, iso_date, only_given
from backend.outside.registers import Envelope, Register
from backend.outside.wire import Down, exchange

SYSTEM = "population"
ANSWER = Envelope(code="status", held="200", nothing="404", content="result")


class Check(StrEnum):
    """Result of the identity check (身份核验): does this name belong to this ID number?"""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    DECEASED = "deceased"
    MINOR = "minor"


@dataclass(frozen=True, repr=False)
class PersonRecord(Record):
    """One person as the police hold them (人口基本信息)."""

    gmsfhm: str
    xm: str
    xbdm: str = ""
    mzdm: str = ""
    csrq: str = ""
    hyzkdm: str = ""
    ssxqdm: str = ""
    hklbdm: str = ""
    hh: str = ""
    zz: str = ""
    swbs: str = ""


@dataclass(frozen=True, repr=False)
class Relative(Record):
    """One member of the household (户成员) and how they stand to the person asked about."""

    gmsfhm: str
    xm: str
    ybrgx: str
    xbdm: str = ""
    csrq: str = ""


@dataclass(frozen=True, repr=False)
class ResidenceRecord(Record):
    """Where a person lives (居住登记), with the permit (居住证) when there is one."""

    jzdxz: str
    jzzbh: str = ""
    jzdssxq: str = ""
    jzksrq: str = ""
    yxqz: str = ""


class Population(Register):
    """Both services, over one wire. Every method raises ``wire.Down``."""

    system = SYSTEM

    async def check_identity(self, *, name: str, id_number: str) -> Check:
        """Ask whether name and ID number belong together (姓名与身份证号一致性核验)."""
        result = await self._ask(
            "/rkk/v1/sfhy", {"XM": plain_name(name), "GMSFHM": id_number.upper()}
        )
        if result is None:
            return Check.NOT_FOUND
        code, minor = result.get("HYJG"), result.get("WCNBS") == "1"
        if code == "01":
            return Check.MINOR if minor else Check.MATCH
        if code in ("02", "03"):
            return Check.MISMATCH if code == "02" else Check.DECEASED
        raise Down(SYSTEM, "garbled")

    async def find_person(self, id_number: str) -> PersonRecord | None:
        """The person's record, or None when the register holds nobody with this number."""
        result = await self._ask("/rkk/v1/ryxx", {"GMSFHM": id_number.upper()})
        return None if result is None else PersonRecord.of(result, SYSTEM)

    async def household(self, id_number: str) -> list[Relative]:
        """The other members of the person's household book and their children (户成员及子女)."""
        result = await self._ask("/rkk/v1/hcy", {"GMSFHM": id_number.upper()})
        if result is None:
            return []
        members = result.get("HCY")
        if not isinstance(members, list):
            raise Down(SYSTEM, "garbled")
        return [Relative.of(member, SYSTEM) for member in members]

    async def find_residence(self, id_number: str) -> ResidenceRecord | None:
        """The residence registration, or None when the person never registered one."""
        result = await self._ask("/jzz/v1/jzxx", {"GMSFHM": id_number.upper()})
        return None if result is None else ResidenceRecord.of(result, SYSTEM)

    async def _ask(self, path: str, question: dict[str, str]) -> dict[str, Any] | None:
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            path,
            deadline=self._deadline,
            json=question,
            headers={"Authorization": f"APPCODE {self._token}"},
        )
        return ANSWER.opened(response, SYSTEM)


_DOTS = str.maketrans(dict.fromkeys("•・‧∙．⋅", "·"))


def plain_name(name: str) -> str:
    """The name as the register writes it: one kind of middle dot (姓名间隔号 U+00B7), no blanks."""
    return "".join(name.translate(_DOTS).split())


def facts_from(person: PersonRecord, household: list[Relative] | None = None) -> Facts:
    """The person's facts in the city's data elements.

    ``household`` adds ``children`` (only those still in the register), ``spouse_name`` and
    ``spouse_id_number``; without it these elements are left out rather than emptied.
    """
    facts: Facts = {
        "name": person.xm,
        "id_number": person.gmsfhm,
        "sex": SEX.get(person.xbdm),
        "birth_date": iso_date(person.csrq),
        "ethnic_group": ETHNIC_GROUPS.get(person.mzdm),
        "household_address": person.zz,
        "household_region": person.ssxqdm,
        "household_type": {"1": "family", "2": "collective"}.get(person.hklbdm),
        "marital_status": MARITAL.get(person.hyzkdm),
    }
    for relative in household or []:
        if RELATIONS.get(relative.ybrgx) == "spouse":
            facts["spouse_name"] = relative.xm
            facts["spouse_id_number"] = relative.gmsfhm
    if household is not None:
        facts["children"] = [
            only_given(
                {
                    "name": child.xm,
                    "id_number": child.gmsfhm,
                    "sex": SEX.get(child.xbdm),
                    "birth_date": iso_date(child.csrq),
                    "relation": RELATIONS[child.ybrgx],
                }
            )
            for child in household
            if RELATIONS.get(child.ybrgx) in ("son", "daughter")
        ]
    return only_given(facts)


def residence_facts_from(record: ResidenceRecord) -> Facts:
    """The residence facts; ``residence_permit_number`` only when there is a permit."""
    return only_given(
        {
            "residence_address": record.jzdxz,
            "residence_region": record.jzdssxq,
            "residence_permit_number": record.jzzbh,
            "residence_since": iso_date(record.jzksrq),
        }
    )
