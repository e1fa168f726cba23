"""The text-message gateway, played for the demo city, with an inbox page to read the messages on.

Magic phones:

    19900000901  hangs until the caller gives up (the message is not sent)
    19900000902  the gateway is down: 503 with Retry-After
    19900000903  is refused: no such number
    19900000904  is throttled: 429 with Retry-After
    19900000905  the message is sent, but the answer is half a sentence

The inbox is ``/sandbox/sms/`` for people and ``/sandbox/sms/messages?phone=`` for tests; newest first.
"""

import re
from collections import deque
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.outside.demo import Trouble, suffer
from backend.outside.pages import assets, page

MAGIC = {
    "19900000901": Trouble.HANGS,
    "19900000902": Trouble.DOWN,
    "19900000905": Trouble.STAMMERS,
}
NO_SUCH_NUMBER = "19900000903"
THROTTLED = "19900000904"

TEMPLATES = {
    "register_code": "【一门】您正在注册，验证码 {code}，{minutes} 分钟内有效。请勿告诉他人，工作人员不会向您索要。",
    "sign_in_code": "【一门】您正在登录，验证码 {code}，{minutes} 分钟内有效。请勿告诉他人，工作人员不会向您索要。",
    "case_notice": "【一门】您办理的“{item}”有新进度：{status}。办件编号 {number}，请打开“一门”查看。",
}
"""The texts the carriers approved; a parameter is at most 40 characters."""

KEPT = 500
"""Messages the inbox remembers."""


def build(*, token: str = "sandbox") -> Starlette:
    """The gateway as an ASGI app; each has its own inbox."""
    inbox: deque[dict[str, Any]] = deque(maxlen=KEPT)
    by_key: dict[str, dict[str, Any]] = {}

    async def send(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {token}":
            return JSONResponse({"code": "unauthorized"}, 401)
        try:
            asked = await request.json()
            key, phone = asked["key"], asked["phone"]
            template, params = asked["template"], asked["params"]
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"code": "malformed"}, 400)
        trouble = MAGIC.get(phone)
        if trouble in (Trouble.HANGS, Trouble.DOWN):
            return await suffer(trouble, request)
        if phone == THROTTLED:
            return JSONResponse({"code": "throttled"}, 429, {"Retry-After": "17"})
        if phone == NO_SUCH_NUMBER or not re.fullmatch(r"1[3-9]\d{9}", str(phone), re.ASCII):
            return JSONResponse({"code": "bad_number"}, 400)
        if template not in TEMPLATES:
            return JSONResponse({"code": "unknown_template"}, 400)
        if not _fits(template, params):
            return JSONResponse({"code": "bad_params"}, 400)
        first = by_key.get(key)
        message = {
            "id": f"sms-{len(by_key) + 1:06d}",
            "phone": phone,
            "template": template,
            "params": params,
            "text": TEMPLATES[template].format(**params),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if first and any(first[part] != message[part] for part in ("phone", "text")):
            return JSONResponse({"code": "key_reused"}, 409)
        if not first:
            by_key[key] = message
            inbox.appendleft(message)
        if trouble is Trouble.STAMMERS:
            return Response(b'{"id":"', status_code=202, media_type="application/json")
        answer = {"id": (first or message)["id"], "state": "accepted", "repeated": bool(first)}
        return JSONResponse(answer, 202)

    async def messages(request: Request) -> Response:
        return JSONResponse({"messages": _to(request, inbox)})

    async def inbox_page(request: Request) -> Response:
        shown = "".join(_card(message) for message in _to(request, inbox))
        phone = request.query_params.get("phone", "")
        return page(
            request,
            "短信收件箱（演示）",
            f"""<p>这里显示演示城市发出的短信，最新的在最上面。页面会自己更新，不用刷新。</p>
<form class="find" method="get"><label for="phone">只看这个手机号</label>
<input id="phone" name="phone" inputmode="tel" autocomplete="off" value="{escape(phone)}">
<button>查看</button></form>
<section data-live aria-live="polite" aria-label="短信列表">
{shown or '<p class="empty">还没有短信。</p>'}</section>""",
        )

    return Starlette(
        routes=[
            Route("/", inbox_page),
            Route("/messages", messages),
            Route("/v1/messages", send, methods=["POST"]),
            *assets(),
        ]
    )


def _fits(template: str, params: Any) -> bool:
    wanted = set(re.findall(r"{(\w+)}", TEMPLATES[template]))
    return (
        isinstance(params, dict)
        and set(params) == wanted
        and all(isinstance(value, str) and len(value) <= 40 for value in params.values())
    )


def _to(request: Request, inbox: deque[dict[str, Any]]) -> list[dict[str, Any]]:
    phone = request.query_params.get("phone", "").strip()
    return [message for message in inbox if not phone or message["phone"] == phone]


def _card(message: dict[str, Any]) -> str:
    at = datetime.fromisoformat(message["at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    text = escape(message["text"])
    if code := message["params"].get("code"):
        text = text.replace(escape(code), f"<strong>{escape(code)}</strong>", 1)
    return (
        f'<article class="card"><h2>{escape(message["phone"])}</h2><p>{text}</p>'
        f'<p class="when"><time datetime="{message["at"]}">{at:%m月%d日 %H:%M:%S}</time></p></article>'
    )
