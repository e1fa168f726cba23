"""The one shape of "no" (一次告知).

A ``Refusal`` names a code, never a sentence: the HTTP layer, the WeChat channel and the
staff console each put it into words from ``backend/locales``. Its parameters carry no personal
data, so it can always be logged and shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Family(StrEnum):
    """Why it is no. The HTTP status follows from it in ``kernel.web.problems`` alone."""

    INVALID = "invalid"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    OUTSIDE_DOWN = "outside_down"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend, at a JSON pointer into what was sent (RFC 6901).

    ``code`` has its text under ``fields`` in the locale files; ``params`` fill that text.
    """

    pointer: str
    code: str
    params: dict[str, object] = field(default_factory=dict)


class Refusal(Exception):
    """The city says no, and what the nearest thing to do is.

    ``code`` has ``title`` and ``fix`` in every locale. ``retry_after`` is in seconds.
    ``shown`` is data for the person who asked, sent to that person but never logged.
    """

    def __init__(
        self,
        code: str,
        family: Family,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        shown: dict[str, object] | None = None,
        params: dict[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.family = family
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.shown = shown or {}
        self.params = params or {}


def invalid(code: str, *, errors: Sequence[FieldError] = (), **params: object) -> Refusal:
    """What was sent cannot be used as it is."""
    return Refusal(code, Family.INVALID, errors=errors, params=params)


def not_allowed(code: str, *, retry_after: int | None = None, **params: object) -> Refusal:
    """This actor may not do this, or not now."""
    return Refusal(code, Family.NOT_ALLOWED, retry_after=retry_after, params=params)


def not_found(code: str = "not_found", **params: object) -> Refusal:
    """There is no such thing, or this actor may not know of it (the same answer on purpose)."""
    return Refusal(code, Family.NOT_FOUND, params=params)


def conflict(code: str, *, shown: dict[str, object] | None = None, **params: object) -> Refusal:
    """Somebody was faster, or the thing has moved on. ``shown`` is the present state."""
    return Refusal(code, Family.CONFLICT, shown=shown, params=params)


def outside_down(code: str, *, retry_after: int | None = None, **params: object) -> Refusal:
    """A system of another office did not answer as it should."""
    return Refusal(code, Family.OUTSIDE_DOWN, retry_after=retry_after, params=params)
