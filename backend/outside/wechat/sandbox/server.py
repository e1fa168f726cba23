"""The platform's server interface, with the errcodes our client meets."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.kernel import clock
from backend.outside.demo import Trouble, suffer
from backend.outside.wechat.sandbox.platform import Platform
from backend.outside.wechat.sandbox.push import Push
from backend.outside.wechat.sandbox.users import BUSY, QUOTA, TROUBLES, User
from backend.outside.wechat.template import fits

FIELDS = {
    "thing1": "事项名称",
    "phrase2": "办理进度",
    "character_string3": "办件编号",
    "time4": "更新时间",
}
"""The progress template (模板) as it was approved: field and label, in order."""

FORCE_EVERY = 30


class Server:
    """Answers as api.weixin.qq.com does: 200 with an errcode, whatever is amiss."""

    def __init__(self, platform: Platform, push: Push | None) -> None:
        self._platform = platform
        self._push = push
        self._receipts: set[asyncio.Task[None]] = set()

    async def stable_token(self, request: Request) -> Response:
        """``POST /cgi-bin/stable_token``."""
        asked = await _json(request)
        if asked.get("appid") == self._platform.mini_appid:
            return self._mini_token(asked)
        self._platform.token_calls += 1
        if asked.get("appid") != self._platform.appid:
            return _error(40013, "invalid appid")
        if asked.get("secret") != self._platform.secret:
            return _error(40125, "invalid appsecret")
        force, now = asked.get("force_refresh") is True, clock.now().timestamp()
        if force:
            if now - self._platform.forced_at < FORCE_EVERY:
                return _error(45011, "force refresh too often")
            self._platform.forced_at = now
        token, seconds = self._platform.living_token(force=force)
        return JSONResponse({"access_token": token, "expires_in": seconds})

    def _mini_token(self, asked: dict[str, Any]) -> Response:
        if asked.get("secret") != self._platform.mini_secret:
            return _error(40125, "invalid appsecret")
        force = asked.get("force_refresh") is True
        token, seconds = self._platform.living_mini_token(force=force)
        return JSONResponse({"access_token": token, "expires_in": seconds})

    async def spoil_token(self, request: Request) -> Response:
        """For tests: ``lose`` (somebody else forced a new one), ``cancel`` (only force helps)."""
        if request.path_params["how"] == "lose":
            self._platform.living_token(force=True)
        else:
            self._platform.cancelled.add(self._platform.token)
        return Response(status_code=204)

    async def send_template(self, request: Request) -> Response:
        """``POST /cgi-bin/message/template/send``."""
        if refused := self._refused(request):
            return refused
        asked = await _json(request)
        openid = str(asked.get("touser", ""))
        if openid in TROUBLES:
            return await suffer(TROUBLES[openid], request)
        user = self._platform.by_openid(openid)
        if wrong := self._cannot_send(openid, user, asked):
            return _error(*wrong)
        assert user is not None
        key = str(asked.get("client_msg_id", ""))
        if key and (first := self._platform.already_sent(openid, key)):
            return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": first["msgid"]})
        now = clock.now()
        message = {
            "msgid": next(self._platform.msgids),
            "openid": openid,
            "key": key,
            "template": asked["template_id"],
            "url": str(asked.get("url", "")),
            "data": {name: field["value"] for name, field in asked["data"].items()},
            "at": clock.rfc3339(now),
            "sent": now.timestamp(),
        }
        self._platform.sent.add((openid, key or message["msgid"]), message)
        if self._push:
            receipt = asyncio.create_task(self._push.receipt(user, message["msgid"]))
            self._receipts.add(receipt)
            receipt.add_done_callback(self._receipts.discard)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": message["msgid"]})

    def _cannot_send(
        self, openid: str, user: User | None, asked: dict[str, Any]
    ) -> tuple[int, str] | None:
        if openid in (BUSY, QUOTA):
            return (-1, "system error") if openid == BUSY else (45009, "reach max api daily quota")
        if user is None:
            return 40003, "invalid openid"
        if not user.following:
            return 43004, "require subscribe"
        if asked.get("template_id") != self._platform.template:
            return 40037, "invalid template_id"
        data = asked.get("data")
        for name in FIELDS:
            field = data.get(name) if isinstance(data, dict) else None
            if not isinstance(field, dict) or not fits(name, field.get("value")):
                return 47003, f"argument invalid! data.{name}.value invalid"
        return None

    async def user_info(self, request: Request) -> Response:
        """``GET /cgi-bin/user/info``."""
        if refused := self._refused(request):
            return refused
        openid = request.query_params.get("openid", "")
        if openid in TROUBLES:
            return await suffer(TROUBLES[openid], request)
        user = self._platform.by_openid(openid)
        if user is None:
            return _error(40003, "invalid openid")
        if not user.following:
            return JSONResponse({"subscribe": 0, "openid": openid})
        return JSONResponse({"subscribe": 1, "openid": openid, "unionid": user.unionid})

    async def create_menu(self, request: Request) -> Response:
        """``POST /cgi-bin/menu/create``."""
        if refused := self._refused(request):
            return refused
        buttons = (await _json(request)).get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
            return _error(40016, "invalid button size")
        self._platform.menu = buttons
        return _error(0, "ok")

    async def web_user(self, request: Request) -> Response:
        """``GET /sns/oauth2/access_token``."""
        query = request.query_params
        if (query.get("appid"), query.get("secret")) != (
            self._platform.appid,
            self._platform.secret,
        ):
            return _error(40125, "invalid appsecret")
        code = query.get("code", "")
        if code in ("slow", "down"):
            return await suffer(Trouble.HANGS if code == "slow" else Trouble.DOWN, request)
        user, scope, until = self._platform.codes.pop(code, (None, "", 0.0))
        if user is None or until < clock.now().timestamp():
            return _error(40029, "invalid code")
        answer: dict[str, Any] = {
            "access_token": "web",
            "expires_in": 7200,
            "refresh_token": "web",
            "openid": user.openid,
            "scope": scope,
        }
        if scope == "snsapi_userinfo":
            answer |= {"unionid": user.unionid, "is_snapshotuser": int(user.snapshot)}
        return JSONResponse(answer)

    async def mini_user(self, request: Request) -> Response:
        """``GET /sns/jscode2session``."""
        query = request.query_params
        if (query.get("appid"), query.get("secret")) != (
            self._platform.mini_appid,
            self._platform.mini_secret,
        ):
            return _error(40125, "invalid appsecret")
        code = query.get("js_code", "")
        if code in ("slow", "down"):
            return await suffer(Trouble.HANGS if code == "slow" else Trouble.DOWN, request)
        user = self._platform.users.get(code.partition(".")[0])
        if user is None:
            return _error(40029, "invalid code")
        if code in self._platform.used_mini_codes:
            return _error(40163, "code been used")
        self._platform.used_mini_codes.add(code)
        return JSONResponse(
            {"openid": user.mini_openid, "session_key": "c2Vzc2lvbg==", "unionid": user.unionid}
        )

    async def messages(self, request: Request) -> Response:
        """For tests: the template messages that were delivered, newest first."""
        openid = request.query_params.get("openid")
        shown = [message for message in self._platform.sent if openid in (None, message["openid"])]
        return JSONResponse({"messages": shown})

    def _refused(self, request: Request) -> Response | None:
        token = request.query_params.get("access_token", "")
        if not token:
            return _error(41001, "access_token missing")
        return None if self._platform.accepts(token) else _error(40001, "invalid credential")


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {}


def _error(code: int, message: str) -> Response:
    # WeChat calls its JSON plain text; clients must not care
    return JSONResponse(
        {"errcode": code, "errmsg": f"{message} rid: demo"}, media_type="text/plain"
    )
