"""Connections to PostgreSQL for what is asked outside a use case's own transaction.

Tortoise's pool asks the server to forget everything at each release: one more round trip for
every statement. Nothing here leaves anything behind in a session, so a connection goes from one
statement, or one transaction, straight to the next. For the same reason several writes travel as
one statement where that means the same (``in_one``).
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

Connection = Any  # asyncpg publishes no types


class Lanes:
    """At most ``size`` connections, opened when first needed, each in one hand at a time.

    ``patience`` are the seconds to wait for one: a silent server keeps nobody waiting for ever.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], size: int, *, patience: float = 10.0
    ) -> None:
        self._patience = patience
        self._connect = connect
        self._size = size
        self._open = 0
        self._free: list[Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[Connection]:
        """A connection in nobody else's hand."""
        connection = await self.take()
        try:
            yield connection
        except (asyncio.CancelledError, TimeoutError):
            connection.terminate()  # the server may still be at work for whoever went away
            raise
        finally:
            self.give(connection)

    async def take(self) -> Connection:
        """A connection, to be given back.

        Raises:
            ConnectionError: the lanes were closed.
            TimeoutError: everybody who has one waits for a server that keeps silent.
        """
        while True:
            if self._closed:
                raise ConnectionError("the lanes are closed")
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    return connection
                self._open -= 1
            if self._open < self._size:
                self._open += 1
                try:
                    return await self._connect()
                except BaseException:
                    self._open -= 1
                    self._wake()
                    raise
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                async with asyncio.timeout(self._patience):
                    await turn
            except (asyncio.CancelledError, TimeoutError):
                if turn.done() and not turn.cancelled():
                    self._wake()  # the turn was given to one who no longer wants it
                raise

    def give(self, connection: Connection) -> None:
        """Give a connection back; one that was left in the middle of something is closed."""
        if connection.is_closed():
            self._open -= 1
        elif self._closed or connection.is_in_transaction():
            connection.terminate()
            self._open -= 1
        else:
            self._free.append(connection)
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    async def close(self) -> None:
        """Close what is free, and what is still in somebody's hand when it is given back."""
        self._closed = True
        while self._waiting:
            self._wake()
        while self._free:
            await self._free.pop().close(timeout=5)
            self._open -= 1


_WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)
_READS = re.compile(r"\b(SELECT|RETURNING)\b", re.IGNORECASE)
_PARAM = re.compile(r"\$(\d+)")


@lru_cache(maxsize=512)
def in_one(writes: tuple[tuple[str, int, int | None], ...]) -> str | None:
    """Several writes as one statement, or None where that would not mean the same.

    Each write is ``(sql, number of parameters, rows it must change or None)``. The parts of one
    statement do not see each other's work, so none may read, and only insertions may share a
    table. A wrong number of rows ends in a division by zero: then nothing is kept.
    """
    targets: dict[str, set[str]] = {}
    parts, counts, before = [], [], 0
    for place, (sql, params, expect) in enumerate(writes):
        found = _WRITE.match(sql)
        if found is None or _READS.search(sql):
            return None
        verb, table = found[1].split()[0].upper(), found[2].lower()
        sharing = targets.setdefault(table, set())
        if sharing and sharing | {verb} != {"INSERT"}:
            return None
        sharing.add(verb)
        returning = "" if expect is None else " RETURNING 1"
        parts.append(f"w{place} AS ({_numbered_from(before, sql).strip()}{returning})")
        if expect is not None:
            counts.append(f"(SELECT count(*) FROM w{place}) = {expect:d}")  # noqa: S608
        before += params
    return f"WITH {', '.join(parts)} SELECT {_all_true(counts)}"


def _numbered_from(before: int, sql: str) -> str:
    return _PARAM.sub(lambda mark: f"${int(mark[1]) + before}", sql)


def _all_true(conditions: Iterable[str]) -> str:
    said = " AND ".join(conditions)
    return f"1 / CASE WHEN {said} THEN 1 ELSE 0 END" if said else "1"
