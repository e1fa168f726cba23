"""Devices (常用设备) that a person has signed in on: a new one is announced."""

from datetime import datetime
from typing import ClassVar

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db


class Device(db.Table):
    """A browser that carries a token of its own, for one person. Another has another row."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT
    )
    token_digest = fields.CharField(max_length=64)
    seen_at = fields.DatetimeField(db_index=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "token_digest": "sealed",
        "seen_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_device"
        unique_together = (("person_id", "token_digest"),)


async def knows(person_id: str, token_digest: str) -> bool:
    """Whether a person has signed in on this device before."""
    row = await db.read_one(
        "SELECT 1 FROM auth_device WHERE person_id = $1 AND token_digest = $2",
        person_id,
        token_digest,
    )
    return row is not None


def seeing(person_id: str, token_digest: str) -> db.Statement:
    """A person signs in on a device."""
    return db.Statement(
        "INSERT INTO auth_device (id, person_id, token_digest, seen_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (person_id, token_digest) DO UPDATE SET seen_at = $4",
        (db.new_id(), person_id, token_digest, clock.now()),
    )


def sweeping(before: datetime) -> db.Statement:
    """Forget devices that nobody came back with."""
    return db.Statement("DELETE FROM auth_device WHERE seen_at < $1", (before,))
