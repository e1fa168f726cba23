"""Message encryption (RFC 8291, aes128gcm of RFC 8188) and sender identification (RFC 8292)."""

import base64
import binascii
import os
import struct

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.kernel import clock

RECORD = 4096
"""Bytes of the one record; push services take no more."""
LARGEST = RECORD - 86 - 17
"""Bytes of plain text at most: the record without header, delimiter and tag."""
TOKEN_LIFE = 12 * 3600
"""Seconds a signature is good for; RFC 8292 allows 24 hours."""


class KeysUnusable(ValueError):
    """The browser's keys are not a P-256 point and a 16-byte secret."""


def b64(data: bytes) -> str:
    """Base64url without padding, as everywhere in Web Push."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def un_b64(text: str) -> bytes:
    """The bytes of base64url with or without padding; raises ``ValueError``."""
    if not text.isascii():
        raise ValueError("not base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as an uncompressed point, 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def browser_keys(p256dh: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """A subscription's keys. Raises ``KeysUnusable``."""
    try:
        encoded, secret = un_b64(p256dh), un_b64(auth)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), encoded)
    except (ValueError, binascii.Error):
        raise KeysUnusable from None
    if len(encoded) != 65 or len(secret) != 16:
        raise KeysUnusable
    return public, secret


def encrypt(
    plain: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The request's body for one browser; ``salt`` and ``sender`` are given by test vectors alone.

    Raises:
        KeysUnusable: the browser's keys cannot be used.
        ValueError: the message is longer than ``LARGEST``.
    """
    if len(plain) > LARGEST:
        raise ValueError(f"a push message has at most {LARGEST} bytes")
    browser, secret = browser_keys(p256dh, auth)
    salt = salt or os.urandom(16)
    sender = sender or ec.generate_private_key(ec.SECP256R1())
    theirs = browser.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = sender.exchange(ec.ECDH(), browser)
    material = _derive(secret, shared, b"WebPush: info\0" + theirs + point(sender), 32)
    key = _derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, material, b"Content-Encoding: nonce\0", 12)
    header = salt + struct.pack("!IB", RECORD, 65) + point(sender)
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def _derive(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def authorization(key: ec.EllipticCurvePrivateKey, *, audience: str, contact: str) -> str:
    """The ``Authorization`` header: a short-lived ES256 JWT for one push service, and our key."""
    claims = {
        "aud": audience,
        "exp": int(clock.now().timestamp()) + TOKEN_LIFE,
        "sub": contact,
    }
    signed = b64(b'{"typ":"JWT","alg":"ES256"}') + "." + b64(orjson.dumps(claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={b64(point(key))}"
