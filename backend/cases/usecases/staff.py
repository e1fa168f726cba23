"""The office's side: queue, case, papers and steps, each within the own department."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, NamedTuple

from backend.cases.models import history, lists
from backend.cases.models.history import AT_APPLICANT, Actor, History
from backend.cases.models.lists import Wanted
from backend.cases.rules import (
    NEED_REASON,
    Act,
    Light,
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
from backend.cases.usecases.read import (
    card_of,
    documents_of,
    item_of,
    papers_of,
    progress,
    status_text,
)
from backend.cases.usecases.steps import Words, done_before, permit, take
from backend.cases.usecases.submit import add_working_days
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db, privacy
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, not_found
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library
from backend.vault import usecases as vault

PAGE = 30
SUPERVISOR = "supervisor"
PURPOSE = "handle_case"

_DECISIONS = {"approve": Act.APPROVE, "deny": Act.DENY}
_DECIDE = "decide"


class Scope(NamedTuple):
    """Whose cases somebody may see; what is None is not asked for."""

    department: str | None
    district: str | None

    def holds(self, case: History) -> bool:
        """Whether a case is among them. A matter of no place is every district's."""
        return self.department in (None, case.department) and (
            self.district is None or case.district in ("", self.district)
        )


def scope(asker: Asker) -> Scope:
    """What the asker's post reaches: its department and, if it names one, its district. Only a
    supervisor's may name no department.

    Raises:
        Refusal: ``not_for_you``.
    """
    if not asker.department and SUPERVISOR not in asker.roles:
        raise not_allowed("not_for_you")
    return Scope(asker.department or None, asker.district or None)


def reader(asker: Asker) -> library.Reader:
    """A member of staff as the access log names them."""
    return library.Reader("staff", asker.id, asker.name, asker.department or SUPERVISOR)


async def in_scope(asker: Asker, number: str) -> History:
    """A case of the asker's own department and district.

    Raises:
        Refusal: ``not_found``, the same for a foreign number and one that does not exist.
    """
    case = await history.find(number)
    if case is None or not scope(asker).holds(case):
        raise not_found()
    return case


async def summary(asker: Asker) -> dict[str, int]:
    """How many cases wait at which point, how many are late, how many were ended today."""
    today = clock.today()
    since = datetime.combine(today, time.min, clock.CITY_ZONE)
    found = await lists.summary(*scope(asker), today=today, since=since)

    def count(*statuses: Status) -> int:
        return sum(found.get(status, (0, 0))[0] for status in statuses)

    return {
        "to_pre_review": count(Status.SUBMITTED),
        "to_accept": count(Status.PRE_REVIEWED),
        "in_review": count(Status.ACCEPTED),
        "to_decide": count(Status.REVIEWED),
        "to_close": count(Status.APPROVED, Status.DENIED),
        "waiting_citizen": count(Status.CORRECTING),
        "overdue": sum(late for _, late in found.values()),
        "done_today": found.get("done", (0, 0))[0],
    }


async def queue(
    asker: Asker,
    *,
    statuses: Sequence[Status],
    shining: Light | None,
    q: str,
    cursor: str | None,
    lang: str,
) -> dict[str, Any]:
    """A page of the department's cases, what is due first at its top.

    ``q`` is a case number or an exact ID number (found by blind index). The page after ``cursor``
    neither repeats nor skips a case that stays where it is.

    Raises:
        Refusal: ``cursor_unknown``.
    """
    today = clock.today()
    found = q.replace(" ", "")
    is_id = len(found) == 18
    within = scope(asker)
    wanted = Wanted(
        within.department,
        statuses,
        shining,
        number=found if found and not is_id else None,
        id_number=found if is_id else None,
        district=within.district,
    )
    rows, total = await lists.queue(wanted, today=today, after=_place(cursor), count=PAGE + 1)
    shown = rows[:PAGE]
    return {
        "cases": [line(row, today, lang) for row in shown],
        "total": total,
        "next": _cursor(shown[-1]) if len(rows) > PAGE else None,
    }


def _place(cursor: str | None) -> tuple[date, str] | None:
    if cursor is None:
        return None
    day, _, row = cursor.partition("_")
    try:
        if db.is_id(row):
            return date.fromisoformat(day), row
    except ValueError:
        pass
    raise invalid("cursor_unknown")


def _cursor(row: db.Row) -> str:
    day = history.as_day(row["queue_on"])
    assert day is not None
    return f"{day.isoformat()}_{row['id']}"


def line(row: db.Row, today: date, lang: str) -> dict[str, Any]:
    """A case as a queue shows it."""
    limit = history.deadline_of(row)
    applicant = privacy.unseal_json(row["applicant"], at=AT_APPLICANT, row=str(row["id"]))
    return {
        "number": row["number"],
        "item": item_of(row["item"], lang),
        "applicant": privacy.mask_name(applicant["name"]),
        "status": row["status"],
        "status_text": status_text(row["status"], lang),
        "submitted_at": clock.rfc3339(db.as_time(row["submitted_at"])),
        "due_on": limit.due_on.isoformat() if limit else None,
        "days_left": working_days(add_working_days, today, limit.due_on) if limit else None,
        "light": light(limit, today).value,
    }


async def get_case(asker: Asker, number: str, *, lang: str) -> dict[str, Any]:
    """A case as the office reads it. That it was read is recorded for the citizen to see.

    Raises:
        Refusal: ``not_found``.
    """
    case = await in_scope(asker, number)
    await db.write(_noted(asker, case))
    return await _shown(asker, case, lang)


def _noted(asker: Asker, case: History) -> db.Statement:
    """The access log's row for a reading of a whole case."""
    form = catalogue.get_form(case.item, case.version)
    elements, values = {"name", "id_number", "phone"}, case.values
    for section in form["sections"]:
        for field in section["fields"]:
            if field["code"] in values or section["code"] in values:
                elements.add(field["element"].partition(".")[0])
    return library.record_read(
        case.person_id, reader=reader(asker), elements=elements, purpose=PURPOSE, case=case.number
    )


async def _shown(asker: Asker, case: History, lang: str) -> dict[str, Any]:
    form = catalogue.get_form(case.item, case.version, lang)
    today = clock.today()
    papers = papers_of(case, await documents_of(case, lang))
    waived = case.done[0].payload["waived"]
    values, marks = case.values, case.marks
    return {
        **card_of(case, lang),
        "applicant": case.applicant,
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
            beside=[_noted(asker, case)],
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
