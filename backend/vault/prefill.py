"""Answers that the city already knows (预填), for one form and one person.

1. ``blanks`` reads a form once: which element each field stands for, how its answer is checked.
2. Every fact is brought into the field's shape and put to the form's own check. What passes and
   was issued or checked by an office is *verified*; the rest is offered *to verify* and stays
   editable. A source that holds nothing offers nothing, so an empty value locks no field.
3. What follows from facts without being one (``derived``) is offered to verify as well.
4. A field whose source is silent is named under ``down``, so that nobody wonders at the blank.
5. A paper is satisfied by facts that stand for it, or by one kept from an earlier time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from orjson import Fragment, dumps

from backend.catalogue import usecases as catalogue
from backend.kernel import clock, i18n
from backend.kernel.i18n import DEFAULT
from backend.library.usecases import Fact, Facts, FeedState
from backend.vault import rules
from backend.vault.blanks import Blanks, Group
from backend.vault.derived import derive
from backend.vault.documents import shown as shown_document
from backend.vault.models import Document

PAGES_WITHIN = timedelta(minutes=30)
"""Papers of one type uploaded within this time are the pages of one document."""

SILENT = frozenset({"down", "waiting"})


@dataclass(frozen=True)
class Opened:
    """A form with what the city knows: ready for the API, and for the submission to compare."""

    prefill: dict[str, dict[str, Any]]
    down: list[dict[str, Any]]
    materials: dict[str, dict[str, Any]]
    summary: dict[str, int]

    @cached_property
    def shown(self) -> dict[str, Fragment]:
        """The part of the opened application that comes from here, as JSON."""
        parts = {
            "prefill": self.prefill,
            "down": self.down,
            "materials": self.materials,
            "summary": self.summary,
        }
        return {name: Fragment(dumps(part)) for name, part in parts.items()}

    def waived(self) -> set[str]:
        """Materials that facts stand for."""
        return {code for code, one in self.materials.items() if one["by"] == "fact"}

    def attached(self) -> dict[str, list[str]]:
        """Kept papers that serve a material: the newest, with its other pages."""
        return {
            code: [document["id"] for document in one["documents"]]
            for code, one in self.materials.items()
            if one["by"] == "document"
        }


def fill(
    blanks: Blanks,
    facts: Facts,
    feeds: Iterable[FeedState],
    kept: Sequence[Document],
    *,
    lang: str = DEFAULT,
) -> Opened:
    """The form's answers, silent sources and papers, from what is known now."""
    today = clock.today().isoformat()
    prefill: dict[str, dict[str, Any]] = {}
    for section in blanks.sections:
        if section.rows is not None:
            fact = facts.get(section.element)
            answer = None if fact is None else _rows(section, fact, today, lang)
            if answer is not None:
                prefill[section.code] = answer
            continue
        for code, element, _, _, offer, _ in section.blanks:
            held = facts.get(element)
            fact = held or derive(element, facts)
            offered = None if fact is None else offer(fact.value, today)
            if fact is not None and offered is not None:
                value, good = offered
                prefill[code] = _offered(value, fact, good=good and held is not None, lang=lang)
    materials = {paper["code"]: _paper(paper, facts, kept, lang, today) for paper in blanks.papers}
    return Opened(
        prefill,
        _silent(blanks, feeds, prefill, lang),
        materials,
        _summary(blanks, prefill, materials, today),
    )


def _offered(value: Any, fact: Fact, *, good: bool, lang: str) -> dict[str, Any]:
    return {
        "value": value,
        "source": fact.source,
        "source_name": catalogue.source_name(fact.source, lang),
        "verified_at": fact.verified_at,
        "valid_until": fact.valid_until,
        "grade": fact.grade,
        "state": "verified" if good and fact.trusted else "to_verify",
    }


def _rows(section: Group, fact: Fact, today: str, lang: str) -> dict[str, Any] | None:
    if not isinstance(fact.value, list) or section.rows is None:
        return None
    rows: list[dict[str, Any]] = []
    good = True
    for held in fact.value:
        row: dict[str, Any] = {}
        for blank in section.blanks:
            given = held.get(blank.column) if isinstance(held, dict) else None
            offered = blank.offer(given, today)
            if offered is not None:
                row[blank.code], fits = offered
                good = good and fits
            elif blank.required:
                good = False
        if row:
            rows.append(row)
    if not rows:
        return None
    least, most = section.rows
    return _offered(rows[:most], fact, good=good and least <= len(rows) <= most, lang=lang)


def _silent(
    blanks: Blanks, feeds: Iterable[FeedState], prefill: Mapping[str, Any], lang: str
) -> list[dict[str, Any]]:
    missing: dict[str, list[str]] = {}
    for section in blanks.sections:
        if section.rows is not None:
            if section.code not in prefill:
                missing.setdefault(section.source, []).append(section.code)
            continue
        for blank in section.blanks:
            if blank.code not in prefill:
                missing.setdefault(blank.source, []).append(blank.code)
    return [
        {
            "source": feed.source,
            "source_name": catalogue.source_name(feed.source, lang),
            "state": feed.state,
            "fields": missing[feed.source],
        }
        for feed in sorted(feeds)
        if feed.state in SILENT and feed.source in missing
    ]


def _paper(
    paper: Mapping[str, Any], facts: Facts, kept: Sequence[Document], lang: str, today: str
) -> dict[str, Any]:
    standing = [facts.get(element) for element in paper["waived_by"]]
    if standing and all(_stands(fact) for fact in standing):
        names = [catalogue.source_name(fact.source, lang) for fact in standing if fact]
        note = i18n.text("vault.by_fact", lang, sources="、".join(dict.fromkeys(names)))
        return {"state": "satisfied", "by": "fact", "note": note, "documents": []}
    pages = _pages(paper, kept, today) if paper["reusable"] else []
    if pages:
        day = clock.day_of(pages[0].created_at).isoformat()
        return {
            "state": "satisfied",
            "by": "document",
            "note": i18n.text("vault.by_document", lang, day=day),
            "documents": [shown_document(page, lang) for page in pages],
        }
    return {"state": "needed", "by": None, "note": "", "documents": []}


def _stands(fact: Fact | None) -> bool:
    return fact is not None and fact.trusted and fact.value not in ("", [])


def _pages(paper: Mapping[str, Any], kept: Sequence[Document], today: str) -> list[Document]:
    """The newest good paper of the type, and those uploaded together with it, first page first."""
    good = [
        one
        for one in kept
        if one.type == paper["type"]
        and one.scan != rules.Scan.INFECTED
        and (one.valid_until is None or one.valid_until >= today)
        and rules.accepts(paper, content_type=one.content_type, size=one.size)
    ]
    return [one for one in good[:20] if good[0].created_at - one.created_at <= PAGES_WITHIN][::-1]


def _summary(
    blanks: Blanks, prefill: Mapping[str, Any], materials: Mapping[str, Any], today: str
) -> dict[str, int]:
    """How much of what these answers call for is there already; hidden fields do not count."""
    values = {code: one["value"] for code, one in prefill.items()}
    seen = blanks.compiled.check(values, {}, [], today=today)
    answered = _count(seen.values)
    needed = {
        error.pointer.removeprefix("/materials/")
        for error in seen.errors
        if error.code == "material_missing"
    }
    return {
        "fields": len(seen.visible),
        "prefilled": answered,
        "materials": len(needed),
        "waived": sum(materials[code]["state"] == "satisfied" for code in needed),
    }


def _count(values: Mapping[str, Any]) -> int:
    return sum(
        sum(len(row) for row in one) if isinstance(one, list) and _is_rows(one) else 1
        for one in values.values()
    )


def _is_rows(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(row, dict) for row in value)
