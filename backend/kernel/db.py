"""SQL in transactions, the same on SQLite and PostgreSQL.

Tortoise keeps the tables, migrations and plain queries. The few hot operations are SQL kept
beside the models they read, with ``$1`` placeholders on both databases:

1. ``read`` answers from outside any transaction (SQLite: a read-only connection, no thread hop;
   PostgreSQL: ``postgres.Lanes``).
2. ``write`` runs a list of statements as one transaction. On SQLite, writes that arrive while
   another is being made durable share one commit; each still stands or falls alone.
3. ``transaction`` opens a transaction for use cases that must read before they write.
"""

import asyncio
import math
import os
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, Literal, cast

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

from backend.kernel import postgres, sqlite
from backend.kernel.settings import Settings

Row = Mapping[str, Any]
Sensitivity = Literal["open", "internal", "personal", "sealed"]

__all__ = [
    "IntegrityError", "Stale", "Statement", "Table", "as_time", "execute", "new_id",
    "read", "read_one", "row", "rows", "transaction", "write",
]  # fmt: skip


class Table(Model):
    """Base of every table. ``sensitivity`` says of every column what it is:

    ``open`` (may be published), ``internal`` (ids, states), ``personal`` (tells something of a
    person without naming them), ``sealed`` (encrypted, or a keyed blind index).
    """

    sensitivity: ClassVar[dict[str, Sensitivity]] = {}

    class Meta:
        abstract = True


class Stale(Exception):
    """A statement that had to change exactly ``expect`` rows changed another number of them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a ``write``. ``expect``: how many rows it must change, if that matters."""

    sql: str
    params: tuple[Any, ...] = ()
    expect: int | None = None


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): ordered by time, so that indexes grow at one end."""
    hexed = f"{time.time_ns() // 1_000_000:012x}7{os.urandom(10).hex()}"
    variant = "89ab"[int(hexed[16], 16) & 3]  # two fixed bits above two random ones
    return f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{variant}{hexed[17:20]}-{hexed[20:32]}"


_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether a text from a URL can be an id at all."""
    return _ID.fullmatch(text) is not None


def as_time(value: datetime | str) -> datetime:
    """An instant read by raw SQL (text on SQLite, datetime on PostgreSQL)."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def config(settings: Settings, *, patient: bool = False) -> dict[str, Any]:
    """Tortoise's configuration for the settings' database.

    A statement may take six times what one outside a transaction may; ``patient`` lets it take all
    the time it needs (a migration that writes a large table anew).
    """
    url = settings.database_url
    connection: dict[str, Any] | str
    if url.startswith("sqlite://"):
        path = url.removeprefix("sqlite://")
        credentials = {"file_path": path, **sqlite.PRAGMAS}
        connection = {"engine": "backend.kernel.sqlite", "credentials": credentials}
    else:
        joiner = "&" if "?" in url else "?"
        connection = url.replace("postgresql://", "postgres://") + (
            f"{joiner}minsize=1&maxsize={settings.database_pool}"
            f"&timeout={math.ceil(settings.parts_timeout)}"
        )
        if not patient:
            connection += f"&command_timeout={6 * settings.parts_timeout}"
    return {
        "connections": {"default": connection},
        "apps": {
            app: {
                "models": models,
                "migrations": f"{app}.migrations",
                "default_connection": "default",
            }
            for app, models in MODELS.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


# Every module that holds tables. A house adds its own line; test_city.py finds a missing one.
MODELS: dict[str, list[str]] = {
    "backend": [
        "backend.kernel.outbox.models",
        "backend.notices.models",
        "backend.library.models",
        "backend.vault.models",
        "backend.cases.models",
    ],
    "auth": ["auth.models", "auth.models.provider"],
}


def client() -> BaseDBAsyncClient:
    """The connection in force: the transaction's inside one, the pool outside."""
    return get_connection("default")


def on_sqlite() -> bool:
    """Whether the city keeps its tables in SQLite."""
    return client().capabilities.dialect == "sqlite"


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All that is written inside is kept together or not at all.

    Never hold it over an outside call.
    """
    async with in_transaction("default"):
        yield


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    return re.sub(r"\$(\d+)", r"?\1", sql)


def _for_sqlite(params: Sequence[Any]) -> list[Any]:
    plain = sqlite.AS_IT_IS
    return [value if value.__class__ in plain else sqlite.adapt(value) for value in params]


async def rows(sql: str, *params: Any) -> Sequence[Row]:
    """Rows of a query, inside the transaction in force if there is one."""
    at = client()
    if at.capabilities.dialect == "sqlite":
        _, found = await at.execute_query(_numbered(sql), _for_sqlite(params))
        return cast(Sequence[Row], found)
    async with _connection(at) as connection:
        return cast(Sequence[Row], await connection.fetch(sql, *params))


async def row(sql: str, *params: Any) -> Row | None:
    """The first row of a query, or None."""
    found = await rows(sql, *params)
    return found[0] if found else None


async def execute(sql: str, *params: Any) -> int:
    """Run one statement; the number of rows it changed."""
    at = client()
    if at.capabilities.dialect == "sqlite":
        count, _ = await at.execute_query(_numbered(sql), _for_sqlite(params))
        return int(count)
    async with _connection(at) as connection:
        return _changed(await connection.execute(sql, *params))


@asynccontextmanager
async def _connection(at: BaseDBAsyncClient) -> AsyncIterator[Any]:
    """The connection of asyncpg itself: the transaction's, or a lane.

    Tortoise's ``execute_query`` drops the rows of ``UPDATE … RETURNING`` and takes the OID in
    ``INSERT 0 1`` for the number of rows.
    """
    outside = _lanes is not None and not isinstance(at, TransactionalDBClient)
    lent = cast(postgres.Lanes, _lanes).lane() if outside else cast(Any, at).acquire_connection()
    async with lent as connection:
        try:
            yield connection
        except Exception as error:
            if str(getattr(error, "sqlstate", "")).startswith("23"):
                raise IntegrityError(error) from error
            raise


def _changed(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])


_reader: sqlite3.Connection | None = None
_lanes: postgres.Lanes | None = None


def open_lanes(settings: Settings) -> None:
    """Open what answers outside transactions. For ``parts`` only."""
    global _reader, _lanes
    url = settings.database_url
    if url.startswith("sqlite://"):
        _reader = sqlite.read_only(url.removeprefix("sqlite://"))
    else:
        longest = settings.parts_timeout
        _lanes = postgres.Lanes(
            lambda: _connect(client(), longest=longest), settings.database_pool, patience=longest
        )


async def _connect(at: Any, *, longest: float) -> Any:
    """A connection as Tortoise opens those of its pool, for statements of ``longest`` seconds."""
    pool_alone = ("min_size", "max_size", "loop")
    chosen = {name: value for name, value in at._template.items() if name not in pool_alone}
    chosen |= {"timeout": longest, "command_timeout": longest}
    return await asyncpg.connect(password=at.password, **chosen)


async def close_lanes() -> None:
    """Close it again. For ``parts`` only."""
    global _reader, _lanes
    if _reader is not None:
        _reader.close()
        _reader = None
    if _lanes is not None:
        await _lanes.close()
        _lanes = None


async def read(sql: str, *params: Any) -> Sequence[Row]:
    """Rows as last committed, from outside any transaction."""
    if _reader is not None:
        return cast(
            Sequence[Row],
            _reader.execute(_numbered(sql), _for_sqlite(params)).fetchall(),
        )
    if _lanes is None:
        return await rows(sql, *params)
    lanes = _lanes
    connection = await lanes.take()
    try:
        return cast(Sequence[Row], await connection.fetch(sql, *params))
    except (asyncio.CancelledError, TimeoutError):
        connection.terminate()
        raise
    finally:
        lanes.give(connection)


async def read_one(sql: str, *params: Any) -> Row | None:
    """The first row of a ``read``, or None."""
    found = await read(sql, *params)
    return found[0] if found else None


async def write(*statements: Statement) -> None:
    """Run statements as one transaction (inside the one in force, if any).

    Raises:
        Stale: a statement changed another number of rows than it expected; nothing was kept.
        IntegrityError: a constraint said no; nothing was kept.
    """
    at = client()
    if isinstance(at, TransactionalDBClient):
        for statement in statements:
            _expected(statement, await execute(statement.sql, *statement.params))
    elif at.capabilities.dialect == "sqlite":
        await _shared_commit(cast(sqlite.YimenSqliteClient, at), statements)
    else:
        async with _connection(at) as connection:
            await _together(connection, statements)


async def _together(connection: Any, statements: Sequence[Statement]) -> None:
    """One transaction on a connection of PostgreSQL, in one trip where possible."""
    if len(statements) == 1 and statements[0].expect is None:
        await connection.execute(statements[0].sql, *statements[0].params)
        return
    whole = postgres.in_one(tuple((s.sql, len(s.params), s.expect) for s in statements))
    if whole is not None:
        try:
            await connection.execute(whole, *(one for s in statements for one in s.params))
        except asyncpg.DivisionByZeroError:
            raise Stale from None
        return
    await connection.execute("BEGIN")
    try:
        for statement in statements:
            status = await connection.execute(statement.sql, *statement.params)
            _expected(statement, _changed(status))
    except Exception:
        await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")


def _expected(statement: Statement, changed: int) -> None:
    if statement.expect is not None and changed != statement.expect:
        raise Stale


_waiting: list[tuple[Sequence[Statement], asyncio.Future[None]]] = []
_committer: asyncio.Task[None] | None = None


async def _shared_commit(at: sqlite.YimenSqliteClient, statements: Sequence[Statement]) -> None:
    global _committer
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    _waiting.append((statements, done))
    if _committer is None or _committer.done() or _committer.get_loop() is not loop:
        # A task of its own: a caller that is cut off must not cut off those who share its commit.
        _committer = loop.create_task(_commit_all(at))
    await done


async def _commit_all(at: sqlite.YimenSqliteClient) -> None:
    while _waiting:
        await _commit_waiting(at)


async def _commit_waiting(at: sqlite.YimenSqliteClient) -> None:
    async with at._lock:
        batch = _waiting[:256]
        del _waiting[:256]
        if at._connection is None:
            await at.create_connection(with_db=True)
        connection = cast(Any, at._connection)
        try:
            outcomes = await connection._execute(  # one thread hop for the whole batch
                _run_batch,
                connection._conn,
                [statements for statements, _ in batch],
            )
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits
            outcomes = [error] * len(batch)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue
            if outcome is None:
                future.set_result(None)
            else:
                future.set_exception(outcome)


def _run_batch(
    connection: sqlite3.Connection, batch: list[Sequence[Statement]]
) -> list[Exception | None]:
    """In SQLite's thread: every member in its own savepoint, one commit for all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if len(batch) == 1:  # the transaction is its savepoint
            error = _run(connection, batch[0])
            connection.execute("ROLLBACK" if error else "COMMIT")
            return [error]
        outcomes = []
        for statements in batch:
            connection.execute("SAVEPOINT member")
            error = _run(connection, statements)
            if error is not None:
                connection.execute("ROLLBACK TO member")
            connection.execute("RELEASE member")
            outcomes.append(error)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return outcomes


def _run(connection: sqlite3.Connection, statements: Sequence[Statement]) -> Exception | None:
    """Run a member's statements; what stopped them, if anything."""
    try:
        for statement in statements:
            params = _for_sqlite(statement.params)
            changed = connection.execute(_numbered(statement.sql), params).rowcount
            _expected(statement, changed)
    except sqlite3.IntegrityError as error:
        return IntegrityError(error)
    except (sqlite3.Error, Stale) as error:
        return error
    return None
