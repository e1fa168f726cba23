"""Checks at a window (窗口核验): one document in one clerk's hand, confirmed once.

``state`` goes ready -> done, or second -> approved or declined, approved -> done; each step is one
conditional update, so that of many who try one wins. ``reasons`` say why a second officer must
look: codes, never words about the person.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.models.people import Person, blind_document
from auth.models.staff import Staff
from auth.rules.documents import Kind
from auth.rules.staff import NOWHERE, Reach
from backend.kernel import clock, db, privacy

NUMBER, NAME = "auth_counter.number_sealed", "auth_counter.name_sealed"
PHONE, NOTE = "auth_counter.phone", "auth_counter.note_sealed"
State = Literal["ready", "second", "approved", "declined", "done"]
SHOWN = 50


class CounterCheck(db.Table):
    """What the clerk read off the document, what its register said, who decided."""

    id = fields.UUIDField(primary_key=True)
    document = fields.CharField(max_length=20)
    number_sealed = fields.BinaryField()
    number_blind = fields.CharField(max_length=32, db_index=True)
    name_sealed = fields.BinaryField()
    phone = fields.BinaryField()
    valid_until = fields.DateField(null=True)
    reasons = fields.CharField(max_length=120)
    note_sealed = fields.BinaryField(null=True)
    state = fields.CharField(max_length=10)
    clerk: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    second: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    done_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "document": "personal", "number_sealed": "sealed",
        "number_blind": "sealed", "name_sealed": "sealed", "phone": "sealed",
        "valid_until": "personal", "reasons": "personal", "note_sealed": "sealed",
        "state": "internal", "clerk_id": "internal", "second_id": "internal",
        "person_id": "internal", "created_at": "internal", "expires_at": "internal",
        "done_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {
        "number_blind": ("auth.id_number", "auth.document")
    }

    class Meta:
        table = "auth_counter"


@dataclass(frozen=True, slots=True)
class Seen:
    """A check as the window and the second officer work with it."""

    id: str
    document: Kind
    number: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)
    valid_until: date | None
    reasons: tuple[str, ...]
    note: str = field(repr=False)
    state: State
    clerk_id: str
    second_id: str | None
    created_at: datetime
    clerk_name: str = ""
    at: Reach = NOWHERE


_SELECT = (
    "SELECT c.*, t.name AS clerk_name, t.department, t.district, t.hall FROM auth_counter c "
    "JOIN auth_staff t ON t.id = c.clerk_id "
)


async def find(row: str) -> Seen | None:
    """A check that has not run out."""
    if not db.is_id(row):
        return None
    found = await db.read_one(_SELECT + "WHERE c.id = $1 AND c.expires_at > $2", row, clock.now())
    return None if found is None else _seen(found)


async def waiting(reach: Reach) -> list[Seen]:
    """What waits for a second officer within a reach, the oldest first."""
    found = await db.read(
        _SELECT + "WHERE c.state = 'second' AND c.expires_at > $1 AND $2 IN ('', t.department) "
        "AND $3 IN ('', t.district) AND $4 IN ('', t.hall) ORDER BY c.created_at LIMIT $5",
        clock.now(),
        reach.department,
        reach.district,
        reach.hall,
        SHOWN,
    )
    return [_seen(row) for row in found]


def opening(row: str, seen: Seen, *, clerk_id: str, expires_at: datetime) -> db.Statement:
    """Insert a check."""
    return db.Statement(
        "INSERT INTO auth_counter (id, document, number_sealed, number_blind, name_sealed, phone, "
        "valid_until, reasons, note_sealed, state, clerk_id, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        (
            row,
            seen.document,
            privacy.seal(seen.number, at=NUMBER, row=row),
            blind_document(seen.document, seen.number),
            privacy.seal(seen.name, at=NAME, row=row),
            privacy.seal(seen.phone, at=PHONE, row=row),
            seen.valid_until,
            " ".join(seen.reasons),
            privacy.seal(seen.note, at=NOTE, row=row) if seen.note else None,
            seen.state,
            clerk_id,
            clock.now(),
            expires_at,
        ),
    )


def deciding(row: str, *, second_id: str, approved: bool) -> db.Statement:
    """Another officer decides. ``Stale`` for the clerk themselves and everybody but the first."""
    return db.Statement(
        "UPDATE auth_counter SET state = $1, second_id = $2 "
        "WHERE id = $3 AND state = 'second' AND clerk_id <> $2 AND expires_at > $4",
        ("approved" if approved else "declined", second_id, row, clock.now()),
        expect=1,
    )


def finishing(row: str, person_id: str) -> db.Statement:
    """The person has confirmed. ``Stale`` for everybody but the first."""
    return db.Statement(
        "UPDATE auth_counter SET state = 'done', person_id = $1, done_at = $2 "
        "WHERE id = $3 AND state IN ('ready', 'approved') AND expires_at > $2",
        (person_id, clock.now(), row),
        expect=1,
    )


def _seen(row: Any) -> Seen:
    key = str(row["id"])
    until = row["valid_until"]
    note = row["note_sealed"]
    return Seen(
        id=key,
        document=row["document"],
        number=privacy.unseal_text(row["number_sealed"], at=NUMBER, row=key),
        name=privacy.unseal_text(row["name_sealed"], at=NAME, row=key),
        phone=privacy.unseal_text(row["phone"], at=PHONE, row=key),
        valid_until=date.fromisoformat(until) if isinstance(until, str) else until,
        reasons=tuple(row["reasons"].split()),
        note=privacy.unseal_text(note, at=NOTE, row=key) if note else "",
        state=row["state"],
        clerk_id=str(row["clerk_id"]),
        second_id=str(row["second_id"]) if row["second_id"] else None,
        created_at=db.as_time(row["created_at"]),
        clerk_name=row["clerk_name"],
        at=Reach(row["department"], row["district"], row["hall"]),
    )
