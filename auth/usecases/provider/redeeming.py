"""The token endpoint (换取令牌): a code, a refresh token, a device code or a CIBA request."""

from datetime import UTC, datetime
from typing import Any

from auth.models.provider import grants, tickets
from auth.models.provider.grants import Given
from auth.models.provider.tickets import Found
from auth.rules.provider import requests
from auth.rules.provider.client import GRANTS, Client
from auth.rules.provider.errors import OAuthError, invalid_grant, invalid_request
from auth.usecases.provider import capacity, issuing
from auth.usecases.provider.clients import Shown, authenticate, proven_key
from backend.kernel import cache, db

POLL_SECONDS = 5
"""How long a polling client waits between two questions."""


async def redeem(shown: Shown) -> dict[str, Any]:
    """Answer a token request.

    Raises:
        OAuthError: as RFC 6749 §5.2, RFC 8628 §3.5 and CIBA §11 name them.
    """
    client = await authenticate(shown)
    asked = shown.form.get("grant_type", "")
    kind = next((name for name, value in GRANTS.items() if value == asked), None)
    if kind is None:
        error = "unsupported_grant_type" if asked else "invalid_request"
        raise OAuthError(error, "grant_type")
    if kind not in client.grants:
        raise OAuthError("unauthorized_client", "not registered for this grant_type")
    jkt = await proven_key(shown)
    if client.high and not jkt:
        raise OAuthError("invalid_dpop_proof", "the high profile binds every token to a key")
    if kind == "authorization_code":
        return await _code(client, shown, jkt)
    if kind == "refresh_token":
        return await _refresh(client, shown, jkt)
    name = "device_code" if kind == "device_code" else "auth_req_id"
    return await _polled(client, shown.form.get(name, ""), kind, jkt)


async def _code(client: Client, shown: Shown, jkt: str) -> dict[str, Any]:
    form = shown.form
    if "code" not in form:
        raise invalid_request("code is missing")
    found = await tickets.find(form["code"], "code")
    if found is None or found.client_id != client.client_id:
        raise invalid_grant("no such code")
    asked = requests.again(found.payload["asked"])
    if found.used:
        raise await _replayed(found)
    if found.over:
        raise invalid_grant("the code has run out")
    if form.get("redirect_uri") != asked.redirect_uri:
        raise invalid_grant("redirect_uri is not that of the request")
    if not requests.verifier_fits(asked.challenge, form.get("code_verifier", "")):
        raise invalid_grant("code_verifier does not fit")
    if asked.jkt and asked.jkt != jkt:
        raise invalid_grant("the code is bound to another key")
    return await _first(client, found, jkt)


async def _replayed(found: Found) -> OAuthError:
    """Somebody brings again what was used: what it gave may be in strange hands."""
    if grant_id := found.payload.get("grant_id"):
        await db.write(grants.ending(grant_id))
    return invalid_grant("used before; what it gave is withdrawn")


async def _first(client: Client, found: Found, jkt: str) -> dict[str, Any]:
    """Use a ticket up and give what was agreed to."""
    agreed, asked = found.payload, requests.again(found.payload["asked"])
    grant = Given(
        id=agreed["grant_id"],
        client_id=client.client_id,
        person_id=agreed["person_id"],
        session_id=agreed["session_id"],
        sub=issuing.subject(client, agreed["person_id"]),
        scopes=asked.scopes,
        claims=asked.at_userinfo,
        jkt=jkt,
        acr=agreed["acr"],
        methods=tuple(agreed["methods"]),
        auth_time=db.as_time(agreed["auth_time"]),
        expires_at=issuing.grant_ends(),
        capacity=agreed.get("capacity"),
    )
    if await grants.session_left(grant.session_id):
        raise invalid_grant("the person has signed out")
    if await capacity.over(grant):
        raise _no_longer()
    try:
        return await issuing.issue(
            client,
            grant,
            tickets.using(found.id),
            *capacity.standing(grant),
            grants.giving(grant),
            scopes=asked.scopes,
            fresh_refresh=True,
            nonce=asked.nonce,
            inside=asked.in_id_token,
            more=await capacity.claims_of(client, grant),
        )
    except db.Stale:
        replayed = await _replayed(found)
        raise _no_longer() if await capacity.over(grant) else replayed from None


def _no_longer() -> OAuthError:
    return invalid_grant("the person may no longer act for whom they acted for")


async def _refresh(client: Client, shown: Shown, jkt: str) -> dict[str, Any]:
    held = await grants.find(shown.form.get("refresh_token", ""))
    if held is None or held.kind != "refresh" or held.grant.client_id != client.client_id:
        raise invalid_grant("no such refresh token")
    if held.grant.jkt and held.grant.jkt != jkt:
        raise invalid_grant("the refresh token is bound to another key")
    if held.used:
        await db.write(grants.ending(held.grant.id))
        raise invalid_grant("used before; the whole family is withdrawn")
    if not held.living:
        raise invalid_grant("the refresh token is over")
    if await capacity.over(held.grant):
        raise _no_longer()
    scopes = held.scopes
    if "scope" in shown.form:
        words = shown.form["scope"].split()
        if not words or set(words) - set(scopes):
            raise OAuthError("invalid_scope", "more than was given")
        scopes = tuple(scope for scope in scopes if scope in words)
    # FAPI 2.0 §5.3.2.1: no rotation, since a bound token is of no use to a thief
    using = () if client.high else (grants.using(held.id),)
    try:
        return await issuing.issue(
            client,
            held.grant,
            *using,
            *capacity.standing(held.grant),
            scopes=scopes,
            fresh_refresh=not client.high,
        )
    except db.Stale:
        await db.write(grants.ending(held.grant.id))
        raise invalid_grant("used before, or over; the whole family is withdrawn") from None


async def _polled(client: Client, text: str, kind: str, jkt: str) -> dict[str, Any]:
    found = await tickets.find(text, "device" if kind == "device_code" else "ciba")
    if found is None or found.client_id != client.client_id:
        raise invalid_grant("no such request")
    if found.used:
        raise await _replayed(found)
    if found.over:
        raise OAuthError("expired_token", "the person did not answer in time")
    if found.state == "refused":
        raise OAuthError("access_denied", "the person said no")
    if found.state == "waiting":
        patient = await cache.once(f"auth.poll:{found.id}", seconds=POLL_SECONDS - 1)
        raise OAuthError("authorization_pending" if patient else "slow_down")
    return await _first(client, found, jkt)


def agreed(*, person_id: str, session_id: str, acr: int, methods: tuple[str, ...],
           proved: float, acting_by: str | None = None) -> dict[str, Any]:  # fmt: skip
    """What a person's yes adds to a ticket: who, by which session and proof, for which grant, and
    by which representation.
    """
    return {
        "grant_id": db.new_id(),
        "person_id": person_id,
        "session_id": session_id,
        "acr": acr,
        "methods": list(methods),
        "capacity": acting_by,
        "auth_time": datetime.fromtimestamp(proved, UTC).isoformat(),
    }
