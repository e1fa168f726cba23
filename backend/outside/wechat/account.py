"""One account at the WeChat platform (公众号 or 小程序) and the token with which it calls.

The wire: ``api.weixin.qq.com``, JSON, HTTP 200 even for failures, which are told by ``errcode``. A
refused call raises ``wire.Down`` with the errcode in ``detail``; ``permanent`` when the same call
can never work.
"""

from collections.abc import Mapping
from typing import Any

import httpx2
import orjson
from redis.asyncio import Redis

from backend.outside.tokens import SharedToken
from backend.outside.wire import Down, exchange, json_object

SYSTEM = "wechat"

FORCE_EVERY = 30
"""Seconds between two forced renewals of the token, as WeChat demands."""

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""The access token is bad: worth one more try with a new one."""

PASSING = {-1: 5, 40001: 30, 40014: 30, 42001: 30, 45009: 3600, 45011: 60}
"""Errcodes that go away by themselves, and after how many seconds to ask again."""


class Account:
    """Calls in the name of one appid. Every method raises ``wire.Down``."""

    def __init__(
        self, http: httpx2.AsyncClient, redis: Redis, *, appid: str, secret: str, deadline: float
    ) -> None:
        self._http = http
        self._redis = redis
        self._appid = appid
        self._secret = secret
        self._deadline = deadline
        self._token = SharedToken(
            redis, system=SYSTEM, account=appid, fetch=self._stable_token, deadline=deadline
        )

    async def call(
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

    async def _with(
        self, token: str, method: str, path: str, query: Mapping[str, str] | None, json: Any
    ) -> dict[str, Any]:
        query = {**(query or {}), "access_token": token}
        return await ask(self._http, method, path, self._deadline, query=query, json=json)

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
        body = await ask(
            self._http,
            "POST",
            "/cgi-bin/stable_token",
            self._deadline,
            query={},
            json={**asked, "force_refresh": force},
        )
        token, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise Down(SYSTEM, "garbled")
        return token, seconds


async def ask(
    http: httpx2.AsyncClient,
    method: str,
    path: str,
    deadline: float,
    *,
    query: Mapping[str, str],
    json: Any = None,
) -> dict[str, Any]:
    """One call without a token of its own. Raises ``wire.Down``."""
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
