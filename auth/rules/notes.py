"""Signed notes (签名的检查点): how the audit log says how far it reaches.

C2SP's signed-note and tlog-checkpoint: plain text that a person can read, that any witness of
transparency logs can check and countersign, and that needs no key that rolls over, as a JWT would.
A line of our own under the root tells the time.
"""

import base64
from hashlib import sha256

_ED25519 = b"\x01"


def origin(base_url: str) -> str:
    """The log's own name: its address without the scheme."""
    return base_url.partition("://")[2].rstrip("/") + "/auth/log"


def body(name: str, *, size: int, root: bytes, time: str) -> str:
    """What a checkpoint says: whose, how many entries, under which root, when (RFC 3339)."""
    return f"{name}\n{size}\n{base64.b64encode(root).decode()}\ntime {time}\n"


def signed(text: str, name: str, *, public: bytes, signature: bytes) -> str:
    """A text with its Ed25519 signature beneath."""
    line = base64.b64encode(_key_id(name, public) + signature).decode()
    return f"{text}\n— {name} {line}\n"


def verifier_key(name: str, public: bytes) -> str:
    """The public key as witnesses take it (``name+id+key``)."""
    key = base64.b64encode(_ED25519 + public).decode()
    return f"{name}+{_key_id(name, public).hex()}+{key}"


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]
