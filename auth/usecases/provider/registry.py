"""Who may ask us (接入应用登记): add, change, rotate, disable. Every act is an administrator's."""

import secrets
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from auth.models import acts
from auth.models.acts import OPERATOR, By, Subject
from auth.models.provider import clients, grants
from auth.models.provider.tickets import digest
from auth.rules.provider.client import Client, Problem, problems
from auth.rules.staff import Reach
from backend.kernel import clock, db, settings

FORMER_KEPT = timedelta(days=7)
"""How long the secret before the last one still counts, so that a department can change over."""

_WRITABLE = {one.name for one in fields(Client)} - {
    "secret_digest", "former_digest", "former_until", "enabled",
}  # fmt: skip
_TUPLES = ("redirect_uris", "post_logout_redirect_uris", "scopes", "grants")


class BadRegistration(Exception):
    """A registration that cannot be kept; ``problems`` are what is wrong with it."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__("; ".join(map(str, found)))
        self.problems = found


class Taken(Exception):
    """Somebody new was to be registered under a ``client_id`` that is known."""


async def add(
    registration: Mapping[str, Any], *, by: By = OPERATOR, only_new: bool = False
) -> tuple[Client, str]:
    """Register a system; the client, and its secret if it has one. The secret is shown once.

    A known ``client_id`` gets its registration written anew and keeps its secret.

    Raises:
        BadRegistration: with everything that is wrong.
        Taken: the id is known, and ``only_new`` was wanted.
    """
    unknown = sorted(set(registration) - _WRITABLE)
    if unknown:
        raise BadRegistration([Problem(name, "unknown_field") for name in unknown])
    values = dict(registration)
    for name in _TUPLES:
        if isinstance(values.get(name), str):
            values[name] = values[name].replace(",", " ").split()
        if name in values:
            values[name] = tuple(values[name])
    values.setdefault("profile", "std")
    values.setdefault("sector", values.get("department", ""))
    values.setdefault("department_name", values.get("department", ""))
    # what a client that says nothing else expects (OpenID Connect Registration 1.0 §2)
    values.setdefault("id_token_alg", "ES256" if values["profile"] == "high" else "RS256")
    method = "private_key_jwt" if values["profile"] == "high" else "client_secret"
    if values.setdefault("auth_method", method) == "none":
        values.setdefault("grants", ("authorization_code",))
    missing = [
        Problem(name, "required")
        for name in ("client_id", "name", "department", "purpose")
        if not values.get(name)
    ]
    if missing:
        raise BadRegistration(missing)
    client = Client(**values)
    found = problems(client)
    if settings.current().high_profile_only and not client.high:
        found.append(Problem("profile", "high_only"))
    if found:
        raise BadRegistration(found)
    before, secret = await clients.find(client.client_id), ""
    if before is not None and only_new:
        raise Taken
    if before is not None:
        client = replace(
            client, secret_digest=before.secret_digest, former_digest=before.former_digest,
            former_until=before.former_until, enabled=before.enabled,
        )  # fmt: skip
    if client.auth_method == "client_secret" and not client.secret_digest:
        secret = secrets.token_urlsafe(32)
        client = replace(client, secret_digest=digest(secret))
    act = "changed" if before else "added"
    await db.write(clients.keeping(client), *_act(act, client, by))
    return client, secret


async def rotate(
    client_id: str, jwks: Mapping[str, Any] | None = None, *, by: By = OPERATOR
) -> str:
    """A new secret, or new public keys; the former secret counts for ``FORMER_KEPT`` longer.

    Raises:
        BadRegistration: unknown client, or keys that will not do.
    """
    client = await _known(client_id)
    if client.auth_method == "client_secret":
        secret = secrets.token_urlsafe(32)
        rotated = replace(
            client,
            secret_digest=digest(secret),
            former_digest=client.secret_digest,
            former_until=clock.now() + FORMER_KEPT,
        )
        await db.write(clients.keeping(rotated), *_act("rotated", client, by))
        return secret
    if jwks is None or "keys" not in jwks:
        raise BadRegistration([Problem("jwks", "required")])
    rotated = replace(client, jwks=jwks)
    if found := problems(rotated):
        raise BadRegistration(found)
    await db.write(clients.keeping(rotated), *_act("rotated", client, by))
    return ""


async def disable(client_id: str, *, enabled: bool = False, by: By = OPERATOR) -> None:
    """Shut a system out at once, its tokens included, or let it in again."""
    client = await _known(client_id)
    act = _act("enabled" if enabled else "disabled", client, by)
    statements = [clients.keeping(replace(client, enabled=enabled)), *act]
    if not enabled:
        statements.append(grants.ending_all(client_id))
    await db.write(*statements)


async def every() -> list[Client]:
    """All registered systems."""
    return await clients.every()


def _act(what: str, client: Client, by: By) -> tuple[db.Statement, db.Statement]:
    """A line in the log and the journal: who may ask us is nobody's private matter."""
    at = Reach(client.department)
    return acts.done(what, Subject("client", client.client_id, client.name, at), by=by)


async def _known(client_id: str) -> Client:
    client = await clients.find(client_id)
    if client is None:
        raise BadRegistration([Problem("client_id", "not_an_option", client_id)])
    return client
