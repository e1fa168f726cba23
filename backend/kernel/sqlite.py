"""Tortoise's SQLite backend with the pragmas and the transaction start this city needs.

Tortoise opens transactions with a deferred BEGIN: two processes that read and then write get
"database is locked" at once instead of waiting. Here every transaction begins IMMEDIATE and
waits its turn. ``read_only`` connections answer point reads without a thread hop. Writes that
arrive while another is being made durable share one commit (``shared_commit``).
"""

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.exceptions import IntegrityError, TransactionManagementError

from backend.kernel.blinds import OldIndex
from backend.kernel.statements import FENCE, Stale, Statement

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an acknowledged submission survives a power cut
    "busy_timeout": 5000,
    "foreign_keys": "ON",
    "cache_size": -16384,  # KiB for each connection; most reads go by the map of the file anyway
    "mmap_size": 268435456,
    "temp_store": "MEMORY",
    "secure_delete": "ON",  # what is deleted or replaced is not left lying in the file
}


class ImmediateWrapper(SqliteTransactionWrapper):
    """A transaction that takes the write lock at its start."""

    async def begin(self) -> None:
        """BEGIN IMMEDIATE; waits up to ``busy_timeout``."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class YimenSqliteClient(SqliteClient):
    """The client that ``engine: backend.kernel.sqlite`` names."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateWrapper(self), self._lock)


client_class = YimenSqliteClient


def read_only(filename: str) -> sqlite3.Connection:
    """A connection for point reads in the event loop's own thread (about 60 µs each)."""
    connection = sqlite3.connect(
        f"file:{filename}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    for name in ("cache_size", "mmap_size", "busy_timeout", "temp_store"):
        connection.execute(f"PRAGMA {name}={PRAGMAS[name]}")
    connection.execute("PRAGMA query_only=ON")
    return connection


def adapt(value: Any) -> Any:
    """A parameter as SQLite stores it (the same text that Tortoise writes)."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | UUID):
        return str(value)
    return value


AS_IT_IS = frozenset({str, bytes, int, float, type(None)})
"""What needs no adapting."""


@lru_cache(maxsize=512)
def numbered(sql: str) -> str:
    """``$1`` as SQLite writes it."""
    return re.sub(r"\$(\d+)", r"?\1", sql)


def adapted(params: Sequence[Any]) -> list[Any]:
    """Parameters as SQLite stores them."""
    return [value if value.__class__ in AS_IT_IS else adapt(value) for value in params]


_waiting: list[tuple[Sequence[Statement], asyncio.Future[None]]] = []
_committer: asyncio.Task[None] | None = None


async def shared_commit(at: YimenSqliteClient, statements: Sequence[Statement]) -> None:
    """Run statements as one transaction that shares its commit with others that wait.

    Raises:
        Stale: a statement changed another number of rows than it expected; nothing was kept.
        IntegrityError: a constraint said no; nothing was kept.
        OldIndex: a look-up key was of a former generation; nothing was kept.
    """
    global _committer
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    _waiting.append((statements, done))
    if _committer is None or _committer.done() or _committer.get_loop() is not loop:
        # A task of its own: a caller that is cut off must not cut off those who share its commit.
        _committer = loop.create_task(_commit_all(at))
    await done


async def _commit_all(at: YimenSqliteClient) -> None:
    while _waiting:
        await _commit_waiting(at)


async def _commit_waiting(at: YimenSqliteClient) -> None:
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
            params = adapted(statement.params)
            statement.changed(connection.execute(numbered(statement.sql), params).rowcount)
    except sqlite3.IntegrityError as error:
        return OldIndex(FENCE) if FENCE in str(error) else IntegrityError(error)
    except (sqlite3.Error, Stale) as error:
        return error
    return None
