"""Hash and check passwords (口令): Argon2id over a peppered digest, in two threads of its own.

One check costs about 40 ms of a core. The pepper lies in the key file, so that the table alone
cannot be tried against a dictionary.
"""

import asyncio
import hmac
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from backend.kernel import privacy
from backend.kernel.errors import outside_down

AT_ONCE = 2
MOST_WAITING = 64

Result = TypeVar("Result")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# An account that is not there costs as much time as a wrong password. Nobody knows this one.
NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGtub3dzIGl0$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
_waiting = 0


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await _aside(lambda: _hasher.hash(_peppered(password)))


async def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one behind a hash; takes the same time when there is none."""

    def check() -> bool:
        try:
            _hasher.verify(kept or NOBODYS, _peppered(password))
        except VerificationError:
            return False
        return kept is not None

    return await _aside(check)


def _peppered(password: str) -> bytes:
    composed = unicodedata.normalize("NFC", password).encode()
    return hmac.digest(privacy.ring().secret("pepper"), b"password\0" + composed, sha256)


async def _aside(work: Callable[[], Result]) -> Result:
    global _waiting
    if _waiting >= MOST_WAITING:
        raise outside_down("door_busy", retry_after=5, seconds=5)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting -= 1
