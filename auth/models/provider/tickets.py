"""One-use things (一次性凭据): pushed requests, requests under way, codes, questions to a phone.

A ticket is known by the SHA-256 of a 256-bit text; what it stands for is sealed. It is used up by
one statement that changes exactly one row, so that of a hundred redemptions one wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db, privacy

AT = "auth_ticket.payload"
Kind = Literal["pushed", "asked", "code", "device", "ciba"]
State = Literal["waiting", "agreed", "refused"]


class Ticket(db.Table):
    """One ticket. ``person`` is whom a CIBA request asks, ``typed_digest`` finds a user code."""

    id = fields.UUIDField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    typed_digest = fields.CharField(max_length=64, null=True, unique=True)
    kind = fields.CharField(max_length=8)
    client_id = fields.CharField(max_length=60)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, null=True, db_index=True
    )
    state = fields.CharField(max_length=8, default="waiting")
    payload = fields.BinaryField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "digest": "sealed", "typed_digest": "sealed", "kind": "internal",
        "client_id": "internal", "person_id": "internal", "state": "internal",
        "payload": "sealed", "created_at": "internal", "expires_at": "internal",
        "used_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_ticket"


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket as it was read."""

    id: str
    client_id: str
    person_id: str | None
    state: State
    payload: Any = field(repr=False)
    created_at: datetime
    expires_at: datetime
    used: bool

    @property
    def over(self) -> bool:
        """Whether its time is up."""
        return clock.now() >= self.expires_at


def digest(text: str) -> str:
    """How a ticket's text is kept."""
    return sha256(text.encode()).hexdigest()


def issuing(
    text: str,
    kind: Kind,
    *,
    client_id: str,
    payload: Mapping[str, Any],
    expires_at: datetime,
    typed: str | None = None,
    person_id: str | None = None,
) -> db.Statement:
    """Insert a ticket under the text that its holder keeps."""
    row = db.new_id()
    return db.Statement(
        "INSERT INTO auth_ticket (id, digest, typed_digest, kind, client_id, person_id, state, "
        "payload, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9)",
        (
            row,
            digest(text),
            None if typed is None else privacy.keyed(typed, "auth.user_code"),
            kind,
            client_id,
            person_id,
            privacy.seal_json(payload, at=AT, row=row),
            clock.now(),
            expires_at,
        ),
    )


_COLUMNS = (
    "SELECT id, client_id, person_id, state, payload, created_at, expires_at, used_at "
    "FROM auth_ticket "
)


async def find(text: str, kind: Kind) -> Found | None:
    """The ticket of a text, used and expired ones too."""
    return _found(
        await db.read_one(_COLUMNS + "WHERE digest = $1 AND kind = $2", digest(text), kind)
    )


async def find_typed(typed: str) -> Found | None:
    """The device request of a user code."""
    blind = privacy.keyed(typed, "auth.user_code")
    return _found(await db.read_one(_COLUMNS + "WHERE typed_digest = $1", blind))


async def find_by_id(ticket_id: str, kind: Kind) -> Found | None:
    """A ticket by its row's id, for the person it asks."""
    if not db.is_id(ticket_id):
        return None
    return _found(await db.read_one(_COLUMNS + "WHERE id = $1 AND kind = $2", ticket_id, kind))


async def waiting_for(person_id: str) -> list[Found]:
    """The CIBA requests that wait for a person's answer."""
    rows = await db.read(
        _COLUMNS + "WHERE person_id = $1 AND kind = 'ciba' AND state = 'waiting' "
        "AND expires_at > $2 ORDER BY created_at",
        person_id,
        clock.now(),
    )
    return [found for row in rows if (found := _found(row))]


def _found(row: Any) -> Found | None:
    if row is None:
        return None
    row_id = str(row["id"])
    return Found(
        id=row_id,
        client_id=row["client_id"],
        person_id=None if row["person_id"] is None else str(row["person_id"]),
        state=row["state"],
        payload=privacy.unseal_json(row["payload"], at=AT, row=row_id),
        created_at=db.as_time(row["created_at"]),
        expires_at=db.as_time(row["expires_at"]),
        used=row["used_at"] is not None,
    )


def using(ticket_id: str) -> db.Statement:
    """Use a ticket up. ``Stale`` for everybody but the first."""
    return db.Statement(
        "UPDATE auth_ticket SET used_at = $1 WHERE id = $2 AND used_at IS NULL",
        (clock.now(), ticket_id),
        expect=1,
    )


def answering(found: Found, state: State, payload: Mapping[str, Any]) -> db.Statement:
    """Write the person's answer. ``Stale`` when it was answered or its time is up."""
    now = clock.now()
    return db.Statement(
        "UPDATE auth_ticket SET state = $1, payload = $2 "
        "WHERE id = $3 AND state = 'waiting' AND used_at IS NULL AND expires_at > $4",
        (state, privacy.seal_json(payload, at=AT, row=found.id), found.id, now),
        expect=1,
    )


def sweeping(before: datetime) -> db.Statement:
    """Delete tickets that ran out before an instant."""
    return db.Statement("DELETE FROM auth_ticket WHERE expires_at < $1", (before,))
