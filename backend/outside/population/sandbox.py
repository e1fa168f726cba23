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

from backend.kernel import clock
from backend.outside.demo import Trouble, by_id_number, suffer

MAGIC = {
    "440604198501010116": Trouble.HANGS,
    "440604198501020189": Trouble.DOWN,
    "44060419850103015X": Trouble.STAMMERS,
    "440604198501040120": Trouble.REFUSES,
}
NEVER_MATCHES = "440604198501050193"

Asked = dict[str, Any]


def build(*, token: str = "sandbox") -> Starlette:
    """The register as an ASGI app."""
    register = Register(token)
    return Starlette(
        routes=[
            Route("/rkk/v1/sfhy", register.answering(register.check), methods=["POST"]),
            Route("/rkk/v1/ryxx", register.answering(register.person), methods=["POST"]),
            Route("/rkk/v1/hcy", register.answering(register.household), methods=["POST"]),
            Route("/jzz/v1/jzxx", register.answering(register.residence), methods=["POST"]),
        ]
    )


class Register:
    """What it holds, and its four services; None as an answer means nothing is held."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._people = by_id_number("population")
        self._households = by_id_number("household")
        self._residences = by_id_number("residence")

    def check(self, asked: Asked) -> Asked | None:
        """Do name and number belong together; who is below 18 is said as well."""
        held = self._people.get(asked["GMSFHM"])
        if asked["GMSFHM"] == NEVER_MATCHES:
            return {"HYJG": "02"}
        if held is None:
            return None
        if held["XM"] != asked.get("XM"):
            return {"HYJG": "02"}
        if held["SWBS"] == "1":
            return {"HYJG": "03"}
        return {"HYJG": "01", "WCNBS": "1" if _is_minor(held["CSRQ"], clock.today()) else "0"}

    def person(self, asked: Asked) -> Asked | None:
        """The person's record."""
        return self._people.get(asked["GMSFHM"])

    def household(self, asked: Asked) -> Asked | None:
        """The other members of the household, and children."""
        if asked["GMSFHM"] not in self._people:
            return None
        return {"HCY": self._households.get(asked["GMSFHM"], [])}

    def residence(self, asked: Asked) -> Asked | None:
        """Where the person lives."""
        return self._residences.get(asked["GMSFHM"])

    def answering(
        self, answer: Callable[[Asked], Asked | None]
    ) -> Callable[[Request], Awaitable[Response]]:
        """One of the services as an endpoint."""

        async def endpoint(request: Request) -> Response:
            if request.headers.get("authorization") != f"APPCODE {self._token}":
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


def _is_minor(birth: str, today: date) -> bool:
    """Below 18 whole years (民法典 art. 17); ``birth`` is yyyymmdd."""
    return f"{today.year - 18:04d}{today.month:02d}{today.day:02d}" < birth
