"""Which key signs now, which comes next, which is still believed (密钥轮换).

A key is published as ``next`` for a whole rotation before it signs, so that a relying party that
keeps our JWKS for a while has it already; afterwards it is served for twice the longest life of a
token, so that everything it signed can be checked to the end.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from auth.models import events, signing_keys
from auth.models.signing_keys import Key, Use, slot
from auth.signing.signers import signer
from backend.kernel import clock, db, log, privacy, settings

ALGS = ("ES256", "RS256")
LOG_ALG = "EdDSA"
REFRESH, LOOK_AGAIN = timedelta(seconds=30), timedelta(seconds=1)
PUBLISHED_BEFORE = timedelta(hours=1)
"""So long a relying party may keep our JWKS (its ``max-age``), and no key signs sooner."""


class NotYet(Exception):
    """The next key has not been published long enough; the message says until when."""


@dataclass(frozen=True)
class _Held:
    """The keys as last read; ``ring`` is the city they belong to."""

    ring: privacy.KeyRing
    at: datetime
    keys: tuple[Key, ...] = field(default=())

    def find(self, use: Use, alg: str, state: str) -> Key | None:
        for key in self.keys:
            if (key.use, key.alg, key.state) == (use, alg, state):
                return key
        return None


_held: _Held | None = None


def longest_life() -> timedelta:
    """No token of ours lives longer."""
    return timedelta(seconds=max(3600, settings.current().session_absolute))


async def held(*, anew: bool = False) -> _Held:
    """The keys in force, read at most every half minute."""
    global _held
    now, ring = clock.now(), privacy.ring()
    kept = _held
    if kept is None or anew or kept.ring is not ring or not kept.at <= now < kept.at + REFRESH:
        kept = _held = _Held(ring, now, tuple(await signing_keys.served()))
    return kept


async def prepare() -> None:
    """Make the keys that are missing: at the very first start, all of them."""
    found = await held(anew=True)
    wanted: list[tuple[Use, str, signing_keys.State]] = [("log", LOG_ALG, "current")]
    wanted += [("token", alg, state) for alg in ALGS for state in ("current", "next")]
    for use, alg, state in wanted:
        if found.find(use, alg, state) is None:
            try:
                await db.write(await _made(use, alg, state))
            except db.IntegrityError:  # another process was quicker
                log.event("signing.already_made", alg=alg)
    await held(anew=True)


async def current(use: Use, alg: str) -> Key:
    """The key that signs."""
    key = (await held()).find(use, alg, "current")
    if key is None:
        await prepare()
        key = (await held()).find(use, alg, "current")
    if key is None:
        raise LookupError(f"there is no current {alg} key")
    return key


async def find(kid: str) -> Key | None:
    """A token key that is still believed. One nobody knows is looked for in the table again."""
    known = await held()
    if all(key.kid != kid for key in known.keys) and clock.now() - known.at > LOOK_AGAIN:
        known = await held(anew=True)
    return next((key for key in known.keys if key.kid == kid and key.use == "token"), None)


async def jwks() -> dict[str, Any]:
    """The public halves of every key that signs, will sign or has signed (RFC 7517)."""
    return {
        "keys": [
            {**key.jwk, "kid": key.kid, "use": "sig", "alg": key.alg}
            for key in (await held()).keys
            if key.use == "token"
        ]
    }


async def rotate(alg: str, *, distrust: bool = False) -> str:
    """Let the next key sign from now on; its kid.

    ``distrust`` is for a key that strangers may know: it is served no more from this instant, and
    the next one need not have been published for an hour.

    Raises:
        NotYet: the next key was made less than an hour ago.
        Stale: somebody else rotates at this moment.
    """
    await prepare()
    found = await held()
    old, new = (found.find("token", alg, state) for state in ("current", "next"))
    assert old is not None and new is not None
    now = clock.now()
    if not distrust and now < new.created_at + PUBLISHED_BEFORE:
        known = clock.rfc3339(new.created_at + PUBLISHED_BEFORE)
        raise NotYet(f"The next {alg} key is known to everybody from {known} on.")
    until = now if distrust else now + 2 * longest_life()
    after = await _made("token", alg, "next")
    event = events.happened("keys_changed", via="operator", address="", detail=f"{alg} {new.kid}")
    await db.write(
        signing_keys.retiring(old, until=until), signing_keys.promoting(new), after, event
    )
    await held(anew=True)
    log.event("signing.rotated", alg=alg, kid=new.kid, distrusted=distrust)
    return new.kid


async def rotate_due() -> None:
    """Rotate what has signed long enough and forget what is served no more (定期轮换)."""
    await prepare()
    await db.write(signing_keys.sweeping())
    period = timedelta(seconds=settings.current().signing_rotation)
    for alg in ALGS:
        key = await current("token", alg)
        if key.current_at is not None and clock.now() >= key.current_at + period:
            try:
                await rotate(alg)
            except (NotYet, db.Stale) as reason:
                log.event("signing.not_rotated", alg=alg, reason=type(reason).__name__)


async def log_key() -> Key:
    """The key of the audit log: it stays, since its checkpoints are checked for years."""
    return await current("log", LOG_ALG)


async def log_sign(data: bytes) -> bytes:
    """The audit log's signature (Ed25519)."""
    return await signer().sign(await log_key(), data)


async def _made(use: Use, alg: str, state: signing_keys.State) -> db.Statement:
    key_id = db.new_id()
    jwk, private = await signer().make(key_id, alg)
    return signing_keys.adding(
        key_id, kid=thumbprint(jwk), alg=alg, into=slot(use, alg, state), jwk=jwk, private=private
    )


def thumbprint(jwk: dict[str, Any]) -> str:
    """A JWK's own name (RFC 7638)."""
    members = orjson.dumps(jwk, option=orjson.OPT_SORT_KEYS)
    return urlsafe_b64encode(sha256(members).digest()).rstrip(b"=").decode()
