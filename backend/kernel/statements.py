"""What a write is made of, and how it can fail, on either database."""

from dataclasses import dataclass
from typing import Any

FENCE = "a look-up key of a former generation"
"""How a database says no to one (``kernel.turning``)."""
FENCE_STATE = "YM001"
"""The same as PostgreSQL's SQLSTATE."""


class Stale(Exception):
    """A statement that had to change exactly ``expect`` rows changed another number of them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a ``write``. ``expect``: how many rows it must change, if that matters."""

    sql: str
    params: tuple[Any, ...] = ()
    expect: int | None = None

    def changed(self, count: int) -> None:
        """It has changed so many rows.

        Raises:
            Stale: it was to change another number.
        """
        if self.expect is not None and count != self.expect:
            raise Stale
