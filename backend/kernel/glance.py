"""Reading one value of the cache, counting one try, or taking one name, with as little ado as
possible: every signed-in request does the first, every knock at the door the second, and every
proof that a department's system brings the third.

redis-py takes a connection out of its pool, wraps the command in retries and a lock and reads the
answer in several tasks' time. Here all requests share one connection and its answers come in the
order of the questions (pipelining). Whatever goes wrong, the caller asks redis-py instead, which
knows how to come back and what to say.
"""

import asyncio
import math
import time
from collections import deque
from functools import lru_cache
from hashlib import sha1
from typing import Any, Protocol, cast

from redis.asyncio import Connection, Redis


class Glance(Protocol):
    """A way to read one value, to count one try, and to be the first with a name."""

    async def get(self, key: str) -> bytes | None:
        """The value of a key, or None. Raises ``Lost``."""
        ...

    async def count(self, key: str, every: float, burst: int, *, script: str) -> int:
        """Count a try by ``script`` (``cache.limit``): 0, or milliseconds to wait. ``Lost``."""
        ...

    async def first(self, key: str, seconds: int) -> bool:
        """Whether nobody took a key within these seconds. Raises ``Lost``."""
        ...

    def close(self) -> None:
        """Nobody will look any more."""
        ...


PATIENCE_S = 2.0


class Lost(Exception):
    """No answer came; ask in the ordinary way."""


def into(client: Redis) -> Glance | None:
    """How to glance into what a client is connected to; None for what only redis-py can reach."""
    chosen = client.connection_pool.connection_kwargs
    if chosen.get("server") is not None:
        return Memory(chosen["server"])
    if client.connection_pool.connection_class is Connection:
        return Wire(chosen)
    return None


@lru_cache(maxsize=8)
def _sha(script: str) -> str:
    return sha1(script.encode()).hexdigest()  # noqa: S324 - the name Redis gives it, no secret


class Memory:
    """An embedded city keeps its cache in this very process (fakeredis)."""

    def __init__(self, server: Any) -> None:
        from fakeredis._core._database import Item  # a package that only embedded cities need

        self._database, self._item = server.dbs[0], Item

    async def get(self, key: str) -> bytes | None:
        self._database.time = time.time()  # by which it knows what has run out
        item = self._database.get(key.encode())
        return None if item is None else item.value

    async def count(self, key: str, every: float, burst: int, *, script: str) -> int:
        """What the script does, without the interpreter that fakeredis starts for each run."""
        now = time.time() * 1000
        self._database.time = now / 1000
        item = self._database.get(key.encode())
        due = now if item is None else max(float(item.value), now)
        next_free = due + every - every * burst
        if next_free > now:
            return math.ceil(next_free - now)
        counted: Any = self._item(repr(due + every).encode())
        counted.expireat = (due + every) / 1000 + 1
        self._database[key.encode()] = counted
        return 0

    async def first(self, key: str, seconds: int) -> bool:
        self._database.time = now = time.time()
        if self._database.get(key.encode()) is not None:
            return False
        taken: Any = self._item(b"1")
        taken.expireat = now + seconds
        self._database[key.encode()] = taken
        return True

    def close(self) -> None:
        """The server goes with its client."""


class Wire(asyncio.Protocol):
    """One connection to Redis that many requests share (RESP2; short texts and numbers)."""

    def __init__(self, chosen: dict[str, Any]) -> None:
        self._chosen = chosen
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Future[None] | None = None
        self._asked: deque[asyncio.Future[bytes | None]] = deque()
        self._greeting: list[asyncio.Future[bytes | None]] = []
        self._unread = b""
        self._watch: asyncio.TimerHandle | None = None

    async def get(self, key: str) -> bytes | None:
        """The value of a key.

        Raises:
            Lost: the connection cannot be had, broke or kept silent.
        """
        if self._transport is None:
            await self._open()
        return await self._ask(b"GET", key.encode())

    async def count(self, key: str, every: float, burst: int, *, script: str) -> int:
        """By the script's hash; a Redis that has not heard it yet hears it from redis-py.

        Raises:
            Lost: as ``get``, and when Redis does not know the script.
        """
        if self._transport is None:
            await self._open()
        words = ("EVALSHA", _sha(script), "1", key, str(every), str(burst))
        said = await self._ask(*(word.encode() for word in words))
        return int(said or b"0")

    async def first(self, key: str, seconds: int) -> bool:
        """By ``SET … NX``. If the answer is lost the name may be taken: whoever asks again is then
        not the first, which is the safe side.

        Raises:
            Lost: as ``get``.
        """
        if self._transport is None:
            await self._open()
        words = (b"SET", key.encode(), b"1", b"NX", b"EX", b"%d" % seconds)
        return await self._ask(*words) is not None

    async def _open(self) -> None:
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._connect())
        try:
            await asyncio.shield(self._opening)
        except OSError:
            raise Lost from None

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await loop.create_connection(
                    lambda: self, self._chosen["host"], self._chosen["port"]
                )
                await asyncio.gather(*self._greeting)
        except Lost:
            self.close()
            raise OSError from None
        finally:
            self._opening = None

    def _ask(self, *words: bytes) -> asyncio.Future[bytes | None]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes | None] = loop.create_future()
        if self._transport is None:
            answer.set_exception(Lost())
            return answer
        if not self._asked:
            self._watch = loop.call_later(PATIENCE_S, self._transport.abort)
        self._asked.append(answer)
        parts = [b"*%d\r\n" % len(words), *(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)]
        self._transport.write(b"".join(parts))
        return answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are transports by behaviour, not by descent
        self._transport = cast(asyncio.Transport, transport)
        # before anybody else can put a question on the line
        user, password = self._chosen.get("username"), self._chosen.get("password")
        database = str(self._chosen.get("db") or 0)
        self._greeting = []
        if password:
            secret = [user, password] if user else [password]
            self._greeting.append(self._ask(b"AUTH", *(word.encode() for word in secret)))
        self._greeting.append(self._ask(b"SELECT", database.encode()))

    def data_received(self, data: bytes) -> None:
        self._unread = data = self._unread + data if self._unread else data
        at = 0
        while self._asked and (end := data.find(b"\r\n", at)) >= 0:
            kind, said = data[at : at + 1], data[at + 1 : end]
            value: bytes | None = said
            after = end + 2
            if kind == b"$":
                length = int(said)
                value = None
                if length >= 0:
                    after = end + 2 + length + 2
                    if len(data) < after:
                        break
                    value = data[end + 2 : after - 2]
            at = after
            answer = self._asked.popleft()
            if not answer.done():
                if kind == b"-":
                    answer.set_exception(Lost())
                else:
                    answer.set_result(value)
        self._unread = data[at:]
        if not self._asked and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._unread = b""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        while self._asked:
            answer = self._asked.popleft()
            if not answer.done():
                answer.set_exception(Lost())

    def close(self) -> None:
        """Hang up; whoever asks again is connected again."""
        if self._transport is not None:
            self._transport.abort()
