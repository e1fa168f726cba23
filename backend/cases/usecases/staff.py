"""The office's side: case, papers and steps, each within the own department."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from backend.cases.models import history
from backend.cases.models.history import Actor, History
from backend.cases.rules import (
    NEED_REASON,
    Act,
    Status,
    Verdict,
    fold,
    light,
    may,
    names,
    repeats,
    verdict,
    working_days,
)
from backend.cases.usecases.acting import role_name
from backend.cases.usecases.queue import reader, scope
from backend.cases.usecases.read import (
    card_of,
    documents_of,
    elements_of,
    papers_of,
    progress,
)
from backend.cases.usecases.steps import Words, done_before, permit, take
from backend.cases.usecases.submit import add_working_days
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, not_found
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library
from backend.vault import usecases as vault

PURPOSE = "handle_case"

_DECISIONS = {"approve": Act.APPROVE, "deny": Act.DENY}
_DECIDE = "decide"


async def in_scope(asker: Asker, number: str) -> History:
    """A case of the asker's own department and district.

    Raises:
        Refusal: ``not_found``, the same for a foreign number and one that does not exist.
    """
    case = await history.find(number)
    if case is None or not scope(asker).holds(case):
        raise not_found()
    return case


async def get_case(asker: Asker, number: str, *, lang: str) -> dict[str, Any]:
    """A case as the office reads it. That it was read is recorded for the citizen to see.

    Raises:
        Refusal: ``not_found``.
    """
    case = await in_scope(asker, number)
    await db.write(*_noted(asker, case))
    return await _shown(asker, case, lang)


def _noted(asker: Asker, case: History) -> list[db.Statement]:
    """The access log's rows for a reading of a whole case: for its applicant, and for the agent
    whose name and numbers stand in it.
    """
    about = {case.person_id: elements_of(case)}
    if case.agent is not None:
        about[case.agent.id] = {"name", "id_number", "phone"}
    return [
        library.record_read(
            who, reader=reader(asker), elements=elements, purpose=PURPOSE, case=case.number
        )
        for who, elements in about.items()
    ]


async def _shown(asker: Asker, case: History, lang: str) -> dict[str, Any]:
    form = catalogue.get_form(case.item, case.version, lang)
    today = clock.today()
    papers = papers_of(case, await documents_of(case, lang))
    waived = case.done[0].payload["waived"]
    values, marks = case.values, case.marks
    return {
        **card_of(case, lang),
        "applicant": _applicant(case, lang),
        "sections": [
            _section(section, values, marks, lang)
            for section in form["sections"]
            if _has_answers(section, values)
        ],
        "materials": [
            {
                "code": material["code"],
                "name": material["name"],
                "state": _paper_state(material["code"], papers, waived),
                "documents": papers.get(material["code"], []),
            }
            for material in form["materials"]
            if material["code"] in papers or material["code"] in waived
        ],
        "timeline": progress(case, lang, inside=True),
        "may": allowed(case.status, asker.roles),
        "seq": case.seq,
        "clock": {
            "due_on": case.deadline.due_on.isoformat() if case.deadline else None,
            "days_left": working_days(add_working_days, today, case.deadline.due_on)
            if case.deadline
            else None,
            "light": light(case.deadline, today).value,
        },
    }


def _applicant(case: History, lang: str) -> dict[str, Any]:
    """Who applies, a person or a company, and who handed it in for them in which capacity."""
    agent = case.applicant.get("agent")
    named = agent and {**agent, "role_name": role_name(agent["role"], lang)}
    return {"kind": "person", **case.applicant, "agent": named}


def _paper_state(code: str, papers: Mapping[str, Any], waived: Collection[str]) -> str:
    if papers.get(code):
        return "attached"
    return "waived" if code in waived else "missing"


def allowed(status: Status, roles: Collection[str]) -> list[str]:
    """What an officer may do now, as the action endpoint names it."""
    found = [_DECIDE if act in _DECISIONS.values() else act.value for act in may(status, roles)]
    return list(dict.fromkeys(found))


def _has_answers(section: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    if section.get("repeat"):
        return section["code"] in values
    return any(field["code"] in values for field in section["fields"])


def _section(
    section: Mapping[str, Any],
    values: Mapping[str, Any],
    marks: Mapping[str, Mapping[str, Any]],
    lang: str,
) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": section["title"], "fields": []}
    if section.get("repeat"):
        mark = marks.get(section["code"])
        rows = values[section["code"]]
        shown["rows"] = [
            [_field(field, row[field["code"]], mark, lang) for field in section["fields"]
             if field["code"] in row]
            for row in rows
        ]  # fmt: skip
        return shown
    shown["fields"] = [
        _field(field, values[field["code"]], marks.get(field["code"]), lang)
        for field in section["fields"]
        if field["code"] in values
    ]
    return shown


def _field(
    field: Mapping[str, Any], value: Any, mark: Mapping[str, Any] | None, lang: str
) -> dict[str, Any]:
    return {
        "code": field["code"],
        "label": field["label"],
        "value": value,
        "display": catalogue.display(field["element"], value, lang),
        "source_name": catalogue.source_name(mark["source"], lang) if mark else None,
        "grade": mark["grade"] if mark else None,
        "changed": bool(mark and mark["changed"]),
    }


async def get_document(asker: Asker, number: str, document: str) -> vault.Content:
    """A paper of a case. That it was read is recorded.

    Raises:
        Refusal: ``not_found``: no such case here, or the paper is not one of the case's.
    """
    case = await in_scope(asker, number)
    codes = [code for code, papers in case.materials.items() if document in papers]
    if not codes:
        raise not_found()
    form = catalogue.get_form(case.item, case.version)
    kinds = {m["code"]: m["type"] for m in form["materials"]}
    found = await vault.content(case.person_id, document)
    await db.write(
        library.record_read(
            case.person_id, reader=reader(asker), purpose=PURPOSE, case=case.number,
            elements=[f"material:{kinds.get(code, code)}" for code in codes],
        )
    )  # fmt: skip
    return found


class Move(NamedTuple):
    """A step an officer wants to take. ``seq`` is the last step of the case they saw."""

    action: str
    seq: int
    result: str | None
    words: Words


async def act(asker: Asker, number: str, move: Move, *, key: str, lang: str) -> dict[str, Any]:
    """Take a step as an officer; the case afterwards. The same ``key`` again takes no second one.

    Refusals and denials need a reason (art. 32, 38); so does a second request for correction in
    the same phase, since the law wants everything said at once.

    Raises:
        Refusal: ``not_found``, ``case_moved_on``, ``step_not_now``, ``not_your_step``,
            ``key_reused``, ``check_input``.
    """
    case = await in_scope(asker, number)
    wanted = _act_of(move)
    key = f"staff:{asker.id}:{key}"
    if not done_before(case, key, (wanted,)):
        if all(verdict(s, wanted, asker.roles) is not Verdict.YES for s in Status):
            raise not_allowed("not_your_step")
        if move.seq != case.seq:
            raise conflict("case_moved_on")
        state = fold(case.steps)
        permit(state, wanted, asker.roles)
        case = await take(
            case, wanted, _checked(move.words, wanted, case, again=repeats(state)),
            actor=Actor("staff", asker.id, asker.name), roles=asker.roles, key=key,
            beside=_noted(asker, case),
        )  # fmt: skip
    return await _shown(asker, case, lang)


def _act_of(move: Move) -> Act:
    if move.action != _DECIDE:
        return Act(move.action)
    if move.result is None:
        raise invalid("check_input", errors=[FieldError("/result", "required")])
    return _DECISIONS[move.result]


def _checked(words: Words, wanted: Act, case: History, *, again: bool) -> Words:
    """The words of a step, if they are what the law wants with it."""
    errors = []
    if wanted in NEED_REASON and not words.reason:
        errors.append(FieldError("/reason", "required"))
    if wanted is not Act.REQUEST_CORRECTION:
        words = replace(words, items=())
    else:
        form_names = names(catalogue.get_form(case.item, case.version))
        errors += [
            FieldError(f"/items/{place}/code", "not_in_form")
            for place, item in enumerate(words.items)
            if form_names.of(item.target, item.code) is None
        ]
        if not words.items:
            errors.append(FieldError("/items", "required"))
        if again and not words.reason:
            errors.append(FieldError("/reason", "justification_required"))
    if errors:
        raise invalid("check_input", errors=errors)
    return words
