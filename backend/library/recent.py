"""What was worked out a moment ago, for as long as nothing it was worked out from has changed.

The database is asked every time; only the opening of seals, the choosing and the wording are
spared. So nothing here can be out of date. A process holds at most ``most`` results, and none of
them in the clear for longer than ``LONGEST``.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from orjson import Fragment, dumps

T = TypeVar("T")

LONGEST = 600.0
"""Seconds a result is kept at most: about one visit."""


class Recent(Generic[T]):
    """Results by what they follow from; the oldest go first. Results are shared: only read them."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._known: dict[Hashable, tuple[float, T]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for a key, made if it is not at hand."""
        now = self._clock()
        self._forget(now)
        found = self._known.get(key)
        if found is not None:
            return found[1]
        made = make()
        if len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[key] = (now, made)
        return made

    def told(self: "Recent[Fragment]", key: Hashable, make: Callable[[], Any]) -> Fragment:
        """``get`` for a part of an answer: as JSON, ready to be put into the whole."""
        return self.get(key, lambda: Fragment(dumps(make())))

    def _forget(self, now: float) -> None:
        """Drop what has been kept for long enough; the oldest stand first."""
        while self._known:
            oldest = next(iter(self._known))
            if now - self._known[oldest][0] < LONGEST:
                return
            del self._known[oldest]
