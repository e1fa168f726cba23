"""Signed proofs that clients bring (RFC 7523 assertions, RFC 9449 DPoP).

PyJWT checks signature, times and audience; ``typ`` and the one algorithm of each key are checked
here, since PyJWT checks neither: a token for another purpose, or another kind of key, must not do.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from json import dumps, loads
from typing import Any
from urllib.parse import urlsplit

import jwt

from auth.rules.provider.client import PRIVATE, SIGNING, key_alg

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 3600
"""How far off an assertion's end may lie (Authlib chooses an hour); so long its ``jti`` is kept."""
PROOF_SECONDS = 60
SKEW = 10
_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}


class NotProven(Exception):
    """A proof does not hold. The message is for developers and repeats nothing that was sent."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds, but for its one use, which the caller checks by ``once``."""

    once: str
    seconds: int
    jkt: str = ""


def assertion(
    token: str,
    keys: Sequence[Mapping[str, Any]],
    *,
    client_id: str,
    audiences: Sequence[str],
    high: bool,
    now: float,
) -> Proof:
    """Check a client's assertion. Its ``aud`` is one string, one of ``audiences``.

    Raises:
        NotProven: for whatever reason.
    """
    header = _header(token)
    if header.get("typ", "JWT") not in ("JWT", "client-authentication+jwt"):
        raise NotProven("typ")
    fitting = [key for key in keys if header.get("kid") in (None, key.get("kid"))]
    if not fitting:
        raise NotProven("kid")
    for key in fitting:
        claims = _claims(token, key, key_alg(key, high=high))
        if claims is not None:
            break
    else:
        raise NotProven("signature")
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise NotProven("iss and sub must be the client's id")
    if not isinstance(claims.get("aud"), str) or claims["aud"] not in audiences:
        raise NotProven("aud")
    expires = _time(claims, "exp", now)
    if not now - SKEW < expires <= now + ASSERTION_SECONDS + SKEW:
        raise NotProven("exp")
    for early in ("nbf", "iat"):
        if early in claims and _time(claims, early, now) > now + SKEW:
            raise NotProven(early)
    return Proof(_jti(claims, client_id), int(expires - now) + 2 * SKEW)


def dpop(
    token: str, *, method: str, url: str, now: float, access_token: str | None = None
) -> Proof:
    """Check a DPoP proof for one request; with ``access_token`` it must be bound to that.

    Raises:
        NotProven: for whatever reason.
    """
    header = _header(token)
    key = header.get("jwk")
    if header.get("typ") != "dpop+jwt" or not isinstance(key, dict):
        raise NotProven("typ or jwk")
    kind = key.get("kty")
    if not isinstance(kind, str) or kind not in SIGNING or PRIVATE & set(key):
        raise NotProven("jwk")
    if _CURVES.get(kind, "") != key.get("crv", ""):
        raise NotProven("jwk")
    claims = _claims(token, key, SIGNING[kind])
    if claims is None:
        raise NotProven("signature")
    if claims.get("htm") != method or _bare(str(claims.get("htu", ""))) != _bare(url):
        raise NotProven("htm or htu")
    issued = _time(claims, "iat", now)
    if not now - PROOF_SECONDS <= issued <= now + SKEW:
        raise NotProven("iat")
    if "exp" in claims and _time(claims, "exp", now) <= now - SKEW:
        raise NotProven("exp")
    if "nbf" in claims and _time(claims, "nbf", now) > now + SKEW:
        raise NotProven("nbf")
    if access_token is not None and claims.get("ath") != _b64(sha256(access_token.encode())):
        raise NotProven("ath")
    jkt = thumbprint(key)
    return Proof(_jti(claims, jkt), PROOF_SECONDS + 2 * SKEW, jkt)


def thumbprint(key: Mapping[str, Any]) -> str:
    """The name of a public key (RFC 7638)."""
    members = {name: key[name] for name in _MEMBERS[key["kty"]]}
    return _b64(sha256(dumps(members, separators=(",", ":"), sort_keys=True).encode()))


def half_hash(token: str) -> str:
    """``at_hash`` of a token (OpenID Connect Core §3.1.3.6) for the algorithms with SHA-256."""
    return urlsafe_b64encode(sha256(token.encode()).digest()[:16]).decode().rstrip("=")


def _header(token: str) -> dict[str, Any]:
    """What a token says of itself, before anything is proven: the check that follows reads the
    same bytes strictly.
    """
    found = _part(token, 0)
    if found is None:
        raise NotProven("not a JWT")
    return found


def _part(token: str, place: int) -> dict[str, Any] | None:
    parts = token.split(".")
    try:
        found = loads(urlsafe_b64decode(f"{parts[place]}==")) if len(parts) == 3 else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@lru_cache(maxsize=512)
def _key(alg: str, members: tuple[tuple[str, str], ...]) -> jwt.PyJWK:
    """A public key ready to check with; systems come again and again with theirs."""
    return jwt.PyJWK(dict(members), algorithm=alg)


def _claims(token: str, key: Mapping[str, Any], alg: str) -> dict[str, Any] | None:
    """The claims under a signature by exactly this key and algorithm; times are checked above."""
    off = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        public = _key(alg, tuple((name, key[name]) for name in ("kty", *_MEMBERS[key["kty"]])))
        return jwt.decode(token, public, algorithms=[alg], options=off)  # type: ignore[arg-type]
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        return None


def _time(claims: Mapping[str, Any], name: str, now: float) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value - now) > 1e9:
        raise NotProven(name)
    return float(value)


def _jti(claims: Mapping[str, Any], whose: str) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= 256:
        raise NotProven("jti")
    return sha256(f"{whose}\0{jti}".encode()).hexdigest()


def _bare(url: str) -> str:
    """An address without query and fragment, in one form (RFC 9449 §4.3)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    usual = {"https": 443, "http": 80}.get(parts.scheme.lower())
    at = f":{port}" if port not in (None, usual) else ""
    return f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}{at}{parts.path}"


def _b64(digest: Any) -> str:
    return urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def unproven_subject(token: str) -> str:
    """Whom an assertion speaks of, to find the keys that may prove it; proves nothing itself."""
    found = (_part(token, 1) or {}).get("sub")
    return found if isinstance(found, str) else ""
