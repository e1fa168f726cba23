"""Reading and feeding the base library of natural persons (自然人库)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from auth import client as auth
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db, errors, log, outbox
from backend.library import models, rules, sources
from backend.library.models import FeedState, Held
from backend.library.recent import Recent
from backend.library.rules import Assertion, Document, Entry
from backend.outside.wire import Down

SOURCES = tuple(sources.ASK)
"""Every register that is asked about a person, by source code."""

ASKED_IN_A_ROW = 6
"""How often the outbox asks a silent register, in about a minute; then the next visit does."""

STAYS_FRESH = timedelta(hours=1)
"""A register that repeats itself within this time adds nothing to the log."""

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads (查询人). Staff name their ``department`` code; the person reads as themself."""

    kind: Literal["person", "staff", "system"]
    id: str
    name: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """The current value of an element and where it came from (来源)."""

    element: str
    value: Any
    source: str
    grade: str
    verified_at: str
    source_ref: str
    valid_until: str | None
    expired: bool

    @property
    def trusted(self) -> bool:
        """Issued or checked by an office (grade A or B), and not run out."""
        return self.grade in rules.TRUSTED and not self.expired


Facts = dict[str, Fact]

__all__ = [
    "SOURCES", "Fact", "Facts", "FeedState", "Read", "Reader", "ask_again", "certify", "current",
    "declare", "ensure_person", "history", "learn", "look", "note_read", "pull", "reads",
    "record_read", "source_states",
]  # fmt: skip


# -- reading: one door ---------------------------------------------------------------------------


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
    held, feeds = await models.look(person_id, groups)
    today = clock.today().isoformat()
    since = tuple((one.row, one.version) for one in held.values())
    facts = _chosen.get((since, wanted, today), lambda: _choose(held, wanted, today))
    if facts:
        await note_read(person_id, reader=reader, elements=facts, purpose=purpose, case=case)
    return facts, feeds


_chosen: Recent[Facts] = Recent(2000)


def _choose(held: Mapping[str, Held], wanted: frozenset[str] | None, today: str) -> Facts:
    return {
        element: _fact(element, entry, today)
        for one in held.values()
        for element, entries in one.document.items()
        if (wanted is None or element in wanted)
        and (entry := rules.best(entries, today=today)) is not None
    }


@lru_cache(maxsize=1000)
def _groups(elements: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({_group(element) for element in elements}))


def _allow(person_id: str, reader: Reader, case: str | None) -> None:
    """The person reads their own; staff read for a case in hand; the system for its jobs."""
    if reader.kind == "person" and reader.id != person_id:
        raise errors.not_allowed("not_for_you")
    if reader.kind == "staff" and not (case and reader.department):
        raise errors.not_allowed("not_for_you")


def _fact(element: str, entry: Entry, today: str) -> Fact:
    return Fact(
        element=element,
        value=entry["v"],
        source=entry["source"],
        grade=entry["grade"],
        verified_at=entry["verified_at"],
        source_ref=entry.get("source_ref", ""),
        valid_until=entry.get("valid_until"),
        expired=rules.has_expired(entry, today=today),
    )


def record_read(
    person_id: str,
    *,
    reader: Reader,
    elements: Iterable[str],
    purpose: str,
    case: str | None = None,
) -> db.Statement:
    """The access log's row for a reading, to be written with whatever the caller writes.

    ``elements`` may also name papers, as ``material:<type>``. What a person reads of their own is
    one row per purpose and day, however often they look.

    Raises:
        Refusal: ``not_for_you`` when this reader has no reason to read.
    """
    _allow(person_id, reader, case)
    named = " ".join(sorted(set(elements)))
    return models.keep_access(
        person_id,
        {
            "kind": reader.kind,
            "id": reader.id,
            "name": reader.name,
            "department": reader.department,
        },
        purpose=purpose,
        elements=named,
        case=case,
        once=_once(person_id, reader, purpose, named, case),
    )


def _once(person_id: str, reader: Reader, purpose: str, named: str, case: str | None) -> str:
    if reader.kind != "person":
        return db.new_id()
    what = sha256(f"{purpose} {case} {named}".encode()).hexdigest()[:32]
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

    A process that has written a row of a person's own reading does not write it again.
    """
    named = frozenset(elements)
    line = (person_id, purpose, case, named, clock.today())
    if reader.kind == "person" and reader.id == person_id and line in _written:
        return
    await db.write(
        record_read(person_id, reader=reader, elements=named, purpose=purpose, case=case)
    )
    if reader.kind == "person":
        if len(_written) >= 20_000:
            _written.clear()
        _written.add(line)


# Lines of people's own readings that this process has written; no line is ever taken back.
_written: set[tuple[str, str, str | None, frozenset[str], date]] = set()


@dataclass(frozen=True, slots=True)
class Read:
    """One line of "who read my data" (谁看过我的数据). ``elements`` as they were recorded."""

    id: str
    reader_kind: str
    reader_name: str
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
    lines = [
        Read(
            id=str(row["id"]),
            reader_kind=row["reader_kind"],
            reader_name=row["reader_name"],
            department=row["department"],
            purpose=row["purpose"],
            elements=tuple(row["elements"].split()),
            case=row["case_number"],
            at=db.as_time(row["at"]),
        )
        for row in found[:count]
    ]
    return lines, lines[-1].id if len(found) > count else None


async def source_states(person_id: str) -> list[FeedState]:
    """How every source stands with a person; empty before the space was opened."""
    return (await models.look(person_id, []))[1]


# -- feeding: assertions after the commit ---------------------------------------------------------


async def ensure_person(person_id: str) -> None:
    """Enter a person from their sign-in: name and ID number as checked then, and the phone."""
    who = await auth.identity(person_id)
    at = clock.rfc3339(who.verified_at)
    await _learn(
        person_id,
        [
            Assertion("name", who.name, "identity", "B", at),
            Assertion("id_number", who.id_number, "identity", "B", at),
            Assertion("phone", who.phone, "identity", "B", at),
        ],
        complete_from="identity",
        beside=[models.keep_person(person_id, name=who.name, id_number=who.id_number)],
    )


def declare(
    person_id: str,
    values: Mapping[str, Any],
    *,
    source: str = "declared",
    case: str,
    key: str = "",
) -> list[db.Statement]:
    """What a person said in a case, to be kept for the next form (grade D).

    Returns outbox rows for the caller's write: the facts are folded in after the commit, so a
    submission neither reads nor waits for documents. Elements that belong to one case alone, and
    those that the sign-in has checked, are left out. ``key`` tells several declarations of one
    case apart.
    """
    at = clock.rfc3339(clock.now())
    said = [
        Assertion(element, value, source, "D", at, case)
        for element, value in values.items()
        if _kept(element) and not rules.is_nothing(value)
    ]
    return _later(person_id, said, f"{case}:{source}:{key}")


def certify(
    person_id: str,
    values: Mapping[str, Any],
    *,
    case: str,
    source: str = "case",
    grade: Literal["A", "B"] = "A",
    valid_until: Mapping[str, str] | None = None,
    key: str = "",
) -> list[db.Statement]:
    """What an office found in a case: its result (grade A) or a check at a window (grade B).

    ``valid_until`` holds ISO dates by element. Returns outbox rows, as ``declare`` does.
    """
    at = clock.rfc3339(clock.now())
    until = valid_until or {}
    said = [
        Assertion(element, value, source, grade, at, case, until.get(element))
        for element, value in values.items()
        if not rules.is_nothing(value)
    ]
    return _later(person_id, said, f"{case}:{source}:{key}")


def _later(person_id: str, said: Sequence[Assertion], key: str) -> list[db.Statement]:
    if not said:
        return []
    payload = {"person_id": person_id, "said": [list(one) for one in said]}
    return [outbox.row_for("library.learn", key=f"library.learn:{key}", payload=payload)]


async def learn(job: outbox.Job) -> None:
    """Outbox: fold what was declared or certified into the person's documents."""
    said = [Assertion(*one) for one in job.payload["said"]]
    await _learn(job.payload["person_id"], said)


async def ask_again(
    person_id: str, which: Iterable[str] = SOURCES, *, visit: str | None = None
) -> None:
    """Have registers asked about a person, soon and in the background.

    The same ``visit`` asks each register once, however often it is delivered.
    """
    visit = visit or db.new_id()
    statements: list[db.Statement] = []
    for source in which:
        statements.append(models.keep_feed(person_id, source, "waiting"))
        statements.append(
            outbox.row_for(
                "library.pull",
                key=f"library.pull:{source}:{visit}",
                payload={"person_id": person_id, "source": source},
            )
        )
    await db.write(*statements)
    outbox.nudge()


async def pull(job: outbox.Job) -> None:
    """Outbox: ask one register about one person and keep its answer.

    A register that is down is marked so, asked a few times more, and again at the next visit.

    Raises:
        GiveUp: the register understood and said no: a matter for an operator.
        Refusal: ``outside_down``, to be tried again.
    """
    person_id, source = job.payload["person_id"], job.payload["source"]
    who = await auth.identity(person_id)
    try:
        answer = await sources.ASK[source](sources.Whom(who.name, who.id_number))
    except Down as trouble:
        await db.write(models.keep_feed(person_id, source, "down"))
        if trouble.permanent:
            raise outbox.GiveUp(f"{source}_refused") from None
        if job.attempt < ASKED_IN_A_ROW:
            raise errors.outside_down("outside_down") from None
        log.warning("library.source_down", source=source, reason=trouble.reason)
        return
    except sources.Mismatch:
        await db.write(models.keep_feed(person_id, source, "down"))
        log.warning("library.source_mismatch", source=source)
        return
    at = clock.rfc3339(clock.now())
    said = [
        Assertion(element, value, source, "A", at, "", answer.valid_until.get(element))
        for element, value in answer.facts.items()
        if not rules.is_nothing(value)
    ] if answer else []  # fmt: skip
    state = "ok" if answer else "none"
    await _learn(
        person_id,
        said,
        complete_from=source,
        beside=[models.keep_feed(person_id, source, state)],
    )


async def _learn(
    person_id: str,
    said: Sequence[Assertion],
    *,
    complete_from: str | None = None,
    beside: Sequence[db.Statement] = (),
) -> None:
    """Append to the log and fold into the documents, as one transaction.

    ``complete_from`` names the source whose whole answer this is. Documents are rewritten only if
    nobody else has meanwhile; otherwise everything is looked at once more.
    """
    fresh_since = clock.rfc3339(clock.now() - STAYS_FRESH)
    for _ in range(_TRIES):
        held = await models.documents(person_id)
        news = said
        if complete_from is not None:
            everything = {e: es for one in held.values() for e, es in one.document.items()}
            news = rules.news(
                everything, complete_from, said,
                at=clock.rfc3339(clock.now()), fresh_since=fresh_since,
            )  # fmt: skip
        try:
            await db.write(
                *models.append(person_id, news), *_rewrite(person_id, held, news), *beside
            )
        except (db.Stale, db.IntegrityError):
            continue
        return
    raise errors.conflict("outside_down")


def _rewrite(
    person_id: str, held: Mapping[str, Held], news: Sequence[Assertion]
) -> list[db.Statement]:
    changed: dict[str, Document] = {}
    for one in news:
        group = _group(one.element)
        document = changed.get(group)
        if document is None:
            document = dict(held[group].document) if group in held else {}
        entries = list(document.get(one.element, ()))
        touched = {one.element: entries}
        if rules.put(touched, one):
            changed[group] = {**document, **touched}
    nothing = Held("", 0, {})
    return [
        models.keep_document(person_id, group, held.get(group, nothing), document)
        for group, document in changed.items()
    ]


async def history(person_id: str) -> list[Assertion]:
    """Everything ever asserted about a person, oldest first; the documents are folded from it."""
    return await models.log_of(person_id)


def _group(element: str) -> str:
    return str(catalogue.element(element.partition(".")[0])["group"])


def _kept(element: str) -> bool:
    return (
        element not in rules.GIVEN_BY_SIGN_IN
        and "." not in element  # a column of a list is no fact by itself
        and catalogue.element(element)["source"] != "case"
    )
