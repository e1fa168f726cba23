"""Encrypt a signed ID token for the one client that may read it (nested JWT, RFC 7519 §5.2)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwe
from joserfc.jwk import import_key

_ALGS = {"EC": "ECDH-ES+A256KW", "RSA": "RSA-OAEP-256"}


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
    members = {name: value for name, value in key.items() if name not in ("use", "alg", "key_ops")}
    return jwe.encrypt_compact(header, token, import_key(members), algorithms=[alg, "A256GCM"])
