"""Tokens for a grant (签发令牌)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from auth import signing
from auth.models import people
from auth.models.people import Identity
from auth.models.provider import grants
from auth.models.provider.grants import Given
from auth.rules.provider import elements, subjects
from auth.rules.provider.client import Client
from auth.rules.provider.encrypting import encrypted
from auth.rules.provider.errors import invalid_grant
from auth.rules.provider.proofs import half_hash
from auth.usecases.provider.clients import issuer
from backend.kernel import clock, db, privacy, settings

ACCESS_SECONDS = 300
ID_TOKEN_SECONDS = 300
_NOTHING: Mapping[str, Any] = {}


def subject(client: Client, person_id: str) -> str:
    """The person's pairwise name at a client's sector."""
    key = privacy.ring().secret("pairwise")
    return subjects.subject(key, sector=client.sector, person_id=person_id)


def session_name(client_id: str, session_id: str) -> str:
    """``sid`` as one client knows a session."""
    key = privacy.ring().secret("pairwise")
    return subjects.session_name(key, client_id=client_id, session_id=session_id)


def grant_ends() -> datetime:
    """When a grant that begins now ends at the latest: a session would."""
    return clock.in_seconds(settings.current().session_absolute)


async def issue(
    client: Client,
    grant: Given,
    *first: db.Statement,
    scopes: Sequence[str],
    fresh_refresh: bool,
    nonce: str | None = None,
    inside: Sequence[str] = (),
    more: Mapping[str, Any] = _NOTHING,
) -> dict[str, Any]:
    """Make tokens, keep them in one write behind ``first``, and answer with them.

    Args:
        fresh_refresh: a new refresh token too, if the client may have one.
        inside: claims for the ID token itself.
        more: those that are not of the person.

    Raises:
        Stale: one of ``first`` came too late; nothing was kept.
    """
    access = secrets.token_urlsafe(32)
    statements = [*first, grants.keeping(
        access, grant.id, "access", scopes=scopes, expires_at=clock.in_seconds(ACCESS_SECONDS)
    )]  # fmt: skip
    answer: dict[str, Any] = {
        "access_token": access,
        "token_type": "DPoP" if grant.jkt else "Bearer",
        "expires_in": ACCESS_SECONDS,
        "scope": " ".join(scopes),
    }
    if fresh_refresh and "refresh_token" in client.grants:
        answer["refresh_token"] = refresh = secrets.token_urlsafe(32)
        statements.append(
            grants.keeping(refresh, grant.id, "refresh", scopes=scopes, expires_at=grant.expires_at)
        )
    if "openid" in scopes:
        answer["id_token"] = await _id_token(
            client, grant, access, nonce=nonce, inside=inside, more=more
        )
    await db.write(*statements)
    return answer


async def _id_token(
    client: Client,
    grant: Given,
    access: str,
    *,
    nonce: str | None,
    inside: Sequence[str],
    more: Mapping[str, Any],
) -> str:
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": issuer(),
        "sub": grant.sub,
        "aud": client.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "auth_time": int(grant.auth_time.timestamp()),
        "acr": f"{elements.ACR}{grant.acr}",
        "amr": list(grant.methods),
        "sid": session_name(client.client_id, grant.session_id),
        "at_hash": half_hash(access),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    key = client.encryption_key()
    # what says who somebody is travels through a browser only under the client's own key
    told = [one for one in inside if key or not elements.ELEMENTS[elements.OF_CLAIM[one]].identity]
    if told:
        claims |= await claims_of(grant.person_id, told, more=more)
    token = await signing.sign_jwt(claims, typ="JWT", alg=client.id_token_alg)
    if key and (told or client.encrypt_id_token):
        return encrypted(token, key)
    return token


async def claims_of(
    person_id: str, wanted: Sequence[str], *, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Claims of a person, in plain text, for the client they agreed to.

    ``more`` are those that are not of the person (``capacity.claims_of``).

    Raises:
        OAuthError: ``invalid_grant`` when there is no such account any more.
    """
    found: Identity | None = await people.find_identity(person_id)
    if found is None:
        raise invalid_grant("no such account")
    known = {
        "name": found.name,
        "masked": privacy.mask_name(found.name),
        "id_number": found.id_number,
        "phone": found.phone,
        "level": found.level,
    }
    told = {claim: more[claim] for claim in sorted(wanted) if more.get(claim) is not None}
    return elements.values(known, wanted) | told
