"""Who is calling (接入应用认证): a client proves itself at every endpoint of its own."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from auth.models.provider import clients
from auth.models.provider.tickets import digest
from auth.rules.provider import proofs
from auth.rules.provider.client import Client
from auth.rules.provider.errors import OAuthError, invalid_client, invalid_request
from auth.rules.provider.proofs import NotProven
from backend.kernel import cache, clock, settings


def issuer() -> str:
    """The provider's name, under which all its endpoints lie."""
    return settings.current().issuer


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client sent: form, headers, and the endpoint as its own metadata names it."""

    form: Mapping[str, str] = field(repr=False)
    authorization: str = field(default="", repr=False)
    proof: str = field(default="", repr=False)
    method: str = "POST"
    url: str = ""


async def authenticate(shown: Shown) -> Client:
    """The client that a request proves.

    Raises:
        OAuthError: ``invalid_client``, or ``invalid_request`` for two proofs at once.
    """
    form = shown.form
    basic = shown.authorization.lower().startswith("basic ")
    by_assertion = "client_assertion" in form or "client_assertion_type" in form
    if basic + ("client_secret" in form) + by_assertion > 1:
        raise invalid_request("more than one client authentication")
    if by_assertion:
        return await _by_assertion(shown)
    client_id, secret = form.get("client_id", ""), form.get("client_secret")
    if basic:
        client_id, secret = _basic(shown.authorization)
        if form.get("client_id", client_id) != client_id:
            raise invalid_request("two client ids")
    client = await clients.find(client_id)
    if client is None or not client.enabled:
        raise invalid_client()
    if client.auth_method == "none" and secret is None:
        return client
    if client.auth_method != "client_secret" or secret is None or not _fits(client, secret):
        raise invalid_client()
    return client


def _basic(authorization: str) -> tuple[str, str]:
    try:
        text = b64decode(authorization[6:].strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise invalid_client() from None
    name, colon, secret = text.partition(":")
    if not colon:
        raise invalid_client()
    return unquote_plus(name), unquote_plus(secret)


def _fits(client: Client, secret: str) -> bool:
    given = digest(secret)
    former = client.former_until is not None and clock.now() < client.former_until
    fits = hmac.compare_digest(given, client.secret_digest)
    return fits or (former and hmac.compare_digest(given, client.former_digest))


async def _by_assertion(shown: Shown) -> Client:
    form = shown.form
    if form.get("client_assertion_type") != proofs.ASSERTION_TYPE:
        raise invalid_client()
    token = form.get("client_assertion", "")
    client_id = form.get("client_id") or proofs.unproven_subject(token)
    client = await clients.find(client_id)
    if client is None or not client.enabled or client.auth_method != "private_key_jwt":
        raise invalid_client()
    name = issuer()
    # FAPI 2.0 takes the issuer alone: an assertion must be good nowhere else.
    audiences = (name,) if client.high else (name, f"{name}/token", shown.url)
    try:
        proof = proofs.assertion(
            token,
            client.signing_keys(),
            client_id=client.client_id,
            audiences=audiences,
            high=client.high,
            now=clock.now().timestamp(),
        )
    except NotProven:
        raise invalid_client() from None
    if not await cache.once(f"auth.assertion:{proof.once}", seconds=proof.seconds):
        raise invalid_client()
    return client


async def proven_key(shown: Shown, *, access_token: str | None = None) -> str:
    """The thumbprint of the key that a DPoP proof shows; empty without a proof.

    Raises:
        OAuthError: ``invalid_dpop_proof``; a proof that came before counts as none.
    """
    if not shown.proof:
        return ""
    try:
        proof = proofs.dpop(
            shown.proof,
            method=shown.method,
            url=shown.url,
            now=clock.now().timestamp(),
            access_token=access_token,
        )
    except NotProven as reason:
        raise OAuthError("invalid_dpop_proof", str(reason)) from None
    if not await cache.once(f"auth.dpop:{proof.once}", seconds=proof.seconds):
        raise OAuthError("invalid_dpop_proof", "jti was used before")
    return proof.jkt
