"""Submitting (申报): from a draft to a case, once, in one write."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from backend.cases.models import drafts, history, lists
from backend.cases.models.history import History, NewCase
from backend.cases.rules import Act, Deadline, Step, deadline, fold, marks, savings
from backend.cases.usecases import acting
from backend.cases.usecases.drafts import check_papers, check_size
from backend.cases.usecases.telling import tell
from backend.catalogue import usecases as catalogue
from backend.kernel import cache, clock, db, settings
from backend.kernel.errors import conflict, invalid
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library
from backend.vault import usecases as vault

Prefill = Mapping[str, Mapping[str, Any]]
_TRIES = 5


def add_working_days(day: date, count: int) -> date | None:
    """The catalogue's calendar as the rules want it: no table for a year is no answer."""
    try:
        return catalogue.add_working_days(day, count)
    except catalogue.NoCalendar:
        return None


def limit_of(steps: Sequence[Step], promised_days: int) -> Deadline | None:
    """By when the office must take its next step."""
    return deadline(fold(steps), promised_days=promised_days, add=add_working_days)


class Submitted(NamedTuple):
    """A case, and if it is new its papers by id."""

    case: History
    documents: Mapping[str, Mapping[str, Any]] | None


SECOND_TAB = 60
"""Seconds after a draft has been handed in during which another tab is told so."""


async def submit(
    asker: Asker,
    *,
    key: str,
    item: str,
    version: int,
    values: Mapping[str, Any],
    materials: Mapping[str, Sequence[str]],
    declarations: Sequence[str],
    lang: str,
) -> Submitted:
    """Hand an application in. The same ``key`` again makes no second case.

    Everything is checked at once. What a register offered and the applicant left as it was is
    kept with its provenance; what was changed is flagged for the clerk. Papers that facts stand
    for need not be there; the newest of the person's reusable papers are attached by themselves.
    An agent hands in for whom they act: the case is the represented's.

    Raises:
        Refusal: ``item_unknown``, ``for_companies``, ``for_people``, ``beyond_scope``,
            ``not_online``, ``form_changed`` (the draft stays), ``check_input`` with every error,
            ``already_submitted``, ``acting_over``.
    """
    person_id = asker.holder
    found = await lists.before_submit(person_id, item, key)
    if found.number is not None:
        return await _before(found.number)
    acting.need_item(asker, item)
    about = catalogue.get_item(item)
    if not about["online"]:
        raise invalid("not_online")
    if version != about["version"]:
        raise conflict("form_changed", shown={"version": about["version"]})
    check_size({"values": dict(values), "materials": dict(materials)})
    form = catalogue.get_form(item, version)
    opened = await vault.prefill(
        person_id, form, reader=library.reader_of(asker), purpose="submission"
    )
    papers = {**opened.attached(), **{code: list(ids) for code, ids in materials.items() if ids}}
    seen = catalogue.examine(
        item, version, values, papers, list(declarations), waived=opened.waived()
    )
    if seen.errors:
        raise invalid("check_input", errors=seen.errors)
    called_for = catalogue.called_for(item, version, seen)
    papers = {code: ids for code, ids in papers.items() if code in called_for}
    documents = await check_papers(person_id, papers, form=form, lang=lang)
    applicant = await acting.applicant_of(asker)

    new_papers = {
        code
        for code, ids in papers.items()
        if not all(_was_there(documents[one], found) for one in ids)
    }
    papers_asked = {code for code, needed in called_for.items() if needed or code in papers}
    payload = {
        "values": seen.values,
        "materials": papers,
        "declarations": list(declarations),
        "marks": marks(seen.values, opened.prefill),
        "waived": sorted(set(opened.waived()) & papers_asked - set(papers)),
        "salt": secrets.token_hex(8),
    }
    at = drafts.now()
    case = NewCase(
        number="",
        person_id=person_id,
        item=item,
        version=version,
        department=about["department"]["code"],
        district=catalogue.district_of(form, seen.values),
        promised_days=about["promised_days"],
        applicant=applicant,
        submit_key=key,
        savings=savings(seen.values, opened.prefill, papers_asked, new_papers),
        limit=limit_of([Step(1, Act.SUBMIT, at, clock.day_of(at))], about["promised_days"]),
        at=at,
        by=acting.taker(asker),
    )
    said = _said(form, seen.values, opened.prefill)
    ended = [drafts.end(found.draft_id)] if found.draft_id else []
    mark = f"submitted:{person_id}:{item}"
    if found.draft_id:
        await cache.put(mark, key.encode(), seconds=SECOND_TAB)
    elif await cache.get(mark) not in (None, key.encode()):
        raise conflict("already_submitted")  # the other tab has just ended the draft of this one
    for _ in range(_TRIES):
        case = case._replace(number=_number(at.astimezone(clock.CITY_ZONE).date()))
        begun, statements = history.begin(case, payload)
        try:
            await db.write(
                *ended,
                *statements,
                *tell(Act.SUBMIT, begun, 1, None),
                *library.declare(person_id, said, case=case.number),
                *acting.recorded(asker, "submission", case=case.number),
            )
        except (db.Stale, db.IntegrityError) as clash:
            again = await lists.before_submit(person_id, item, key)
            if again.number is not None:
                return await _before(again.number)
            if isinstance(clash, db.Stale):
                await acting.need_standing(asker)
                raise conflict("already_submitted") from None
            continue  # the number was taken: one in a hundred million
        return Submitted(begun, documents)
    raise conflict("already_submitted")


async def _before(number: str) -> Submitted:
    """What the first request under this key has made."""
    case = await history.find(number)
    assert case is not None
    return Submitted(case, None)


def _number(day: date) -> str:
    """The city's code, the day and eight random digits, so that no one can count or guess."""
    return f"{settings.current().city_code[:4]}{day:%Y%m%d}{secrets.randbelow(10**8):08d}"


def _was_there(document: Mapping[str, Any], found: lists.SubmitLook) -> bool:
    """Whether a paper was in the vault before this application was begun."""
    if document["grade"] in ("A", "B"):
        return True
    return found.draft_began is not None and document["created_at"] < clock.rfc3339(
        found.draft_began
    )


def _said(form: Mapping[str, Any], values: Mapping[str, Any], prefill: Prefill) -> dict[str, Any]:
    """What the applicant typed, by data element; what a register said is not repeated."""
    said: dict[str, Any] = {}
    for section in form["sections"]:
        if section.get("repeat"):
            continue  # a list typed here may name only some columns: not fit to be kept
        for field in section["fields"]:
            code = field["code"]
            if code in values and prefill.get(code, {}).get("value") != values[code]:
                said[field["element"]] = values[code]
    return said
