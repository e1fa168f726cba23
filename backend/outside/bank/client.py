"""Client of the bank-card network's four-element check (银行卡四要素核验).

The wire: a form over POST, as the card networks have it: ``accNo`` card, ``customerNm`` name,
``certifId`` ID number, ``phoneNo`` the mobile number left at the bank, ``txnTime``, and ``sign``
(HMAC-SHA256 over the sorted fields); answers are JSON ``{"respCode"}``. The card number is asked
about and forgotten: it is kept nowhere.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from enum import StrEnum

from backend.kernel import clock
from backend.outside.population.client import plain_name
from backend.outside.registers import Register
from backend.outside.wire import Down, exchange, json_object

SYSTEM = "bank"
PATH = "/gateway/api/verify4"

_CARD = re.compile(r"[1-9][0-9]{11,18}", re.ASCII)


class CardCheck(StrEnum):
    """Whether card, name, ID number and mobile number belong together."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


ANSWERS = {
    "00": CardCheck.MATCH,
    "05": CardCheck.MISMATCH,  # one of the four does not fit; the bank does not say which
    "14": CardCheck.NOT_FOUND,  # no such card
    "41": CardCheck.NOT_FOUND,  # reported lost
    "62": CardCheck.NOT_FOUND,  # frozen
}


class Bank(Register):
    """Asks the card network. Raises ``wire.Down``."""

    system = SYSTEM

    async def check_card(self, *, card: str, name: str, id_number: str, phone: str) -> CardCheck:
        """Ask whether the four belong together."""
        fields = {
            "accNo": card,
            "certifId": id_number.upper(),
            "certifTp": "01",
            "customerNm": plain_name(name),
            "phoneNo": phone,
            "txnTime": clock.now().strftime("%Y%m%d%H%M%S"),
        }
        response = await exchange(
            self._http,
            SYSTEM,
            "POST",
            PATH,
            deadline=self._deadline,
            data={**fields, "sign": signature(self._token.encode(), fields)},
        )
        code = json_object(response, SYSTEM).get("respCode")
        if code in ANSWERS:
            return ANSWERS[code]
        raise Down(SYSTEM, "refused", permanent=True)


def is_card(number: str) -> bool:
    """Whether a text can be a bank card's number: 12 to 19 digits with the right last one (Luhn,
    ISO/IEC 7812-1).
    """
    if not _CARD.fullmatch(number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def signature(secret: bytes, fields: Mapping[str, str]) -> str:
    """Hex HMAC-SHA256 over the fields as ``name=value``, sorted, joined by ``&``."""
    signed = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()
