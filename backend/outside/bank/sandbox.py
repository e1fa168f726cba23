"""The bank-card network, played for the demo city.

Everybody with a phone in ``demo_people.yaml`` has one card, and left that phone at the bank. The
card's number is ``622848`` + the last eight digits of the phone + four of the ID number + a check
digit (``card_of``); the page of demo people shows it.

Magic cards (whoever asks):

    6228480000000000018  hangs until the caller gives up
    6228480000000000026  is down: 503 with Retry-After
    6228480000000000034  answers with half a sentence
    6228480000000000042  refuses: the caller has no right to ask
    6228480000000000059  was reported lost

A wrong signature is refused, too.
"""

import hmac
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.bank.client import PATH, is_card, signature
from backend.outside.demo import Trouble, read_people, suffer

MAGIC = {
    "6228480000000000018": Trouble.HANGS,
    "6228480000000000026": Trouble.DOWN,
    "6228480000000000034": Trouble.STAMMERS,
    "6228480000000000042": Trouble.REFUSES,
}
LOST = "6228480000000000059"


def build(*, token: str = "sandbox") -> Starlette:
    """The network as an ASGI app."""
    return Starlette(routes=[Route(PATH, Network(token).verify, methods=["POST"])])


def card_of(person: dict[str, Any]) -> str:
    """A demo person's card."""
    number = person["population"]["GMSFHM"]
    bare = f"622848{person['phone'][-8:]}{number[13:17]}"
    return next(bare + str(last) for last in range(10) if is_card(bare + str(last)))


class Network:
    """Knows whose card is whose."""

    def __init__(self, token: str) -> None:
        self._secret = token.encode()
        self._cards = {
            card_of(person): (
                person["population"]["XM"],
                person["population"]["GMSFHM"],
                person["phone"],
            )
            for person in read_people()
            if "phone" in person
        }

    async def verify(self, request: Request) -> Response:
        """``POST /gateway/api/verify4``."""
        asked = dict(parse_qsl((await request.body()).decode(errors="replace")))
        sign = asked.pop("sign", "")
        if not hmac.compare_digest(sign.encode(), signature(self._secret, asked).encode()):
            return JSONResponse({"respCode": "11", "respMsg": "验签失败"})
        card = asked.get("accNo", "")
        trouble = MAGIC.get(card)
        if trouble is Trouble.REFUSES:
            return JSONResponse({"respCode": "31", "respMsg": "商户无此权限"})
        if trouble:
            return await suffer(trouble, request)
        if card == LOST:
            return JSONResponse({"respCode": "41"})
        holder = self._cards.get(card)
        if holder is None:
            return JSONResponse({"respCode": "14"})
        claimed = (asked.get("customerNm"), asked.get("certifId"), asked.get("phoneNo"))
        return JSONResponse({"respCode": "00" if holder == claimed else "05"})
