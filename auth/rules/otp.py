"""Time-based one-time passwords (RFC 6238): SHA-1, 30 s, six digits, as every app has them."""

import hmac
from base64 import b32encode
from hashlib import sha1
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds that a code is shown."""
DRIFT = 1
"""Steps that a clock may go wrong, either way."""
SECRET_BYTES = 20


def code(secret: bytes, step: int) -> str:
    """The code of a step."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), sha1)
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def matching_step(secret: bytes, given: str, *, now: float) -> int | None:
    """The step whose code was given, or None. ``now`` in seconds since 1970."""
    current = int(now) // STEP
    found = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code(secret, step).encode(), given.encode()):
            found = step
    return found


def text(secret: bytes) -> str:
    """The secret as people type it into an authenticator."""
    return b32encode(secret).decode()


def address(secret: bytes, *, login: str, issuer: str) -> str:
    """The ``otpauth:`` address that authenticators read from a QR code."""
    query = urlencode({"secret": text(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{query}"
