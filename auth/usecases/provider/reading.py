"""What a token opens (令牌的使用): userinfo, introspection (RFC 7662), revocation (RFC 7009)."""

from typing import Any

from auth.models import events
from auth.models.provider import clients, grants
from auth.rules.provider.elements import ELEMENTS, claims_of
from auth.rules.provider.errors import OAuthError, invalid_request
from auth.usecases.provider import capacity, issuing
from auth.usecases.provider.clients import Shown, authenticate, issuer, proven_key
from backend.kernel import db


def _bad_token(scheme: str, error: str = "invalid_token", status: int = 401) -> OAuthError:
    algs = ', algs="ES256 PS256 EdDSA"' if scheme == "DPoP" else ""
    challenge = f'{scheme} realm="yimen", error="{error}"{algs}'
    return OAuthError(error, "", status=status, headers={"WWW-Authenticate": challenge})


async def userinfo(shown: Shown, address: str) -> dict[str, Any]:
    """The claims that the person agreed to give, by an access token.

    Raises:
        OAuthError: ``invalid_token``, ``invalid_dpop_proof``, ``insufficient_scope``.
    """
    scheme, _, token = shown.authorization.partition(" ")
    in_body = shown.form.get("access_token", "")
    if in_body and shown.authorization:
        raise invalid_request("two access tokens")
    if not in_body and scheme.lower() not in ("bearer", "dpop"):
        challenge = {"WWW-Authenticate": 'Bearer realm="yimen"'}
        raise OAuthError("invalid_token", "no access token", status=401, headers=challenge)
    token = in_body or token.strip()
    held = await grants.find(token)
    if held is None or held.kind != "access" or not held.living:
        raise _bad_token("DPoP" if scheme.lower() == "dpop" else "Bearer")
    if bool(held.grant.jkt) != (scheme.lower() == "dpop"):
        raise _bad_token("DPoP" if held.grant.jkt else "Bearer")
    if held.grant.jkt:
        try:
            jkt = await proven_key(shown, access_token=token)
        except OAuthError as error:
            raise _bad_token("DPoP", error.error) from None
        if jkt != held.grant.jkt:
            raise _bad_token("DPoP")
    if "openid" not in held.scopes:
        raise _bad_token("Bearer", "insufficient_scope", 403)
    wanted = claims_of(scope for scope in held.scopes if scope in ELEMENTS) | {*held.grant.claims}
    answer: dict[str, Any] = {"sub": held.grant.sub}
    if wanted:
        client = await clients.find(held.grant.client_id)
        more = await capacity.claims_of(client, held.grant) if client else {}
        answer |= await issuing.claims_of(held.grant.person_id, sorted(wanted), more=more)
        await db.write(
            events.happened(
                "data_given",
                via="department",
                address=address,
                person_id=held.grant.person_id,
                detail=held.grant.client_id,
            )
        )
    return answer


async def introspect(shown: Shown) -> dict[str, Any]:
    """Whether a token of the asking client is good, and for what."""
    client = await authenticate(shown)
    if client.auth_method == "none":
        raise OAuthError("unauthorized_client", "only clients that prove themselves may ask")
    held = await grants.find(_token(shown))
    if held is None or not held.living or held.used or held.grant.client_id != client.client_id:
        return {"active": False}
    answer: dict[str, Any] = {
        "active": True,
        "iss": issuer(),
        "client_id": client.client_id,
        "sub": held.grant.sub,
        "scope": " ".join(held.scopes),
        "iat": int(held.created_at.timestamp()),
        "exp": int(held.expires_at.timestamp()),
        "token_type": "DPoP" if held.grant.jkt else "Bearer",
    }
    if held.grant.jkt:
        answer["cnf"] = {"jkt": held.grant.jkt}
    if "capacity" in {*held.scopes, *held.grant.claims}:
        # no name: who only checks a token learns nothing that userinfo would write down as a look
        told = (await capacity.claims_of(client, held.grant))["capacity"]
        answer["capacity"] = {name: told[name] for name in ("kind", "role", "sub") if name in told}
    return answer


async def revoke(shown: Shown) -> None:
    """Take a token back: an access token alone, a refresh token with its whole family."""
    client = await authenticate(shown)
    held = await grants.find(_token(shown))
    if held is None or held.grant.client_id != client.client_id:
        return
    refresh = held.kind == "refresh"
    await db.write(grants.ending(held.grant.id) if refresh else grants.ending_token(held.id))


def _token(shown: Shown) -> str:
    if "token" not in shown.form:
        raise invalid_request("token is missing")
    return shown.form["token"]
