"""The population register and residence-permit system, played for the demo city.

Magic identities (any name fits):

    440604198501010116  赵慢慢  hangs until the caller gives up
    440604198501020189  赵停停  is down: 503 with Retry-After
    44060419850103015X  赵乱乱  answers with half a sentence
    440604198501040120  赵拒拒  refuses: the caller has no right to ask
    440604198501050193  赵不符  name and number never match

Others worth knowing: 何秀英 440604195307110283 is deceased, 陈乐怡 440604201509060446 is a minor,
440604198501060164 is held by nobody.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.demo import Trouble, by_id_number, suffer

MAGIC = {
    "440604198501010116": Trouble.HANGS,
    "440604198501020189": Trouble.DOWN,
    "44060419850103015X": Trouble.STAMMERS,
    "440604198501040120": Trouble.REFUSES,
}
NEVER_MATCHES = "440604198501050193"

Asked = dict[str, Any]


def build(*, token: str = "sandbox", today: Callable[[], date] = date.today) -> Starlette:
    """The register as an ASGI app; ``today`` decides who is a minor."""
    people, households = by_id_number("population"), by_id_number("household")
    residences = by_id_number("residence")

    def check(asked: Asked) -> Asked | None:
        number, name = asked["GMSFHM"], asked.get("XM", "")
        if number == NEVER_MATCHES:
            return {"HYJG": "02"}
        held = people.get(number)
        if held is None:
            return None
        if held["XM"] != name:
            return {"HYJG": "02"}
        if held["SWBS"] == "1":
            return {"HYJG": "03"}
        return {"HYJG": "01", "WCNBS": "1" if _is_minor(held["CSRQ"], today()) else "0"}

    def person(asked: Asked) -> Asked | None:
        return people.get(asked["GMSFHM"])

    def household(asked: Asked) -> Asked | None:
        if asked["GMSFHM"] not in people:
            return None
        return {"HCY": households.get(asked["GMSFHM"], [])}

    def residence(asked: Asked) -> Asked | None:
        return residences.get(asked["GMSFHM"])

    def serve(answer: Callable[[Asked], Asked | None]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if request.headers.get("authorization") != f"APPCODE {token}":
                return JSONResponse({"status": "401", "message": "应用编码无效"}, 401)
            try:
                asked = await request.json()
                trouble = MAGIC.get(asked["GMSFHM"])
            except (ValueError, TypeError, KeyError):
                return JSONResponse({"status": "400", "message": "缺少公民身份号码"}, 400)
            if trouble is Trouble.REFUSES:
                return JSONResponse({"status": "403", "message": "无权查询"})
            if trouble:
                return await suffer(trouble, request)
            result = answer(asked)
            if result is None:
                return JSONResponse({"status": "404", "message": "查无此人"})
            return JSONResponse({"status": "200", "message": "成功", "result": result})

        return endpoint

    return Starlette(
        routes=[
            Route("/rkk/v1/sfhy", serve(check), methods=["POST"]),
            Route("/rkk/v1/ryxx", serve(person), methods=["POST"]),
            Route("/rkk/v1/hcy", serve(household), methods=["POST"]),
            Route("/jzz/v1/jzxx", serve(residence), methods=["POST"]),
        ]
    )


def _is_minor(birth: str, today: date) -> bool:
    """Below 18 whole years (民法典 art. 17); ``birth`` is yyyymmdd."""
    return f"{today.year - 18:04d}{today.month:02d}{today.day:02d}" < birth
