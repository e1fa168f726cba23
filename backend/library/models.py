"""Tables of the base library, and the statements that read and write them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import ClassVar, NamedTuple

from tortoise import fields

from backend.kernel import clock, db, privacy
from backend.library.recent import Recent
from backend.library.rules import Assertion, Document, digest, entry_of

AT_FACTS = "library_facts.doc"
AT_VALUE = "library_assertion.value"


class Person(db.Table):
    """A natural person (自然人) or a legal one (法人), identified by nothing but the ID number or
    the Unified Social Credit Code.
    """

    id = fields.UUIDField(primary_key=True)
    id_blind = fields.CharField(max_length=32, unique=True)
    id_number = fields.BinaryField()
    name = fields.BinaryField()
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "id_blind": "sealed", "id_number": "sealed", "name": "sealed",
        "created_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"id_blind": ("library_person.id_number",)}

    class Meta:
        table = "library_person"


class Facts(db.Table):
    """Current values of one person in one group of elements: a sealed document (``rules``)."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    fact_group = fields.CharField(max_length=40)
    doc = fields.BinaryField()
    version = fields.IntField()
    updated_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "fact_group": "open", "doc": "sealed",
        "version": "internal", "updated_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "library_facts"
        unique_together = (("person_id", "fact_group"),)


class AssertionRow(db.Table):
    """Who said what about a person, and when (认定记录). Append-only."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    element = fields.CharField(max_length=60)
    value = fields.BinaryField()
    source = fields.CharField(max_length=30)
    source_ref = fields.CharField(max_length=60, default="")
    grade = fields.CharField(max_length=1)
    verified_at = fields.DatetimeField()
    valid_until = fields.DateField(null=True)
    recorded_at = fields.DatetimeField()
    replay_key = fields.CharField(max_length=32, unique=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "element": "personal", "value": "sealed",
        "source": "personal", "source_ref": "internal", "grade": "internal",
        "verified_at": "personal", "valid_until": "personal", "recorded_at": "internal",
        "replay_key": "sealed",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"replay_key": ("library_assertion",)}

    class Meta:
        table = "library_assertion"
        indexes = (("person_id", "element", "verified_at"),)


class Access(db.Table):
    """Who read which elements of a person, what for and when (查询记录). The person sees it.

    ``capacity``: in which role somebody read who acts for the person (代办).
    """

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    reader_kind = fields.CharField(max_length=10)
    reader_id = fields.CharField(max_length=64)
    reader_name = fields.CharField(max_length=60, default="")
    capacity = fields.CharField(max_length=20, db_default="")
    department = fields.CharField(max_length=20, default="")
    purpose = fields.CharField(max_length=60)
    elements = fields.TextField()
    case_number = fields.CharField(max_length=50, null=True)
    at = fields.DatetimeField()
    once = fields.CharField(max_length=160, unique=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "reader_kind": "internal",
        "reader_id": "internal", "reader_name": "personal", "capacity": "personal",
        "department": "open",
        "purpose": "personal", "elements": "personal", "case_number": "internal",
        "at": "personal", "once": "internal",
    }  # fmt: skip

    class Meta:
        table = "library_access"
        indexes = (("person_id", "id"),)


class Feed(db.Table):
    """How far a person's facts of one source have come: waiting, ok, down or none."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    source = fields.CharField(max_length=30)
    state = fields.CharField(max_length=10)
    at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "source": "open", "state": "personal",
        "at": "internal",
    }  # fmt: skip

    class Meta:
        table = "library_feed"
        unique_together = (("person_id", "source"),)


class Held(NamedTuple):
    """A document with the row it came from; ``version`` 0 is a row that is not there yet."""

    row: str
    version: int
    document: Document


class FeedState(NamedTuple):
    """How a source stands with a person since an instant."""

    source: str
    state: str
    at: datetime


_DOCS = "SELECT id, fact_group, doc, version FROM library_facts WHERE person_id = $1"
_opened: Recent[Document] = Recent(4000)

# Facts and feeds in one trip: whoever shows values also says which source is silent.
_LOOK = """
SELECT id, fact_group AS code, doc, version, NULL AS state, NULL AS at
FROM library_facts WHERE person_id = $1{groups}
UNION ALL
SELECT id, source, NULL, 0, state, at FROM library_feed WHERE person_id = $1
"""


async def look(
    person_id: str, groups: Sequence[str] | None
) -> tuple[list[db.Row], list[FeedState]]:
    """The rows of a person's documents of some groups (None: all), still sealed, and the state of
    every source. ``groups`` name each group once.
    """
    sql = _look(None if groups is None else len(groups))
    rows: list[db.Row] = []
    feeds: list[FeedState] = []
    for row in await db.read(sql, person_id, *(groups or ())):
        state = row["state"]
        if state is None:
            rows.append(row)
        else:
            feeds.append(FeedState(row["code"], state, db.as_time(row["at"])))
    return rows, feeds


@cache
def _look(groups: int | None) -> str:
    if groups is None:
        return _LOOK.format(groups="")
    marks = ", ".join(f"${n}" for n in range(2, groups + 2))
    return _LOOK.format(groups=f" AND fact_group IN ({marks or 'NULL'})")


async def documents(person_id: str) -> dict[str, Held]:
    """All of a person's documents, as the transaction in force sees them."""
    found = await db.rows(_DOCS, person_id)
    return {row["fact_group"]: held(row) for row in found}


def held(row: db.Row) -> Held:
    """A row's document, opened."""
    number, sealed = str(row["id"]), bytes(row["doc"])
    # Keyed by the sealed bytes and the key ring themselves: equal ones can only open to the same.
    document = _opened.get(
        (number, sealed, id(privacy.ring())),
        lambda: privacy.unseal_json(sealed, at=AT_FACTS, row=number),
    )
    return Held(number, row["version"], document)


def keep_document(person_id: str, group: str, held: Held, document: Document) -> db.Statement:
    """Write a group's document if nobody else has meanwhile (else ``Stale`` or a unique error)."""
    now = clock.now()
    if held.version:
        sealed = privacy.seal_json(document, at=AT_FACTS, row=held.row)
        sql = (
            "UPDATE library_facts SET doc = $1, version = version + 1, updated_at = $2 "
            "WHERE id = $3 AND version = $4"
        )
        return db.Statement(sql, (sealed, now, held.row, held.version), expect=1)
    row = db.new_id()
    sealed = privacy.seal_json(document, at=AT_FACTS, row=row)
    sql = (
        "INSERT INTO library_facts (id, person_id, fact_group, doc, version, updated_at) "
        "VALUES ($1, $2, $3, $4, 1, $5)"
    )
    return db.Statement(sql, (row, person_id, group, sealed, now))


def append(person_id: str, said: Iterable[Assertion]) -> list[db.Statement]:
    """Add assertions to the log; one that is there already adds nothing."""
    sql = (
        "INSERT INTO library_assertion (id, person_id, element, value, source, source_ref, grade, "
        "verified_at, valid_until, recorded_at, replay_key) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (replay_key) DO NOTHING"
    )
    now = clock.now()
    statements = []
    for one in said:
        row, entry = db.new_id(), entry_of(one)
        sealed = privacy.seal_json(entry.get("v"), at=AT_VALUE, row=row)
        told = privacy.blind(f"{person_id} {one.element} {digest(entry)}", "library_assertion")
        verified = datetime.fromisoformat(one.verified_at)
        until = datetime.fromisoformat(one.valid_until).date() if one.valid_until else None
        params = (
            row, person_id, one.element, sealed, one.source, one.source_ref, one.grade,
            verified, until, now, told,
        )  # fmt: skip
        statements.append(db.Statement(sql, params))
    return statements


async def log_of(person_id: str) -> list[Assertion]:
    """Everything ever said about a person, oldest first."""
    return list((await log_rows(person_id)).values())


async def log_rows(person_id: str) -> dict[str, Assertion]:
    """Everything ever said about a person by the row that says it, oldest first."""
    sql = "SELECT * FROM library_assertion WHERE person_id = $1 ORDER BY id"
    return {
        str(row["id"]): Assertion(
            element=row["element"],
            value=privacy.unseal_json(row["value"], at=AT_VALUE, row=str(row["id"])),
            source=row["source"],
            grade=row["grade"],
            verified_at=clock.rfc3339(db.as_time(row["verified_at"])),
            source_ref=row["source_ref"],
            valid_until=str(row["valid_until"]) if row["valid_until"] else None,
        )
        for row in await db.rows(sql, person_id)
    }


def handing(row: str, before: str, to: str) -> db.Statement:
    """What was said about one account of a person is said about another. ``Stale`` if it is."""
    return db.Statement(
        "UPDATE library_assertion SET person_id = $1 WHERE id = $2 AND person_id = $3",
        (to, row, before),
        expect=1,
    )


def keep_person(person_id: str, *, name: str, id_number: str) -> db.Statement:
    """Enter a person; one who is there already is left as they are."""
    sql = (
        "INSERT INTO library_person (id, id_blind, id_number, name, created_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    )
    blind = privacy.blind(id_number, "library_person.id_number")
    sealed_number = privacy.seal(id_number, at="library_person.id_number", row=person_id)
    sealed_name = privacy.seal(name, at="library_person.name", row=person_id)
    return db.Statement(sql, (person_id, blind, sealed_number, sealed_name, clock.now()))


def keep_feed(person_id: str, source: str, state: str) -> db.Statement:
    """Say how a source stands with a person from now on."""
    sql = (
        "INSERT INTO library_feed (id, person_id, source, state, at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (person_id, source) DO UPDATE SET state = excluded.state, at = excluded.at"
    )
    return db.Statement(sql, (db.new_id(), person_id, source, state, clock.now()))


def keep_access(
    person_id: str,
    reader: Mapping[str, str],
    *,
    purpose: str,
    elements: str,
    case: str | None,
    once: str,
) -> db.Statement:
    """Record one reading; the same ``once`` again adds nothing."""
    sql = (
        "INSERT INTO library_access (id, person_id, reader_kind, reader_id, reader_name, "
        "capacity, department, purpose, elements, case_number, at, once) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (once) DO NOTHING"
    )
    params = (
        db.new_id(), person_id, reader["kind"], reader["id"], reader["name"], reader["capacity"],
        reader["department"], purpose, elements, case, clock.now(), once,
    )  # fmt: skip
    return db.Statement(sql, params)


async def accesses(person_id: str, *, before: str | None, count: int) -> Sequence[db.Row]:
    """The latest readings of a person's data, older than a row when ``before`` is given."""
    sql = (
        "SELECT id, reader_kind, reader_name, capacity, department, purpose, elements, "
        "case_number, at FROM library_access WHERE person_id = $1{older} ORDER BY id DESC LIMIT $2"
    )
    if before is None:
        return await db.read(sql.format(older=""), person_id, count)
    return await db.read(sql.format(older=" AND id < $3"), person_id, count, before)
