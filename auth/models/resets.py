"""Asked-for resets (重置登录方式): a colleague lost phone, key or password, and two must agree."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tortoise import fields

from auth.models.staff import Staff
from auth.rules.staff import Reach
from backend.kernel import clock, db

LIFE = timedelta(hours=24)
"""How long a second administrator may take."""


class StaffReset(db.Table):
    """One asking. ``pending_for`` holds the member while it waits: one at a time for each."""

    id = fields.UUIDField(primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT
    )
    asked_by: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT
    )
    reason = fields.CharField(max_length=200)
    state = fields.CharField(max_length=8)
    pending_for = fields.UUIDField(null=True, unique=True)
    decided_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "staff_id": "internal", "asked_by_id": "internal",
        "reason": "internal", "state": "internal", "pending_for": "internal",
        "decided_by_id": "internal", "created_at": "internal", "expires_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_staff_reset"


@dataclass(frozen=True, slots=True)
class Asked:
    """A reset that waits for a second administrator."""

    id: str
    login: str
    name: str
    at: Reach
    asked_by: str
    asked_by_name: str
    reason: str
    created_at: datetime


_WAITING = (
    "SELECT r.*, s.login, s.name, s.department, s.district, s.hall, a.name AS asked_by_name "
    "FROM auth_staff_reset r JOIN auth_staff s ON s.id = r.staff_id "
    "JOIN auth_staff a ON a.id = r.asked_by_id WHERE r.state = 'asked' AND r.expires_at > $1 "
)


def _asked(row: Any) -> Asked:
    return Asked(
        id=str(row["id"]),
        login=row["login"],
        name=row["name"],
        at=Reach(row["department"], row["district"], row["hall"]),
        asked_by=str(row["asked_by_id"]),
        asked_by_name=row["asked_by_name"],
        reason=row["reason"],
        created_at=db.as_time(row["created_at"]),
    )


async def waiting() -> list[Asked]:
    """All that wait, the oldest first; there are never many."""
    rows = await db.read(_WAITING + "ORDER BY r.created_at LIMIT 100", clock.now())
    return [_asked(row) for row in rows]


async def find(row: str) -> Asked | None:
    """One that waits."""
    found = await db.row(_WAITING + "AND r.id = $2", clock.now(), row) if db.is_id(row) else None
    return None if found is None else _asked(found)


def asking(staff_id: str, *, by: str, reason: str) -> tuple[db.Statement, ...]:
    """Ask. An ``IntegrityError`` while another asking for the same member waits."""
    now = clock.now()
    return (
        db.Statement(
            "UPDATE auth_staff_reset SET state = 'over', pending_for = NULL "
            "WHERE pending_for = $1 AND expires_at <= $2",
            (staff_id, now),
        ),
        db.Statement(
            "INSERT INTO auth_staff_reset (id, staff_id, asked_by_id, reason, state, pending_for, "
            "created_at, expires_at) VALUES ($1, $2, $3, $4, 'asked', $2, $5, $6)",
            (db.new_id(), staff_id, by, reason, now, now + LIFE),
        ),
    )


def deciding(row: str, *, by: str, approved: bool) -> db.Statement:
    """Decide. ``Stale`` for whoever asked, for the member, and for everybody but the first."""
    return db.Statement(
        "UPDATE auth_staff_reset SET state = $1, decided_by_id = $2, pending_for = NULL "
        "WHERE id = $3 AND state = 'asked' AND asked_by_id <> $2 AND staff_id <> $2 "
        "AND expires_at > $4",
        ("done" if approved else "declined", by, row, clock.now()),
        expect=1,
    )
