"""A department's system of the high profile (FAPI 2.0), as far as signing goes: its three keys."""

import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _public(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True)


@dataclass(frozen=True, slots=True)
class Strict:
    """Proves itself by ``private_key_jwt``, binds tokens by DPoP, reads encrypted ID tokens."""

    client_id: str
    issuer: str
    signs: ec.EllipticCurvePrivateKey = field(default_factory=_key, repr=False)
    binds: ec.EllipticCurvePrivateKey = field(default_factory=_key, repr=False)
    reads: ec.EllipticCurvePrivateKey = field(default_factory=_key, repr=False)

    @property
    def jwks(self) -> dict[str, Any]:
        """What is registered of it."""
        signing = {**_public(self.signs), "use": "sig", "alg": "ES256", "kid": "s1"}
        return {"keys": [signing, {**_public(self.reads), "use": "enc", "kid": "e1"}]}

    def asserts(self) -> dict[str, str]:
        """The form fields that show who calls."""
        now = int(time.time())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "iat": now,
                  "exp": now + 60, "jti": secrets.token_urlsafe(16)}  # fmt: skip
        text = jwt.encode(claims, self.signs, algorithm="ES256", headers={"kid": "s1"})
        return {"client_assertion_type": ASSERTED, "client_assertion": text}

    def proof(self, method: str, path: str, *, token: str | None = None) -> dict[str, str]:
        """The header that binds a request, and a token with it, to the key."""
        claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": f"{self.issuer}/{path}",
                  "iat": int(time.time())}  # fmt: skip
        if token is not None:
            digest = sha256(token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).decode().rstrip("=")
        head = {"typ": "dpop+jwt", "jwk": _public(self.binds)}
        return {"dpop": jwt.encode(claims, self.binds, algorithm="ES256", headers=head)}
