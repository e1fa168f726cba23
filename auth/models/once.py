"""Things that work once (一次性凭证): sign-in QR codes, hand-off links, window codes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from tortoise import fields

from backend.kernel import clock, db, privacy

Kind = Literal["scan", "link", "window", "wechat", "merge"]
VALUE = "auth_once.value"


class Once(db.Table):
    """One of them, known by a keyed digest of its secret. ``gave`` is the session it opened."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=8)
    secret_digest = fields.CharField(max_length=32)
    value = fields.BinaryField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)
    gave = fields.UUIDField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "kind": "internal", "secret_digest": "sealed", "value": "sealed",
        "expires_at": "internal", "used_at": "internal", "gave": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_once"
        unique_together = (("kind", "secret_digest"),)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a secret stands for. ``used`` and ``gave`` tell of a first use."""

    id: str
    value: dict[str, Any] = field(repr=False)
    used: bool
    gave: str | None


def _digest(kind: Kind, secret: str) -> str:
    # hex, because the blind index takes small and capital letters for the same
    return privacy.keyed(secret.encode().hex(), f"auth.once.{kind}")


def keeping(kind: Kind, secret: str, value: dict[str, Any], *, until: datetime) -> db.Statement:
    """Keep something under a secret. ``Stale`` if a living one has the same secret already."""
    row = db.new_id()
    return db.Statement(
        "INSERT INTO auth_once (id, kind, secret_digest, value, expires_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, secret_digest) DO UPDATE SET "
        "id = $1, value = $4, expires_at = $5, used_at = NULL, gave = NULL "
        "WHERE auth_once.expires_at <= $6",
        (
            row,
            kind,
            _digest(kind, secret),
            privacy.seal_json(value, at=VALUE, row=row),
            until,
            clock.now(),
        ),
        expect=1,
    )


async def find(kind: Kind, secret: str) -> Kept | None:
    """What a secret stands for until it runs out, used or not."""
    row = await db.read_one(
        "SELECT id, value, used_at, gave FROM auth_once "
        "WHERE kind = $1 AND secret_digest = $2 AND expires_at > $3",
        kind,
        _digest(kind, secret),
        clock.now(),
    )
    if row is None:
        return None
    value = privacy.unseal_json(row["value"], at=VALUE, row=str(row["id"]))
    gave = str(row["gave"]) if row["gave"] else None
    return Kept(str(row["id"]), value, row["used_at"] is not None, gave)


def using(row: str, *, gave: str | None) -> db.Statement:
    """Use it up. ``Stale`` for everybody but the first, and when it has run out."""
    now = clock.now()
    return db.Statement(
        "UPDATE auth_once SET used_at = $1, gave = $2 "
        "WHERE id = $3 AND used_at IS NULL AND expires_at > $1",
        (now, gave, row),
        expect=1,
    )


def sweeping(before: datetime) -> db.Statement:
    """Delete what ran out before an instant."""
    return db.Statement("DELETE FROM auth_once WHERE expires_at < $1", (before,))
