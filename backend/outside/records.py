"""What registers hand back: records that can be logged by mistake without telling anything."""

from dataclasses import dataclass, fields
from typing import Any, Self

from backend.outside.wire import Down

Facts = dict[str, Any]
"""Data elements (数据元) and their values: the element names of the city's dictionary."""


@dataclass(frozen=True, repr=False)
class Record:
    """Base of all register records: keeps personal data out of ``repr``, so out of logs."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @classmethod
    def of(cls, native: Any, system: str) -> Self:
        """Build the record from the register's own mapping: its field names, in any case.

        A field with a default may be missing; all values are text. Raises ``Down`` (garbled)
        otherwise.
        """
        if not isinstance(native, dict):
            raise Down(system, "garbled")
        lowered = {str(key).lower(): value for key, value in native.items()}
        known = {f.name: lowered[f.name] for f in fields(cls) if f.name in lowered}
        if any(not isinstance(value, str) for value in known.values()):
            raise Down(system, "garbled")
        try:
            return cls(**known)
        except TypeError:
            raise Down(system, "garbled") from None


def only_given(facts: Facts) -> Facts:
    """Without the elements the register left empty: an empty value is no fact."""
    return {element: value for element, value in facts.items() if value not in (None, "")}


def iso_date(native: str) -> str | None:
    """``19900512`` as ``1990-05-12``; None when the register left it empty or wrote nonsense."""
    if len(native) != 8 or not native.isascii() or not native.isdigit():
        return None
    return f"{native[:4]}-{native[4:6]}-{native[6:]}"


def iso_month(native: str) -> str | None:
    """``20120701`` as ``2012-07``; None when empty or nonsense."""
    day = iso_date(native)
    return day[:7] if day else None


def yuan(native: str) -> float | None:
    """``6800.00`` as ``6800.0`` yuan, exact to the cent; None when empty or nonsense."""
    whole, _, cents = native.partition(".")
    if not (whole + cents).isascii() or not (whole + cents).isdigit() or len(cents) > 2:
        return None
    return float(native)


def whole(native: str) -> int | None:
    """``171`` as 171; None when empty or nonsense."""
    return int(native) if native.isascii() and native.isdigit() and len(native) < 10 else None
