"""A passkey in software (CTAP2 as a browser would answer): honest, or wrong in one place."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8000"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key for one account."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = UP | UV
    count: int = 1
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    user_handle: bytes = b""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _head(self, flags: int) -> bytes:
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def make(self, options: dict[str, Any], label: str = "我的手机") -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        self.user_handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {
            1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")
        }  # fmt: skip
        data = (
            self._head(self.flags | AT) + bytes(16)
            + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        )  # fmt: skip
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {
            "credential": b64(self.credential),
            "client_data": b64(self._client_data("webauthn.create", options["challenge"])),
            "attestation": b64(attestation),
            "transports": ["internal"],
            "label": label,
        }

    def show(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        self.count += 1
        data = self._head(self.flags)
        told = self._client_data("webauthn.get", options["challenge"])
        signature = self.key.sign(data + sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "credential": b64(self.credential),
            "client_data": b64(told),
            "authenticator_data": b64(data),
            "signature": b64(signature),
            "user_handle": b64(self.user_handle),
        }
