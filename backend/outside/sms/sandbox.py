"""The text-message gateway, played for the demo city, with an inbox page to read the messages on.

Magic phones:

    19900000901  hangs until the caller gives up (the message is not sent)
    19900000902  the gateway is down: 503 with Retry-After
    19900000903  is refused: no such number
    19900000904  is throttled: 429 with Retry-After
    19900000905  the message is sent, but the answer is half a sentence

The inbox is ``/sandbox/sms/`` for people and ``/sandbox/sms/messages?phone=`` for tests; newest
first.
"""

import re
from datetime import datetime
from html import escape
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kernel import clock
from backend.outside.demo import Ledger, Trouble, suffer
from backend.outside.pages import assets, page

MAGIC = {
    "19900000901": Trouble.HANGS,
    "19900000902": Trouble.DOWN,
    "19900000905": Trouble.STAMMERS,
}
NO_SUCH_NUMBER = "19900000903"
THROTTLED = "19900000904"

TEMPLATES = {
    "register_code": (
        "【一门】您正在注册，验证码 {code}，{minutes} 分钟内有效。"
        "请勿告诉他人，工作人员不会向您索要。"
    ),
    "sign_in_code": (
        "【一门】您正在登录，验证码 {code}，{minutes} 分钟内有效。"
        "请勿告诉他人，工作人员不会向您索要。"
    ),
    "prove_code": (
        "【一门】您正在验证身份，验证码 {code}，{minutes} 分钟内有效。"
        "请勿告诉他人，工作人员不会向您索要。"
    ),
    "counter_code": (
        "【一门】您正在窗口办理实名核验，验证码 {code}，{minutes} 分钟内有效。"
        "请自己在窗口的键盘上输入，不要念出来。"
    ),
    "counter_done": "【一门】您已在窗口完成实名核验。如果不是您本人办理，请马上拨打 12345。",
    "identity_confirmed": "【一门】您的实名信息已核对一致，现在可以办事了。",
    "identity_open": (
        "【一门】您的实名信息还没有核对上。请打开“一门”，在“我的—实名认证”里查看下一步。"
    ),
    "rep_asked": (
        "【一门】有人请您确认一项代办。请打开“一门”，在“我的—代办”里查看，十四天内有效。"
        "不认识对方的，不用理会。"
    ),
    "recover_code": (
        "【一门】您正在找回账号，验证码 {code}，{minutes} 分钟内有效。"
        "请勿告诉他人，工作人员不会向您索要。"
    ),
    "phone_code": (
        "【一门】您正在更换手机号码，验证码 {code}，{minutes} 分钟内有效。"
        "请勿告诉他人，工作人员不会向您索要。"
    ),
    "security_notice": (
        "【一门】{time}，您的账号{what}。如果不是您本人操作，请马上打开“一门”的“账号安全”处理，"
        "或到政务服务窗口求助。"
    ),
    "case_notice": (
        "【一门】您办理的“{item}”有新进度：{status}。办件编号 {number}，请打开“一门”查看。"
    ),
}
"""The texts the carriers approved; a parameter is at most 40 characters."""

SHOWN = 50
"""Messages on the page; the JSON has all."""


def build(*, token: str = "sandbox") -> Starlette:
    """The gateway as an ASGI app; each has its own inbox."""
    gateway = Gateway(token)
    return Starlette(
        routes=[
            Route("/", gateway.page),
            Route("/messages", gateway.messages),
            Route("/v1/messages", gateway.send, methods=["POST"]),
            *assets(),
        ]
    )


class Gateway:
    """Takes messages, remembers them by key, and shows them."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._inbox = Ledger()
        self._ids = count(1)

    async def send(self, request: Request) -> Response:
        """``POST /v1/messages``, as the real gateway has it."""
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return JSONResponse({"code": "unauthorized"}, 401)
        try:
            asked = await request.json()
            trouble = MAGIC.get(asked["phone"])
            refusal = _refusal(asked)
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"code": "malformed"}, 400)
        if trouble in (Trouble.HANGS, Trouble.DOWN):
            return await suffer(trouble, request)
        if asked["phone"] == THROTTLED:
            return JSONResponse({"code": "throttled"}, 429, {"Retry-After": "17"})
        if refusal:
            return JSONResponse({"code": refusal}, 400)
        return self._accept(asked, stammers=trouble is Trouble.STAMMERS)

    def _accept(self, asked: dict[str, Any], *, stammers: bool) -> Response:
        text = TEMPLATES[asked["template"]].format(**asked["params"])
        first = self._inbox.find(asked["key"])
        if first and (first["phone"], first["text"]) != (asked["phone"], text):
            return JSONResponse({"code": "key_reused"}, 409)
        message = first or {
            "id": f"sms-{next(self._ids):06d}",
            "phone": asked["phone"],
            "template": asked["template"],
            "params": asked["params"],
            "text": text,
            "at": clock.rfc3339(clock.now()),
        }
        if not first:
            self._inbox.add(asked["key"], message)
        if stammers:
            return Response(b'{"id":"', status_code=202, media_type="application/json")
        answer = {"id": message["id"], "state": "accepted", "repeated": bool(first)}
        return JSONResponse(answer, 202)

    def _to(self, request: Request) -> list[dict[str, Any]]:
        phone = request.query_params.get("phone", "").strip()
        return [message for message in self._inbox if not phone or message["phone"] == phone]

    async def messages(self, request: Request) -> Response:
        """The inbox for tests, as JSON."""
        return JSONResponse({"messages": self._to(request)})

    async def page(self, request: Request) -> Response:
        """The inbox for people."""
        shown = "".join(_card(message) for message in self._to(request)[:SHOWN])
        phone = request.query_params.get("phone", "")
        return page(
            request,
            "短信收件箱（演示）",
            f"""<p>这里显示演示城市发出的短信，最新的在最上面。页面会自己更新，不用刷新。</p>
<form method="get"><label for="phone">只看这个手机号</label>
<input id="phone" name="phone" inputmode="tel" autocomplete="off" value="{escape(phone)}">
<button>查看</button></form>
<section data-live aria-live="polite" aria-label="短信列表">
{shown or '<p class="empty">还没有短信。</p>'}</section>""",
        )


def _refusal(asked: dict[str, Any]) -> str | None:
    """Why the gateway would never send this, or None."""
    phone, template = asked["phone"], asked["template"]
    if not isinstance(asked["key"], str) or not asked["key"]:
        return "malformed"
    if phone == NO_SUCH_NUMBER or not re.fullmatch(r"1[3-9]\d{9}", str(phone), re.ASCII):
        return "bad_number"
    if template not in TEMPLATES:
        return "unknown_template"
    return None if _fits(template, asked["params"]) else "bad_params"


def _fits(template: str, params: Any) -> bool:
    wanted = set(re.findall(r"{(\w+)}", TEMPLATES[template]))
    return (
        isinstance(params, dict)
        and set(params) == wanted
        and all(isinstance(value, str) and len(value) <= 40 for value in params.values())
    )


def _card(message: dict[str, Any]) -> str:
    at = datetime.fromisoformat(message["at"]).astimezone(clock.CITY_ZONE)
    text = escape(message["text"])
    if code := message["params"].get("code"):
        text = text.replace(escape(code), f"<strong>{escape(code)}</strong>", 1)
    return (
        f'<article class="card"><h2>{escape(message["phone"])}</h2><p>{text}</p>'
        f'<p class="when"><time datetime="{message["at"]}">{at:%m-%d %H:%M:%S}</time></p></article>'
    )
