"""Requests that a person answers on their phone (跨设备确认): of a screen, or of a window.

waiting (nobody has opened it) -> asked (one person's phone shows it) -> agreed or refused -> done.
Every step is one statement that only the first gets through.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from auth.models.staff import Staff
from backend.kernel import clock, db, privacy

Kind = Literal["scan", "window"]
State = Literal["waiting", "asked", "agreed", "refused", "done"]
ASKED = "auth_handoff.asked"


class Handoff(db.Table):
    """One request. ``pending_for`` holds the person while they are asked: one at a time each.

    A screen's request belongs to the browser with the cookie behind ``starter_digest``, a
    window's to the session of a member of staff. ``giver`` is the session that agreed; what comes
    out of it is no surer (``aal``, ``proved_at``) and lives no longer (``until``).
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=8)
    state = fields.CharField(max_length=8)
    starter_digest = fields.CharField(max_length=64, null=True, unique=True)
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    staff_session = fields.UUIDField(null=True, db_index=True)
    asked = fields.BinaryField()
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    pending_for = fields.UUIDField(null=True, unique=True)
    giver = fields.UUIDField(null=True)
    aal = fields.SmallIntField(null=True)
    proved_at = fields.DatetimeField(null=True)
    until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    decided_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "kind": "internal", "state": "internal", "starter_digest": "sealed",
        "staff_id": "internal", "staff_session": "internal", "asked": "sealed",
        "person_id": "internal", "pending_for": "internal", "giver": "internal",
        "aal": "internal", "proved_at": "personal", "until": "internal",
        "created_at": "personal", "expires_at": "internal", "decided_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_handoff"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its two sides see it. ``asked`` says who asks, from where, and the numbers."""

    id: str
    kind: Kind
    state: State
    person_id: str | None
    asked: dict[str, Any] = field(repr=False)
    expires_at: datetime
    giver: str | None
    aal: int | None
    proved_at: datetime | None
    until: datetime | None
    decided_at: datetime | None
    staff_session: str | None


def starting(
    row: str,
    kind: Kind,
    asked: dict[str, Any],
    *,
    until: datetime,
    starter_digest: str | None = None,
    staff: tuple[str, str] | None = None,
) -> db.Statement:
    """Insert a request of a browser, or of a member of staff (id and session)."""
    staff_id, session = staff or (None, None)
    return db.Statement(
        "INSERT INTO auth_handoff (id, kind, state, starter_digest, staff_id, staff_session, "
        "asked, created_at, expires_at) VALUES ($1, $2, 'waiting', $3, $4, $5, $6, $7, $8)",
        (
            row,
            kind,
            starter_digest,
            staff_id,
            session,
            privacy.seal_json(asked, at=ASKED, row=row),
            clock.now(),
            until,
        ),
    )


def asking(row: str, person_id: str) -> tuple[db.Statement, ...]:
    """Put a waiting request before a person, in the place of any that still waits for them.

    ``Stale`` if somebody else was faster or it ran out; an ``IntegrityError`` if another request
    came before the same person at the same moment.
    """
    now = clock.now()
    return (
        db.Statement(
            "UPDATE auth_handoff SET state = 'refused', pending_for = NULL, decided_at = $1 "
            "WHERE pending_for = $2 AND id <> $3",
            (now, person_id, row),
        ),
        db.Statement(
            "UPDATE auth_handoff SET state = 'asked', person_id = $1, pending_for = $1 "
            "WHERE id = $2 AND state = 'waiting' AND expires_at > $3",
            (person_id, row, now),
            expect=1,
        ),
    )


def agreeing(
    row: str, person_id: str, *, giver: str, aal: int, proved_at: datetime, until: datetime
) -> db.Statement:
    """The person picked the right number. ``Stale`` unless it waits for them."""
    return db.Statement(
        "UPDATE auth_handoff SET state = 'agreed', pending_for = NULL, decided_at = $1, "
        "giver = $2, aal = $3, proved_at = $4, until = $5 "
        "WHERE id = $6 AND pending_for = $7 AND state = 'asked' AND expires_at > $1",
        (clock.now(), giver, aal, proved_at, until, row, person_id),
        expect=1,
    )


def refusing(row: str, person_id: str) -> db.Statement:
    """The person said no, or picked a wrong number. ``Stale`` unless it waits for them."""
    return db.Statement(
        "UPDATE auth_handoff SET state = 'refused', pending_for = NULL, decided_at = $1 "
        "WHERE id = $2 AND pending_for = $3 AND state = 'asked' AND expires_at > $1",
        (clock.now(), row, person_id),
        expect=1,
    )


def finishing(row: str) -> db.Statement:
    """What was agreed is given. ``Stale`` for everybody but the first, when it ran out, and when
    the session that agreed has ended.
    """
    return db.Statement(
        "UPDATE auth_handoff SET state = 'done' WHERE id = $1 AND state = 'agreed' "
        "AND expires_at > $2 AND EXISTS (SELECT 1 FROM auth_session s "
        "WHERE s.id = auth_handoff.giver AND s.ended_at IS NULL)",
        (row, clock.now()),
        expect=1,
    )


def leaving(staff_session: str) -> db.Statement:
    """A session at a window knows nobody any more."""
    return db.Statement(
        "UPDATE auth_handoff SET state = 'done' WHERE staff_session = $1 AND state = 'agreed'",
        (staff_session,),
    )


async def at_window(staff_session: str, *, since: datetime) -> str | None:
    """The person who has agreed at the window of a session."""
    row = await db.read_one(
        "SELECT person_id FROM auth_handoff WHERE staff_session = $1 AND state = 'agreed' "
        "AND decided_at > $2 ORDER BY decided_at DESC LIMIT 1",
        staff_session,
        since,
    )
    return None if row is None else str(row["person_id"])


_COLUMNS = (
    "SELECT id, kind, state, asked, person_id, expires_at, giver, aal, proved_at, until, "
    "decided_at, staff_session FROM auth_handoff WHERE expires_at > $1 AND "
)


async def started_by(starter_digest: str) -> Request | None:
    """The living request of a browser."""
    return _request(
        await db.read_one(_COLUMNS + "starter_digest = $2", clock.now(), starter_digest)
    )


async def find(row: str) -> Request | None:
    """A living request."""
    return _request(await db.row(_COLUMNS + "id = $2", clock.now(), row))


async def pending(person_id: str) -> Request | None:
    """The living request that waits for a person."""
    return _request(await db.read_one(_COLUMNS + "pending_for = $2", clock.now(), person_id))


def _time(value: Any) -> datetime | None:
    return None if value is None else db.as_time(value)


def _request(row: db.Row | None) -> Request | None:
    if row is None:
        return None
    number = str(row["id"])
    return Request(
        id=number,
        kind=row["kind"],
        state=row["state"],
        person_id=str(row["person_id"]) if row["person_id"] else None,
        asked=privacy.unseal_json(row["asked"], at=ASKED, row=number),
        expires_at=db.as_time(row["expires_at"]),
        giver=str(row["giver"]) if row["giver"] else None,
        aal=row["aal"],
        proved_at=_time(row["proved_at"]),
        until=_time(row["until"]),
        decided_at=_time(row["decided_at"]),
        staff_session=str(row["staff_session"]) if row["staff_session"] else None,
    )


def sweeping(before: datetime) -> db.Statement:
    """Delete requests that ran out before an instant."""
    return db.Statement("DELETE FROM auth_handoff WHERE expires_at < $1", (before,))
