"""Reading one value of the cache with as little ado as possible: every signed-in request does it.

redis-py takes a connection out of its pool, wraps the command in retries and a lock and reads the
answer in several tasks' time. Here all requests share one connection and its answers come in the
order of the questions (pipelining). Whatever goes wrong, the caller asks redis-py instead, which
knows how to come back and what to say.
"""

import asyncio
import time
from collections import deque
from typing import Any, Protocol, cast

from redis.asyncio import Connection, Redis


class Glance(Protocol):
    """A way to read one value."""

    async def get(self, key: str) -> bytes | None:
        """The value of a key, or None. Raises ``Lost``."""
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


class Memory:
    """An embedded city keeps its cache in this very process (fakeredis)."""

    def __init__(self, server: Any) -> None:
        self._database = server.dbs[0]

    async def get(self, key: str) -> bytes | None:
        self._database.time = time.time()  # by which it knows what has run out
        item = self._database.get(key.encode())
        return None if item is None else item.value

    def close(self) -> None:
        """The server goes with its client."""


class Wire(asyncio.Protocol):
    """One connection to Redis that many requests share (RESP2, only ``GET``)."""

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
