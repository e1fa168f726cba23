"""Look-up keys while the index key turns (盲索引换钥).

A look-up key (盲索引) is a keyed digest of a value: people are found by it, and the value itself is
sealed. Every generation of the index key takes the look-up key of the one before as its input:

    form 1 = HMAC(key 1, value)      form 2 = HMAC(key 2, form 1)      form 3 = HMAC(key 3, form 2)

So what lies in the tables is brought under a new key without any value being opened, and whoever
knows the former keys alone can no longer guess a value by its form. The first character says the
generation: ``0`` to ``f`` the first, ``g`` the second, up to ``z``; ``-`` begins a mark that is
nobody's look-up key.

Which generation the tables are at, the database says (``kernel.turning``). While a process knows
of a key beyond it, a look-up key is a ``Blind``, which knows all its forms, and whatever is asked
of the database with one goes through ``answered``: in the form that is in force at that moment,
after the rows in question were brought to it.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

T = TypeVar("T")

FIRST = "0123456789abcdef"
LATER = "ghijklmnopqrstuvwxyz"
MOST = 1 + len(LATER)
"""Index keys that a city can have had: turned once a year, they last for two decades."""
LENGTH = 32
TRIES = 4

turning = False
"""Whether this process knows an index key that the tables may not be under yet."""


class OldIndex(ConnectionError):
    """A look-up key of a former generation was to be written. Nothing was kept; asking again after
    the key file was read anew will do.
    """


class Blind(str):
    """A look-up key in all its forms; by itself it is the newest."""

    __slots__ = ("forms", "purpose")
    forms: tuple[str, ...]
    purpose: str

    def __new__(cls, forms: tuple[str, ...], purpose: str) -> "Blind":
        """``forms`` from the first generation to the newest; ``purpose`` as ``privacy.blind``."""
        self = super().__new__(cls, forms[-1])
        self.forms, self.purpose = forms, purpose
        return self


@dataclass(frozen=True, slots=True)
class State:
    """What is written is of ``generation``; nothing is older than ``settled``."""

    generation: int = 1
    settled: int = 1


def next_form(form: str, key: bytes, generation: int) -> str:
    """A look-up key under the next key of the chain, whose number is ``generation`` (from 2)."""
    digest = hmac.digest(key, b"turn\0" + form.encode(), sha256).hex()
    return LATER[generation - 2] + digest[: LENGTH - 1]


def firsts(generation: int) -> str:
    """The characters with which the forms of a generation begin."""
    return FIRST if generation == 1 else LATER[generation - 2]


def generation_of(form: str) -> int | None:
    """Of which generation a stored look-up key is; None for a mark."""
    first = form[:1]
    if first in LATER:
        return LATER.index(first) + 2 if first else None
    return 1 if first in FIRST else None


def among(params: Sequence[Any]) -> bool:
    """Whether any parameter is a look-up key of several forms."""
    return any(one.__class__ is Blind for one in params)


def at(params: Sequence[Any], generation: int) -> tuple[Any, ...]:
    """The parameters in the form of a generation.

    Raises:
        OldIndex: it is newer than every key that was known when they were made.
    """
    try:
        return tuple(one.forms[generation - 1] if one.__class__ is Blind else one for one in params)
    except IndexError:
        raise OldIndex from None


async def answered(
    run: Callable[[State], Awaitable[T]],
    *,
    ask: Callable[[], Awaitable[State]],
    bring: Callable[[State], Awaitable[None]],
    nothing: Callable[[T], bool],
    tries: int = TRIES,
) -> T:
    """Run something that is asked by look-up keys, at the generation in force.

    ``ask`` tells the state, ``bring`` brings the rows in question to it. If the generation changed
    meanwhile and the answer was ``nothing`` (so nothing was done either), it is run once more.
    After a refused write that is done ``tries`` times at most: a transaction is lost with it.

    Raises:
        OldIndex: the generation changed under a write.
    """
    while True:
        known = await ask()
        if known.generation > known.settled:
            await bring(known)
        try:
            found = await run(known)
        except OldIndex:
            tries -= 1
            if tries <= 0:
                raise
            continue
        if not nothing(found) or (await ask()).generation == known.generation:
            return found
