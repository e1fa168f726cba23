"""Client of the operators' three-element check (运营商三要素核验).

The wire: ``POST /v1/verify/mobile3`` with name, ID number and mobile number as JSON, signed by
HMAC-SHA256 over time, nonce and body; answers ``{"code", "result"}`` where code ``0000`` is an
answer. Of the three nothing comes back but whether they belong together.
"""

import hashlib
import hmac
import secrets
from enum import StrEnum

import orjson

from backend.kernel import clock
from backend.outside.population.client import plain_name
from backend.outside.registers import Register
from backend.outside.wire import Down, exchange, json_object

SYSTEM = "operators"
PATH = "/v1/verify/mobile3"


class PhoneCheck(StrEnum):
    """Whether a mobile number was taken out by this person (实名登记)."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


ANSWERS = {"01": PhoneCheck.MATCH, "02": PhoneCheck.MISMATCH, "03": PhoneCheck.NOT_FOUND}


class Operators(Register):
    """Asks all operators at one gateway. Raises ``wire.Down``."""

    system = SYSTEM

    async def check_phone(self, *, name: str, id_number: str, phone: str) -> PhoneCheck:
        """Ask whether name, ID number and mobile number belong together."""
        body = orjson.dumps({"name": plain_name(name), "idNo": id_number.upper(), "mobile": phone})
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            PATH,
            deadline=self._deadline,
            content=body,
            headers={"Content-Type": "application/json", **signed(self._token.encode(), body)},
        )
        answer = json_object(response, SYSTEM)
        if answer.get("code") != "0000":
            raise Down(SYSTEM, "refused", permanent=True)
        found = ANSWERS.get(str(answer.get("result")))
        if found is None:
            raise Down(SYSTEM, "garbled")
        return found


def signed(secret: bytes, body: bytes) -> dict[str, str]:
    """The headers that sign a body: time in seconds, a nonce, and the signature over both."""
    stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    return {"X-Time": stamp, "X-Nonce": nonce, "X-Sign": signature(secret, stamp, nonce, body)}


def signature(secret: bytes, stamp: str, nonce: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over time, nonce and body."""
    return hmac.new(secret, f"{stamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
