"""The bare subject: Starlette, the raw driver, the same SQL, the same answer. Nothing else but,
for sign-ins, the same cryptography (``crypto.py``).

``python -m benchmarks.bare RECORD DATABASE_URL PORT`` answers what ``recorder`` wrote down: for
each request it runs the statements, makes the rows into dicts and writes the product's answer
as JSON. It signs nobody in, checks nothing, opens no seal of its own and works nothing out.
"""

import asyncio
import pickle
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiosqlite
import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.asks import NUMBER, Record, Sent
from benchmarks.crypto import Bare

POOL = 8  # as the product


class Postgres:
    """asyncpg's pool as its documentation uses it: one connection for a request."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(self._url, min_size=1, max_size=POOL)

    async def run(self, steps: Sequence[Sequence[Sent]]) -> None:
        if not steps:
            return
        async with self._pool.acquire() as connection:
            for step in steps:
                if len(step) > 1:
                    async with connection.transaction():
                        for one in step:
                            await self._one(connection, one)
                else:
                    await self._one(connection, step[0])

    async def _one(self, connection: Any, sent: Sent) -> None:
        if sent.fetch:
            _read(await connection.fetch(sent.sql, *sent.params))
        else:
            await connection.execute(sent.sql, *sent.params)


class Sqlite:
    """aiosqlite with one connection that reads and one that writes, with the product's pragmas."""

    def __init__(self, url: str, pragmas: Mapping[str, object]) -> None:
        self._path = url.removeprefix("sqlite://")
        self._pragmas = pragmas

    async def open(self) -> None:
        self._reader = await self._connect()
        self._writer = await self._connect()
        self._turn = asyncio.Lock()

    async def _connect(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        connection.row_factory = aiosqlite.Row
        for name, value in self._pragmas.items():
            await connection.execute(f"PRAGMA {name}={value}")
        return connection

    async def run(self, steps: Sequence[Sequence[Sent]]) -> None:
        for step in steps:
            if len(step) == 1 and step[0].fetch:
                _read(await self._reader.execute_fetchall(step[0].sql, step[0].params))
                continue
            async with self._turn:
                if len(step) == 1:
                    await self._writer.execute(step[0].sql, step[0].params)
                    continue
                await self._writer.execute("BEGIN IMMEDIATE")
                for one in step:
                    if one.fetch:
                        _read(await self._writer.execute_fetchall(one.sql, one.params))
                    else:
                        await self._writer.execute(one.sql, one.params)
                await self._writer.commit()


def _read(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def build(record: Record, url: str) -> Starlette:
    """The application over what was recorded."""
    answers = [orjson.loads(told.body) if told.body else None for told in record.told]
    crypto = Bare()
    store: Postgres | Sqlite
    store = Sqlite(url, record.pragmas) if url.startswith("sqlite://") else Postgres(url)

    async def answer(request: Request) -> Response:
        number = int(request.headers[NUMBER])
        told = record.told[number]
        if request.method == "POST":
            sent = await request.body()
            if request.headers.get("content-type") == "application/json":
                orjson.loads(sent)
            else:
                parse_qsl(sent.decode())
        await crypto.work(told.crypto)
        await store.run(told.steps)
        body = orjson.dumps(answers[number])
        return Response(body, told.status, media_type="application/json")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await store.open()
        yield

    paths = (
        ("GET", "/api/items/{code}/application"),
        ("GET", "/api/space"),
        ("POST", "/api/cases"),
        ("POST", "/api/staff/cases/{number}/actions"),
        ("POST", "/auth/sessions"),
        ("POST", "/auth/onward"),
        ("POST", "/auth/onward/owner"),
        ("POST", "/auth/onward/sessions"),
        ("POST", "/auth/par"),
        ("GET", "/auth/authorize"),
        ("POST", "/auth/token"),
        ("GET", "/auth/userinfo"),
    )
    routes = [Route(path, answer, methods=[method]) for method, path in paths]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    record = pickle.loads(Path(sys.argv[1]).read_bytes())
    uvicorn.run(
        build(record, sys.argv[2]), host="127.0.0.1", port=int(sys.argv[3]), loop="uvloop",
        http="httptools", log_config=None, access_log=False, server_header=False,
    )  # fmt: skip
