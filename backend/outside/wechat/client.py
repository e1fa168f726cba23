"""Clients of the WeChat platform: the official account's and the mini-program's server interface.

The wire: ``api.weixin.qq.com``, JSON, HTTP 200 even for failures, which are told by ``errcode``. A
refused call raises ``wire.Down`` with the errcode in ``detail``; ``permanent`` when the same call
can never work.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

import httpx2
import orjson
from redis.asyncio import Redis

from backend.kernel import cache, http, settings
from backend.outside.records import Record
from backend.outside.tokens import SharedToken
from backend.outside.wechat.template import fitted
from backend.outside.wire import DEADLINE, Down, exchange, json_object

SYSTEM = "wechat"
AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"

NOT_FOLLOWING = "43004"
UNKNOWN_OPENID = "40003"

FORCE_EVERY = 30
"""Seconds between two forced renewals of the token, as WeChat demands."""

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""The access token is bad: worth one more try with a new one."""

PASSING = {-1: 5, 40001: 30, 40014: 30, 42001: 30, 45009: 3600, 45011: 60}
"""Errcodes that go away by themselves, and after how many seconds to ask again."""


@dataclass(frozen=True, repr=False)
class WebUser(Record):
    """Who came back from web authorisation (网页授权).

    ``snapshot`` is a made-up account of the snapshot page (快照页): never tie an identity to it.
    """

    openid: str
    unionid: str = ""
    snapshot: bool = False


@dataclass(frozen=True, repr=False)
class MiniUser(Record):
    """Who opened the mini-program. The session key stays with WeChat: nothing here needs it."""

    openid: str
    unionid: str = ""


@dataclass(frozen=True, repr=False)
class Follower(Record):
    """What the platform tells about somebody known to the account (用户基本信息)."""

    openid: str
    following: bool
    unionid: str = ""


class OfficialAccount:
    """The official account (公众号). Every method raises ``wire.Down``."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        redis: Redis,
        *,
        appid: str,
        secret: str,
        authorize: str = AUTHORIZE,
        deadline: float = DEADLINE,
    ) -> None:
        self._http = http
        self._appid = appid
        self._secret = secret
        self._authorize = authorize
        self._deadline = deadline
        self._redis = redis
        self._token = SharedToken(
            redis, system=SYSTEM, account=appid, fetch=self._stable_token, deadline=deadline
        )

    @classmethod
    def from_settings(cls) -> Self:
        """The account the settings name; its authorisation page is the sandbox's if WeChat is."""
        chosen = settings.current()
        authorize = chosen.wechat_authorize_url or (
            f"{chosen.base_url}/sandbox/wechat/authorize"
            if chosen.wechat_url == "sandbox"
            else AUTHORIZE
        )
        return cls(
            http.client(SYSTEM),
            cache.redis(),
            appid=chosen.wechat_oa_appid,
            secret=chosen.wechat_oa_secret,
            authorize=authorize,
            deadline=chosen.outside_timeout,
        )

    async def send_template(
        self, *, openid: str, template: str, data: Mapping[str, str], key: str, url: str = ""
    ) -> str:
        """Send a template message (模板消息) and return its ``msgid``, which the receipt event
        names.

        WeChat drops a second message with the same ``key`` for ten minutes. Values too long for
        their field are cut, because WeChat would refuse the whole message.
        """
        body = await self._call(
            "POST",
            "/cgi-bin/message/template/send",
            json={
                "touser": openid,
                "template_id": template,
                "url": url,
                "client_msg_id": hashlib.sha256(key.encode()).hexdigest()[:32],
                "data": {name: {"value": fitted(name, value)} for name, value in data.items()},
            },
        )
        return str(body.get("msgid", ""))

    async def follower(self, openid: str) -> Follower:
        """Whether the person follows the account, and their unionid."""
        body = await self._call("GET", "/cgi-bin/user/info", query={"openid": openid})
        following = body.get("subscribe") == 1
        return Follower(openid, following, str(body.get("unionid", "")))

    async def create_menu(self, buttons: list[dict[str, Any]]) -> None:
        """Replace the account's menu (自定义菜单)."""
        await self._call("POST", "/cgi-bin/menu/create", json={"button": buttons})

    def authorize_url(self, *, redirect_uri: str, state: str, silent: bool = False) -> str:
        """Where to send the browser for web authorisation; ``silent`` asks for the openid only."""
        query = {
            "appid": self._appid,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base" if silent else "snsapi_userinfo",
            "state": state,
        }
        return f"{self._authorize}?{urlencode(query)}#wechat_redirect"

    async def exchange_code(self, code: str) -> WebUser:
        """The person behind a one-use authorisation code, valid for five minutes."""
        query = {"appid": self._appid, "secret": self._secret, "code": code}
        body = await _ask(
            self._http,
            "GET",
            "/sns/oauth2/access_token",
            self._deadline,
            query={**query, "grant_type": "authorization_code"},
        )
        snapshot = body.get("is_snapshotuser") == 1
        return WebUser(_openid(body), str(body.get("unionid", "")), snapshot)

    async def _call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, json: Any = None
    ) -> dict[str, Any]:
        """A call with the access token; once more with a new one when WeChat finds it stale."""
        token = await self._token.current()
        try:
            return await self._with(token, method, path, query, json)
        except Down as down:
            if down.detail not in {str(code) for code in STALE_TOKEN}:
                raise
        token = await self._token.current(bad=token)
        return await self._with(token, method, path, query, json)

    async def _stable_token(self, bad: str | None) -> tuple[str, int]:
        """The living token, or a forced new one when the living one is the bad one."""
        token, seconds = await self._ask_token(force=False)
        if token == bad:
            # stable_token repeats a living token; only force replaces one that was cancelled
            forced = f"token:{SYSTEM}:{self._appid}:forced"
            if not await self._redis.set(forced, b"1", nx=True, ex=FORCE_EVERY):
                raise Down(SYSTEM, "refused", detail="token", retry_after=FORCE_EVERY)
            token, seconds = await self._ask_token(force=True)
        return token, seconds

    async def _ask_token(self, *, force: bool) -> tuple[str, int]:
        asked = {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret}
        asked_how = {**asked, "force_refresh": force}
        body = await _ask(
            self._http, "POST", "/cgi-bin/stable_token", self._deadline, query={}, json=asked_how
        )
        token, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise Down(SYSTEM, "garbled")
        return token, seconds

    async def _with(
        self, token: str, method: str, path: str, query: Mapping[str, str] | None, json: Any
    ) -> dict[str, Any]:
        query = {**(query or {}), "access_token": token}
        return await _ask(self._http, method, path, self._deadline, query=query, json=json)


class MiniProgram:
    """The mini-program (小程序). Every method raises ``wire.Down``."""

    def __init__(
        self, http: httpx2.AsyncClient, *, appid: str, secret: str, deadline: float = DEADLINE
    ) -> None:
        self._http = http
        self._appid = appid
        self._secret = secret
        self._deadline = deadline

    @classmethod
    def from_settings(cls) -> Self:
        """The mini-program the settings name."""
        chosen = settings.current()
        return cls(
            http.client(SYSTEM),
            appid=chosen.wechat_mp_appid,
            secret=chosen.wechat_mp_secret,
            deadline=chosen.outside_timeout,
        )

    async def open_session(self, code: str) -> MiniUser:
        """The person behind the one-use code of ``wx.login`` (code2Session)."""
        query = {"appid": self._appid, "secret": self._secret, "js_code": code}
        body = await _ask(
            self._http,
            "GET",
            "/sns/jscode2session",
            self._deadline,
            query={**query, "grant_type": "authorization_code"},
        )
        return MiniUser(_openid(body), str(body.get("unionid", "")))


async def _ask(
    http: httpx2.AsyncClient,
    method: str,
    path: str,
    deadline: float,
    *,
    query: Mapping[str, str],
    json: Any = None,
) -> dict[str, Any]:
    # not ASCII-escaped: some WeChat fields would show \uXXXX to people
    content = None if json is None else orjson.dumps(json)
    response = await exchange(
        http,
        SYSTEM,
        method,
        path,
        deadline=deadline,
        params=query,
        content=content,
        headers={"Content-Type": "application/json"} if content else {},
    )
    body = json_object(response, SYSTEM)
    code = body.get("errcode", 0)
    if not isinstance(code, int):
        raise Down(SYSTEM, "garbled")
    if code:
        wait = PASSING.get(code)
        raise Down(SYSTEM, "refused", detail=str(code), retry_after=wait, permanent=wait is None)
    return body


def _openid(body: Mapping[str, Any]) -> str:
    openid = body.get("openid")
    if not isinstance(openid, str) or not openid:
        raise Down(SYSTEM, "garbled")
    return openid
