"""What was worked out a moment ago, for as long as nothing it was worked out from has changed.

The database is asked every time; only the opening of seals, the choosing and the wording are
spared. So nothing here can be out of date, and a process holds at most ``most`` results.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Results by what they follow from; the oldest go first. Results are shared: only read them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Hashable, T] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for a key, made if it is not at hand."""
        found = self._known.get(key)
        if found is None:
            found = make()
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            self._known[key] = found
        return found
