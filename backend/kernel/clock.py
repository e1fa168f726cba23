"""What time it is. Nothing else in Yimen asks the operating system.

Instants are aware datetimes in UTC; days are the city's days (Asia/Shanghai).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")

_shown: datetime | None = None


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _shown or datetime.now(UTC)


def today() -> date:
    """Today's date in the city."""
    return now().astimezone(CITY_ZONE).date()


def day_of(instant: datetime) -> date:
    """The city's date on which an instant falls."""
    return instant.astimezone(CITY_ZONE).date()


@contextmanager
def showing(instant: datetime) -> Iterator[None]:
    """Let the whole process see one instant, for trying out deadlines.

    The instant is aware. Used by tests and by rehearsals of a timed job, never by a request.
    """
    global _shown
    before = _shown
    _shown = instant.astimezone(UTC)
    try:
        yield
    finally:
        _shown = before


def in_seconds(seconds: float) -> datetime:
    """The instant that many seconds from now."""
    return now() + timedelta(seconds=seconds)


def rfc3339(instant: datetime) -> str:
    """An instant as the API writes it, whole milliseconds, ``Z`` for UTC."""
    at = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return at.isoformat("T", "milliseconds")[:-6] + "Z"
