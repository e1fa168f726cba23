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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, ClassVar, Literal, TypeVar, cast

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

from backend.kernel import blinds, postgres, sqlite
from backend.kernel.blinds import OldIndex
from backend.kernel.settings import Settings
from backend.kernel.statements import FENCE, FENCE_STATE, Stale, Statement

Row = Mapping[str, Any]
T = TypeVar("T")
FIRST_ID = "00000000-0000-0000-0000-000000000000"  # before every id, where pages begin
Sensitivity = Literal["open", "internal", "personal", "sealed"]

__all__ = [
    "IntegrityError", "OldIndex", "Stale", "Statement", "Table", "as_time", "execute", "new_id",
    "read", "read_one", "row", "rows", "transaction", "write",
]  # fmt: skip


class Table(Model):
    """Base of every table. ``sensitivity`` says of every column what it is:

    ``open`` (may be published), ``internal`` (ids, states), ``personal`` (tells something of a
    person without naming them), ``sealed`` (encrypted, or a keyed blind index). ``blinds`` are the
    columns of look-up keys with the purposes that they were made for (``privacy.blind``).
    """

    sensitivity: ClassVar[dict[str, Sensitivity]] = {}
    blinds: ClassVar[dict[str, tuple[str, ...]]] = {}

    class Meta:
        abstract = True


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
        "backend.kernel.turning",
        "backend.notices.models",
        "backend.library.models",
        "backend.vault.models",
        "backend.cases.models",
    ],
    "auth": ["auth.models", "auth.models.provider"],
}


def tables() -> Iterator[type[Table]]:
    """Every table of the city."""
    named = {
        one: None  # a set in the order of the houses
        for modules in MODELS.values()
        for module in modules
        for one in vars(import_module(module)).values()
        if isinstance(one, type) and issubclass(one, Table) and one is not Table
    }
    yield from named


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


async def rows(sql: str, *params: Any) -> Sequence[Row]:
    """Rows of a query, inside the transaction in force if there is one."""
    if blinds.turning and blinds.among(params):
        looking = sql.lstrip()[:6].upper() == "SELECT"
        return await _turned(rows, sql, params, nothing=lambda found: looking or not found)
    at = client()
    if at.capabilities.dialect == "sqlite":
        with _fenced():
            _, found = await at.execute_query(sqlite.numbered(sql), sqlite.adapted(params))
        return cast(Sequence[Row], found)
    async with _connection(at) as connection:
        return cast(Sequence[Row], await connection.fetch(sql, *params))


async def row(sql: str, *params: Any) -> Row | None:
    """The first row of a query, or None."""
    found = await rows(sql, *params)
    return found[0] if found else None


async def execute(sql: str, *params: Any) -> int:
    """Run one statement; the number of rows it changed."""
    if blinds.turning and blinds.among(params):
        return await _turned(execute, sql, params, nothing=lambda count: not count)
    at = client()
    if at.capabilities.dialect == "sqlite":
        with _fenced():
            count, _ = await at.execute_query(sqlite.numbered(sql), sqlite.adapted(params))
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
            state = str(getattr(error, "sqlstate", ""))
            if state.startswith("23"):
                raise IntegrityError(error) from error
            if state == FENCE_STATE:
                raise OldIndex(FENCE) from error
            raise


@contextmanager
def _fenced() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if FENCE in str(error):
            raise OldIndex(FENCE) from error
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
    if blinds.turning and blinds.among(params):
        return await _turned(read, sql, params, nothing=lambda _: True)
    if _reader is not None:
        return cast(
            Sequence[Row],
            _reader.execute(sqlite.numbered(sql), sqlite.adapted(params)).fetchall(),
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
        OldIndex: the index key turned meanwhile, unknown to this process; nothing was kept.
    """
    if blinds.turning and any(blinds.among(one.params) for one in statements):
        await _write_turned(statements)
        return
    at = client()
    if isinstance(at, TransactionalDBClient):
        for statement in statements:
            statement.changed(await execute(statement.sql, *statement.params))
    elif at.capabilities.dialect == "sqlite":
        await sqlite.shared_commit(cast(sqlite.YimenSqliteClient, at), statements)
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
            statement.changed(_changed(status))
    except Exception:
        await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")


# -- while the index key turns ---------------------------------------------------------------------

_ask: Callable[[], Awaitable[blinds.State]] | None = None
_bringing: Callable[[Sequence[Any], blinds.State], Sequence[Statement]] | None = None


def turn_with(
    ask: Callable[[], Awaitable[blinds.State]],
    bringing: Callable[[Sequence[Any], blinds.State], Sequence[Statement]],
) -> None:
    """How the generation of the look-up keys is asked, and rows are brought to it: ``turning``."""
    global _ask, _bringing
    _ask, _bringing = ask, bringing


async def _turned(
    run: Callable[..., Awaitable[T]],
    sql: str,
    params: Sequence[Any],
    *,
    nothing: Callable[[T], bool],
) -> T:
    return await _at_generation(
        lambda known: run(sql, *blinds.at(params, known.generation)), params, nothing
    )


async def _write_turned(statements: Sequence[Statement]) -> None:
    async def run(known: blinds.State) -> Stale | None:
        at = known.generation
        try:
            await write(*(replace(one, params=blinds.at(one.params, at)) for one in statements))
        except Stale as stale:
            return stale
        return None

    every = [param for one in statements for param in one.params]
    stale = await _at_generation(run, every, lambda found: found is not None)
    if stale is not None:
        raise stale


async def _at_generation(
    run: Callable[[blinds.State], Awaitable[T]],
    params: Sequence[Any],
    nothing: Callable[[T], bool],
) -> T:
    assert _ask is not None
    assert _bringing is not None
    bringing = _bringing

    async def bring(known: blinds.State) -> None:
        await write(*bringing(params, known))

    inside = isinstance(client(), TransactionalDBClient)
    return await blinds.answered(
        run, ask=_ask, bring=bring, nothing=nothing, tries=1 if inside else blinds.TRIES
    )
