"""Writes down, for each request of a sign-in, the SQL and the cryptography that the product does.

SQL at the doors of ``kernel.db`` (``benchmarks/recorder.py``); cryptography where the product
calls it: seals, keyed digests, signatures made and checked, keys read to check them by, tokens
encrypted, Argon2id. Hashes without a key, random numbers and what
the cache is asked are not written down, so the bare handler does a little less than the product.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from jwt.algorithms import ECAlgorithm

from auth.signing.signers import SealedSigner
from auth.usecases import passwords
from auth.usecases.provider import issuing
from backend.kernel import privacy
from benchmarks.asks import Ask, Told, Worked
from benchmarks.recorder import Recorder, Traced
from benchmarks.sign_ins.ways import Answer, Way
from tests.conftest import ADDRESS, OpenCity

Said = list[tuple[Ask, Told]]
"""One sign-in: every request with what the product did for it."""


class CryptoRecorder:
    """Stands where cryptography is done and notes what and how much."""

    def __init__(self) -> None:
        self.told = Told()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Note everything until left."""
        note = self._note
        was_signing, was_hasher = SealedSigner.sign, passwords._hasher
        was_checking, was_reading = ECAlgorithm.verify, ECAlgorithm.from_jwk

        async def sign(signer: SealedSigner, key: Any, data: bytes) -> bytes:
            note(key.alg, len(data))
            return await was_signing(signer, key, data)

        def checked(algorithm: Any, data: bytes, *given: Any) -> bool:
            note("ES256 check", len(data))
            return was_checking(algorithm, data, *given)

        def read(*given: Any) -> Any:
            note("P-256 key", 0)
            return was_reading(*given)

        class Hasher:
            def verify(self, *given: Any) -> bool:
                note("argon2", 0)
                return was_hasher.verify(*given)

        changed: list[tuple[Any, str, Any]] = [
            (hmac, "digest", self._noting("mac", hmac.digest, 1)),
            (privacy, "seal", self._noting("seal", privacy.seal, 0)),
            (privacy, "unseal", self._noting("open", privacy.unseal, 0)),
            (SealedSigner, "sign", sign),
            (ECAlgorithm, "verify", checked),
            (ECAlgorithm, "from_jwk", staticmethod(read)),
            (issuing, "encrypted", self._noting("JWE", issuing.encrypted, 0)),
            (passwords, "_hasher", Hasher()),
        ]
        was = [(place, name, vars(place)[name]) for place, name, _ in changed]
        for place, name, function in changed:
            setattr(place, name, function)
        try:
            yield
        finally:
            for place, name, function in was:
                setattr(place, name, function)

    def _noting(self, kind: str, function: Callable[..., Any], which: int) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            self._note(kind, len(given[which]))
            return function(*given, **named)

        return noted

    def _note(self, kind: str, size: int) -> None:
        self.told.crypto.append(Worked(kind, size))


async def record(city: OpenCity, ways: Iterable[Way]) -> list[Said]:
    """Walk every way once, one after the other.

    Raises:
        RuntimeError: an answer had another status than expected, or SQL went past the seam.
    """
    sql, crypto, traced = Recorder(), CryptoRecorder(), Traced()
    found: list[Said] = []
    transport = httpx2.ASGITransport(app=city.app)
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        with sql.at_work(), crypto.at_work():
            for way in ways:
                said: Said = []
                ask = next(way, None)
                while ask is not None:
                    sql.told = crypto.told = told = Told()
                    watched = await traced.watch()
                    answer = await _ask(http, ask)
                    told.status, told.body = answer.status, answer.body
                    if watched and traced.count != told.statements:
                        raise RuntimeError(
                            f"{ask.path}: SQLite saw {traced.count} statements, "
                            f"kernel.db {told.statements}"
                        )
                    said.append((ask, told))
                    try:
                        ask = way.send(answer)
                    except StopIteration:
                        ask = None
                found.append(said)
    return found


async def _ask(http: httpx2.AsyncClient, ask: Ask) -> Answer:
    headers = {"content-type": "application/json"} if ask.body else {}
    headers |= ask.headers
    http.cookies.clear()  # every way brings its own
    answer = await http.request(ask.method, ask.path, headers=headers, content=ask.body or None)
    if answer.status_code != ask.expect:
        raise RuntimeError(f"{ask.method} {ask.path}: {answer.status_code} {answer.text}")
    return Answer(answer.status_code, dict(answer.headers), answer.content)
