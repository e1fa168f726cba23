"""The housing provident fund system, played for the demo city.

Magic identities:

    44060419860101021X  孙慢慢  hangs until the caller gives up
    440604198601020282  孙停停  is down: 503 with Retry-After
    440604198601030253  孙乱乱  answers with half a sentence
    440604198601040224  孙拒拒  refuses: the caller has no right to ask
"""

from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.outside.demo import Trouble, by_id_number, suffer
from backend.outside.housing_fund.client import parse
from backend.outside.wire import Down

MAGIC = {
    "44060419860101021X": Trouble.HANGS,
    "440604198601020282": Trouble.DOWN,
    "440604198601030253": Trouble.STAMMERS,
    "440604198601040224": Trouble.REFUSES,
}


def build(*, token: str = "sandbox") -> Starlette:
    """The system as an ASGI app."""
    accounts = by_id_number("housing_fund")

    async def transact(request: Request) -> Response:
        try:
            asked = parse(await request.body())
        except Down:
            return _answer("9001", "报文有误")
        if asked.findtext("head/token") != token:
            return _answer("9002", "接入方未授权")
        number = asked.findtext("body/zjhm", "")
        trouble = MAGIC.get(number)
        if trouble is Trouble.REFUSES:
            return _answer("9003", "无权查询")
        if trouble:
            return await suffer(trouble, request)
        account = accounts.get(number)
        if account is None:
            return _answer("0001", "未开户")
        held = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in account.items())
        return _answer("0000", "成功", held)

    return Starlette(routes=[Route("/gjj/ywjk", transact, methods=["POST"])])


def _answer(code: str, message: str, body: str = "") -> Response:
    text = (
        '<?xml version="1.0" encoding="GB18030"?>'
        f"<response><head><fhm>{code}</fhm><fhxx>{message}</fhxx></head><body>{body}</body></response>"
    )
    return Response(text.encode("gb18030"), media_type="application/xml; charset=GB18030")
