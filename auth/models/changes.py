"""What two officers change about somebody's account at a window (窗口账号变更), document in hand.

asked -> agreed, declined or undone. Every step is one statement that only the first gets through.
What was asked for is written down when it is asked, so that the second officer agrees to exactly
that and to nothing that came later.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from auth.models.staff import Staff
from auth.rules.staff import NOWHERE, Reach
from backend.kernel import clock, db, privacy

Kind = Literal["merge", "part", "untie", "retie", "errand"]
State = Literal["asked", "agreed", "declined", "undone"]
CONTENT = "auth_change.content"
SHOWN = 50


class Change(db.Table):
    """One change. ``person`` is whose account it is about (of a merge, the one that stays).

    Of a representation that is the account of whoever is to act.

    ``target`` is the merge, the link or the former change that it is about. ``since`` and
    ``done_at`` say of a link that was untied from when to when it led to the person.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=8)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    target = fields.UUIDField(null=True)
    content = fields.BinaryField()
    state = fields.CharField(max_length=10)
    clerk: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT
    )
    second: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    since = fields.DatetimeField(null=True)
    at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    done_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "kind": "internal", "person_id": "internal", "target": "internal",
        "content": "sealed", "state": "internal", "clerk_id": "internal", "second_id": "internal",
        "since": "personal", "at": "personal", "expires_at": "internal", "done_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_change"


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as the two officers work with it. ``at`` is the clerk's office."""

    id: str
    kind: Kind
    person_id: str
    target: str | None
    content: dict[str, Any] = field(repr=False)
    state: State
    clerk_id: str
    asked_at: datetime
    done_at: datetime | None = None
    since: datetime | None = None
    clerk_name: str = ""
    at: Reach = NOWHERE


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a link led to a person whose it was not."""

    start: datetime
    end: datetime


def asking(one: Asked, *, until: datetime) -> db.Statement:
    """Insert a change that waits for a second officer."""
    return db.Statement(
        "INSERT INTO auth_change (id, kind, person_id, target, content, state, clerk_id, since, "
        "at, expires_at) VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7, $8, $9)",
        (
            one.id,
            one.kind,
            one.person_id,
            one.target,
            privacy.seal_json(one.content, at=CONTENT, row=one.id),
            one.clerk_id,
            one.since,
            one.asked_at,
            until,
        ),
    )


def deciding(row: str, *, second_id: str, agreed: bool) -> db.Statement:
    """Another officer decides. ``Stale`` for the clerk themselves and everybody but the first."""
    return db.Statement(
        "UPDATE auth_change SET state = $1, second_id = $2, done_at = $3 "
        "WHERE id = $4 AND state = 'asked' AND clerk_id <> $2 AND expires_at > $3",
        ("agreed" if agreed else "declined", second_id, clock.now(), row),
        expect=1,
    )


def undoing(row: str, *, since: datetime) -> db.Statement:
    """What was agreed to after an instant is taken back. ``Stale`` for all but the first."""
    return db.Statement(
        "UPDATE auth_change SET state = 'undone' "
        "WHERE id = $1 AND state = 'agreed' AND done_at > $2",
        (row, since),
        expect=1,
    )


_SELECT = (
    "SELECT c.*, t.name AS clerk_name, t.department, t.district, t.hall FROM auth_change c "
    "JOIN auth_staff t ON t.id = c.clerk_id "
)


async def find(row: str) -> Asked | None:
    """A change, decided or not."""
    found = await db.read_one(_SELECT + "WHERE c.id = $1", row) if db.is_id(row) else None
    return None if found is None else _asked(found)


async def waits(row: str) -> bool:
    """Whether a change can still be decided."""
    sql = "SELECT 1 FROM auth_change WHERE id = $1 AND state = 'asked' AND expires_at > $2"
    return await db.read_one(sql, row, clock.now()) is not None


async def waiting(reach: Reach) -> list[Asked]:
    """What waits for a second officer within a reach, the oldest first."""
    found = await db.read(
        _SELECT + "WHERE c.state = 'asked' AND c.expires_at > $1 AND $2 IN ('', t.department) "
        "AND $3 IN ('', t.district) AND $4 IN ('', t.hall) ORDER BY c.at LIMIT $5",
        clock.now(),
        reach.department,
        reach.district,
        reach.hall,
        SHOWN,
    )
    return [_asked(row) for row in found]


async def untied(person_id: str, *, since: datetime) -> list[Asked]:
    """The links of a person that were untied after an instant, and not tied again since."""
    found = await db.read(
        _SELECT + "WHERE c.person_id = $1 AND c.kind = 'untie' AND c.state = 'agreed' "
        "AND c.done_at > $2 ORDER BY c.done_at DESC",
        person_id,
        since,
    )
    return [_asked(row) for row in found]


async def spans(person_id: str) -> list[Span]:
    """When links led to a person that were untied because they were somebody else's."""
    found = await db.read(
        "SELECT since, done_at FROM auth_change WHERE person_id = $1 AND kind = 'untie' "
        "AND state = 'agreed' AND since IS NOT NULL",
        person_id,
    )
    return [Span(db.as_time(row["since"]), db.as_time(row["done_at"])) for row in found]


def sweeping(before: datetime) -> db.Statement:
    """Delete what was asked for before an instant."""
    return db.Statement("DELETE FROM auth_change WHERE expires_at < $1", (before,))


def _asked(row: Any) -> Asked:
    key = str(row["id"])

    def time(name: str) -> datetime | None:
        return db.as_time(row[name]) if row[name] else None

    return Asked(
        id=key,
        kind=row["kind"],
        person_id=str(row["person_id"]),
        target=str(row["target"]) if row["target"] else None,
        content=privacy.unseal_json(row["content"], at=CONTENT, row=key),
        state=row["state"],
        clerk_id=str(row["clerk_id"]),
        asked_at=db.as_time(row["at"]),
        done_at=time("done_at"),
        since=time("since"),
        clerk_name=row["clerk_name"],
        at=Reach(row["department"], row["district"], row["hall"]),
    )
