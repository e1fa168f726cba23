"""The client registry (接入应用登记)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

import orjson
from tortoise import fields

from auth.rules.provider.client import Client
from backend.kernel import clock, db, settings

_LISTS = ("redirect_uris", "post_logout_redirect_uris", "scopes", "grants")
_REST = (*_LISTS, "backchannel_logout_uri", "legal_basis", "jwks", "id_token_alg",
         "encrypt_id_token", "place", "purpose")  # fmt: skip


class ClientRow(db.Table):
    """A department's system. Secrets are 256-bit random texts, kept as their SHA-256."""

    id = fields.UUIDField(primary_key=True)
    client_id = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=60)
    department = fields.CharField(max_length=20)
    department_name = fields.CharField(max_length=60)
    profile = fields.CharField(max_length=8)
    sector = fields.CharField(max_length=100)
    auth_method = fields.CharField(max_length=24)
    registration = fields.TextField()
    secret_digest = fields.CharField(max_length=64, default="")
    former_digest = fields.CharField(max_length=64, default="")
    former_until = fields.DatetimeField(null=True)
    enabled = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "client_id": "open", "name": "open", "department": "open",
        "department_name": "open", "profile": "open", "sector": "internal",
        "auth_method": "open", "registration": "internal", "secret_digest": "sealed",
        "former_digest": "sealed", "former_until": "internal", "enabled": "open",
        "created_at": "open", "changed_at": "open",
    }  # fmt: skip

    class Meta:
        table = "auth_client"


@lru_cache(maxsize=256)
def _rest(registration: str) -> Mapping[str, Any]:
    """What a row says as JSON, read once for each text: a system comes several times a sign-in."""
    rest: dict[str, Any] = orjson.loads(registration)
    return rest | {name: tuple(rest[name]) for name in _LISTS}


def _client(row: Any) -> Client:
    former = row["former_until"]
    return Client(
        client_id=row["client_id"],
        name=row["name"],
        department=row["department"],
        department_name=row["department_name"],
        profile=row["profile"],
        sector=row["sector"],
        auth_method=row["auth_method"],
        secret_digest=row["secret_digest"],
        former_digest=row["former_digest"],
        former_until=None if former is None else db.as_time(former),
        enabled=bool(row["enabled"]),
        **_rest(row["registration"]),
    )


async def find(client_id: str) -> Client | None:
    """The client of an id, also a disabled one: all of the standard profile may be shut out."""
    row = await db.read_one("SELECT * FROM auth_client WHERE client_id = $1", client_id[:61])
    if row is None:
        return None
    client = _client(row)
    if settings.current().high_profile_only and not client.high:
        return replace(client, enabled=False)
    return client


async def every() -> list[Client]:
    """All clients, by name."""
    return [_client(row) for row in await db.read("SELECT * FROM auth_client ORDER BY client_id")]


def keeping(client: Client) -> db.Statement:
    """Insert a client, or write down what has changed."""
    rest = {name: getattr(client, name) for name in _REST}
    now = clock.now()
    return db.Statement(
        "INSERT INTO auth_client (id, client_id, name, department, department_name, profile, "
        "sector, auth_method, registration, secret_digest, former_digest, former_until, enabled, "
        "created_at, changed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) "
        "ON CONFLICT (client_id) DO UPDATE SET name = $3, department = $4, department_name = $5, "
        "profile = $6, sector = $7, auth_method = $8, registration = $9, secret_digest = $10, "
        "former_digest = $11, former_until = $12, enabled = $13, changed_at = $14",
        (
            db.new_id(),
            client.client_id,
            client.name,
            client.department,
            client.department_name,
            client.profile,
            client.sector,
            client.auth_method,
            orjson.dumps(rest).decode(),
            client.secret_digest,
            client.former_digest,
            client.former_until,
            client.enabled,
            now,
        ),
    )
