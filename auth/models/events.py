"""What happened at the door (登录记录), without secrets.

Kept for at least six months (网络安全法 art. 21).
"""

from datetime import datetime
from typing import ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from auth.models.staff import Staff
from backend.kernel import clock, db, privacy

ADDRESS = "auth_event.address"
EventKind = Literal[
    "registered", "signed_in", "sign_in_failed", "signed_out", "password_set", "linked", "unlinked",
    "proved", "prove_failed", "assured", "counter",
    "proved", "prove_failed", "passkey_added", "passkey_removed", "pin_set", "pin_removed",
]  # fmt: skip


class Event(db.Table):
    """One thing that happened. A failed try at an account nobody has is kept with no owner."""

    id = fields.UUIDField(primary_key=True)
    at = fields.DatetimeField(db_index=True)
    kind = fields.CharField(max_length=16)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    method = fields.CharField(max_length=12)
    via = fields.CharField(max_length=12)
    address = fields.BinaryField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "at": "personal", "kind": "personal", "person_id": "internal",
        "staff_id": "internal", "method": "internal", "via": "internal", "address": "sealed",
    }  # fmt: skip

    class Meta:
        table = "auth_event"


def happened(
    kind: EventKind,
    *,
    method: str = "",
    via: str,
    address: str,
    person_id: str | None = None,
    staff_id: str | None = None,
) -> db.Statement:
    """Record an event in the caller's ``db.write``."""
    row = db.new_id()
    return db.Statement(
        "INSERT INTO auth_event (id, at, kind, person_id, staff_id, method, via, address) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            row,
            clock.now(),
            kind,
            person_id,
            staff_id,
            method,
            via,
            privacy.seal(address, at=ADDRESS, row=row),
        ),
    )


def sweeping(before: datetime) -> db.Statement:
    """Delete events older than an instant."""
    return db.Statement("DELETE FROM auth_event WHERE at < $1", (before,))
