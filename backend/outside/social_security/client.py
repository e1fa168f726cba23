"""Client of the social insurance system (社会保险系统).

The wire: one gateway address, a transaction code (``trid``) and the field codes of LD/T 92
(``AAC002`` ID number, ``AAE140`` insurance type); answers are ``{"appcode", "msg", "output"}``
where ``0`` is an answer and ``1`` means nothing is held. Every request is signed: HMAC-SHA256 over
time, nonce and body.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

import orjson

from backend.kernel import clock
from backend.outside.records import Facts, Record, iso_month, only_given, whole, yuan
from backend.outside.registers import Envelope, Register
from backend.outside.wire import Down, exchange

SYSTEM = "social_security"
ANSWER = Envelope(code="appcode", held="0", nothing="1", content="output")
PATH = "/gateway"
APP_ID = "yimen"


@dataclass(frozen=True, repr=False)
class Insurance(Record):
    """One kind of insurance a person has (参保险种)."""

    aae140: str
    aac008: str
    aac030: str = ""
    aae201: str = ""
    aac040: str = ""
    aab004: str = ""
    aab998: str = ""


@dataclass(frozen=True, repr=False)
class InsuredRecord(Record):
    """An insured person (参保人员): card number and one line per insurance."""

    aac002: str
    aac003: str
    aaz500: str = ""
    insurances: tuple[Insurance, ...] = ()


class SocialSecurity(Register):
    """Asks the social insurance system. Every method raises ``wire.Down``."""

    system = SYSTEM

    async def find_insured(self, id_number: str) -> InsuredRecord | None:
        """The insured person, or None when the system holds nobody with this number."""
        output = await self._ask("RY01", {"AAC002": id_number.upper()})
        if output is None:
            return None
        lines = output.pop("list", None)
        if not isinstance(lines, list):
            raise Down(SYSTEM, "garbled")
        held = InsuredRecord.of(output, SYSTEM)
        insurances = tuple(Insurance.of(line, SYSTEM) for line in lines)
        return InsuredRecord(held.aac002, held.aac003, held.aaz500, insurances)

    async def _ask(self, trid: str, question: dict[str, str]) -> dict[str, Any] | None:
        body = orjson.dumps({"trid": trid, "input": question})
        stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            PATH,
            deadline=self._deadline,
            content=body,
            headers={
                "Content-Type": "application/json",
                "X-App-Id": APP_ID,
                "X-Timestamp": stamp,
                "X-Nonce": nonce,
                "X-Signature": signature(self._token.encode(), stamp, nonce, body),
            },
        )
        return ANSWER.opened(response, SYSTEM)


def signature(secret: bytes, stamp: str, nonce: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over time, nonce and the body's digest, one a line."""
    signed = "\n".join((stamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()


TYPES = {
    "110": "employee",
    "120": "employee",
    "160": "flexible",
    "170": "resident",
    "210": "unemployment",
    "310": "medical",
}
"""AAE140 insurance types (险种类型); pensions come first and speak for the person."""

STATUSES = {"1": "insured", "2": "paused", "3": "ended", "4": "pension"}
"""AAC008 status of being insured (人员参保状态)."""


def facts_from(record: InsuredRecord) -> Facts:
    """The insured person's facts; of several lines the pension speaks for the person."""
    facts: Facts = {"social_card_number": record.aaz500}
    for line in sorted(record.insurances, key=lambda insurance: insurance.aae140)[:1]:
        facts |= {
            "insurance_status": STATUSES.get(line.aac008),
            "insurance_type": TYPES.get(line.aae140),
            "insured_since": iso_month(line.aac030),
            "contribution_base": yuan(line.aac040) or None,
            "months_paid": whole(line.aae201),
            "employer_name": line.aab004,
            "employer_uscc": line.aab998,
        }
    return only_given(facts)
