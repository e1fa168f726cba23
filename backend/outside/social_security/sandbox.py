"""The social insurance system, played for the demo city.

Magic identities:

    44060419860101021X  孙慢慢  hangs until the caller gives up
    440604198601020282  孙停停  is down: 503 with Retry-After
    440604198601030253  孙乱乱  answers with half a sentence
    440604198601040224  孙拒拒  refuses: the caller has no right to ask

A wrong signature, a clock more than five minutes off or a nonce seen before is refused, too.
"""

import hmac
from collections import OrderedDict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kernel import clock
from backend.outside.demo import Trouble, by_id_number, suffer
from backend.outside.social_security.client import APP_ID, PATH, signature

MAGIC = {
    "44060419860101021X": Trouble.HANGS,
    "440604198601020282": Trouble.DOWN,
    "440604198601030253": Trouble.STAMMERS,
    "440604198601040224": Trouble.REFUSES,
}

CLOCKS_MAY_DIFFER = 300
"""Seconds."""


def build(*, token: str = "sandbox") -> Starlette:
    """The system as an ASGI app."""
    return Starlette(routes=[Route(PATH, Gateway(token).transact, methods=["POST"])])


class Gateway:
    """Checks the signature, then answers the one transaction Yimen uses."""

    def __init__(self, token: str) -> None:
        self._secret = token.encode()
        people = by_id_number("population")
        self._names = {number: person["XM"] for number, person in people.items()}
        self._insured = by_id_number("social_security")
        self._nonces: OrderedDict[str, None] = OrderedDict()

    def honest(self, request: Request, body: bytes) -> bool:
        """Whether the request is signed by us, now, and for the first time."""
        head = request.headers
        stamp, nonce = head.get("x-timestamp", ""), head.get("x-nonce", "")
        if head.get("x-app-id") != APP_ID or not stamp.isdigit() or len(nonce) < 16:
            return False
        if abs(int(stamp) - clock.now().timestamp()) > CLOCKS_MAY_DIFFER or nonce in self._nonces:
            return False
        expected = signature(self._secret, stamp, nonce, body)
        if not hmac.compare_digest(expected.encode(), head.get("x-signature", "").encode()):
            return False
        self._nonces[nonce] = None
        if len(self._nonces) > 10_000:
            self._nonces.popitem(last=False)
        return True

    async def transact(self, request: Request) -> Response:
        """RY01: the insured person with all insurances."""
        if not self.honest(request, await request.body()):
            return JSONResponse({"appcode": "-401", "msg": "签名无效"})
        try:
            asked = await request.json()
            number, known = asked["input"]["AAC002"], asked["trid"] == "RY01"
            trouble = MAGIC.get(number)
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"appcode": "-400", "msg": "报文有误"})
        if not known:
            return JSONResponse({"appcode": "-404", "msg": "交易码不存在"})
        if trouble is Trouble.REFUSES:
            return JSONResponse({"appcode": "-403", "msg": "无权查询"})
        if trouble:
            return await suffer(trouble, request)
        held = self._insured.get(number)
        if held is None:
            return JSONResponse({"appcode": "1", "msg": "无参保信息"})
        output = {
            "AAC002": number,
            "AAC003": self._names[number],
            "AAZ500": held["AAZ500"],
            "list": held["items"],
        }
        return JSONResponse({"appcode": "0", "msg": "", "output": output})
