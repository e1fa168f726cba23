"""The table of papers, and the statements that read and write it."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import ClassVar, NamedTuple

from tortoise import fields

from backend.kernel import clock, db, privacy
from backend.vault.rules import MOST_PAPERS, Scan

AT_NAME = "vault_document.name"


class DocumentRow(db.Table):
    """A paper in a person's space (材料). Its bytes are a blob under the same id.

    ``deleted_at``: the person has taken it out of their space. Cases that hold it keep it.
    ``scan``: what the virus scanner says of it (``rules.Scan``), at ``scanned_at``.
    """

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    material_type = fields.CharField(max_length=60)
    name = fields.BinaryField()
    content_type = fields.CharField(max_length=40)
    size = fields.IntField()
    grade = fields.CharField(max_length=1)
    source = fields.CharField(max_length=30)
    valid_until = fields.DateField(null=True)
    created_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)
    once = fields.CharField(max_length=110, unique=True)
    scan = fields.CharField(max_length=10, default="unchecked", db_default="unchecked")
    scanned_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "material_type": "personal", "name": "sealed",
        "content_type": "internal", "size": "internal", "grade": "internal", "source": "internal",
        "valid_until": "personal", "created_at": "internal", "deleted_at": "internal",
        "once": "internal", "scan": "internal", "scanned_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "vault_document"
        indexes = (("person_id", "created_at"), ("scan", "created_at"))


class Document(NamedTuple):
    """A paper as its row tells it."""

    id: str
    type: str
    name: str
    content_type: str
    size: int
    grade: str
    source: str
    valid_until: str | None
    created_at: datetime
    deleted: bool
    scan: str = Scan.UNCHECKED


_COLUMNS = (
    "id, material_type, name, content_type, size, grade, source, valid_until, created_at, "
    "deleted_at, scan"
)


def document(row: db.Row) -> Document:
    """A row's paper, its name opened."""
    number = str(row["id"])
    return Document(
        id=number,
        type=row["material_type"],
        name=privacy.unseal_text(row["name"], at=AT_NAME, row=number),
        content_type=row["content_type"],
        size=row["size"],
        grade=row["grade"],
        source=row["source"],
        valid_until=str(row["valid_until"]) if row["valid_until"] else None,
        created_at=db.as_time(row["created_at"]),
        deleted=row["deleted_at"] is not None,
        scan=row["scan"],
    )


def _marks(first: int, count: int) -> str:
    return ", ".join(f"${n}" for n in range(first, first + count)) or "NULL"


async def kept(person_id: str, types: Sequence[str] | None = None) -> Sequence[db.Row]:
    """The rows of a person's papers (of some types), newest first, their names still sealed.

    A paper's row never changes but for what the scanner says of it, and for the day it is taken
    out, and then it is not here.
    """
    sql = _kept(None if types is None else len(types))
    return await db.read(sql, person_id, MOST_PAPERS, *(types or ()))


@cache
def _kept(types: int | None) -> str:
    only = "" if types is None else f"AND material_type IN ({_marks(3, types)}) "
    return (
        f"SELECT {_COLUMNS} FROM vault_document WHERE person_id = $1 AND deleted_at IS NULL "  # noqa: S608
        f"{only}ORDER BY created_at DESC, id DESC LIMIT $2"
    )


async def by_ids(person_id: str, ids: Sequence[str]) -> list[Document]:
    """Those of the papers that are this person's, taken out or not."""
    good = [one for one in ids if db.is_id(one)]
    found = await db.read(_by_ids(len(good)), person_id, *good) if good else ()
    return [document(row) for row in found]


@cache
def _by_ids(count: int) -> str:
    marks = _marks(2, count)
    return f"SELECT {_COLUMNS} FROM vault_document WHERE person_id = $1 AND id IN ({marks})"  # noqa: S608


async def by_key(person_id: str, key: str) -> tuple[Document | None, int]:
    """The paper that an upload with this key made, and how many papers the person keeps."""
    sql = (
        f"SELECT {_COLUMNS}, (SELECT count(*) FROM vault_document WHERE person_id = $2 "  # noqa: S608
        "AND deleted_at IS NULL) AS kept FROM (SELECT 1 AS one) AS base "
        "LEFT JOIN vault_document ON once = $1"
    )
    row = await db.row(sql, f"{person_id}:{key}", person_id)
    assert row is not None
    return (None if row["id"] is None else document(row)), int(row["kept"])


def keep(paper: Document, person_id: str, key: str) -> db.Statement:
    """Enter a paper."""
    sql = (
        "INSERT INTO vault_document (id, person_id, material_type, name, content_type, size, "
        "grade, source, valid_until, created_at, once, scan) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    )
    until = date.fromisoformat(paper.valid_until) if paper.valid_until else None
    params = (
        paper.id, person_id, paper.type,
        privacy.seal(paper.name, at=AT_NAME, row=paper.id), paper.content_type,
        paper.size, paper.grade, paper.source, until, paper.created_at,
        f"{person_id}:{key}", paper.scan,
    )  # fmt: skip
    return db.Statement(sql, params)


def take_out(person_id: str, document: str) -> db.Statement:
    """Take a paper out of a person's space; ``Stale`` if it is not in there."""
    sql = (
        "UPDATE vault_document SET deleted_at = $1 "
        "WHERE id = $2 AND person_id = $3 AND deleted_at IS NULL"
    )
    return db.Statement(sql, (clock.now(), document, person_id), expect=1)


class Scanned(NamedTuple):
    """Whose paper the scanner is asked about, and of which type."""

    id: str
    person_id: str
    type: str


_SCANNED = "SELECT id, person_id, material_type FROM vault_document "


async def to_scan(document: str) -> Scanned | None:
    """One paper, whoever's it is by now."""
    found = await _scanned(_SCANNED + "WHERE id = $1", document)
    return found[0] if found else None


async def unscanned(state: str, *, before: datetime, limit: int) -> list[Scanned]:
    """The oldest papers in a state that were kept before a time."""
    sql = _SCANNED + "WHERE scan = $1 AND created_at < $2 ORDER BY created_at, id LIMIT $3"
    return await _scanned(sql, state, before, limit)


async def all_after(document: str, *, limit: int) -> list[Scanned]:
    """All papers in the order of their ids, a page at a time."""
    return await _scanned(_SCANNED + "WHERE id > $1 ORDER BY id LIMIT $2", document, limit)


async def _scanned(sql: str, *params: object) -> list[Scanned]:
    rows = await db.read(sql, *params)
    return [Scanned(str(r["id"]), str(r["person_id"]), r["material_type"]) for r in rows]


def judged(document: str, state: str) -> db.Statement:
    """Enter what the scanner says."""
    sql = "UPDATE vault_document SET scan = $1, scanned_at = $2 WHERE id = $3"
    return db.Statement(sql, (state, clock.now(), document))
