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
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.asks import Worked

KEY, NONCE, CELL = bytes(32), bytes(12), b"table.column"


class Bare:
    """Does pieces of cryptography with keys of its own; what takes milliseconds, in threads."""

    def __init__(self) -> None:
        self._aes = AESGCM(KEY)
        self._ec = ec.generate_private_key(ec.SECP256R1())
        self._point = self._ec.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self._signed = lru_cache(lambda size: self._ec.sign(bytes(size), ec.ECDSA(SHA256())))
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
            elif kind == "ES256 check":
                signature = self._signed(size)
                self._ec.public_key().verify(signature, bytes(size), ec.ECDSA(SHA256()))
            elif kind == "P-256 key":
                ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self._point)
            elif kind == "JWE":
                self._encrypt(size)
            elif kind == "RS256":
                await self._aside(self._sign_rsa, size)
            else:
                assert kind == "argon2", kind
                await self._aside(lambda _: self._hasher.verify(self._hash, KEY), size)

    def _encrypt(self, size: int) -> object:
        """ECDH-ES+A256KW with a key for this once, and A256GCM."""
        once = ec.generate_private_key(ec.SECP256R1())
        shared = once.exchange(ec.ECDH(), self._ec.public_key())
        wrapping = ConcatKDFHash(SHA256(), 32, CELL).derive(shared)
        content = os.urandom(32)
        wrapped = aes_key_wrap(wrapping, content)
        return wrapped, AESGCM(content).encrypt(os.urandom(12), bytes(size), CELL)

    def _sign_rsa(self, size: int) -> object:
        return self._rsa.sign(bytes(size), padding.PKCS1v15(), SHA256())

    async def _aside(self, work: Callable[[int], object], size: int) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, work, size)
