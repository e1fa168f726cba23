"""Reading facts (数据查询): one door, a reason for everyone, a line in the log for everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db, errors
from backend.kernel.web import Actor
from backend.library import models, rules
from backend.library.models import FeedState
from backend.library.recent import Recent
from backend.library.rules import Entry


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads (查询人). Staff name their ``department`` code; the person reads as themself.

    An agent (代办人) reads ``of`` the one they act for and of nobody else, in a ``capacity``; with
    ``items``, only what those items ask for. ``company``: what is read about is a legal person.
    """

    kind: Literal["person", "agent", "staff", "system"]
    id: str
    name: str = ""
    department: str = ""
    of: str = ""
    capacity: str = ""
    items: frozenset[str] | None = None
    company: bool = False

    @property
    def holder(self) -> str:
        """Whose data a person or an agent reads."""
        return self.of or self.id


def reader_of(actor: Actor) -> Reader:
    """A signed-in person as the access log names them: themself, or agent of somebody else."""
    acting = actor.acting
    if acting is None:
        return _themself(actor.id)
    return Reader(
        "agent", actor.id, actor.name, of=acting.subject, capacity=acting.role,
        items=acting.items, company=acting.kind == "legal_person",
    )  # fmt: skip


OWN = frozenset({"person", "agent"})
"""Readers whose repeated looks of one day are one line."""


@lru_cache(maxsize=5000)
def _themself(person_id: str) -> Reader:
    return Reader("person", person_id)


class Fact(NamedTuple):
    """The current value of an element and where it came from (来源)."""

    element: str
    value: Any
    source: str
    grade: str
    verified_at: str
    source_ref: str
    valid_until: str | None
    expired: bool

    def __repr__(self) -> str:
        """Without the value, which must not come into a log."""
        return f"Fact({self.element})"

    @property
    def trusted(self) -> bool:
        """Issued or checked by an office (grade A or B), and not run out."""
        return self.grade in rules.TRUSTED and not self.expired


Facts = dict[str, Fact]


async def current(
    person_id: str,
    *,
    reader: Reader,
    purpose: str,
    elements: Iterable[str] | None,
    case: str | None = None,
) -> Facts:
    """The current facts about a person, each element that is held (None: all of them).

    Raises:
        Refusal: ``not_for_you`` when this reader has no reason to read.
    """
    facts, _ = await look(person_id, reader=reader, purpose=purpose, elements=elements, case=case)
    return facts


async def look(
    person_id: str,
    *,
    reader: Reader,
    purpose: str,
    elements: Iterable[str] | None,
    case: str | None = None,
) -> tuple[Facts, list[FeedState]]:
    """``current`` and, in the same reading, how every source stands.

    The reading is in the access log before anything is handed out.

    Raises:
        Refusal: ``not_for_you`` when this reader has no reason to read.
    """
    wanted = None if elements is None else frozenset(elements)
    groups = None if wanted is None else _groups(wanted)
    _allow(person_id, reader, case)
    rows, feeds = await models.look(person_id, groups)
    today = clock.today().isoformat()
    # By the sealed bytes themselves: equal ones of one row can only open to the same.
    since = tuple([(row["id"], row["doc"]) for row in rows])
    facts, named = _chosen.get((since, wanted, today), lambda: _choose(rows, wanted, today))
    if facts:
        await note_read(person_id, reader=reader, elements=named, purpose=purpose, case=case)
    return facts, feeds


_chosen: Recent[tuple[Facts, frozenset[str]]] = Recent(2000)


def _choose(
    rows: Iterable[db.Row], wanted: frozenset[str] | None, today: str
) -> tuple[Facts, frozenset[str]]:
    facts = {
        element: _fact(element, entry, today)
        for row in rows
        for element, entries in models.held(row).document.items()
        if (wanted is None or element in wanted)
        and (entry := rules.best(entries, today=today)) is not None
    }
    return facts, frozenset(facts)


@lru_cache(maxsize=1000)
def _groups(elements: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({group_of(element) for element in elements}))


def _allow(person_id: str, reader: Reader, case: str | None) -> None:
    """The person reads their own, an agent that of whom they act for; staff read for a case in
    hand; the system for its jobs.
    """
    if reader.kind in OWN and reader.holder != person_id:
        raise errors.not_allowed("not_for_you")
    if reader.kind == "staff" and not (case and reader.department):
        raise errors.not_allowed("not_for_you")


def _fact(element: str, entry: Entry, today: str) -> Fact:
    until = entry.get("valid_until")
    return Fact(
        element, entry["v"], entry["source"], entry["grade"], entry["verified_at"],
        entry.get("source_ref", ""), until, until is not None and until < today,
    )  # fmt: skip


def record_read(
    person_id: str,
    *,
    reader: Reader,
    elements: Iterable[str],
    purpose: str,
    case: str | None = None,
    agreed: bool = False,
) -> db.Statement:
    """The access log's row for a reading, to be written with whatever the caller writes.

    ``agreed``: the person has just told this reader so themselves, at a window; no case is needed.

    ``elements`` may also name papers, as ``material:<type>``. What a person reads of their own is
    one row per purpose and day, however often they look; so is what an agent reads.

    Raises:
        Refusal: ``not_for_you`` when this reader has no reason to read.
    """
    if not agreed:
        _allow(person_id, reader, case)
    named = " ".join(sorted(set(elements)))
    return models.keep_access(
        person_id,
        {
            "kind": reader.kind,
            "id": reader.id,
            "name": reader.name,
            "capacity": reader.capacity,
            "department": reader.department,
        },
        purpose=purpose,
        elements=named,
        case=case,
        once=_once(person_id, reader, purpose, named, case),
    )


def _once(person_id: str, reader: Reader, purpose: str, named: str, case: str | None) -> str:
    if reader.kind not in OWN:
        return db.new_id()
    by = f"{reader.id} {reader.capacity} " if reader.kind == "agent" else ""
    what = sha256(f"{by}{purpose} {case} {named}".encode()).hexdigest()[:32]
    return f"{person_id}:{clock.today().isoformat()}:{what}"


async def note_read(
    person_id: str,
    *,
    reader: Reader,
    elements: Iterable[str],
    purpose: str,
    case: str | None = None,
) -> None:
    """Write ``record_read`` now, outside any transaction (a row that is rolled back is no record).

    A process that has written a row of such a reading does not write it again.
    """
    named = frozenset(elements)
    line = (person_id, reader.id, reader.capacity, purpose, case, named, clock.today())
    if reader.kind in OWN and reader.holder == person_id and line in _written:
        return
    await db.write(
        record_read(person_id, reader=reader, elements=named, purpose=purpose, case=case)
    )
    if reader.kind in OWN:
        if len(_written) >= 20_000:
            _written.clear()
        _written.add(line)


# Lines of people's own and their agents' readings that this process has written; no line is ever
# taken back.
_written: set[tuple[str, str, str, str, str | None, frozenset[str], date]] = set()


@dataclass(frozen=True, slots=True)
class Read:
    """One line of "who read my data" (谁看过我的数据). ``elements`` as they were recorded."""

    id: str
    reader_kind: str
    reader_name: str
    capacity: str
    department: str
    purpose: str
    elements: tuple[str, ...]
    case: str | None
    at: datetime


async def reads(
    person_id: str, *, before: str | None = None, count: int = 20
) -> tuple[list[Read], str | None]:
    """The latest readings of a person's data, and where to go on reading (None: no more)."""
    found = await models.accesses(person_id, before=before, count=count + 1)
    lines = [_line(row) for row in found[:count]]
    return lines, lines[-1].id if len(found) > count else None


async def latest_reads(person_id: str, count: int) -> "LatestReads":
    """The latest readings of a person's data, to be looked at only if they are news."""
    return LatestReads(await models.accesses(person_id, before=None, count=count))


class LatestReads:
    """Lines of the access log: which ones they are, and what they say. A line never changes."""

    def __init__(self, rows: Sequence[db.Row]) -> None:
        self._rows = rows
        self.ids = tuple([row["id"] for row in rows])

    def lines(self) -> list[Read]:
        """The lines, latest first."""
        return [_line(row) for row in self._rows]


def _line(row: db.Row) -> Read:
    return Read(
        id=str(row["id"]),
        reader_kind=row["reader_kind"],
        reader_name=row["reader_name"],
        capacity=row["capacity"],
        department=row["department"],
        purpose=row["purpose"],
        elements=tuple(row["elements"].split()),
        case=row["case_number"],
        at=db.as_time(row["at"]),
    )


async def source_states(person_id: str) -> list[FeedState]:
    """How every source stands with a person; empty before the space was opened."""
    return (await models.look(person_id, []))[1]


def group_of(element: str) -> str:
    """The group whose document holds an element (of a list's column: the list's)."""
    return str(catalogue.element(element.partition(".")[0])["group"])
