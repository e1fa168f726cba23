"""The operators' three-element check, played for the demo city.

Every demo person took out the mobile number that ``demo_people.yaml`` gives them, and a second one
for the day the first is lost: 1991… in the place of 1990…. Any other number
is somebody else's (``mismatch``), and so is a demo number asked about under another name.

Magic mobile numbers (any name and ID number fit):

    19900000911  hangs until the caller gives up
    19900000912  is down: 503 with Retry-After
    19900000913  answers with half a sentence
    19900000914  refuses: the caller has no right to ask
    19900000915  is held by no operator (just carried over, or a number of a closed range)

A wrong signature or a clock more than five minutes off is refused, too.
"""

import hmac

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kernel import clock
from backend.outside.demo import Trouble, read_people, suffer
from backend.outside.operators.client import PATH, signature

MAGIC = {
    "19900000911": Trouble.HANGS,
    "19900000912": Trouble.DOWN,
    "19900000913": Trouble.STAMMERS,
    "19900000914": Trouble.REFUSES,
}
NOBODYS = "19900000915"
CLOCKS_MAY_DIFFER = 300
"""Seconds."""


def build(*, token: str = "sandbox") -> Starlette:
    """The gateway as an ASGI app."""
    return Starlette(routes=[Route(PATH, Gateway(token).verify, methods=["POST"])])


class Gateway:
    """Knows who took out which number, and says no more than yes or no."""

    def __init__(self, token: str) -> None:
        self._secret = token.encode()
        self._owners = {
            person["phone"]: (person["population"]["XM"], person["population"]["GMSFHM"])
            for person in read_people()
            if "phone" in person
        }
        self._owners |= {
            f"1991{phone[4:]}": owner
            for phone, owner in self._owners.items()
            if phone.startswith("1990")
        }

    async def verify(self, request: Request) -> Response:
        """``POST /v1/verify/mobile3``."""
        body = await request.body()
        if not _honest(self._secret, request, body):
            return JSONResponse({"code": "4001", "message": "签名无效"})
        try:
            asked = await request.json()
            phone, claimed = asked["mobile"], (asked["name"], asked["idNo"])
            trouble = MAGIC.get(phone)
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"code": "4000", "message": "报文有误"})
        if trouble is Trouble.REFUSES:
            return JSONResponse({"code": "4003", "message": "无权查询"})
        if trouble:
            return await suffer(trouble, request)
        if phone == NOBODYS:
            return JSONResponse({"code": "0000", "result": "03"})
        result = "01" if self._owners.get(phone) == claimed else "02"
        return JSONResponse({"code": "0000", "result": result})


def _honest(secret: bytes, request: Request, body: bytes) -> bool:
    stamp, nonce = request.headers.get("x-time", ""), request.headers.get("x-nonce", "")
    if not stamp.isdigit() or len(nonce) < 16:
        return False
    if abs(int(stamp) - clock.now().timestamp()) > CLOCKS_MAY_DIFFER:
        return False
    expected = signature(secret, stamp, nonce, body)
    return hmac.compare_digest(expected.encode(), request.headers.get("x-sign", "").encode())
