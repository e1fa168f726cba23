"""Clients of the WeChat platform (微信): the official account and the mini-program, server side."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

import httpx2
from redis.asyncio import Redis

from backend.kernel import cache, http, settings
from backend.outside.records import Record
from backend.outside.wechat.account import SYSTEM, Account, ask
from backend.outside.wechat.template import fitted
from backend.outside.wire import DEADLINE, Down

AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"

NOT_FOLLOWING = "43004"
UNKNOWN_OPENID = "40003"


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
        self._account = Account(http, redis, appid=appid, secret=secret, deadline=deadline)

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
        body = await self._account.call(
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
        body = await self._account.call("GET", "/cgi-bin/user/info", query={"openid": openid})
        following = body.get("subscribe") == 1
        return Follower(openid, following, str(body.get("unionid", "")))

    async def create_menu(self, buttons: list[dict[str, Any]]) -> None:
        """Replace the account's menu (自定义菜单)."""
        await self._account.call("POST", "/cgi-bin/menu/create", json={"button": buttons})

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
        body = await ask(
            self._http,
            "GET",
            "/sns/oauth2/access_token",
            self._deadline,
            query={**query, "grant_type": "authorization_code"},
        )
        snapshot = body.get("is_snapshotuser") == 1
        return WebUser(_openid(body), str(body.get("unionid", "")), snapshot)


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
        body = await ask(
            self._http,
            "GET",
            "/sns/jscode2session",
            self._deadline,
            query={**query, "grant_type": "authorization_code"},
        )
        return MiniUser(_openid(body), str(body.get("unionid", "")))


def _openid(body: Mapping[str, Any]) -> str:
    openid = body.get("openid")
    if not isinstance(openid, str) or not openid:
        raise Down(SYSTEM, "garbled")
    return openid
