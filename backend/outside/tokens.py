"""One access token (访问令牌) for every process and caller of an outside system.

A token that each process fetched for itself costs a request each and, at some systems, makes the
others' invalid. So it lives in Redis, and of many callers that find it missing or refused exactly
one fetches the next.
"""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis

from backend.kernel import cache
from backend.outside.wire import Down

EARLY = 300
"""Seconds before its end a token is renewed, for calls that are under way."""

Fetch = Callable[[str | None], Awaitable[tuple[str, int]]]
"""Gets a token and its life in seconds; told which token is bad, if any. May raise ``Down``."""


class SharedToken:
    """Hands out the token of ``system``, fetching it when nobody has. One per client object."""

    def __init__(
        self, redis: Redis, *, system: str, account: str, fetch: Fetch, deadline: float
    ) -> None:
        self._redis = redis
        self._system = system
        self._name = f"token:{system}:{account}"
        self._fetch = fetch
        self._deadline = deadline
        self._one_of_this_process = asyncio.Lock()

    async def current(self, *, bad: str | None = None) -> str:
        """A token to call with; never the one named ``bad``, which the system has just refused.

        Raises ``wire.Down`` when there is none in time.
        """
        kept = await self._kept(bad)
        if kept:
            return kept
        async with self._one_of_this_process:
            return await self._fetch_or_wait(bad)

    async def _fetch_or_wait(self, bad: str | None) -> str:
        until = asyncio.get_running_loop().time() + self._deadline
        held_at_most = math.ceil(self._deadline * 2) + 1
        while True:
            if kept := await self._kept(bad):
                return kept
            async with cache.lock(self._name, seconds=held_at_most, at=self._redis) as ours:
                if ours:
                    return await self._renew(bad)
            if asyncio.get_running_loop().time() > until:
                raise Down(self._system, "timeout", detail="token")
            await asyncio.sleep(random.uniform(0.02, 0.05))  # noqa: S311  spreads the callers

    async def _renew(self, bad: str | None) -> str:
        # the holder before us may have finished between our look and our lock
        if kept := await self._kept(bad):
            return kept
        token, seconds = await self._fetch(bad)
        await self._redis.set(self._name, token, ex=max(seconds - EARLY, 60))
        return token

    async def _kept(self, bad: str | None) -> str | None:
        kept = await self._redis.get(self._name)
        token = kept.decode() if isinstance(kept, bytes) else kept
        return None if token == bad else token
