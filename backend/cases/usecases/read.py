"""Following a case: cards, the case itself, its clock and its log."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.cases.models import history, lists
from backend.cases.models.history import Agent, Done, History
from backend.cases.rules import (
    ANSWER_DAYS,
    DECIDED,
    IN_HAND,
    Act,
    Role,
    Status,
    explain,
    fold,
    is_whole,
    may,
    names,
    timeline,
)
from backend.cases.usecases import acting
from backend.cases.usecases.steps import of_person
from backend.cases.usecases.submit import add_working_days
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db, i18n
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library
from backend.notices import usecases as notices
from backend.vault import usecases as vault

PAGE = 20

Document = Mapping[str, Any]


def status_text(status: Status | str, lang: str) -> str:
    """A status in words."""
    return i18n.text(f"cases.status.{status}", lang)


def item_of(code: str, lang: str) -> dict[str, str]:
    """Code and name of an item, also of one that is no longer offered."""
    found = catalogue.find_item(code, lang)
    return {"code": code, "name": found["name"] if found else code}


def department_of(code: str, lang: str) -> dict[str, str]:
    """Code and name of an office."""
    return {"code": code, "name": catalogue.department(code, lang)["name"]}


def promised(status: Status, row_due: Any) -> str | None:
    """The day promised to the citizen; before acceptance none is promised yet."""
    if status not in IN_HAND and status not in DECIDED:
        return None
    due = history.as_day(row_due)
    return due.isoformat() if due else None


def card(row: db.Row, lang: str) -> dict[str, Any]:
    """One line of a list of cases."""
    status = Status(row["status"])
    return {
        "number": row["number"],
        "item": item_of(row["item"], lang),
        "department": department_of(row["department"], lang),
        "status": status.value,
        "status_text": status_text(status, lang),
        "submitted_at": clock.rfc3339(db.as_time(row["submitted_at"])),
        "updated_at": clock.rfc3339(db.as_time(row["updated_at"])),
        "due_on": promised(status, row["due_on"]),
        "needs_you": status is Status.CORRECTING,
        "agent": agent_of(history.agent_of(row), lang),
    }


def agent_of(agent: Agent | None, lang: str) -> dict[str, str] | None:
    """Who handed a case in for its applicant, if somebody did."""
    if agent is None:
        return None
    return {"name": agent.name, "role": agent.role, "role_name": acting.role_name(agent.role, lang)}


def card_of(case: History, lang: str) -> dict[str, Any]:
    """The card of a case that has been read with its steps."""
    return {
        "number": case.number,
        "item": item_of(case.item, lang),
        "department": department_of(case.department, lang),
        "status": case.status.value,
        "status_text": status_text(case.status, lang),
        "submitted_at": clock.rfc3339(case.submitted_at),
        "updated_at": clock.rfc3339(case.updated_at),
        "due_on": promised(case.status, case.deadline.due_on if case.deadline else None),
        "needs_you": case.status is Status.CORRECTING,
        "agent": agent_of(case.agent, lang),
    }


async def my_cases(asker: Asker, *, cursor: str | None, lang: str) -> dict[str, Any]:
    """A page of somebody's cases, or of whom they act for, the latest first; recorded."""
    items = asker.acting.items if asker.acting else None
    rows = await lists.of_person(asker.holder, before=cursor, count=PAGE + 1, items=items)
    shown = rows[:PAGE]
    if shown:
        await library.note_read(
            asker.holder, reader=library.reader_of(asker), elements=(), purpose="view_cases"
        )
    return {
        "cases": [card(row, lang) for row in shown],
        "next": str(shown[-1]["id"]) if len(rows) > PAGE else None,
    }


async def looked_at(asker: Asker, number: str) -> History:
    """One of somebody's own cases, or of whom they act for, to be shown. That it was is recorded.

    Raises:
        Refusal: ``not_found``.
    """
    case = await of_person(asker, number)
    await library.note_read(
        case.person_id, reader=library.reader_of(asker), elements=elements_of(case),
        purpose="view_case", case=case.number,
    )  # fmt: skip
    return case


def elements_of(case: History) -> set[str]:
    """The data elements that a case holds answers to, and who applies."""
    form = catalogue.get_form(case.item, case.version)
    company = case.applicant.get("kind") == "legal_person"
    elements = {"company_name", "uscc"} if company else {"name", "id_number", "phone"}
    values = case.values
    for section in form["sections"]:
        for field in section["fields"]:
            if field["code"] in values or section["code"] in values:
                elements.add(field["element"].partition(".")[0])
    return elements


async def case_card(asker: Asker, number: str, *, lang: str) -> dict[str, Any]:
    """The card of one of somebody's own cases.

    Raises:
        Refusal: ``not_found``.
    """
    return card_of(await looked_at(asker, number), lang)


async def get_case(asker: Asker, number: str, *, lang: str) -> dict[str, Any]:
    """One of somebody's own cases, or of whom they act for, with everything they may know.

    Raises:
        Refusal: ``not_found``.
    """
    return await tell_citizen(await looked_at(asker, number), asker, lang=lang)


async def tell_citizen(
    case: History, asker: Asker, *, lang: str, documents: Mapping[str, Document] | None = None
) -> dict[str, Any]:
    """A case as its applicant sees it, or whoever acts for them.

    ``documents`` are its papers by id, if the caller has just looked at them: then the case is
    new, and no notice of it can have gone out yet.
    """
    deliveries: list[dict[str, Any]] = []
    if documents is None:
        documents = await documents_of(case, lang)
        deliveries = await notices.deliveries(case.person_id, case.number, lang=lang)
    return {
        **card_of(case, lang),
        "version": case.version,
        "values": case.values,
        "materials": papers_of(case, documents),
        "timeline": progress(case, lang, told="applicant" if asker.acting else "citizen"),
        "correction": correction_of(case, lang),
        "result": result_of(case.done),
        "may": [act.value for act in may(case.status, (Role.CITIZEN,))]
        if acting.may_apply(asker)
        else [],
        "deliveries": [{**one, "at": clock.rfc3339(one["at"])} for one in deliveries],
    }


async def documents_of(case: History, lang: str) -> Mapping[str, Document]:
    """The papers of a case by id, also those its owner has taken out of the vault since."""
    wanted = sorted({one for papers in case.materials.values() for one in papers})
    if not wanted:
        return {}
    return await vault.documents_for(case.person_id, wanted, lang=lang, also_deleted=True)


def papers_of(case: History, documents: Mapping[str, Document]) -> dict[str, list[Document]]:
    """The papers of a case by material."""
    return {
        code: [documents[one] for one in papers if one in documents]
        for code, papers in case.materials.items()
    }


def progress(
    case: History, lang: str, *, inside: bool = False, told: str = "applicant"
) -> list[dict[str, Any]]:
    """The progress line in words; ``inside`` names officers and shows their notes.

    ``told``: what the applicant is called, ``citizen`` (yourself) or ``applicant``.
    """
    state = fold(case.steps)
    marks = timeline(case.steps, state.status, state.back_to, inside=inside)
    officers = [one.payload.get("officer", "") for one in case.done]
    office = department_of(case.department, lang)["name"]
    shown = []
    for place, mark in enumerate(marks):
        by = told if mark.by == "citizen" else mark.by
        who = office if by == "office" else i18n.text(f"cases.by.{by}", lang)
        if place < len(case.done) and "acting" in case.done[place].payload:
            who = acting.agent_line(case.done[place].payload["acting"], lang)
        if inside and place < len(officers) and officers[place]:
            who = f"{who} {officers[place]}"
        shown.append(
            {
                "kind": mark.kind,
                "title": i18n.text(f"cases.timeline.{mark.kind}", lang),
                "note": mark.note,
                "at": clock.rfc3339(mark.at) if mark.at else None,
                "by": who,
                "state": mark.state,
            }
        )
    return shown


def correction_of(case: History, lang: str) -> dict[str, Any] | None:
    """What is to be corrected, if anything. Its ``due_on`` is a reminder: a later answer counts."""
    state = fold(case.steps)
    if state.status is not Status.CORRECTING or state.asked_at is None:
        return None
    form_names = names(catalogue.get_form(case.item, case.version, lang))
    due = add_working_days(clock.day_of(state.asked_at), ANSWER_DAYS)
    items = []
    for item in state.items:
        meant = form_names.of(item.target, item.code)
        items.append(
            {
                "target": item.target,
                "code": item.code,
                "label": meant.label if meant else item.code,
                "reason": item.reason,
            }
        )
    return {
        "asked_at": clock.rfc3339(state.asked_at),
        "due_on": due.isoformat() if due else None,
        "items": items,
    }


def result_of(done: Iterable[Done]) -> dict[str, Any] | None:
    """The decision, if there is one."""
    for one in done:
        if one.step.kind in (Act.APPROVE, Act.DENY):
            return {
                "decision": "approved" if one.step.kind is Act.APPROVE else "denied",
                "reason": one.step.reason or one.step.note,
                "at": clock.rfc3339(one.step.at),
                "documents": [],
            }
    return None


async def get_clock(asker: Asker, number: str, *, lang: str) -> dict[str, Any]:
    """Why this due date: line by line, with the article of the law.

    Raises:
        Refusal: ``not_found``.
    """
    case = await looked_at(asker, number)
    return clock_of(case, lang)


def clock_of(case: History, lang: str) -> dict[str, Any]:
    """The explanation of a case's due date in words."""
    told = explain(
        case.steps, promised_days=case.promised_days, add=add_working_days, today=clock.today()
    )
    return {
        "due_on": told.due_on.isoformat() if told.due_on else None,
        "status": told.status.value,
        "lines": [
            {
                "date": line.on.isoformat(),
                "text": i18n.text(f"cases.clock.{line.code}", lang, **line.params),
                "days_left": line.days_left,
                "counts": line.counts,
            }
            for line in told.lines
        ],
    }


async def get_log(asker: Asker, number: str) -> dict[str, Any]:
    """The chained log of a case, for anyone who wants to compute the hashes again.

    Raises:
        Refusal: ``not_found``.
    """
    case = await looked_at(asker, number)
    links = [(one.link, one.payload) for one in case.done]
    return {
        "actions": [one.link._asdict() for one in case.done],
        "valid": is_whole(case.number, links, seq=case.seq, last_hash=case.last_hash),
    }


async def savings() -> list[dict[str, Any]]:
    """What the city's submissions cost citizens and what they were spared, by item."""
    counts: Sequence[str] = (
        "cases", "fields_supplied", "fields_total", "papers_waived", "papers_total",
    )  # fmt: skip
    return [
        {"item": row["item"], **{name: int(row[name]) for name in counts}}
        for row in await lists.savings()
    ]
