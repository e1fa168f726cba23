"""PINs (六位数字密码): a short secret for those inside WeChat, where no passkey works.

A million of them are tried in hours by whoever steals the table *and* the key file, so the pepper
lies apart and the server counts every try, before it compares. A PIN that rests still counts as a
factor its owner has: wearing it out makes nobody surer of who is there.
"""

from datetime import timedelta
from typing import ClassVar

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db

TRIES = 5
"""Wrong ones in a row before the PIN rests."""
REST = timedelta(hours=12)
"""After that time there is one more try, and after as long again another: two a day of a million
leave a thief at it for a year one chance in 1,370, and the owner is told at the start."""


class Pin(db.Table):
    """A person's PIN. ``tries`` count since it was last right."""

    id = fields.UUIDField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT
    )
    hash = fields.CharField(max_length=160)
    tries = fields.IntField(default=0)
    tried_at = fields.DatetimeField(null=True)
    set_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "hash": "sealed", "tries": "internal",
        "tried_at": "internal", "set_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_pin"


async def tries_left(person_id: str) -> int | None:
    """How many tries a PIN has left now, or None for a person without one."""
    row = await db.row("SELECT tries, tried_at FROM auth_pin WHERE person_id = $1", person_id)
    if row is None:
        return None
    if row["tries"] < TRIES:
        return int(TRIES - row["tries"])
    return 1 if db.as_time(row["tried_at"]) <= clock.now() - REST else 0


async def claim(person_id: str) -> str | None:
    """Count one try and hand out the hash; None when there is no PIN, or no try left."""
    now = clock.now()
    found = await db.rows(
        "UPDATE auth_pin SET tries = tries + 1, tried_at = $1 "
        "WHERE person_id = $2 AND (tries < $3 OR tried_at <= $4) RETURNING hash",
        now,
        person_id,
        TRIES,
        now - REST,
    )
    return found[0]["hash"] if found else None


def right(person_id: str, pin_hash: str) -> db.Statement:
    """The PIN was right: all its tries are back. ``Stale`` if it has been changed meanwhile."""
    return db.Statement(
        "UPDATE auth_pin SET tries = 0 WHERE person_id = $1 AND hash = $2",
        (person_id, pin_hash),
        expect=1,
    )


def setting(person_id: str, pin_hash: str) -> db.Statement:
    """Set a PIN, in the place of the last."""
    return db.Statement(
        "INSERT INTO auth_pin (id, person_id, hash, tries, set_at) VALUES ($1, $2, $3, 0, $4) "
        "ON CONFLICT (person_id) DO UPDATE SET hash = $3, tries = 0, set_at = $4",
        (db.new_id(), person_id, pin_hash, clock.now()),
    )


def removing(person_id: str) -> db.Statement:
    """Forget a person's PIN."""
    return db.Statement("DELETE FROM auth_pin WHERE person_id = $1", (person_id,))
