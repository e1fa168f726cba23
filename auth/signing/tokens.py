"""JWTs with the city's signature (RFC 7519), and what a token of ours must be to be believed.

PyJWT checks the signature; what it leaves open is checked here: ``typ``, numbers that are texts,
and that a key is used with its own algorithm alone, whatever the header asks for (RFC 8725).
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson

from auth.signing import keys
from auth.signing.keys import longest_life
from auth.signing.signers import signer
from backend.kernel import clock

__all__ = ["NotOurs", "longest_life", "sign_jwt", "verify_jwt"]

LONGEST_TOKEN = 16 * 1024
SKEW = timedelta(seconds=5)  # between two machines of ours
_COMPACT = re.compile(r"(?:[A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]+")  # no padding, one spelling
_TIMES = ("exp", "iat", "nbf", "auth_time")


class NotOurs(Exception):
    """A token that we did not make for this use, or that has run out. The reason is for tests
    and logs; a caller outside hears no more than that the token will not do.
    """


async def sign_jwt(claims: Mapping[str, Any], *, typ: str, alg: str = "ES256") -> str:
    """Sign claims as a compact JWS under the current key of ``alg``; ``kid`` is in the header.

    The caller sets ``iss``, ``aud``, ``iat`` and ``exp``, times as whole seconds.

    Raises:
        ValueError: a time is missing, is no whole number, or the token would outlive its key.
        Refusal: ``signing_away`` when the device that holds the keys does not answer.
    """
    if any(type(claims.get(name)) is not int for name in ("iat", "exp")):
        raise ValueError("iat and exp are whole seconds")
    if claims["exp"] - claims["iat"] > longest_life().total_seconds():
        raise ValueError("the token outlives the time for which its key is served")
    key = await keys.current("token", alg)
    header = {"alg": key.alg, "typ": typ, "kid": key.kid}
    signed = _b64(orjson.dumps(header)) + b"." + _b64(orjson.dumps(dict(claims)))
    return (signed + b"." + _b64(await signer().sign(key, signed))).decode()


async def verify_jwt(
    token: str, *, typ: str, issuer: str, audience: str | None, expired: bool = False
) -> dict[str, Any]:
    """The claims of a token that this house signed.

    ``audience`` must be the only one; None leaves it to the caller. ``expired`` lets one pass that
    has run out (an ``id_token_hint``).

    Raises:
        NotOurs: anything about it is not as we make it.
    """
    if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise NotOurs("form")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise NotOurs("form") from None
    if header.get("typ") != typ:
        raise NotOurs("typ")
    key = await keys.find(str(header.get("kid", "")))
    if key is None or header.get("alg") != key.alg:
        raise NotOurs("key")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK({**key.jwk, "alg": key.alg}),
            algorithms=[key.alg],  # exactly one: with two, a wrong key is a TypeError
            issuer=issuer,
            audience=audience,
            options={
                # times are looked at below, by the city's own clock
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": audience is not None,
                "strict_aud": audience is not None,
                "require": ["exp", "iat", "iss"],
            },
        )
    except jwt.PyJWTError as error:
        raise NotOurs(type(error).__name__) from None
    _check_times(claims, expired=expired)
    return claims


def _check_times(claims: Mapping[str, Any], *, expired: bool) -> None:
    for name in _TIMES:
        if name in claims and type(claims[name]) is not int:  # "1900000000" is no time, nor is true
            raise NotOurs(name)
    now = clock.now()
    if not expired and now >= _instant(claims["exp"]):
        raise NotOurs("exp")
    if now + SKEW < max(_instant(claims["iat"]), _instant(claims.get("nbf", 0))):
        raise NotOurs("iat")


def _instant(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotOurs("time") from None


def _b64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
