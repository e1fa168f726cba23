"""Where private keys live (私钥存放): the seam between the city and whatever guards its keys.

A signer makes key pairs and signs bytes in JOSE form (RFC 7518): r and s joined for ES256,
PKCS#1 v1.5 for RS256, Ed25519 for EdDSA.
"""

import asyncio
from functools import lru_cache
from typing import Any, Protocol

import orjson
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from jwt.algorithms import Algorithm, get_default_algorithms

from auth.models.signing_keys import PRIVATE, Key
from backend.kernel import privacy, settings

RSA_BITS = 3072  # 2048 bits are worth 112: ASVS 5.0, 11.2.3 asks for 128
Made = tuple[dict[str, Any], bytes | None]

JOSE: dict[str, Algorithm] = {
    name: get_default_algorithms()[name] for name in ("ES256", "RS256", "EdDSA")
}


class Signer(Protocol):
    """Makes and uses private keys."""

    async def make(self, key_id: str, alg: str) -> Made:
        """A new key pair: the public half as JWK, the private one if it may be kept outside."""
        ...

    async def sign(self, key: Key, data: bytes) -> bytes:
        """The signature in JOSE form."""
        ...


class SealedSigner:
    """Keys in the auth tables, sealed by the key ring like everything else that is secret."""

    async def make(self, key_id: str, alg: str) -> Made:
        """A key pair whose private half comes back as PKCS#8, for the table to seal."""
        private = await asyncio.to_thread(_generate, alg)
        kept = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return public_jwk(alg, private.public_key()), kept

    async def sign(self, key: Key, data: bytes) -> bytes:
        """Sign here; RSA in a thread, since one signature costs milliseconds."""
        assert key.private is not None, "an old key signs no more"
        private = _opened(id(privacy.ring()), key.id, key.private)
        if key.alg == "RS256":
            return await asyncio.to_thread(JOSE["RS256"].sign, data, private)
        return JOSE[key.alg].sign(data, private)


def _generate(alg: str) -> Any:
    if alg == "RS256":
        return rsa.generate_private_key(65537, RSA_BITS)
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


@lru_cache(maxsize=16)  # OpenSSL checks an RSA key for tens of milliseconds when it is read
def _opened(_ring: int, key_id: str, sealed: bytes) -> Any:
    return load_der_private_key(privacy.unseal(sealed, at=PRIVATE, row=key_id), None)


def public_jwk(alg: str, public: Any) -> dict[str, Any]:
    """The public half as a JWK (RFC 7517), with the members of the key itself only."""
    jwk = orjson.loads(JOSE[alg].to_jwk(public))
    return {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}


def signer() -> Signer:
    """The signer that the settings name."""
    where = settings.current().signing_keys
    if where == "sealed":
        return SealedSigner()
    from auth.signing import pkcs11  # an optional package: python-pkcs11

    return pkcs11.device(where)
