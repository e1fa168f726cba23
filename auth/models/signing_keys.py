"""Signing keys (签名密钥): what the city signs with, one algorithm to a key.

``slot`` says what a key is for now: ``token ES256 current`` signs, ``token ES256 next`` is
published and waits, none at all is an old key, served until ``served_until``. A slot holds one
key, so that two processes that rotate at once cannot both succeed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

import orjson
from tortoise import fields

from backend.kernel import clock, db, privacy

Use = Literal["token", "log"]
State = Literal["current", "next", "old"]
PRIVATE = "auth_signing_key.private"


class SigningKey(db.Table):
    """A key pair. ``private`` is empty for a key that never leaves its PKCS#11 device."""

    id = fields.UUIDField(primary_key=True)
    kid = fields.CharField(max_length=64, unique=True)
    alg = fields.CharField(max_length=8)
    slot = fields.CharField(max_length=24, null=True, unique=True)
    public = fields.TextField()
    private = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()
    current_at = fields.DatetimeField(null=True)
    served_until = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "kid": "open", "alg": "open", "slot": "internal", "public": "open",
        "private": "sealed", "created_at": "internal", "current_at": "internal",
        "served_until": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_signing_key"


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it lies in the table; ``private`` still sealed."""

    id: str
    kid: str
    alg: str
    use: Use
    state: State
    jwk: dict[str, Any]
    private: bytes | None = field(repr=False)
    created_at: datetime
    current_at: datetime | None
    served_until: datetime | None


def slot(use: Use, alg: str, state: State) -> str:
    """The name of the one place for such a key."""
    return f"{use} {alg} {state}"


async def served() -> list[Key]:
    """All keys that sign, wait or are still served, oldest first."""
    found = await db.read(
        "SELECT id, kid, alg, slot, public, private, created_at, current_at, served_until "
        "FROM auth_signing_key WHERE served_until IS NULL OR served_until > $1 "
        "ORDER BY created_at, id",
        clock.now(),
    )
    return [_key(row) for row in found]


def _key(row: db.Row) -> Key:
    use: Use = "log" if (row["slot"] or "").startswith("log") else "token"
    state: State = "old" if row["slot"] is None else row["slot"].rpartition(" ")[2]
    times = {name: row[name] for name in ("current_at", "served_until")}
    return Key(
        id=str(row["id"]),
        kid=row["kid"],
        alg=row["alg"],
        use=use,
        state=state,
        jwk=orjson.loads(row["public"]),
        private=None if row["private"] is None else bytes(row["private"]),
        created_at=db.as_time(row["created_at"]),
        **{name: None if at is None else db.as_time(at) for name, at in times.items()},
    )


def adding(
    key_id: str, *, kid: str, alg: str, into: str, jwk: dict[str, Any], private: bytes | None
) -> db.Statement:
    """Insert a key into a slot. A slot that is taken is an ``IntegrityError``."""
    now = clock.now()
    return db.Statement(
        "INSERT INTO auth_signing_key (id, kid, alg, slot, public, private, created_at, current_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            key_id,
            kid,
            alg,
            into,
            orjson.dumps(jwk).decode(),
            None if private is None else privacy.seal(private, at=PRIVATE, row=key_id),
            now,
            now if into.endswith("current") else None,
        ),
    )


def retiring(key: Key, *, until: datetime) -> db.Statement:
    """A current key becomes old: its private half is forgotten. ``Stale`` if it was not current."""
    return db.Statement(
        "UPDATE auth_signing_key SET slot = NULL, private = NULL, served_until = $1 "
        "WHERE id = $2 AND slot = $3",
        (until, key.id, slot(key.use, key.alg, "current")),
        expect=1,
    )


def promoting(key: Key) -> db.Statement:
    """The next key becomes the current one. ``Stale`` if it was not next."""
    return db.Statement(
        "UPDATE auth_signing_key SET slot = $1, current_at = $2 WHERE id = $3 AND slot = $4",
        (
            slot(key.use, key.alg, "current"),
            clock.now(),
            key.id,
            slot(key.use, key.alg, "next"),
        ),
        expect=1,
    )


def sweeping() -> db.Statement:
    """Delete old keys that are served no more."""
    return db.Statement("DELETE FROM auth_signing_key WHERE served_until <= $1", (clock.now(),))
