"""Sealing, blind look-up and masking of personal data (PIPL art. 51, GB/T 35273).

A sealed value is ``version 1 | key id 1 | nonce 12 | AES-256-GCM ciphertext and tag``. The
additional data is ``table.column`` and the row's id, so that a ciphertext copied into another
row or column does not open. Look-up is by a keyed blind index: ID numbers are few enough to
guess that an unkeyed hash of one is as good as the number itself. Both kinds of key turn while the
city is open (``kernel.reseal``, ``kernel.turning``).
"""

import base64
import hmac
import os
import secrets
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.kernel import blinds

VERSION = 1
NONCE = 12
BLIND_BYTES = 16
_BODY = 2 + NONCE
_LEAST = _BODY + 16
_COMPRESS_FROM = 200
_PLAIN, _DEFLATED = b"j", b"z"


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong row or changed bytes."""


@dataclass(frozen=True)
class KeyRing:
    """The keys of one city: data keys by number (one active), index keys and named secrets.

    Rotation: add a key, make it active; values under older keys still open, and each is sealed
    under the active key when it is next written, or by ``kernel.reseal``. Index keys make a chain
    (``blinds``): all of them stay. ``path`` is the key file and ``written`` its time: a process
    that meets a key it does not know looks there again.
    """

    active: int
    data: Mapping[int, AESGCM]
    index: tuple[bytes, ...]
    named: Mapping[str, bytes]
    path: Path | None = None
    written: int = 0

    def secret(self, name: str) -> bytes:
        """A named 32-byte secret (``pepper``, ``vapid``, …), derived if the file has none.

        It comes from the first index key, and so stays when that turns.
        """
        return self.named.get(name) or _derived(self.index[0], name)


@lru_cache(maxsize=64)
def _derived(index: bytes, name: str) -> bytes:
    return hmac.digest(index, b"secret\0" + name.encode(), sha256)


def create_keys(path: Path) -> None:
    """Write a new key file readable by its owner alone; an existing one is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = {
        "active": 1,
        "data": {"1": base64.b64encode(secrets.token_bytes(32)).decode()},
        "index": base64.b64encode(secrets.token_bytes(32)).decode(),
        "named": {},
    }
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(new, option=orjson.OPT_INDENT_2))


def rotate_keys(path: Path) -> int:
    """Add a new data key and make it the active one; its number.

    A running process takes it up when it first meets a value under it, or within a minute. What
    lies under older keys still opens, until ``kernel.reseal`` has sealed it anew.

    Raises:
        FileNotFoundError: there is no key file.
        ValueError: 255 keys are in it already; leave out those that ``stale`` finds no more.
    """
    file = orjson.loads(path.read_bytes())
    number = max(int(kid) for kid in file["data"]) + 1
    if number > 255:
        raise ValueError(f"{path}: a key number has one byte")
    file["data"][str(number)] = base64.b64encode(secrets.token_bytes(32)).decode()
    file["active"] = number
    _replace(path, file)
    return number


def turn_index_key(path: Path) -> int:
    """Add an index key; how many there are now. ``kernel.turning`` brings the tables under it.

    Raises:
        FileNotFoundError: there is no key file.
        ValueError: the city has had as many as there are marks for (``blinds.MOST``).
    """
    file = orjson.loads(path.read_bytes())
    former = [file["index"]] if isinstance(file["index"], str) else file["index"]
    if len(former) == blinds.MOST:
        raise ValueError(f"{path}: there are {blinds.MOST} index keys at most")
    file["index"] = [*former, base64.b64encode(secrets.token_bytes(32)).decode()]
    _replace(path, file)
    return len(file["index"])


def _replace(path: Path, file: Mapping[str, Any]) -> None:
    """Never a half-written key file, and never one that others may read."""
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(orjson.dumps(file, option=orjson.OPT_INDENT_2))
    fresh.replace(path)


def load_keys(path: Path) -> KeyRing:
    """Read a key file.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it cannot be used (wrong length, no active key).
    """
    written = path.stat().st_mtime_ns
    raw = orjson.loads(path.read_bytes())
    data = {int(kid): base64.b64decode(key) for kid, key in raw["data"].items()}
    if raw["active"] not in data or any(len(key) != 32 for key in data.values()):
        raise ValueError(f"{path}: every data key has 32 bytes and one of them is active")
    index = [raw["index"]] if isinstance(raw["index"], str) else raw["index"]
    if not 0 < len(index) <= blinds.MOST:
        raise ValueError(f"{path}: there are 1 to {blinds.MOST} index keys")
    return KeyRing(
        active=int(raw["active"]),
        data={kid: AESGCM(key) for kid, key in data.items()},
        index=tuple(base64.b64decode(key) for key in index),
        named={name: base64.b64decode(value) for name, value in raw.get("named", {}).items()},
        path=path,
        written=written,
    )


LOOK_EVERY_S = 1.0

_ring: KeyRing | None = None
_settled = 1
_look_at = 0.0


def use(ring: KeyRing | None) -> None:
    """Put a key ring in force (``None`` takes it back). For ``parts`` only."""
    global _ring, _settled
    _ring = ring
    if ring is None:
        _settled = 1
    blinds.turning = ring is not None and len(ring.index) != _settled


def settle(generation: int) -> None:
    """All look-up keys in the tables are of a generation (0: of several). For ``turning`` only."""
    global _settled
    _settled = generation
    blinds.turning = _ring is not None and len(_ring.index) != generation


def ring() -> KeyRing:
    """The key ring in force."""
    if _ring is None:
        raise RuntimeError("keys are used before parts.opened()")
    return _ring


def refresh() -> bool:
    """Read the key file again if it was written since; whether it was."""
    held = ring()
    try:
        if held.path is None or held.path.stat().st_mtime_ns == held.written:
            return False
        use(load_keys(held.path))
    except (OSError, ValueError, KeyError):  # half of a copy, or gone: what is held still counts
        return False
    return True


def seal(data: bytes | str, *, at: str, row: str) -> bytes:
    """Encrypt for one cell. ``at`` is ``table.column``, ``row`` the row's id."""
    keys = ring()
    nonce = os.urandom(NONCE)
    plain = data.encode() if isinstance(data, str) else data
    sealed = keys.data[keys.active].encrypt(nonce, plain, f"{at}\0{row}".encode())
    return bytes((VERSION, keys.active)) + nonce + sealed


def unseal(sealed: bytes, *, at: str, row: str) -> bytes:
    """Decrypt what ``seal`` made for the same cell.

    Raises:
        SealBroken: wrong key, wrong cell or changed bytes.
    """
    if sealed.__class__ is not bytes:
        sealed = bytes(sealed)
    key = ring().data.get(sealed[1]) if len(sealed) >= _LEAST and sealed[0] == VERSION else None
    if key is None:
        if len(sealed) < _LEAST or sealed[0] != VERSION or not refresh():
            raise SealBroken(at)
        return unseal(sealed, at=at, row=row)
    try:
        return key.decrypt(sealed[2:_BODY], sealed[_BODY:], f"{at}\0{row}".encode())
    except InvalidTag:
        raise SealBroken(at) from None


def reseal(sealed: bytes, *, at: str, row: str) -> bytes:
    """The same value under the active key.

    Raises:
        SealBroken: as ``unseal``.
    """
    return seal(unseal(sealed, at=at, row=row), at=at, row=row)


def unseal_text(sealed: bytes, *, at: str, row: str) -> str:
    """``unseal`` for text."""
    return unseal(sealed, at=at, row=row).decode()


def seal_json(value: Any, *, at: str, row: str) -> bytes:
    """Seal a JSON value; larger ones are compressed first (facts shrink to about a third)."""
    plain = orjson.dumps(value)
    packed = _DEFLATED + _deflated(plain) if len(plain) >= _COMPRESS_FROM else _PLAIN + plain
    return seal(packed, at=at, row=row)


def _deflated(plain: bytes) -> bytes:
    """Compressed with a 4 KiB window: zlib's usual 256 KiB take 50 µs merely to be laid out."""
    packing = zlib.compressobj(level=1, wbits=12, memLevel=5)
    return packing.compress(plain) + packing.flush()


def unseal_json(sealed: bytes, *, at: str, row: str) -> Any:
    """Open what ``seal_json`` made."""
    packed = unseal(sealed, at=at, row=row)
    plain = zlib.decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]
    return orjson.loads(plain)


def stale(sealed: bytes) -> bool:
    """Whether a value lies under an older key than the active one."""
    return bytes(sealed)[1] != ring().active


def blind(value: str, purpose: str) -> str:
    """The blind index of a value: equal values of one purpose give the same 32 hex digits.

    The value is stripped and upper-cased first, so that ``x`` and ``X`` in an ID number agree.
    """
    global _look_at
    if time.monotonic() >= _look_at:  # a process may write under a new key the moment it is due
        _look_at = time.monotonic() + LOOK_EVERY_S
        refresh()
    keys = ring().index
    if len(keys) == 1:
        return keyed(value, purpose)
    forms = [keyed(value, purpose)]
    for number, key in enumerate(keys[1:], 2):
        forms.append(blinds.next_form(forms[-1], key, number))
    return blinds.Blind(tuple(forms), purpose) if blinds.turning else forms[-1]


def keyed(value: str, purpose: str) -> str:
    """A keyed digest that stays when the index key turns, normalised as ``blind`` does.

    For what is random by itself, or lives for minutes; whatever could be guessed and stays in a
    table is looked up by ``blind``.
    """
    message = purpose.encode() + b"\0" + value.strip().upper().encode()
    return hmac.digest(ring().index[0], message, sha256)[:BLIND_BYTES].hex()


def brought(form: str) -> str:
    """A look-up key of a former generation in its newest form."""
    keys, generation = ring().index, blinds.generation_of(form)
    assert generation is not None
    for number in range(generation + 1, len(keys) + 1):
        form = blinds.next_form(form, keys[number - 1], number)
    return form


def same(stored: str, blind: str) -> bool:
    """Whether a look-up key from a table is that of a value, in whatever form it lies there."""
    return stored in blind.forms if isinstance(blind, blinds.Blind) else stored == blind


def mask_name(name: str) -> str:
    """``陈小明`` -> ``陈*明``; ``李四`` -> ``李*``; longer: first and last character stay."""
    if len(name) <= 1:
        return name
    return name[0] + "*" if len(name) == 2 else name[0] + "*" + name[-1]


def mask_id(number: str) -> str:
    """``440604199001011234`` -> ``4406**********1234``."""
    return number[:4] + "*" * max(0, len(number) - 8) + number[-4:] if len(number) > 8 else "****"


def mask_phone(phone: str) -> str:
    """``13800000001`` -> ``138****0001``."""
    return phone[:3] + "****" + phone[-4:] if len(phone) > 7 else "****"
