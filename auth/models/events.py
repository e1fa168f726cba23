"""What happened at the door (登录记录), without secrets.

Kept for at least six months (网络安全法 art. 21). Each row is an entry of the audit log: ``leaf``
is the hash of all it says, made as it is written; ``seq`` is its place in the log, given a
moment later (``usecases/audit.py``). A row that is changed afterwards no longer fits its leaf.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Literal

import orjson
from tortoise import fields

from auth.models.given_up import PARTS
from auth.models.people import Person
from auth.models.staff import Staff
from auth.rules import merkle
from backend.kernel import clock, db, privacy

ADDRESS = "auth_event.address"
EventKind = Literal[
    "registered", "signed_in", "sign_in_failed", "signed_out", "password_set", "linked", "unlinked",
    "proved", "prove_failed", "assured", "counter", "disowned", "staff_changed", "keys_changed",
    "passkey_added", "passkey_removed", "pin_set", "pin_removed", "phone_changed",
    "recovery_begun", "recovery_stopped", "recovery_failed", "recovery_code", "recovered",
    "consented", "consent_ended", "passed_on", "data_given",
    "handoff_agreed", "handoff_refused", "handoff_replay", "client_changed", "place_changed",
    "otp_set", "otp_removed",
    "window_read",
    "acting_chosen", "rep_asked", "rep_begun", "rep_declined", "rep_ended",
    "merged", "merge_undo", "account_change",
]  # fmt: skip
# what happened to an account that became part of this one is its history, too
_OWN = f"(person_id = $1 OR person_id IN ({PARTS}))"
_COLUMNS = "id, at, kind, person_id, staff_id, method, via, detail, address"


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
    detail = fields.CharField(max_length=80, default="", db_default="")
    address = fields.BinaryField()
    leaf = fields.BinaryField(null=True)
    seq = fields.BigIntField(null=True, unique=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "at": "personal", "kind": "personal", "person_id": "internal",
        "staff_id": "internal", "method": "internal", "via": "internal", "detail": "internal",
        "address": "sealed", "leaf": "open", "seq": "open",
    }  # fmt: skip

    class Meta:
        table = "auth_event"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is read. ``seq`` is None until the log has given it a place."""

    id: str
    at: datetime
    kind: str
    person_id: str | None
    staff_id: str | None
    method: str
    via: str
    detail: str
    address: str = field(repr=False)
    seq: int | None = None

    def says(self) -> bytes:
        """All that the entry says, in one spelling (RFC 8785 for texts): what its leaf is made of.

        The salt comes from the key file and the row's random id. Nobody who sees a leaf can try
        out what is in it, and once the row is swept nobody at all can.
        """
        salt = hmac.digest(privacy.ring().secret("audit"), self.id.encode(), sha256)[:16].hex()
        said: dict[str, Any] = {
            "address": self.address, "at": clock.rfc3339(self.at), "detail": self.detail,
            "id": self.id, "kind": self.kind, "method": self.method, "person": self.person_id,
            "salt": salt, "staff": self.staff_id, "via": self.via,
        }  # fmt: skip
        return orjson.dumps(said)


_BY_LINK = frozenset({"wechat", "official", "handoff", "link"})


def by_link(entry: Entry) -> bool:
    """Whether something was done in the mini-program, or by way of WeChat or what it hands on."""
    own = entry.staff_id is None
    return own and (entry.via == "miniprogram" or entry.method in _BY_LINK)


def happened(
    kind: EventKind,
    *,
    method: str = "",
    via: str,
    address: str,
    person_id: str | None = None,
    staff_id: str | None = None,
    detail: str = "",
    row: str = "",
) -> db.Statement:
    """Record an event in the caller's ``db.write``. ``detail`` is a code, never a name."""
    entry = Entry(
        row or db.new_id(), clock.now(), kind, person_id, staff_id, method, via, detail, address
    )
    return db.Statement(
        f"INSERT INTO auth_event ({_COLUMNS}, leaf) "  # noqa: S608 - our own columns
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        (
            entry.id,
            entry.at,
            kind,
            person_id,
            staff_id,
            method,
            via,
            detail,
            privacy.seal(address, at=ADDRESS, row=entry.id),
            merkle.leaf_hash(entry.says()),
        ),
    )


def _entry(row: db.Row) -> Entry:
    number = str(row["id"])
    return Entry(
        id=number,
        at=db.as_time(row["at"]),
        kind=row["kind"],
        person_id=str(row["person_id"]) if row["person_id"] else None,
        staff_id=str(row["staff_id"]) if row["staff_id"] else None,
        method=row["method"],
        via=row["via"],
        detail=row["detail"],
        address=privacy.unseal_text(row["address"], at=ADDRESS, row=number),
        seq=None if row["seq"] is None else int(row["seq"]),
    )


async def of_person(person_id: str, *, before: str | None, most: int) -> list[Entry]:
    """A person's events, the newest first, older than the event ``before``."""
    found = await db.read(
        f"SELECT {_COLUMNS}, seq FROM auth_event WHERE {_OWN} AND id < $2 "  # noqa: S608
        "ORDER BY id DESC LIMIT $3",
        person_id,
        before or "ffffffff-ffff-ffff-ffff-ffffffffffff",
        most,
    )
    return [_entry(row) for row in found]


async def of_staff(staff_id: str, *, most: int) -> list[Entry]:
    """What a member of staff did or met at the door lately, the newest first."""
    found = await db.read(
        f"SELECT {_COLUMNS}, seq FROM auth_event WHERE staff_id = $1 "  # noqa: S608
        "ORDER BY id DESC LIMIT $2",
        staff_id,
        most,
    )
    return [_entry(row) for row in found]


async def find(event_id: str, *, person_id: str) -> Entry | None:
    """One event of a person."""
    if not db.is_id(event_id):
        return None
    row = await db.read_one(
        f"SELECT {_COLUMNS}, seq FROM auth_event WHERE {_OWN} AND id = $2",  # noqa: S608
        person_id,
        event_id,
    )
    return None if row is None else _entry(row)


async def placed(start: int, end: int) -> dict[int, Entry]:
    """The entries of a range of the log whose contents are still kept, by place."""
    found = await db.read(
        f"SELECT {_COLUMNS}, seq FROM auth_event WHERE seq >= $1 AND seq < $2",  # noqa: S608
        start,
        end,
    )
    return {int(row["seq"]): _entry(row) for row in found}


async def unplaced(most: int) -> Sequence[tuple[str, bytes]]:
    """Some events that have no place in the log yet: id and leaf, the oldest of them first.

    Sorted here: asked to sort, a database may walk all events there ever were instead of ``seq``.
    """
    found = await db.read(
        "SELECT id, leaf FROM auth_event WHERE seq IS NULL AND leaf IS NOT NULL LIMIT $1", most
    )
    return sorted((str(row["id"]), bytes(row["leaf"])) for row in found)


def placing(event_id: str, seq: int) -> db.Statement:
    """Give an event its place. ``Stale`` if it has one."""
    return db.Statement(
        "UPDATE auth_event SET seq = $1 WHERE id = $2 AND seq IS NULL", (seq, event_id), expect=1
    )


def sweeping(below: int, before: datetime) -> db.Statement:
    """Delete the contents of the log's entries before a place; their hashes stay in the tree.

    Events of a city that had no log yet go when they are older than an instant.
    """
    return db.Statement(
        "DELETE FROM auth_event WHERE seq < $1 OR (leaf IS NULL AND at < $2)", (below, before)
    )
