"""Pairwise names (成对标识): one person has another name at every sector.

Two departments that lay their files side by side find no name in common. The sector is written in
the registration and never derived from a host: departments share hosts, and hosts move.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256


def subject(key: bytes, *, sector: str, person_id: str) -> str:
    """``sub`` of a person at a sector: 43 characters that say nothing."""
    return _name(key, b"sub", sector, person_id)


def session_name(key: bytes, *, client_id: str, session_id: str) -> str:
    """``sid`` of a session at one client: it must not join people any more than ``sub`` does."""
    return _name(key, b"sid", client_id, session_id)


def _name(key: bytes, kind: bytes, where: str, who: str) -> str:
    message = b"\0".join((kind, str(len(where)).encode(), where.encode(), who.encode()))
    return urlsafe_b64encode(hmac.digest(key, message, sha256)).decode().rstrip("=")
