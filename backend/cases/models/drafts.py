"""Statements of drafts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from backend.kernel import clock, db, privacy

AT = "case_draft.content"

DRAFT = """
SELECT id, item, revision, content, filled, total, created_at, updated_at
FROM case_draft WHERE person_id = $1 AND item = $2
"""
DRAFTS = """
SELECT id, item, revision, filled, total, updated_at
FROM case_draft WHERE person_id = $1 ORDER BY updated_at DESC, id
"""
INSERT_DRAFT = """
INSERT INTO case_draft
    (id, person_id, item, revision, content, filled, total, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
UPDATE_DRAFT = """
UPDATE case_draft
SET revision = revision + 1, content = $1, filled = $2, total = $3, updated_at = $4
WHERE id = $5 AND revision = $6
"""
DELETE_DRAFT = "DELETE FROM case_draft WHERE id = $1"
DELETE_DRAFT_OF = "DELETE FROM case_draft WHERE person_id = $1 AND item = $2"


class Kept(NamedTuple):
    """A draft as it is kept."""

    id: str
    revision: int
    values: dict[str, Any]
    materials: dict[str, list[str]]
    created_at: datetime
    updated_at: datetime


async def find(person_id: str, item: str) -> Kept | None:
    """A person's draft for an item."""
    row = await find_sealed(person_id, item)
    return None if row is None else opened(row)


async def find_sealed(person_id: str, item: str) -> db.Row | None:
    """The row of a person's draft for an item."""
    return await db.read_one(DRAFT, person_id, item)


def opened(row: db.Row) -> Kept:
    """A row's draft, opened."""
    content = privacy.unseal_json(row["content"], at=AT, row=str(row["id"]))
    return Kept(
        str(row["id"]), row["revision"], content["values"], content["materials"],
        db.as_time(row["created_at"]), db.as_time(row["updated_at"]),
    )  # fmt: skip


async def of_person(person_id: str) -> Sequence[db.Row]:
    """All of a person's drafts, the last touched first, without their content."""
    return await db.read(DRAFTS, person_id)


def insert(
    person_id: str, item: str, content: Mapping[str, Any], *, filled: int, total: int, at: datetime
) -> db.Statement:
    """Begin a draft; a unique error if there is one."""
    row = db.new_id()
    sealed = privacy.seal_json(dict(content), at=AT, row=row)
    return db.Statement(INSERT_DRAFT, (row, person_id, item, 1, sealed, filled, total, at, at))


def update(
    kept: Kept, content: Mapping[str, Any], *, filled: int, total: int, at: datetime
) -> db.Statement:
    """Put new content in; ``Stale`` if somebody else has meanwhile."""
    sealed = privacy.seal_json(dict(content), at=AT, row=kept.id)
    return db.Statement(UPDATE_DRAFT, (sealed, filled, total, at, kept.id, kept.revision), expect=1)


def end(draft_id: str) -> db.Statement:
    """A draft became a case; ``Stale`` if it is not there any more."""
    return db.Statement(DELETE_DRAFT, (draft_id,), expect=1)


def discard(person_id: str, item: str) -> db.Statement:
    """Throw a draft away; one that is not there is fine."""
    return db.Statement(DELETE_DRAFT_OF, (person_id, item))


def now() -> datetime:
    """The current instant in whole milliseconds, as it goes out and comes back."""
    at = clock.now()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
