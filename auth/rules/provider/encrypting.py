"""Encrypt a signed ID token for the one client that may read it (nested JWT, RFC 7519 §5.2)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from joserfc import jwe
from joserfc.jwk import Key, import_key

_ALGS = {"EC": "ECDH-ES+A256KW", "RSA": "RSA-OAEP-256"}
_MEMBERS = {"EC": ("kty", "crv", "x", "y"), "RSA": ("kty", "n", "e")}


def encrypted(token: str, key: Mapping[str, Any]) -> str:
    """A compact JWE of a token under a client's public key.

    Raises:
        ValueError: the key is of a kind that encrypts nothing here.
    """
    alg = _ALGS.get(key.get("kty", ""))
    if alg is None:
        raise ValueError("an encryption key is EC or RSA")
    header = {"alg": alg, "enc": "A256GCM", "cty": "JWT"}
    if "kid" in key:
        header["kid"] = key["kid"]
    members = tuple((name, key[name]) for name in _MEMBERS[key["kty"]])
    return jwe.encrypt_compact(header, token, _public(members), algorithms=[alg, "A256GCM"])


@lru_cache(maxsize=512)
def _public(members: tuple[tuple[str, str], ...]) -> Key:
    """A key ready to encrypt with; it is used for every token of its client."""
    return import_key(dict(members))
