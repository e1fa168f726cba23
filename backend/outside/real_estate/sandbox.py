"""The real-estate register, played for the demo city.

Magic identities:

    44060419860101021X  孙慢慢  hangs until the caller gives up
    440604198601020282  孙停停  is down: 503 with Retry-After
    440604198601030253  孙乱乱  answers with half a sentence
    440604198601040224  孙拒拒  refuses: the caller has no right to ask

``POST /sandbox/forget`` makes every access token invalid at once, as the real one does after a
restart.
"""

import hmac
import secrets

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.demo import Trouble, by_id_number, suffer
from backend.outside.real_estate.client import CLIENT_ID

MAGIC = {
    "44060419860101021X": Trouble.HANGS,
    "440604198601020282": Trouble.DOWN,
    "440604198601030253": Trouble.STAMMERS,
    "440604198601040224": Trouble.REFUSES,
}


def build(*, token: str = "sandbox") -> Starlette:
    """The register as an ASGI app; it remembers one access token at a time."""
    books = by_id_number("real_estate")
    live: list[str] = []

    async def issue(request: Request) -> Response:
        form = await request.form()
        secret = str(form.get("client_secret", ""))
        known = hmac.compare_digest(secret.encode(), token.encode())
        if form.get("client_id") != CLIENT_ID or not known:
            return JSONResponse({"code": "1001", "message": "应用未授权", "data": None})
        if not live:
            live.append(secrets.token_urlsafe(24))
        return JSONResponse({"code": "0", "data": {"access_token": live[0], "expires_in": 7200}})

    async def forget(request: Request) -> Response:
        live.clear()
        return Response(status_code=204)

    async def query(request: Request) -> Response:
        if request.headers.get("authorization") not in [f"Bearer {access}" for access in live]:
            return JSONResponse({"code": "1002", "message": "令牌失效", "data": None}, 401)
        try:
            number = (await request.json())["ZJH"]
            trouble = MAGIC.get(number)
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"code": "1003", "message": "缺少证件号", "data": None})
        if trouble is Trouble.REFUSES:
            return JSONResponse({"code": "1004", "message": "无权查询", "data": None})
        if trouble:
            return await suffer(trouble, request)
        rows = [
            {**row, "MJ": float(row["MJ"]), "DJSJ": int(row["DJSJ"])}
            for row in books.get(number, [])
        ]
        return JSONResponse({"code": "0", "data": {"total": len(rows), "rows": rows}})

    return Starlette(
        routes=[
            Route("/oauth/token", issue, methods=["POST"]),
            Route("/sandbox/forget", forget, methods=["POST"]),
            Route("/api/bdc/query", query, methods=["POST"]),
        ]
    )
