"""One mechanism for everything that works once (一次性凭证).

1. ``keep`` draws a secret, keeps a keyed digest of it and, sealed, what it stands for. The secret
   itself is only in the QR code, the link or the digits that somebody is shown.
2. ``look`` says what a secret stands for and uses nothing up.
3. ``using`` goes into the very write that gives what the secret was good for. Of a hundred at the
   same time one write is kept; the others are ``Stale`` and leave nothing behind. A city that
   fails in between has neither used the secret nor given anything.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from auth.models import once
from auth.models.once import Kept, Kind
from backend.kernel import clock, db

__all__ = ["Kept", "Kind", "digits", "keep", "look", "token", "using"]

_TRIES = 5


def token() -> str:
    """A secret for a QR code or a link: 128 bits."""
    return secrets.token_urlsafe(16)


def digits() -> str:
    """A secret that can be read aloud: eight digits, only for those whom staff's door admits."""
    return f"{secrets.randbelow(100_000_000):08d}"


async def keep(
    kind: Kind, value: dict[str, Any], *, seconds: int, draw: Callable[[], str] = token
) -> str:
    """The secret under which a value is kept for some seconds."""
    for _ in range(_TRIES):
        secret = draw()
        until = clock.now() + timedelta(seconds=seconds)
        try:
            await db.write(once.keeping(kind, secret, value, until=until))
        except db.Stale:  # somebody is being shown the same digits
            continue
        return secret
    raise RuntimeError("no free secret was found")


async def look(kind: Kind, secret: str) -> Kept | None:
    """What a secret stands for, until it runs out."""
    return await once.find(kind, secret)


def using(kept: Kept, *, gave: str | None = None) -> db.Statement:
    """Use it up in the caller's write. ``Stale`` for everybody but the first."""
    return once.using(kept.id, gave=gave)
