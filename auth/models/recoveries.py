"""Recoveries (账号找回) that wait for their day, and the codes that people keep for that case."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db, privacy

PHONE = "auth_recovery.phone"


class Recovery(db.Table):
    """Somebody proved anew who they are and waits for their account. At most one per person."""

    id = fields.UUIDField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT
    )
    phone = fields.BinaryField()
    phone_blind = fields.CharField(max_length=32, db_index=True)
    started_at = fields.DatetimeField()
    due_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "phone": "sealed", "phone_blind": "sealed",
        "started_at": "personal", "due_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"phone_blind": ("auth.phone",)}

    class Meta:
        table = "auth_recovery"


class RecoveryCode(db.Table):
    """The code that a person keeps at home, as a keyed digest. It works once."""

    id = fields.UUIDField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT
    )
    digest = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "person_id": "internal", "digest": "sealed", "created_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_recovery_code"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recovery under way."""

    recovery_id: str
    person_id: str
    phone: str = field(repr=False)
    started_at: datetime
    due_at: datetime


def _waiting(row: Any) -> Waiting:
    recovery_id = str(row["id"])
    return Waiting(
        recovery_id=recovery_id,
        person_id=str(row["person_id"]),
        phone=privacy.unseal_text(row["phone"], at=PHONE, row=recovery_id),
        started_at=db.as_time(row["started_at"]),
        due_at=db.as_time(row["due_at"]),
    )


async def of(person_id: str) -> Waiting | None:
    """The recovery of a person's account that is under way."""
    row = await db.row("SELECT * FROM auth_recovery WHERE person_id = $1", person_id)
    return None if row is None else _waiting(row)


async def by_phone(phone_blind: str) -> Waiting | None:
    """The newest recovery that a phone waits for."""
    row = await db.row(
        "SELECT * FROM auth_recovery WHERE phone_blind = $1 ORDER BY started_at DESC LIMIT 1",
        phone_blind,
    )
    return None if row is None else _waiting(row)


def starting(person_id: str, *, phone: str, phone_blind: str, due_at: datetime) -> db.Statement:
    """Begin to wait. With another phone the waiting begins anew, with the same one it goes on."""
    row = db.new_id()
    return db.Statement(
        "INSERT INTO auth_recovery (id, person_id, phone, phone_blind, started_at, due_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id) DO UPDATE SET id = $1, "
        "phone = $3, phone_blind = $4, started_at = $5, due_at = $6 "
        "WHERE auth_recovery.phone_blind <> $4",
        (row, person_id, privacy.seal(phone, at=PHONE, row=row), phone_blind, clock.now(), due_at),
    )


def ending(recovery_id: str) -> db.Statement:
    """The waiting is over, one way or the other. ``Stale`` for everybody but the first."""
    return db.Statement("DELETE FROM auth_recovery WHERE id = $1", (recovery_id,), expect=1)


def dropping(person_id: str) -> db.Statement:
    """Whatever recovery of an account is under way ends: its owner was seen at a window."""
    return db.Statement("DELETE FROM auth_recovery WHERE person_id = $1", (person_id,))


def digest(person_id: str, code: str) -> str:
    """A recovery code's keyed digest: 120 random bits need no slow hash."""
    message = f"recovery\0{person_id}\0{code}".encode()
    return hmac.digest(privacy.ring().secret("pepper"), message, sha256).hex()


def keeping_code(person_id: str, code: str) -> db.Statement:
    """Keep a new code, in the place of the last."""
    return db.Statement(
        "INSERT INTO auth_recovery_code (id, person_id, digest, created_at) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT (person_id) DO UPDATE "
        "SET digest = $3, created_at = $4",
        (db.new_id(), person_id, digest(person_id, code), clock.now()),
    )


def using_code(person_id: str, code: str) -> db.Statement:
    """Use a code up. ``Stale`` for a wrong one, and for everybody but the first."""
    return db.Statement(
        "DELETE FROM auth_recovery_code WHERE person_id = $1 AND digest = $2",
        (person_id, digest(person_id, code)),
        expect=1,
    )
