"""Two accounts that became one (合并), what went over, and how it is taken back (拆分).

done -> asked (an officer wants it taken back) -> undone, or done again. Every step is one
statement that only the first gets through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from auth.models.staff import Staff
from backend.kernel import clock, db, privacy

State = Literal["done", "asked", "undone"]
KEPT, MOVED = "auth_merge.kept", "auth_merge.moved"


class Merge(db.Table):
    """One merge. ``person`` stays, ``gone`` is the account that was given up.

    ``kept`` says what the identity house moved (links), ``moved`` what the other houses moved;
    ``living_gone`` holds ``gone`` until the merge is taken back: nobody is given up twice.
    """

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    gone: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT
    )
    living_gone = fields.UUIDField(null=True, unique=True)
    state = fields.CharField(max_length=8)
    kept = fields.BinaryField()
    moved = fields.BinaryField(null=True)
    at = fields.DatetimeField()
    until = fields.DatetimeField()
    asked_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    decided_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "gone_id": "internal",
        "living_gone": "internal", "state": "internal", "kept": "sealed", "moved": "sealed",
        "at": "personal", "until": "internal", "asked_by_id": "internal",
        "decided_by_id": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_merge"


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge as it was read. ``links`` and ``bonds`` (representations) are the rows that went
    over; ``exchanged``: the two accounts took each other's document. ``department`` is the office
    of whoever wants it taken back.
    """

    id: str
    person_id: str
    gone_id: str
    state: State
    links: tuple[str, ...] = field(repr=False)
    bonds: tuple[str, ...] = field(repr=False)
    exchanged: bool
    moved: dict[str, list[str]] | None = field(repr=False)
    at: datetime
    until: datetime
    asked_by: str | None
    department: str

    @property
    def open(self) -> bool:
        """Whether it can still be taken back."""
        return self.state != "undone" and clock.now() < self.until


def joining(
    row: str,
    *,
    person_id: str,
    gone_id: str,
    links: Sequence[str],
    until: datetime,
    bonds: Sequence[str] = (),
    exchanged: bool = False,
) -> db.Statement:
    """Insert a merge. An account that is given up already is an ``IntegrityError``."""
    kept = {"links": list(links), "bonds": list(bonds), "exchanged": exchanged}
    return db.Statement(
        "INSERT INTO auth_merge (id, person_id, gone_id, living_gone, state, kept, at, until) "
        "VALUES ($1, $2, $3, $3, 'done', $4, $5, $6)",
        (
            row,
            person_id,
            gone_id,
            privacy.seal_json(kept, at=KEPT, row=row),
            clock.now(),
            until,
        ),
    )


def noting(row: str, moved: Mapping[str, Sequence[str]]) -> db.Statement:
    """What the other houses moved. ``Stale`` if they have said so before, or it was undone."""
    return db.Statement(
        "UPDATE auth_merge SET moved = $1 WHERE id = $2 AND moved IS NULL AND state <> 'undone'",
        (privacy.seal_json({k: list(v) for k, v in moved.items()}, at=MOVED, row=row), row),
        expect=1,
    )


def asking(row: str, staff_id: str) -> db.Statement:
    """An officer wants it taken back. ``Stale`` if somebody has asked already or time is up."""
    return db.Statement(
        "UPDATE auth_merge SET state = 'asked', asked_by_id = $1 "
        "WHERE id = $2 AND state = 'done' AND moved IS NOT NULL AND until > $3",
        (staff_id, row, clock.now()),
        expect=1,
    )


def deciding(row: str, staff_id: str, *, undo: bool) -> db.Statement:
    """Another officer agrees or not. ``Stale`` unless another one has asked for it."""
    return db.Statement(
        "UPDATE auth_merge SET state = $1, living_gone = CASE WHEN $2 THEN NULL "
        "ELSE living_gone END, decided_by_id = $3 "
        "WHERE id = $4 AND state = 'asked' AND asked_by_id <> $3 AND until > $5",
        ("undone" if undo else "done", undo, staff_id, row, clock.now()),
        expect=1,
    )


def parting(row: str, staff_id: str) -> db.Statement:
    """Two officers, a document in hand, take it back. ``Stale`` if that cannot be (any more)."""
    return db.Statement(
        "UPDATE auth_merge SET state = 'undone', living_gone = NULL, decided_by_id = $1 "
        "WHERE id = $2 AND state <> 'undone' AND moved IS NOT NULL AND until > $3",
        (staff_id, row, clock.now()),
        expect=1,
    )


_COLUMNS = (
    "SELECT m.id, m.person_id, m.gone_id, m.state, m.kept, m.moved, m.at, m.until, m.asked_by_id, "
    "s.department FROM auth_merge m LEFT JOIN auth_staff s ON s.id = m.asked_by_id "
)


async def find(row: str) -> Merged | None:
    """One merge."""
    return _merged(await db.row(_COLUMNS + "WHERE m.id = $1", row)) if db.is_id(row) else None


async def of(person_id: str) -> list[Merged]:
    """The merges into an account, the newest first."""
    rows = await db.rows(_COLUMNS + "WHERE m.person_id = $1 ORDER BY m.id DESC", person_id)
    return [found for row in rows if (found := _merged(row))]


async def asked(department: str) -> list[Merged]:
    """What waits for a second officer of an office."""
    rows = await db.rows(
        _COLUMNS + "WHERE m.state = 'asked' AND m.until > $1 AND s.department = $2 "
        "ORDER BY m.id LIMIT 100",
        clock.now(),
        department,
    )
    return [found for row in rows if (found := _merged(row))]


def _merged(row: db.Row | None) -> Merged | None:
    if row is None:
        return None
    merge_id = str(row["id"])
    kept: dict[str, Any] = privacy.unseal_json(row["kept"], at=KEPT, row=merge_id)
    moved = row["moved"]
    return Merged(
        id=merge_id,
        person_id=str(row["person_id"]),
        gone_id=str(row["gone_id"]),
        state=row["state"],
        links=tuple(kept["links"]),
        bonds=tuple(kept.get("bonds", ())),
        exchanged=bool(kept.get("exchanged")),
        moved=None if moved is None else privacy.unseal_json(moved, at=MOVED, row=merge_id),
        at=db.as_time(row["at"]),
        until=db.as_time(row["until"]),
        asked_by=str(row["asked_by_id"]) if row["asked_by_id"] else None,
        department=row["department"] or "",
    )
