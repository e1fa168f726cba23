"""Text-message codes (短信验证码): at most one per phone and purpose, kept as a keyed digest."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Literal

from tortoise import fields

from backend.kernel import clock, db, privacy

Purpose = Literal["register", "sign_in", "prove", "counter", "recover", "phone"]


class Code(db.Table):
    """The newest code of a phone for one purpose. Written for unknown phones just the same."""

    id = fields.UUIDField(primary_key=True)
    phone_blind = fields.CharField(max_length=32)
    purpose = fields.CharField(max_length=10)
    digest = fields.CharField(max_length=64)
    tries = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "phone_blind": "sealed", "purpose": "internal", "digest": "sealed",
        "tries": "internal", "created_at": "internal", "expires_at": "internal",
        "used_at": "internal",
    }  # fmt: skip

    blinds: ClassVar[dict[str, tuple[str, ...]]] = {"phone_blind": ("auth.phone",)}

    class Meta:
        table = "auth_code"
        unique_together = (("phone_blind", "purpose"),)


@dataclass(frozen=True, slots=True)
class Claim:
    """One try at a code, already counted."""

    code_id: str
    digest: str = field(repr=False)


def digest(code_id: str, code: str) -> str:
    """A code's digest, bound to its row; useless without the key file."""
    message = f"code\0{code_id}\0{code}".encode()
    return hmac.digest(privacy.ring().secret("pepper"), message, sha256).hex()


def issuing(
    code_id: str,
    *,
    phone_blind: str,
    purpose: Purpose,
    code: str,
    expires_at: datetime,
    none_since: datetime,
) -> db.Statement:
    """Replace the last code. ``Stale`` if the last is newer than ``none_since``."""
    return db.Statement(
        "INSERT INTO auth_code (id, phone_blind, purpose, digest, tries, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, 0, $5, $6) "
        "ON CONFLICT (phone_blind, purpose) DO UPDATE SET id = $1, digest = $4, tries = 0, "
        "created_at = $5, expires_at = $6, used_at = NULL WHERE auth_code.created_at <= $7",
        (
            code_id,
            phone_blind,
            purpose,
            digest(code_id, code),
            clock.now(),
            expires_at,
            none_since,
        ),
        expect=1,
    )


async def issued_at(*, phone_blind: str, purpose: Purpose) -> datetime | None:
    """When the last code was made."""
    row = await db.row(
        "SELECT created_at FROM auth_code WHERE phone_blind = $1 AND purpose = $2",
        phone_blind,
        purpose,
    )
    return None if row is None else db.as_time(row["created_at"])


async def claim(*, phone_blind: str, purpose: Purpose, most: int) -> Claim | None:
    """Count one try at the living code and hand out its digest; None when there is none left.

    Counting comes before comparing, in one statement: a thousand guesses at once are still
    ``most`` guesses.
    """
    found = await db.rows(
        "UPDATE auth_code SET tries = tries + 1 WHERE phone_blind = $1 AND purpose = $2 "
        "AND used_at IS NULL AND tries < $3 AND expires_at > $4 RETURNING id, digest",
        phone_blind,
        purpose,
        most,
        clock.now(),
    )
    return Claim(str(found[0]["id"]), found[0]["digest"]) if found else None


def using(code_id: str) -> db.Statement:
    """Use a code up. ``Stale`` for everybody but the first."""
    return db.Statement(
        "UPDATE auth_code SET used_at = $1 WHERE id = $2 AND used_at IS NULL",
        (clock.now(), code_id),
        expect=1,
    )


def sweeping(before: datetime) -> db.Statement:
    """Delete codes that ran out before an instant."""
    return db.Statement("DELETE FROM auth_code WHERE expires_at < $1", (before,))
