"""The index key turns (盲索引换钥) while the city is open, in three steps:

1. ``cli keys --turn-index`` adds a key to the key file. Every process sees it within a second and
   from then on knows both forms of a look-up key; it still writes the former one.
2. ``cli reindex`` waits until the file has reached every machine, and moves the generation in the
   table ``index_key``. From that moment the database itself takes no former form: a fence on every
   column refuses it, so that a machine without the new key can spoil nothing (it is not ready).
3. It brings every look-up key there is to the new form, row by row. Whatever is looked for in the
   meantime is brought first (``blinds.answered``): nobody is missed, and no two rows can come to
   hold one value in two forms.

It may be stopped at any point and begun again. SQLite's file keeps some former forms in the slack
of its pages until a ``VACUUM`` (with the city closed), PostgreSQL's until its own. An index key is
used for a year or two (NIST SP 800-57 part 1, 5.3).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from tortoise import fields

from backend.kernel import blinds, db, log, privacy
from backend.kernel.settings import SettingsError
from backend.kernel.statements import FENCE, FENCE_STATE

AT_ONCE = 200
LANES = 8
SPREAD_S = 120.0
"""Seconds that a new key file is given to reach every machine."""
_LOCK = 7_140_255
"""PostgreSQL's advisory lock: shared by those who write a look-up key, alone for the next key."""


class IndexKey(db.Table):
    """One row: of which generation the look-up keys are.

    ``firsts`` are the characters with which one may begin, for the fences.
    """

    id = fields.CharField(max_length=1, primary_key=True)
    generation = fields.IntField()
    settled = fields.IntField()
    firsts = fields.CharField(max_length=16)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "generation": "internal", "settled": "internal", "firsts": "internal",
    }  # fmt: skip

    class Meta:
        table = "index_key"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of look-up keys."""

    table: str
    name: str
    purposes: tuple[str, ...]
    found_fast: bool
    """Whether an index begins with it."""


@cache
def columns() -> tuple[Column, ...]:
    """Every column of look-up keys, as the tables tell them (``Table.blinds``)."""
    return tuple(_columns())


def _columns() -> Iterator[Column]:
    for table in db.tables():
        about = table.describe()
        leading = {one[0] for one in (*about["unique_together"], *about["indexes"])}
        for one in about["data_fields"]:
            column = str(one["db_column"])
            if column in table.blinds:
                fast = bool(one["unique"] or one["indexed"] or column in leading)
                yield Column(str(about["table"]), column, table.blinds[column], fast)


def bringing(params: Sequence[Any], known: blinds.State) -> list[db.Statement]:
    """What brings the rows of some look-up keys to the generation in force."""
    statements = []
    for one in dict.fromkeys(one for one in params if one.__class__ is blinds.Blind):
        new = one.forms[known.generation - 1]
        for column in columns():
            if one.purpose in column.purposes:
                sql = f"UPDATE {column.table} SET {column.name} = $1 WHERE {column.name} = $2"  # noqa: S608 - our own names
                statements += [
                    db.Statement(sql, (new, former))
                    for former in one.forms[known.settled - 1 : known.generation - 1]
                ]
    return statements


async def state() -> blinds.State:
    """Which generation the database is at."""
    found = await db.read_one("SELECT generation, settled FROM index_key")
    known = blinds.State()
    if found is not None:
        known = blinds.State(int(found["generation"]), int(found["settled"]))
    privacy.settle(known.settled if known.settled == known.generation else 0)
    return known


async def prepare() -> None:
    """After the migrations: the row, and a fence on every column that has none yet.

    Raises:
        SettingsError: the key file is older than what lies in the database.
    """
    if await db.read_one("SELECT 1 FROM index_key") is None:
        await db.write(
            db.Statement(
                "INSERT INTO index_key (id, generation, settled, firsts) VALUES ('1', 1, 1, $1) "
                "ON CONFLICT DO NOTHING",
                (blinds.FIRST,),
            )
        )
    standing = "sqlite_master WHERE type = 'trigger'" if db.on_sqlite() else "pg_trigger"
    named = "name" if db.on_sqlite() else "tgname AS name"
    there = {row["name"] for row in await db.read(f"SELECT {named} FROM {standing}")}  # noqa: S608
    for column in columns():
        if not any(str(name).startswith(_fence(column)) for name in there):
            for sql in _on_sqlite(column) if db.on_sqlite() else _on_postgres(column):
                await db.client().execute_script(sql)
    if not await known_here():
        raise SettingsError(
            "the key file is older than the database: its newest index key is missing here. "
            "Copy the key file from the machine on which `keys --turn-index` was run."
        )


async def known_here() -> bool:
    """Whether this process has every index key that the database needs."""
    known = await state()
    if known.generation > len(privacy.ring().index):
        privacy.refresh()
    return known.generation <= len(privacy.ring().index)


def _fence(column: Column) -> str:
    return f"fence_{column.table}_{column.name}"


def _on_sqlite(column: Column) -> Iterator[str]:
    table, name = column.table, column.name
    for when, short in (("INSERT", "put"), (f"UPDATE OF {name}", "change")):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {_fence(column)}_{short} BEFORE {when} ON {table} "  # noqa: S608
            f"WHEN NEW.{name} IS NOT NULL AND substr(NEW.{name}, 1, 1) <> '-' "
            f"AND instr((SELECT firsts FROM index_key), substr(NEW.{name}, 1, 1)) = 0 "
            f"BEGIN SELECT RAISE(ABORT, '{FENCE}'); END"
        )


def _on_postgres(column: Column) -> Iterator[str]:
    table, name = column.table, column.name
    fence = _fence(column)
    # the lock first: the statement after it sees what was committed before it was given
    yield (
        f"CREATE OR REPLACE FUNCTION {fence}() RETURNS trigger LANGUAGE plpgsql AS $fence$ BEGIN "  # noqa: S608
        f"PERFORM pg_advisory_xact_lock_shared({_LOCK}); "
        f"IF strpos((SELECT firsts FROM index_key), left(NEW.{name}, 1)) = 0 THEN "
        f"RAISE EXCEPTION '{FENCE}' USING ERRCODE = '{FENCE_STATE}'; END IF; "
        "RETURN NEW; END $fence$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {fence} BEFORE INSERT OR UPDATE OF {name} ON {table} "
        f"FOR EACH ROW WHEN (NEW.{name} IS NOT NULL AND left(NEW.{name}, 1) <> '-') "
        f"EXECUTE FUNCTION {fence}()"
    )


async def reindex(*, spread: float = SPREAD_S, say: Callable[[str], None]) -> int:
    """Bring every look-up key under the newest index key; how many were brought.

    ``spread``: the seconds that the key file is given, from its writing, to be on every machine.
    """
    privacy.refresh()
    ring = privacy.ring()
    newest, known = len(ring.index), await state()
    if known == blinds.State(newest, newest):
        return 0
    if known.generation < newest:
        wait = ring.written / 1e9 + spread - time.time()
        if wait > 0:
            say(f"the new key is given {wait:.0f} s more to reach every machine")
            await asyncio.sleep(wait)
        await _move(newest)
        log.event("reindex.moved", generation=newest)
    done = 0
    for column in columns():
        done += await _column(column, newest, say)
    await db.write(
        db.Statement("UPDATE index_key SET settled = $1 WHERE generation = $1", (newest,), expect=1)
    )
    await state()
    log.event("reindex.done", done=done, generation=newest)
    return done


async def _move(newest: int) -> None:
    """From the commit on, only the newest form can be written; who was writing has finished."""
    async with db.transaction():
        if not db.on_sqlite():
            await db.rows("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await db.execute(
            "UPDATE index_key SET generation = $1, firsts = $2 WHERE generation < $1",
            newest,
            blinds.firsts(newest),
        )


async def _column(column: Column, newest: int, say: Callable[[str], None]) -> int:
    where = "$2" if column.found_fast else "$2 AND id = $3"
    sql = f"UPDATE {column.table} SET {column.name} = $1 WHERE {column.name} = {where}"  # noqa: S608
    done = 0
    async for page in _pages(column):
        todo = [
            db.Statement(sql, (privacy.brought(old), old, *(() if column.found_fast else (row,))))
            for row, old in page
            if 0 < (blinds.generation_of(old) or 0) < newest
        ]
        done += len(todo)
        if db.on_sqlite():
            await db.write(*todo)
            continue
        # one by one, so that it never holds one row while it waits for another
        for n in range(0, len(todo), LANES):
            await asyncio.gather(*(db.write(one) for one in todo[n : n + LANES]))
    if done:
        say(f"{column.table}.{column.name}: {done}")
    return done


async def _pages(column: Column) -> AsyncIterator[list[tuple[str, str]]]:
    sql = (
        f"SELECT id, {column.name} AS form FROM {column.table} WHERE {column.name} IS NOT NULL "  # noqa: S608
        "AND id > $1 ORDER BY id LIMIT $2"
    )
    last = db.FIRST_ID
    while found := await db.read(sql, last, AT_ONCE):
        last = str(found[-1]["id"])
        yield [(str(row["id"]), str(row["form"])) for row in found]
