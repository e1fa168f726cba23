"""The school roll and academic record system, played for the demo city.

Magic identities:

    44060419860101021X  孙慢慢  hangs until the caller gives up
    440604198601020282  孙停停  is down: 503 with Retry-After
    440604198601030253  孙乱乱  answers with half a sentence
    440604198601040224  孙拒拒  refuses: the caller has no right to ask
"""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.demo import Trouble, by_id_number, suffer

MAGIC = {
    "44060419860101021X": Trouble.HANGS,
    "440604198601020282": Trouble.DOWN,
    "440604198601030253": Trouble.STAMMERS,
    "440604198601040224": Trouble.REFUSES,
}

PAGE_AT_MOST = 2
"""Records a page: small, so that every family with three entries proves the paging."""


def build(*, token: str = "sandbox") -> Starlette:
    """The system as an ASGI app."""
    names = {number: person["XM"] for number, person in by_id_number("population").items()}
    rolls, households = by_id_number("education"), by_id_number("household")

    def entries_of(number: str) -> list[dict[str, Any]]:
        return [{"SFZJH": number, "XM": names[number], **entry} for entry in rolls.get(number, [])]

    def entries(number: str, scope: str) -> list[dict[str, Any]]:
        if scope == "BR":
            return entries_of(number)
        children = [m for m in households.get(number, []) if m["YBRGX"][0] in "23"]
        return [entry for child in children for entry in entries_of(child["GMSFHM"])]

    async def page(request: Request) -> Response:
        if request.headers.get("x-access-key") != token:
            return JSONResponse({"code": "40101", "msg": "密钥无效", "data": None})
        try:
            asked = await request.json()
            number, scope = asked["sfzjh"], asked["fw"]
            start = int(asked["pageNum"]) - 1
            size = min(int(asked["pageSize"]), PAGE_AT_MOST)
            trouble = MAGIC.get(number)
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"code": "40001", "msg": "参数错误", "data": None})
        if trouble is Trouble.REFUSES:
            return JSONResponse({"code": "40301", "msg": "无权查询", "data": None})
        if trouble:
            return await suffer(trouble, request)
        found = entries(number, scope)
        shown = found[start * size : (start + 1) * size]
        return JSONResponse(
            {
                "code": "0",
                "msg": "success",
                "data": {"total": len(found), "pageNum": start + 1, "list": shown},
            }
        )

    return Starlette(routes=[Route("/api/v2/xj/page", page, methods=["POST"])])
