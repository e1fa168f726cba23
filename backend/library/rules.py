"""Which assertion (认定) about a person counts; pure, standard library only.

A document is ``{element: [entry, ..]}``, the best entry first, at most one per source: the last
thing that source said. An entry without a value is a source that holds nothing any more; it stays,
so that an older message of the same source that arrives late cannot bring the value back.

``fold`` of a log is the document, whatever the order of the log and however often a line is in it.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from json import dumps
from typing import Any, NamedTuple

Entry = dict[str, Any]
Document = dict[str, list[Entry]]

GRADES = ("A", "B", "C", "D")
"""Trust (可信等级, 国办函〔2016〕108号): A issued, B window-checked, C uploaded, D declared."""

TRUSTED = frozenset({"A", "B"})

FEED_STATES = ("waiting", "ok", "down", "none")

GIVEN_BY_SIGN_IN = frozenset({"name", "id_number"})
"""Nobody declares these: they were checked when the person registered."""


class Assertion(NamedTuple):
    """One source says one thing.

    ``value`` None: the source holds nothing (any more). ``verified_at`` is RFC 3339 in UTC with
    milliseconds, ``valid_until`` the last good day or None; both compare as text.
    """

    element: str
    value: Any
    source: str
    grade: str
    verified_at: str
    source_ref: str = ""
    valid_until: str | None = None


def entry_of(said: Assertion) -> Entry:
    """The assertion as a document keeps it; what is empty is left out."""
    entry: Entry = {"source": said.source, "verified_at": said.verified_at, "grade": said.grade}
    if not is_nothing(said.value):
        entry["v"] = said.value
    if said.source_ref:
        entry["source_ref"] = said.source_ref
    if said.valid_until:
        entry["valid_until"] = said.valid_until
    return entry


def is_nothing(value: Any) -> bool:
    """Whether a source's value says nothing. An empty list, 0 and False do say something."""
    return value is None or value == ""


def digest(entry: Mapping[str, Any]) -> str:
    """A name for what an entry says; settles ties the same way everywhere."""
    return sha256(dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def put(document: Document, said: Assertion) -> bool:
    """Add one assertion to a document in place; whether the document changed."""
    new = entry_of(said)
    entries = document.setdefault(said.element, [])
    for place, old in enumerate(entries):
        if old["source"] == said.source:
            if _age(new) <= _age(old):
                return False
            entries[place] = new
            break
    else:
        entries.append(new)
    # Two stable sorts: newest first, then the most trusted first.
    entries.sort(key=_age, reverse=True)
    entries.sort(key=lambda entry: entry["grade"])
    return True


def _age(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["verified_at"], digest(entry)


def fold(log: Iterable[Assertion]) -> Document:
    """The document that a log of assertions comes to."""
    document: Document = {}
    for said in log:
        put(document, said)
    return document


def best(entries: Iterable[Entry], *, today: str) -> Entry | None:
    """The entry that counts on a day (ISO date): the best that has not run out, else the best.

    None when no source holds a value.
    """
    expired: Entry | None = None
    for entry in entries:
        if "v" not in entry:
            continue
        if not has_expired(entry, today=today):
            return entry
        expired = expired or entry
    return expired


def has_expired(entry: Mapping[str, Any], *, today: str) -> bool:
    """Whether the entry's last good day is past."""
    until = entry.get("valid_until")
    return until is not None and until < today


def news(
    held: Document, source: str, said: Iterable[Assertion], *, at: str, fresh_since: str
) -> list[Assertion]:
    """What is new in a source's complete answer of the instant ``at``, against what it said before.

    The same value verified again is news only if it was last verified before ``fresh_since``, so
    a repeated delivery adds nothing. An element that the source used to hold and does not name
    any more is asserted as nothing.
    """
    new: list[Assertion] = []
    named: set[str] = set()
    for one in said:
        named.add(one.element)
        before = _said_by(held.get(one.element, ()), source)
        if before is None or before["verified_at"] < fresh_since or _differs(before, one):
            new.append(one)
    lost = _lost(held, source, named)
    return new + [Assertion(one, None, source, lost[one]["grade"], at) for one in sorted(lost)]


def _lost(held: Document, source: str, named: set[str]) -> dict[str, Entry]:
    lost: dict[str, Entry] = {}
    for element, entries in held.items():
        before = _said_by(entries, source)
        if before is not None and "v" in before and element not in named:
            lost[element] = before
    return lost


def _said_by(entries: Iterable[Entry], source: str) -> Entry | None:
    return next((entry for entry in entries if entry["source"] == source), None)


def _differs(before: Entry, said: Assertion) -> bool:
    now = entry_of(said)
    return {**before, "verified_at": ""} != {**now, "verified_at": ""}
