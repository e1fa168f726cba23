"""Several statements as one write: all or nothing, on both sets of parts."""

from collections.abc import AsyncIterator

import pytest

from backend.kernel import db
from backend.kernel import parts as city_parts
from backend.kernel.db import Statement
from backend.kernel.postgres import in_one
from backend.kernel.settings import Settings

INSERT = "INSERT INTO shelf (id, word) VALUES ($1, $2)"
CHANGE = "UPDATE shelf SET word = $2 WHERE id = $1"
BOX = "INSERT INTO box (id, shelf_id) VALUES ($1, $2)"


@pytest.fixture
async def shelf(parts: Settings) -> AsyncIterator[None]:
    async with city_parts.opened(parts):
        await db.write(Statement("CREATE TABLE shelf (id INTEGER PRIMARY KEY, word TEXT)"))
        await db.write(
            Statement(
                "CREATE TABLE box (id INTEGER PRIMARY KEY, shelf_id INTEGER REFERENCES shelf)"
            )
        )
        await db.write(Statement(INSERT, (1, "first")))
        yield


async def _words() -> dict[int, str]:
    return {row["id"]: row["word"] for row in await db.read("SELECT id, word FROM shelf")}


async def test_all_of_it_is_kept(shelf: None):
    await db.write(
        Statement(CHANGE, (1, "changed"), expect=1), Statement(BOX, (7, 1)), Statement(BOX, (8, 1))
    )
    assert await _words() == {1: "changed"}
    assert len(await db.read("SELECT 1 FROM box")) == 2


async def test_a_later_part_builds_on_an_earlier_one(shelf: None):
    await db.write(Statement(INSERT, (2, "two")), Statement(BOX, (7, 2)))
    await db.write(Statement(INSERT, (3, "three")), Statement(CHANGE, (3, "3"), expect=1))
    assert await _words() == {1: "first", 2: "two", 3: "3"}


@pytest.mark.parametrize(("id_", "expect"), [(99, 1), (1, 2), (1, 0)])
async def test_a_wrong_number_of_rows_keeps_nothing(shelf: None, id_: int, expect: int):
    with pytest.raises(db.Stale):
        await db.write(Statement(BOX, (7, 1)), Statement(CHANGE, (id_, "x"), expect=expect))
    with pytest.raises(db.Stale):
        await db.write(Statement(CHANGE, (id_, "x"), expect=expect))
    assert await _words() == {1: "first"}
    assert await db.read("SELECT 1 FROM box") == []


@pytest.mark.parametrize("broken", [(1, 1), (7, 99)], ids=["taken", "no such shelf"])
async def test_a_constraint_keeps_nothing(shelf: None, broken: tuple[int, int]):
    statements = [Statement(INSERT, (2, "two")), Statement(BOX, broken)]
    if broken == (1, 1):
        await db.write(Statement(BOX, (1, 1)))
    with pytest.raises(db.IntegrityError):
        await db.write(*statements)
    assert await _words() == {1: "first"}


def test_what_may_not_travel_as_one():
    insert, change, box = ((sql, 2, None) for sql in (INSERT, CHANGE, BOX))
    assert in_one((insert, box)) is not None
    assert in_one((box, box)) is not None
    assert in_one((insert, change)) is None  # the change would not see what was inserted
    assert in_one((change, change)) is None
    assert in_one((("INSERT INTO box (id) SELECT max(id) FROM shelf", 0, None), change)) is None
    assert in_one((("LOCK TABLE shelf", 0, None), box)) is None
