"""What was measured in this run, for the end of the run (``conftest``)."""

from collections.abc import Iterator

_tables: dict[str, list[str]] = {}


def note(title: str, line: str) -> None:
    """Keep one line under a title."""
    _tables.setdefault(title, []).append(line)


def tables() -> Iterator[tuple[str, list[str]]]:
    """Titles and their lines, in the order in which they were noted."""
    yield from _tables.items()
