"""Grants (授权) and their tokens: one grant is one sign-in of one person at one client.

All tokens that follow from a sign-in hang on its grant, so that one statement ends the family.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Literal

from tortoise import fields

from auth.models.people import Person
from backend.kernel import clock, db

TokenKind = Literal["access", "refresh"]


class Grant(db.Table):
    """What a person let a client have, for how long, by which session and proof."""

    id = fields.UUIDField(primary_key=True)
    client_id = fields.CharField(max_length=60)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "auth.Person", related_name=False, on_delete=fields.RESTRICT, db_index=True
    )
    session_id = fields.UUIDField(db_index=True)
    sub = fields.CharField(max_length=43, db_index=True)
    scopes = fields.CharField(max_length=200)
    claims = fields.CharField(max_length=400)
    jkt = fields.CharField(max_length=43)
    acr = fields.SmallIntField()
    methods = fields.CharField(max_length=80)
    auth_time = fields.DatetimeField()
    capacity = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    ended_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "client_id": "personal", "person_id": "internal",
        "session_id": "internal", "sub": "internal", "scopes": "personal", "claims": "personal",
        "jkt": "internal", "acr": "internal", "methods": "internal", "auth_time": "personal",
        "capacity": "internal", "created_at": "personal", "expires_at": "internal",
        "ended_at": "personal",
    }  # fmt: skip

    class Meta:
        table = "auth_grant"


class Token(db.Table):
    """An access or refresh token: 256 random bits, kept as their SHA-256."""

    id = fields.UUIDField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    grant: fields.ForeignKeyRelation[Grant] = fields.ForeignKeyField(
        "auth.Grant", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    kind = fields.CharField(max_length=8)
    scopes = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "digest": "sealed", "grant_id": "internal", "kind": "internal",
        "scopes": "internal", "created_at": "internal", "expires_at": "internal",
        "used_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_token"


@dataclass(frozen=True, slots=True)
class Given:
    """A grant in use."""

    id: str
    client_id: str
    person_id: str
    session_id: str
    sub: str
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    jkt: str
    acr: int
    methods: tuple[str, ...]
    auth_time: datetime
    expires_at: datetime
    capacity: str | None = None
    """The representation that the person acted by, if the client asked and they agreed."""


@dataclass(frozen=True, slots=True)
class Held:
    """A token that somebody brought, and whether it is good."""

    id: str
    kind: TokenKind
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used: bool
    living: bool
    grant: Given = field(repr=False)


def digest(token: str) -> str:
    """How a token is kept."""
    return sha256(token.encode()).hexdigest()


def giving(grant: Given) -> db.Statement:
    """Insert a grant. A second one with its id is an ``IntegrityError``."""
    return db.Statement(
        "INSERT INTO auth_grant (id, client_id, person_id, session_id, sub, scopes, claims, jkt, "
        "acr, methods, auth_time, created_at, expires_at, capacity) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        (
            grant.id,
            grant.client_id,
            grant.person_id,
            grant.session_id,
            grant.sub,
            " ".join(grant.scopes),
            " ".join(grant.claims),
            grant.jkt,
            grant.acr,
            " ".join(grant.methods),
            grant.auth_time,
            clock.now(),
            grant.expires_at,
            grant.capacity,
        ),
    )


def keeping(
    token: str, grant_id: str, kind: TokenKind, *, scopes: Sequence[str], expires_at: datetime
) -> db.Statement:
    """Insert a token of a grant."""
    return db.Statement(
        "INSERT INTO auth_token (id, digest, grant_id, kind, scopes, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        (db.new_id(), digest(token), grant_id, kind, " ".join(scopes), clock.now(), expires_at),
    )


_HELD = """
SELECT t.id AS token_id, t.kind, t.scopes AS token_scopes, t.created_at AS token_created,
       t.expires_at AS token_expires, t.used_at, g.*, s.ended_at AS left_at, s.ended_by
FROM auth_token t JOIN auth_grant g ON g.id = t.grant_id
LEFT JOIN auth_session s ON s.id = g.session_id
WHERE t.digest = $1
"""


async def find(token: str) -> Held | None:
    """The token of a text with its grant, good or not.

    It is dead with the session, whatever else happened; but a session that only ran out leaves
    the department's own session alone.
    """
    row = await db.read_one(_HELD, digest(token))
    if row is None:
        return None
    expires = db.as_time(row["token_expires"])
    left = row["left_at"] is not None and row["ended_by"] != "time"
    return Held(
        id=str(row["token_id"]),
        kind=row["kind"],
        scopes=tuple(row["token_scopes"].split()),
        created_at=db.as_time(row["token_created"]),
        expires_at=expires,
        used=row["used_at"] is not None,
        living=row["ended_at"] is None and not left and clock.now() < expires,
        grant=_given(row),
    )


def _given(row: Any) -> Given:
    return Given(
        id=str(row["id"]),
        client_id=row["client_id"],
        person_id=str(row["person_id"]),
        session_id=str(row["session_id"]),
        sub=row["sub"],
        scopes=tuple(row["scopes"].split()),
        claims=tuple(row["claims"].split()),
        jkt=row["jkt"],
        acr=row["acr"],
        methods=tuple(row["methods"].split()),
        auth_time=db.as_time(row["auth_time"]),
        expires_at=db.as_time(row["expires_at"]),
        capacity=str(row["capacity"]) if row["capacity"] else None,
    )


async def session_left(session_id: str) -> bool:
    """Whether the person has ended a session (or it was ended for them)."""
    row = await db.read_one(
        "SELECT 1 FROM auth_session WHERE id = $1 AND ended_at IS NOT NULL AND ended_by <> 'time'",
        session_id,
    )
    return row is not None


async def of_session(token_digest: str) -> list[Given]:
    """The grants that live by a session, found by the digest of its token."""
    rows = await db.rows(
        "SELECT g.* FROM auth_grant g JOIN auth_session s ON s.id = g.session_id "
        "WHERE s.token_digest = $1 AND g.ended_at IS NULL",
        token_digest,
    )
    return [_given(row) for row in rows]


async def of_person(person_id: str, client_id: str) -> list[Given]:
    """A person's living grants at one client."""
    rows = await db.rows(
        "SELECT * FROM auth_grant WHERE person_id = $1 AND client_id = $2 AND ended_at IS NULL",
        person_id,
        client_id,
    )
    return [_given(row) for row in rows]


async def person_of(sub: str, client_id: str) -> str | None:
    """Whom a client knows under a pairwise name."""
    row = await db.read_one(
        "SELECT person_id FROM auth_grant WHERE sub = $1 AND client_id = $2 LIMIT 1",
        sub,
        client_id,
    )
    return None if row is None else str(row["person_id"])


def using(token_id: str) -> db.Statement:
    """Use a refresh token up. ``Stale`` for everybody but the first."""
    return db.Statement(
        "UPDATE auth_token SET used_at = $1 WHERE id = $2 AND used_at IS NULL",
        (clock.now(), token_id),
        expect=1,
    )


def ending_token(token_id: str) -> db.Statement:
    """Let one token run out now."""
    return db.Statement(
        "UPDATE auth_token SET expires_at = $1 WHERE id = $2", (clock.now(), token_id)
    )


def ending(grant_id: str) -> db.Statement:
    """End a grant and with it every token of the family."""
    return db.Statement(
        "UPDATE auth_grant SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
        (clock.now(), grant_id),
    )


def sweeping(before: datetime) -> tuple[db.Statement, ...]:
    """Delete grants that ran out before an instant, and tokens that did."""
    return (
        db.Statement(
            "DELETE FROM auth_token WHERE grant_id IN "
            "(SELECT id FROM auth_grant WHERE expires_at < $1)", (before,)
        ),
        db.Statement("DELETE FROM auth_grant WHERE expires_at < $1", (before,)),
    )  # fmt: skip


def ending_all(client_id: str) -> db.Statement:
    """End every grant of a client."""
    return db.Statement(
        "UPDATE auth_grant SET ended_at = $1 WHERE client_id = $2 AND ended_at IS NULL",
        (clock.now(), client_id),
    )
