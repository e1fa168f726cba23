"""Writes down what the product sends to its database for one request, and what it answers.

The seam is ``backend.kernel.db``, through which all SQL of the hot operations goes; on SQLite the
connections' own trace confirms that nothing goes past it.
"""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2

from backend.kernel import db, sqlite, turning
from benchmarks.asks import Ask, Sent, Told
from tests.conftest import ADDRESS, OpenCity

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE)\s+(\w+)", re.IGNORECASE)
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Recorder:
    """Stands in the doors of ``kernel.db`` and notes what goes through them."""

    def __init__(self) -> None:
        self.told = Told()
        self._open: list[Sent] | None = None
        self._inside = 0
        self._was = {
            name: getattr(db, name) for name in ("read", "rows", "execute", "write", "transaction")
        }

    @contextmanager
    def at_work(self) -> Iterator["Recorder"]:
        """Note everything until left."""
        for name in self._was:
            setattr(db, name, getattr(self, f"_{name}"))
        try:
            yield self
        finally:
            for name, was in self._was.items():
                setattr(db, name, was)

    def _note(self, sent: Sequence[Sent]) -> None:
        if self._inside:
            return
        if self._open is not None:
            self._open.extend(sent)
        else:
            self.told.steps.append(list(sent))

    def _sent(self, sql: str, params: Sequence[Any], *, fetch: bool) -> Sent:
        if db.on_sqlite():
            return Sent(sqlite.numbered(sql), tuple(sqlite.adapted(params)), fetch)
        return Sent(sql, tuple(params), fetch)

    @contextmanager
    def _within(self) -> Iterator[None]:
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    async def _read(self, sql: str, *params: Any) -> Any:
        self._note([self._sent(sql, params, fetch=True)])
        with self._within():
            return await self._was["read"](sql, *params)

    async def _rows(self, sql: str, *params: Any) -> Any:
        self._note([self._sent(sql, params, fetch=True)])
        with self._within():
            return await self._was["rows"](sql, *params)

    async def _execute(self, sql: str, *params: Any) -> Any:
        self._note([self._sent(sql, params, fetch=False)])
        with self._within():
            return await self._was["execute"](sql, *params)

    async def _write(self, *statements: db.Statement) -> None:
        self._note([self._sent(one.sql, one.params, fetch=False) for one in statements])
        with self._within():
            await self._was["write"](*statements)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        if self._inside:
            async with self._was["transaction"]():
                yield
            return
        self._open = []
        try:
            async with self._was["transaction"]():
                yield
        finally:
            if self._open:
                self.told.steps.append(self._open)
            self._open = None


class Traced:
    """The statements that SQLite itself has seen; None on PostgreSQL."""

    def __init__(self) -> None:
        self.count = 0
        self._traced: set[int] = set()
        self._last = ""
        self._fenced = {column.table for column in turning.columns()}

    async def watch(self) -> bool:
        """Begin to watch; whether this city keeps its tables in SQLite."""
        if db._reader is None:
            return False
        writer: Any = db.client()
        if id(db._reader) not in self._traced:
            db._reader.set_trace_callback(self._seen)
            await writer._connection.set_trace_callback(self._seen)
            self._traced.add(id(db._reader))
        self.count, self._last = 0, ""
        return True

    def _seen(self, sql: str) -> None:
        # for a fence SQLite tells the statement that set it off once more, values and all
        told = WRITES.match(sql)
        echo = sql == self._last and told is not None and told[1] in self._fenced
        if not echo and not sql.lstrip().upper().startswith(CONTROL):
            self.count += 1
        self._last = sql


async def record(city: OpenCity, asks: Sequence[Ask]) -> list[Told]:
    """Answer every ask once, one after the other.

    Raises:
        RuntimeError: an answer had another status than expected, or SQL went past the seam.
    """
    told: list[Told] = []
    recorder, traced = Recorder(), Traced()
    transport = httpx2.ASGITransport(app=city.app)
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        with recorder.at_work():
            for ask in asks:
                recorder.told = one = Told()
                watched = await traced.watch()
                headers = dict(ask.headers)
                if ask.body:
                    headers["content-type"] = "application/json"
                answer = await http.request(
                    ask.method, ask.path, headers=headers, content=ask.body or None
                )
                one.status, one.body = answer.status_code, answer.content
                if one.status != ask.expect:
                    raise RuntimeError(f"{ask.method} {ask.path}: {one.status} {answer.text}")
                if watched and traced.count != one.statements:
                    raise RuntimeError(
                        f"{ask.method} {ask.path}: SQLite saw {traced.count} statements, "
                        f"kernel.db {one.statements}"
                    )
                told.append(one)
    return told
