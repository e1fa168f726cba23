"""The bare cost of cryptography: the libraries' own functions, on as many bytes, and no more."""

import asyncio
import hmac
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import sha256

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.asks import Worked

KEY, NONCE, CELL = bytes(32), bytes(12), b"table.column"


class Bare:
    """Does pieces of cryptography with keys of its own; what takes milliseconds, in threads."""

    def __init__(self) -> None:
        self._aes = AESGCM(KEY)
        self._ec = ec.generate_private_key(ec.SECP256R1())
        self._rsa = rsa.generate_private_key(65537, 3072)
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._hash = self._hasher.hash(KEY)
        self._threads = ThreadPoolExecutor(2)
        self._sealed = lru_cache(lambda size: self._aes.encrypt(NONCE, bytes(size), CELL))

    async def work(self, pieces: Sequence[Worked]) -> None:
        """Do them all."""
        for kind, size in pieces:
            if kind == "mac":
                hmac.digest(KEY, bytes(size), sha256)
            elif kind == "seal":
                self._aes.encrypt(os.urandom(12), bytes(size), CELL)
            elif kind == "open":
                # recorded with 2 bytes of header, 12 of nonce and 16 of tag
                self._aes.decrypt(NONCE, self._sealed(max(0, size - 30)), CELL)
            elif kind == "ES256":
                decode_dss_signature(self._ec.sign(bytes(size), ec.ECDSA(SHA256())))
            elif kind == "RS256":
                await self._aside(self._sign_rsa, size)
            else:
                assert kind == "argon2", kind
                await self._aside(lambda _: self._hasher.verify(self._hash, KEY), size)

    def _sign_rsa(self, size: int) -> object:
        return self._rsa.sign(bytes(size), padding.PKCS1v15(), SHA256())

    async def _aside(self, work: Callable[[int], object], size: int) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, work, size)
