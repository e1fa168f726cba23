"""Phones to look and type on: authorisation, service notifications, the chat with the account."""

from html import escape
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from backend.outside.pages import page
from backend.outside.wechat.sandbox.platform import Platform
from backend.outside.wechat.sandbox.push import Push
from backend.outside.wechat.sandbox.server import FIELDS
from backend.outside.wechat.sandbox.users import User

SHOWN = 20
"""Notifications on a phone; the JSON has all."""


class Phone:
    """The pages."""

    def __init__(self, platform: Platform, push: Push | None) -> None:
        self._platform = platform
        self._push = push

    async def index(self, request: Request) -> Response:
        """Whose phone to look at."""
        people = "".join(
            f'<li><a href="phone/{user.key}">{escape(user.nickname)}</a></li>'
            for user in self._platform.users.values()
        )
        hint = "选一部手机，看看微信里收到了什么，也可以和公众号对话。"
        return page(request, "微信（演示）", f'<p>{hint}</p><ul class="doors">{people}</ul>')

    async def authorize(self, request: Request) -> Response:
        """``/connect/oauth2/authorize``: a person agrees, and goes back with a one-use code."""
        query = request.query_params
        target = urlsplit(query.get("redirect_uri", ""))
        home = urlsplit(self._platform.base_url)
        if query.get("appid") != self._platform.appid:
            return PlainTextResponse("AppID 参数错误", 400)
        if (target.scheme, target.netloc) != (home.scheme, home.netloc):
            return PlainTextResponse("redirect_uri 域名与后台配置不一致，错误码：10003", 400)
        scope = query.get("scope", "")
        if query.get("response_type") != "code" or scope not in ("snsapi_base", "snsapi_userinfo"):
            return PlainTextResponse("Scope 参数错误或没有 Scope 权限，错误码：10005", 400)
        people = "".join(
            f'<li><a href="{escape(self._back(request, user, scope))}">'
            f"{escape(user.nickname)}</a></li>"
            for user in self._platform.users.values()
        )
        hint = "“一门”申请获得您的微信身份。演示环境请选择以谁的身份同意："
        return page(request, "微信授权（演示）", f'<p>{hint}</p><ul class="doors">{people}</ul>')

    def _back(self, request: Request, user: User, scope: str) -> str:
        target = request.query_params["redirect_uri"]
        code = self._platform.issue_code(user, scope)
        query = urlencode({"code": code, "state": request.query_params.get("state", "")})
        return f"{target}{'&' if urlsplit(target).query else '?'}{query}"

    async def show(self, request: Request) -> Response:
        """One phone."""
        user = self._platform.users.get(request.path_params["user"])
        if user is None:
            return PlainTextResponse("没有这部手机", 404)
        taps = "".join(
            f'<button name="click" value="{escape(str(button.get("key", "")))}">'
            f"{escape(str(button.get('name', '')))}</button>"
            for button in self._platform.menu
            if button.get("type") == "click"
        )
        follow = (
            '<button name="follow" value="0">取消关注</button>'
            if user.following
            else '<button name="follow" value="1">关注公众号</button>'
        )
        body = f"""<h2>服务通知</h2>
<section data-live="notices" aria-live="polite"
aria-label="服务通知">{self._notices(user)}</section> <h2>和公众号对话</h2>
<section data-live="chat" aria-live="polite" aria-label="对话">{self._lines(user)}</section>
<form method="post"><label for="text">说点什么（试试“进度”）</label>
<input id="text" name="text" maxlength="200" required autocomplete="off">
<select name="mode" aria-label="推送方式"><option value="plain">明文模式</option>
<option value="safe">安全模式</option></select> <button>发送</button></form>
<form method="post" aria-label="菜单">{taps}{follow}</form>"""
        if self._push is None:
            body = f"<p class='hint'>没有接上城市，对话不可用。</p>{body}"
        return page(request, f"{user.nickname}的手机（微信演示）", body)

    async def act(self, request: Request) -> Response:
        """Send what was typed or tapped to the city, then show the phone again."""
        user = self._platform.users.get(request.path_params["user"])
        if user is None or self._push is None:
            return PlainTextResponse("没有这部手机", 404)
        form = await request.form()
        safe = form.get("mode") == "safe"
        if text := str(form.get("text", "")).strip()[:200]:
            await self._push.text(user, text, safe=safe)
        elif "click" in form:
            await self._push.event(user, "CLICK", str(form["click"]), safe=safe)
        elif "follow" in form:
            user.following = form["follow"] == "1"
            await self._push.event(
                user, "subscribe" if user.following else "unsubscribe", safe=safe
            )
        return RedirectResponse(request.url.path, 303)

    def _notices(self, user: User) -> str:
        mine = (message for message in self._platform.sent if message["openid"] == user.openid)
        return "".join(map(_card, islice(mine, SHOWN))) or '<p class="empty">还没有通知。</p>'

    def _lines(self, user: User) -> str:
        lines = "".join(
            f'<article class="card {"mine" if line.mine else "theirs"}">'
            f'<p class="said">{escape(line.text)}</p></article>'
            for line in self._platform.chat(user)
        )
        return lines or '<p class="empty">还没有对话。</p>'


def _card(message: dict[str, Any]) -> str:
    """A service notification as WeChat draws it."""
    rows = "".join(
        f"<dt>{label}</dt><dd>{escape(message['data'][name])}</dd>"
        for name, label in FIELDS.items()
    )
    more = f'<p><a href="{escape(_safe(message["url"]))}">查看详情</a></p>'
    return f'<article class="card"><h3>办件进度通知</h3><dl>{rows}</dl>{more}</article>'


def _safe(url: str) -> str:
    """Only web addresses become links."""
    return url if urlsplit(url).scheme in ("http", "https") else "#"
