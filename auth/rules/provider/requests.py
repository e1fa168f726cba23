"""Read an authorization request (OpenID Connect Core 1.0 §3.1.2, FAPI 2.0 §5.3.2)."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from json import JSONDecodeError, loads
from typing import Any
from urllib.parse import urlencode

from auth.rules.provider.client import Client
from auth.rules.provider.elements import ACR_VALUES, ELEMENTS, OF_CLAIM, SCOPES, acr_level
from auth.rules.provider.errors import NoRedirect, OAuthError, invalid_request

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
PUSHED = "urn:ietf:params:oauth:request_uri:"
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_LONGEST = {"state": 2048, "nonce": 512, "login_hint": 256, "claims": 4000, "id_token_hint": 4000}
_NOT_SUPPORTED = ("request", "registration")


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked authorization request. ``scopes`` are those we know and the client may have."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None = None
    nonce: str | None = None
    challenge: str = ""
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    acr: int = 0
    login_hint: str = ""
    id_token_hint: str = ""
    at_userinfo: tuple[str, ...] = ()
    in_id_token: tuple[str, ...] = ()
    jkt: str = ""
    pushed: str = ""
    at: float = 0.0

    @property
    def elements(self) -> tuple[str, ...]:
        """What the person is asked to agree to: of scopes and of single claims."""
        claims = (*self.at_userinfo, *self.in_id_token)
        named = {*self.scopes, *(OF_CLAIM[claim] for claim in claims)}
        return tuple(name for name in ELEMENTS if name in named)

    def kept(self) -> dict[str, Any]:
        """The request as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def again(kept: Mapping[str, Any]) -> Asked:
    """A request that ``kept`` wrote down."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in kept.items()}
    return Asked(**values)


def redirect_of(params: Mapping[str, str], client: Client) -> str:
    """The address to answer to: one of the registered ones, character by character.

    Raises:
        NoRedirect: it is not; nobody is sent anywhere.
    """
    asked = params.get("redirect_uri", "")
    if asked not in client.redirect_uris:
        raise NoRedirect("redirect_unknown")
    return asked


def read(params: Mapping[str, str], client: Client, *, now: float, jkt: str = "") -> Asked:
    """Check everything but the redirect address, which ``redirect_of`` has checked.

    Raises:
        OAuthError: the client's browser may be sent back with it.
    """
    for name in _NOT_SUPPORTED:
        if name in params:
            raise OAuthError(f"{name}_not_supported", f"{name} is not supported")
    _plain(params, client)
    scopes = scopes_of(params.get("scope", ""), client)
    prompt = tuple(params.get("prompt", "").split())
    if set(prompt) - _PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise invalid_request("prompt")
    max_age = params.get("max_age")
    if max_age is not None and not re.fullmatch(r"[0-9]{1,9}", max_age, re.ASCII):
        raise invalid_request("max_age")
    at_userinfo, in_id_token, acr = _claims(params.get("claims"), client)
    wanted = params.get("dpop_jkt", "")
    if wanted and jkt and not hmac.compare_digest(wanted.encode(), jkt.encode()):
        raise OAuthError("invalid_dpop_proof", "dpop_jkt is not the key of the proof")
    return Asked(
        client_id=client.client_id,
        redirect_uri=params["redirect_uri"],
        scopes=scopes,
        state=params.get("state"),
        nonce=params.get("nonce"),
        challenge=params["code_challenge"],
        prompt=prompt,
        max_age=None if max_age is None else int(max_age),
        acr=max(acr, acr_level(params.get("acr_values", "").split())),
        login_hint=params.get("login_hint", ""),
        id_token_hint=params.get("id_token_hint", ""),
        at_userinfo=at_userinfo,
        in_id_token=in_id_token,
        jkt=wanted or jkt,
        at=now,
    )


def _plain(params: Mapping[str, str], client: Client) -> None:
    if "response_type" not in params:
        raise invalid_request("response_type is missing")
    if params["response_type"] != "code":
        raise OAuthError("unsupported_response_type", "only code")
    if "authorization_code" not in client.grants:
        raise OAuthError("unauthorized_client", "not registered for the code flow")
    if params.get("response_mode", "query") != "query":
        raise invalid_request("response_mode")
    for name, most in _LONGEST.items():
        if len(params.get(name, "")) > most:
            raise invalid_request(f"{name} is too long")
    if params.get("code_challenge_method", "plain") != "S256":
        raise invalid_request("code_challenge_method must be S256")
    if not CHALLENGE.fullmatch(params.get("code_challenge", "")):
        raise invalid_request("code_challenge")


def scopes_of(asked: str, client: Client) -> tuple[str, ...]:
    """The known scopes of a request.

    Raises:
        OAuthError: ``invalid_scope``.
    """
    words = set(asked.split())
    known = tuple(scope for scope in SCOPES if scope in words)
    if not known:
        raise OAuthError("invalid_scope", "no scope that is known here")
    if set(known) - set(client.scopes):
        raise OAuthError("invalid_scope", "a scope that this client is not registered for")
    return known


def _claims(text: str | None, client: Client) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Single claims (§5.5): those of elements the client may have; the others are voluntary."""
    if text is None:
        return (), (), 0
    try:
        asked = loads(text)
    except (JSONDecodeError, RecursionError):
        raise invalid_request("claims is not JSON") from None
    if not isinstance(asked, dict):
        raise invalid_request("claims is not an object")
    parts = [asked.get(place) or {} for place in ("userinfo", "id_token")]
    if not all(isinstance(part, dict) for part in parts):
        raise invalid_request("claims")
    mine = set(client.scopes)
    chosen = [
        tuple(claim for claim in sorted(part) if OF_CLAIM.get(claim) in mine) for part in parts
    ]
    return chosen[0], chosen[1], _essential_acr(parts[1].get("acr"))


def _essential_acr(asked: object) -> int:
    if not isinstance(asked, dict):
        return 0
    listed = asked.get("values") or ([asked["value"]] if "value" in asked else [])
    words = [word for word in listed if isinstance(word, str)] if isinstance(listed, list) else []
    if asked.get("essential") and words and not set(words) & set(ACR_VALUES):
        raise OAuthError("unmet_authentication_requirements", "no such acr")
    return acr_level(words)


def with_origin(asked: Asked, pushed: str) -> Asked:
    """The request, knowing by which pushed request it came."""
    return replace(asked, pushed=pushed)


def verifier_fits(challenge: str, verifier: str) -> bool:
    """PKCE (RFC 7636) with S256."""
    if not VERIFIER.fullmatch(verifier):
        return False
    made = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(made.encode(), challenge.encode())


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the browser goes back to, and with what."""

    redirect_uri: str
    params: Mapping[str, str] = field(repr=False)

    @property
    def location(self) -> str:
        """The whole address."""
        joiner = "&" if "?" in self.redirect_uri else "?"
        return self.redirect_uri + joiner + urlencode(self.params)


def answer(redirect_uri: str, *, state: str | None, issuer: str, **said: str) -> Answer:
    """An answer with ``iss`` (RFC 9207) and the client's own ``state``."""
    params = {**said, "iss": issuer}
    if state is not None:
        params["state"] = state
    return Answer(redirect_uri, params)
