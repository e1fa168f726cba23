"""Tortoise's SQLite backend with the pragmas and the transaction start this city needs.

Tortoise opens transactions with a deferred BEGIN: two processes that read and then write get
"database is locked" at once instead of waiting. Here every transaction begins IMMEDIATE and
waits its turn. ``read_only`` connections answer point reads without a thread hop.
"""

import sqlite3
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.exceptions import TransactionManagementError

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an acknowledged submission survives a power cut
    "busy_timeout": 5000,
    "foreign_keys": "ON",
    "cache_size": -16384,  # KiB for each connection; most reads go by the map of the file anyway
    "mmap_size": 268435456,
    "temp_store": "MEMORY",
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
