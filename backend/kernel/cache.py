"""Short-lived shared state over ``redis.asyncio``: limits, locks, once-only marks.

An embedded city uses fakeredis, which speaks the same commands in process; ``redis.asyncio``
is where aioredis lives on. Nothing here is the only copy of anything that matters.
"""

import math
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from redis.asyncio import BlockingConnectionPool, Redis

from backend.kernel import errors, glance

# Generic cell rate algorithm: exact under concurrency, one key, no counter to reset.
_GCRA = """
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local every = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local tat = tonumber(redis.call('GET', KEYS[1]) or now)
if tat < now then tat = now end
local next_free = tat + every - every * burst
if next_free > now then return math.ceil(next_free - now) end
redis.call('SET', KEYS[1], tat + every, 'PX', math.ceil(tat + every - now) + 1000)
return 0
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
_SWAP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""

_redis: Redis | None = None
_glance: glance.Glance | None = None


def connect(url: str, *, longest: float = 5.0) -> Redis:
    """A client for the settings' ``redis_url``; ``memory://`` is the in-process equivalent.

    ``longest`` are the seconds after which a server that keeps silent counts as away.
    """
    # The plain pool raises above its size instead of waiting.
    if url == "memory://":
        from fakeredis import FakeAsyncRedis, FakeServer

        waiting: Any = {"connection_pool_class": BlockingConnectionPool, "max_connections": 64}
        return cast(Redis, FakeAsyncRedis(server=FakeServer(), **waiting))
    patience = {"socket_timeout": longest, "socket_connect_timeout": longest}
    pool = BlockingConnectionPool.from_url(url, max_connections=64, timeout=5, **patience)
    return Redis.from_pool(pool)


def use(client: Redis | None) -> None:
    """Put a client in force (``None`` takes it back). For ``parts`` only."""
    global _redis, _glance
    _redis = client
    if _glance is not None:
        _glance.close()
    _glance = None if client is None else glance.into(client)
    _here.clear()


def redis() -> Redis:
    """The client in force."""
    if _redis is None:
        raise RuntimeError("cache is used before parts.opened()")
    return _redis


async def limit(name: str, key: str, *, times: int, seconds: int) -> None:
    """Count one try of ``key``; at most ``times`` in any ``seconds``, evenly refilled.

    Raises:
        Refusal: ``too_many_tries`` with ``retry_after`` in seconds.
    """
    wait = await _count(f"limit:{name}:{key}", seconds * 1000 / times, times)
    if wait:
        retry_after = max(1, -(-wait // 1000))
        raise errors.not_allowed("too_many_tries", retry_after=retry_after, seconds=retry_after)


_here: dict[str, float] = {}
_MOST_HERE = 50_000


def limit_here(name: str, key: str, *, times: int, seconds: int) -> None:
    """``limit``, counted by this process for itself: a microsecond, where being exact over all
    servers is not worth a question to the cache.

    Raises:
        Refusal: as ``limit``.
    """
    now, every, at = time.monotonic(), seconds / times, f"{name}:{key}"
    if len(_here) > _MOST_HERE:
        for old in [one for one, free in _here.items() if free <= now]:
            del _here[old]
    free = max(_here.get(at, now), now)
    wait = free + every - every * times - now
    if wait > 0:
        retry_after = math.ceil(wait)
        raise errors.not_allowed("too_many_tries", retry_after=retry_after, seconds=retry_after)
    _here[at] = free + every


async def _count(key: str, every: float, burst: int) -> int:
    """Milliseconds to wait; 0 when this try was counted."""
    if _glance is not None:
        try:
            return await _glance.count(key, every, burst, script=_GCRA)
        except glance.Lost:
            pass
    return int(await cast(Any, redis().eval(_GCRA, 1, key, str(every), str(burst))))


async def once(name: str, *, seconds: int) -> bool:
    """True for the first caller of a name within ``seconds``, False for the others."""
    if _glance is not None:
        try:
            return await _glance.first(f"once:{name}", seconds)
        except glance.Lost:
            pass
    return bool(await redis().set(f"once:{name}", b"1", nx=True, ex=seconds))


async def put(name: str, value: bytes, *, seconds: int) -> None:
    """Keep a value for some seconds."""
    await redis().set(f"value:{name}", value, ex=seconds)


async def put_if_absent(name: str, value: bytes, *, seconds: int) -> bool:
    """Keep a value unless there is one already; whether it was kept."""
    return bool(await redis().set(f"value:{name}", value, nx=True, ex=seconds))


async def swap(name: str, old: bytes, new: bytes, *, seconds: int) -> bool:
    """Put ``new`` in the place of exactly ``old``; whether it was still there."""
    return bool(await cast(Any, redis().eval(_SWAP, 1, f"value:{name}", old, new, str(seconds))))


async def get(name: str) -> bytes | None:
    """A value kept by ``put``, or None."""
    if _glance is not None:
        try:
            return await _glance.get(f"value:{name}")
        except glance.Lost:
            pass
    return cast("bytes | None", await redis().get(f"value:{name}"))


async def take(name: str) -> bytes | None:
    """A value kept by ``put``, handed out once: of many callers one gets it."""
    return cast("bytes | None", await redis().getdel(f"value:{name}"))


async def drop(name: str) -> None:
    """Forget a value."""
    await redis().delete(f"value:{name}")


async def sweep() -> None:
    """Let go of what has run out. Redis does so by itself; the embedded one only when it counts."""
    await redis().dbsize()


@asynccontextmanager
async def lock(name: str, *, seconds: int, at: Redis | None = None) -> AsyncIterator[bool]:
    """Hold a name for at most ``seconds``; yields whether it was free.

    It may be lost: the correctness of data must not depend on it. ``at`` is another client than
    the one in force.
    """
    client = at or redis()
    token = secrets.token_bytes(16)
    held = bool(await client.set(f"lock:{name}", token, nx=True, ex=seconds))
    try:
        yield held
    finally:
        if held:
            await cast(Any, client.eval(_RELEASE, 1, f"lock:{name}", token))
