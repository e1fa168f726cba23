"""The immigration administration's document check, played for the demo city.

Documents it knows:

    hk_macao_permit     H12345678          陈大文         valid until 2032-05-31
    taiwan_permit       12345678           林志玲         valid until 2031-03-31
    residence_permit    810000199408230021 李嘉怡         valid until 2030-12-31
    passport            E12345678          MARIA GARCIA   valid until 2029-09-30
    permanent_resident  911840199001010018 JOHN SMITH     valid until 2033-01-31
    passport            X99999999          OLD PAPER      expired
    passport            X88888888          LOST PAPER     revoked

Magic passports (any name fits):

    T00000001  hangs until the caller gives up
    T00000002  is down: 503 with Retry-After
    T00000003  answers with half a sentence
    T00000004  refuses: the caller has no right to ask
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.demo import Trouble, suffer
from backend.outside.immigration.client import PATH, TYPES

MAGIC = {
    "T00000001": Trouble.HANGS,
    "T00000002": Trouble.DOWN,
    "T00000003": Trouble.STAMMERS,
    "T00000004": Trouble.REFUSES,
}
ISSUED = {
    (TYPES["hk_macao_permit"], "H12345678"): ("陈大文", "1", "20320531"),
    (TYPES["taiwan_permit"], "12345678"): ("林志玲", "1", "20310331"),
    (TYPES["residence_permit"], "810000199408230021"): ("李嘉怡", "1", "20301231"),
    (TYPES["passport"], "E12345678"): ("MARIA GARCIA", "1", "20290930"),
    (TYPES["permanent_resident"], "911840199001010018"): ("JOHN SMITH", "1", "20330131"),
    (TYPES["passport"], "X99999999"): ("OLD PAPER", "4", "20200101"),
    (TYPES["passport"], "X88888888"): ("LOST PAPER", "5", "20300101"),
}


def build(*, token: str = "sandbox") -> Starlette:
    """The register as an ASGI app."""

    async def verify(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {token}":
            return JSONResponse({"code": "401"}, 401)
        try:
            asked = await request.json()
            key, name = (asked["zjlx"], asked["zjhm"]), asked["xm"]
            trouble = MAGIC.get(asked["zjhm"])
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"code": "400"}, 400)
        if trouble is Trouble.REFUSES:
            return JSONResponse({"code": "403", "message": "无权查询"})
        if trouble:
            return await suffer(trouble, request)
        if key not in ISSUED:
            return JSONResponse({"code": "0", "data": {"result": "3"}})
        holder, result, until = ISSUED[key]
        if holder != name:
            return JSONResponse({"code": "0", "data": {"result": "2"}})
        return JSONResponse({"code": "0", "data": {"result": result, "yxqz": until}})

    return Starlette(routes=[Route(PATH, verify, methods=["POST"])])
