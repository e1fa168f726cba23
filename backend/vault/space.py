"""My Space (我的空间) as its owner sees it: facts, papers, sources, and who read what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from orjson import Fragment, dumps

from auth import client as auth
from backend.catalogue import usecases as catalogue
from backend.kernel import cache, clock, errors, i18n, privacy
from backend.kernel.i18n import DEFAULT
from backend.kernel.web import Actor
from backend.library import usecases as library
from backend.library.recent import Recent
from backend.library.usecases import Fact, FeedState
from backend.vault import models
from backend.vault.documents import shown
from backend.vault.reach import need_everything, reach_of

ASKED_AGAIN_AFTER = {
    "down": timedelta(minutes=10),
    "waiting": timedelta(minutes=10),
    "ok": timedelta(days=1),
    "none": timedelta(days=1),
}
"""How old a source's state may be when its person comes by before it is asked again."""

READS_SHOWN = 10
NEVER = datetime.min.replace(tzinfo=UTC)


async def my_space(actor: Actor, *, lang: str = DEFAULT) -> dict[str, Any]:
    """Everything in a space but drafts and cases, which the houses above add.

    An agent for some services finds what these need, and nobody else's readings.
    """
    reader = library.reader_of(actor)
    holder, reach = reader.holder, reach_of(reader)
    owner = await (_company if reader.company else _person)(holder)
    facts, feeds = await library.look(
        holder, reader=reader, purpose="view_space", elements=reach.elements
    )
    await freshen(holder, feeds, company=reader.company)
    papers = await models.kept(holder, None if reach.papers is None else sorted(reach.papers))
    latest = await library.latest_reads(holder, READS_SHOWN if reader.items is None else 0)
    _, groups = _worded.get(
        (id(facts), lang), lambda: (facts, Fragment(dumps(_by_group(facts.values(), lang))))
    )
    return {
        "person": owner,
        "facts": groups,
        "documents": _told.told(
            ("documents", lang, *[(row["id"], row["name"], row["scan"]) for row in papers]),
            lambda: [shown(models.document(row), lang) for row in papers],
        ),
        "reads": _told.told(
            ("reads", lang, latest.ids), lambda: [_line(line, lang) for line in latest.lines()]
        ),
        "sources": _told.told(
            ("sources", reader.company, lang, *feeds),
            lambda: _sources(feeds, library.sources_of(company=reader.company), lang),
        ),
    }


async def _person(person_id: str) -> dict[str, Any]:
    who = await auth.standing(person_id)
    return {
        "kind": "person",
        "name": who.name,
        "level": who.level,
        "since": clock.rfc3339(who.since),
    }


async def _company(company_id: str) -> dict[str, Any]:
    """A company's name is no secret, and the register that named its people knows it."""
    found = await auth.legal_person(company_id)
    since = clock.rfc3339(found.as_of)
    return {"kind": "legal_person", "name": found.name, "level": "verified", "since": since}


# What was worded a moment ago, by the rows it was made from: none of them ever changes.
_worded: Recent[tuple[library.Facts, Fragment]] = Recent(1000)
_told: Recent[Fragment] = Recent(3000)


async def freshen(holder: str, feeds: Iterable[FeedState], *, company: bool = False) -> None:
    """Have sources asked that were never asked, fell silent or grew old; soon, not now."""
    now = clock.now()
    states = {feed.source: feed for feed in feeds}
    due = [
        source
        for source in library.sources_of(company=company)
        if source not in states or now - states[source].at > ASKED_AGAIN_AFTER[states[source].state]
    ]
    if due and await cache.once(f"freshen:{holder}", seconds=30):
        if not states:  # the space was never opened
            await library.ensure(holder, company=company)
        await library.ask_again(holder, due, company=company)


def all_feeds(feeds: list[FeedState], sources: Sequence[str]) -> list[FeedState]:
    """With every source that was never asked as one whose answer is awaited: a space so new that
    nothing is in it yet must not look as if nothing were known.
    """
    if len(feeds) >= len(sources):
        return feeds
    known = {feed.source for feed in feeds}
    return feeds + [FeedState(one, "waiting", NEVER) for one in sources if one not in known]


async def refresh(actor: Actor) -> None:
    """Ask every register again because somebody wants it.

    Raises:
        Refusal: ``too_many_tries``, ``beyond_scope``.
    """
    reader = library.reader_of(actor)
    need_everything(reader)
    await cache.limit("refresh", reader.holder, times=3, seconds=600)
    await library.ensure(reader.holder, company=reader.company)
    await library.ask_again(reader.holder, company=reader.company)
    await library.note_acted(actor, "refresh")


async def get_fact(actor: Actor, element: str, *, lang: str = DEFAULT) -> dict[str, Any]:
    """One fact in full. That it was looked at is recorded.

    Raises:
        Refusal: ``not_found``: no such element, or nothing is held; ``beyond_scope``: the
            services that an agent is for do not ask for it.
    """
    if element not in catalogue.elements():
        raise errors.not_found()
    reader = library.reader_of(actor)
    reach = reach_of(reader)
    if reach.elements is not None and element not in reach.elements:
        raise errors.not_allowed("beyond_scope")
    found = await library.current(
        reader.holder, reader=reader, purpose="view_fact", elements=[element]
    )
    if element not in found:
        raise errors.not_found()
    return _fact(found[element], lang, full=True)


async def list_reads(actor: Actor, *, cursor: str | None, lang: str = DEFAULT) -> dict[str, Any]:
    """Who read the person's data, latest first, a page at a time.

    Raises:
        Refusal: ``beyond_scope`` for agents who do not act in everything.
    """
    reader = library.reader_of(actor)
    need_everything(reader)
    if reader.kind == "agent":  # whose own looks at this list are no news to them
        await library.note_read(reader.holder, reader=reader, elements=(), purpose="view_reads")
    lines, onwards = await library.reads(reader.holder, before=cursor)
    return {"reads": [_line(line, lang) for line in lines], "next": onwards}


def _by_group(facts: Iterable[Fact], lang: str) -> list[dict[str, Any]]:
    order = {code: place for place, code in enumerate(catalogue.elements())}
    known = sorted((f for f in facts if f.element in order), key=lambda f: order[f.element])
    groups: dict[str, list[dict[str, Any]]] = {}
    for fact in known:
        group = catalogue.element(fact.element)["group"]
        groups.setdefault(group, []).append(_fact(fact, lang))
    names = catalogue.groups(lang)
    return [
        {"group": code, "group_name": name, "facts": groups[code]}
        for code, name in names.items()
        if code in groups
    ]


def _fact(fact: Fact, lang: str, *, full: bool = False) -> dict[str, Any]:
    entry = catalogue.element(fact.element, lang)
    sensitive = entry["sensitivity"] == "sealed"
    masked = sensitive and not full
    return {
        "element": fact.element,
        "name": entry["name"],
        "value": None if masked else fact.value,
        "display": masked_display(entry["type"], fact.value, lang)
        if masked
        else catalogue.display(fact.element, fact.value, lang),
        "source": fact.source,
        "source_name": catalogue.source_name(fact.source, lang),
        "verified_at": fact.verified_at,
        "valid_until": fact.valid_until,
        "grade": fact.grade,
        "sensitive": sensitive,
    }


_MASKS: Mapping[str, Callable[[str], str]] = {
    "id_number": privacy.mask_id,
    "bank_card": privacy.mask_id,
    "phone": privacy.mask_phone,
}


def masked_display(kind: str, value: Any, lang: str = DEFAULT) -> str:
    """Enough of a sensitive value to recognise it by, not to use it."""
    if isinstance(value, list):
        return i18n.text("vault.rows", lang, count=len(value))
    mask = _MASKS.get(kind)
    return mask(str(value)) if mask else "****"


def _sources(feeds: Iterable[FeedState], sources: Iterable[str], lang: str) -> list[dict[str, Any]]:
    """Every register; one that holds nothing has answered all the same."""
    states = {feed.source: feed for feed in feeds}
    return [
        {
            "source": source,
            "name": catalogue.source_name(source, lang),
            "state": _state(states.get(source)),
            "holds": source in states and states[source].state == "ok",
            "at": clock.rfc3339(states[source].at) if source in states else None,
        }
        for source in sources
    ]


def _state(feed: FeedState | None) -> str:
    if feed is None:
        return "waiting"
    return "ok" if feed.state == "none" else feed.state


def _line(read: library.Read, lang: str) -> dict[str, Any]:
    return {
        "at": clock.rfc3339(read.at),
        "reader": _reader(read, lang),
        "purpose": i18n.text(f"purposes.{read.purpose}", lang),
        "elements": list(_names(read.elements, lang)),
        "case": read.case,
    }


def _reader(read: library.Read, lang: str) -> str:
    if read.reader_kind == "agent":
        role = i18n.text(f"roles.{read.capacity}", lang)
        return i18n.text("vault.reader.agent", lang, name=read.reader_name, role=role)
    if read.reader_kind != "staff":
        return i18n.text(f"vault.reader.{read.reader_kind}", lang)
    try:
        office = str(catalogue.department(read.department, lang)["name"])
    except KeyError:  # supervisors belong to no office
        office = i18n.text("vault.reader.supervisor", lang)
    return f"{office} {read.reader_name}".strip()


@lru_cache(maxsize=2000)
def _names(recorded: tuple[str, ...], lang: str) -> tuple[str, ...]:
    return tuple(_named(one, lang) for one in recorded)


def _named(recorded: str, lang: str) -> str:
    kind, _, code = recorded.rpartition(":")
    try:
        if kind == "material":
            return str(catalogue.material_type(code, lang)["name"])
        return str(catalogue.element(code, lang)["name"])
    except (KeyError, errors.Refusal):
        return code
