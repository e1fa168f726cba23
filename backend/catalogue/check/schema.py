"""What stands in a catalogue file: small descriptions; faults name the line and the fix."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from backend.catalogue.source import Fault, Record


class Spot(NamedTuple):
    """Where a value stands, for its fault."""

    file: str
    line: int
    name: str

    def fault(self, message: str, *, blocks: bool = True) -> Fault:
        return Fault(self.file, self.line, message, blocks)


Spec = Callable[[Any, Spot], Iterator[Fault]]


def did_you_mean(wrong: str, right: Mapping[str, Any] | list[str]) -> str:
    """The end of a message about an unknown word."""
    near = get_close_matches(wrong, list(right), n=1, cutoff=0.5)
    return (
        f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(sorted(right)[:12])}"
    )


def text(*, longest: int = 2000, pattern: str | None = None, example: str = "") -> Spec:
    """A text that is not blank."""
    shape = re.compile(pattern) if pattern else None

    def spec(value: Any, spot: Spot) -> Iterator[Fault]:
        if not isinstance(value, str) or not value.strip():
            hint = "put it in quotes" if isinstance(value, int | float | bool) else "write some"
            yield spot.fault(f"'{spot.name}' must be a text; {hint}")
        elif len(value) > longest:
            yield spot.fault(f"'{spot.name}' is longer than {longest} characters; shorten it")
        elif shape and not shape.fullmatch(value):
            yield spot.fault(f"'{spot.name}' is '{value}'; write it like {example}")

    return spec


def whole(least: int = 0, most: int = 10**12) -> Spec:
    """A whole number within bounds."""

    def spec(value: Any, spot: Spot) -> Iterator[Fault]:
        if value.__class__ is not int:
            yield spot.fault(f"'{spot.name}' must be a whole number; write it without quotes")
        elif not least <= value <= most:
            yield spot.fault(f"'{spot.name}' is {value}; it must be between {least} and {most}")

    return spec


def flag(value: Any, spot: Spot) -> Iterator[Fault]:
    """Either true or false."""
    if not isinstance(value, bool):
        yield spot.fault(f"'{spot.name}' is '{value}'; write true or false")


def one_of(*words: str) -> Spec:
    """One word of a code set."""

    def spec(value: Any, spot: Spot) -> Iterator[Fault]:
        if value not in words:
            yield spot.fault(f"'{spot.name}' is '{value}'{did_you_mean(str(value), list(words))}")

    return spec


def list_of(inner: Spec, *, least: int = 0) -> Spec:
    """A list whose entries all follow one description."""

    def spec(value: Any, spot: Spot) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield spot.fault(f"'{spot.name}' must be a list; write one entry per line after '- '")
            return
        if len(value) < least:
            yield spot.fault(f"'{spot.name}' needs at least {least} entry; add one")
        lines = getattr(value, "lines", [])
        for index, entry in enumerate(value):
            yield from inner(entry, Spot(spot.file, lines[index], spot.name))

    return spec


def record(required: Mapping[str, Spec], optional: Mapping[str, Spec] | None = None) -> Spec:
    """A mapping with known keys; unknown and missing ones are faults."""
    known = {**required, **(optional or {})}

    def spec(value: Any, spot: Spot) -> Iterator[Fault]:
        if not isinstance(value, Record):
            yield spot.fault(f"'{spot.name}' must hold `key: value` lines; write them indented")
            return
        for key in required:
            if key not in value:
                yield value.fault(f"{spot.name} lacks '{key}'; {_remedy(key)}")
        for key, entry in value.items():
            if key not in known:
                yield value.fault(
                    f"'{key}' is not a key of {spot.name}{did_you_mean(key, known)}", key
                )
            else:
                yield from known[key](entry, Spot(value.file, value.lines[key], key))

    return spec


def either(first: Spec, second: Spec, kind: type) -> Spec:
    """The first description for values of ``kind``, the second for all others."""

    def spec(value: Any, spot: Spot) -> Iterator[Fault]:
        yield from (first if isinstance(value, kind) else second)(value, spot)

    return spec


def anything(value: Any, spot: Spot) -> Iterator[Fault]:
    """Checked elsewhere."""
    yield from ()


def _remedy(key: str) -> str:
    if key.endswith("_en"):
        return "add it, short and in English"
    return "add it in Chinese" if key in ("name", "title", "summary", "text") else "add it"
