"""Lists and sums over many cases: one statement each, whatever the number of cases."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from backend.cases.rules import BEFORE_ACCEPTANCE, OVER, Light, Status
from backend.kernel import db, privacy

MY_CASES = """
SELECT id, number, item, department, status, due_on, submitted_at, updated_at, agent_id, agent_name,
       capacity, representation_id
FROM case_case WHERE person_id = $1{within} ORDER BY id DESC LIMIT $2
"""
OF_AGENT = """
SELECT id, person_id, number, item, department, status, due_on, submitted_at, updated_at, agent_id,
       agent_name, capacity, representation_id, applicant
FROM case_case WHERE agent_id = $1{within} ORDER BY id DESC LIMIT $2
"""
# My Space: the latest cases, each with the sums over all of the person's cases.
MY_LATEST = """
SELECT id, number, item, department, status, due_on, submitted_at, updated_at, agent_id, agent_name,
       capacity, representation_id,
       sum(fields_supplied) OVER () AS all_supplied, sum(fields_total) OVER () AS all_fields,
       sum(papers_waived) OVER () AS all_waived, sum(papers_total) OVER () AS all_papers
FROM case_case WHERE person_id = $1{within} ORDER BY id DESC LIMIT $2
"""
# Submit: the case of a repeated key, and the draft that this submission ends, in one trip.
SUBMIT_LOOK = """
SELECT d.id, d.created_at,
       (SELECT number FROM case_case WHERE person_id = $1 AND submit_key = $3) AS number
FROM (SELECT 1 AS here) AS one LEFT JOIN case_draft d ON d.person_id = $1 AND d.item = $2
"""
QUEUE = """
SELECT id, number, person_id, item, status, due_on, amber_on, yellow_on, submitted_at, applicant,
       queue_on
FROM case_case WHERE {where} ORDER BY queue_on, id LIMIT {limit}
"""
QUEUE_COUNT = "SELECT count(*) AS n FROM case_case WHERE {where}"
SUMMARY = """
SELECT status, count(*) AS n, sum(CASE WHEN due_on < {today} THEN 1 ELSE 0 END) AS late
FROM case_case WHERE {scope}status IN ({open}) GROUP BY status
UNION ALL
SELECT 'done', count(*), 0 FROM case_case
WHERE {scope}over_at >= {since} AND status IN ('closed', 'refused')
"""
SILENT = """
SELECT id, number, due_on FROM case_case
WHERE status IN ('{statuses}') AND due_on < $1 AND (due_on, id) > ($2, $3)
ORDER BY due_on, id LIMIT $4
"""
UNDATED = """
SELECT id, number FROM case_case
WHERE status IN ('{statuses}') AND due_on IS NULL AND id > $1 ORDER BY id LIMIT $2
"""
SAVINGS = """
SELECT item, count(*) AS cases, sum(fields_supplied) AS fields_supplied,
       sum(fields_total) AS fields_total, sum(papers_waived) AS papers_waived,
       sum(papers_total) AS papers_total
FROM case_case GROUP BY item ORDER BY item
"""

Items = frozenset[str] | None
"""Codes of the items to look at; None: of all."""

_OPEN = ", ".join(f"'{status}'" for status in Status if status not in OVER)
_SILENT = "', '".join(sorted(BEFORE_ACCEPTANCE))
_DATED = "', '".join(s for s in Status if s not in OVER and s is not Status.CORRECTING)


async def of_person(
    person_id: str, *, before: str | None, count: int, items: Items = None
) -> Sequence[db.Row]:
    """A person's cases (of some items), the latest first."""
    older = () if before is None else (before,)
    sql = _mine(MY_CASES, None if items is None else len(items), older=bool(older))
    return await db.read(sql, person_id, count, *older, *sorted(items or ()))


async def of_agent(agent_id: str, *, number: str | None, count: int) -> Sequence[db.Row]:
    """The cases that somebody handed in for others (or the one with a number), the latest first."""
    if number is None:
        return await db.read(OF_AGENT.format(within=""), agent_id, count)
    return await db.read(OF_AGENT.format(within=" AND number = $3"), agent_id, count, number)


async def latest(person_id: str, count: int, items: Items = None) -> Sequence[db.Row]:
    """A person's latest cases (of some items) with the sums over all of them."""
    sql = _mine(MY_LATEST, None if items is None else len(items))
    return await db.read(sql, person_id, count, *sorted(items or ()))


@cache
def _mine(sql: str, items: int | None, *, older: bool = False) -> str:
    within = " AND id < $3" if older else ""
    if items is not None:
        first = 4 if older else 3
        marks = ", ".join(f"${n}" for n in range(first, first + items)) or "NULL"
        within += f" AND item IN ({marks})"
    return sql.format(within=within)


class SubmitLook(NamedTuple):
    """What there is before a submission."""

    number: str | None
    draft_id: str | None
    draft_began: datetime | None


async def before_submit(person_id: str, item: str, key: str) -> SubmitLook:
    """The case that this key has made already, and the draft for the item."""
    row = await db.read_one(SUBMIT_LOOK, person_id, item, key)
    assert row is not None
    if row["id"] is None:
        return SubmitLook(row["number"], None, None)
    return SubmitLook(row["number"], str(row["id"]), db.as_time(row["created_at"]))


class Wanted(NamedTuple):
    """What a queue is to show. ``department`` None: of the whole city. ``district``: besides its
    own the matters of no place are shown. ``id_number``: handed in under it, or ``person``'s, who
    has it (and may have handed in under another).
    """

    department: str | None
    statuses: Sequence[Status] = ()
    light: Light | None = None
    number: str | None = None
    id_number: str | None = None
    person: str | None = None
    district: str | None = None


# Which days a light shines on; a card's light is computed from the same three dates.
_LIGHTS = {
    Light.RED: "due_on < {day}",
    Light.YELLOW: "due_on >= {day} AND yellow_on <= {day}",
    Light.AMBER: "due_on >= {day} AND yellow_on > {day} AND amber_on <= {day}",
    Light.GREEN: "due_on >= {day} AND yellow_on > {day} AND amber_on > {day}",
    Light.NONE: "due_on IS NULL",
}


def _where(wanted: Wanted, today: date) -> tuple[list[str], list[Any]]:
    """Conditions and their parameters; every text here is fixed, every value a parameter."""
    conditions: list[str] = []
    params: list[Any] = []

    def put(condition: str, *values: Any) -> None:
        marks = [f"${len(params) + n}" for n in range(1, len(values) + 1)]
        params.extend(values)
        conditions.append(condition.format(*marks, day=marks[0] if marks else ""))

    if wanted.department is not None:
        put("department = {}", wanted.department)
    if wanted.district is not None:
        put("district IN ('', {})", wanted.district)
    if wanted.number is not None:
        put("number = {}", wanted.number)
    if wanted.id_number is not None:
        blind = privacy.blind(wanted.id_number, "case_case.id_number")
        if wanted.person is None:
            put("id_blind = {}", blind)
        else:
            put("(id_blind = {} OR person_id = {})", blind, wanted.person)
    if wanted.statuses:
        many = ", ".join("{}" for _ in wanted.statuses)
        put(f"status IN ({many})", *(status.value for status in wanted.statuses))
    if wanted.light is not None:
        values = () if wanted.light is Light.NONE else (today,)
        put(_LIGHTS[wanted.light], *values)
    return conditions or ["1 = 1"], params


async def queue(
    wanted: Wanted, *, today: date, after: tuple[date, str] | None, count: int
) -> tuple[Sequence[db.Row], int]:
    """A page of a queue, what is due first at its top, and how many cases it has in all."""
    conditions, params = _where(wanted, today)
    total = await db.read_one(QUEUE_COUNT.format(where=" AND ".join(conditions)), *params)
    if after is not None:
        place = len(params)
        conditions.append(f"(queue_on, id) > (${place + 1}, ${place + 2})")
        params += after
    params.append(count)
    sql = QUEUE.format(where=" AND ".join(conditions), limit=f"${len(params)}")
    rows = await db.read(sql, *params)
    assert total is not None
    return rows, int(total["n"])


async def summary(
    department: str | None, district: str | None, *, today: date, since: datetime
) -> dict[str, tuple[int, int]]:
    """``{status: (cases, of them overdue)}`` of what is open, and ``done`` since an instant."""
    bounds = {"department = ${}": department, "district IN ('', ${})": district}
    named = {bound: value for bound, value in bounds.items() if value is not None}
    scope = "".join(f"{bound.format(n)} AND " for n, bound in enumerate(named, 3))
    sql = SUMMARY.format(scope=scope, open=_OPEN, today="$1", since="$2")
    rows = await db.read(sql, today, since, *named.values())
    return {row["status"]: (int(row["n"]), int(row["late"] or 0)) for row in rows}


async def silent(today: date, *, after: tuple[date, str], count: int) -> Sequence[db.Row]:
    """Cases before acceptance whose five days are over."""
    return await db.rows(SILENT.format(statuses=_SILENT), today, *after, count)


async def undated(*, after: str, count: int) -> Sequence[db.Row]:
    """Cases whose time runs without a date, for want of a calendar."""
    return await db.rows(UNDATED.format(statuses=_DATED), after, count)


async def savings() -> Sequence[db.Row]:
    """Fields and papers of all submissions, by item."""
    return await db.read(SAVINGS)


async def drafts_of_other_items(person_id: str, *, than: str) -> list[str]:
    """A person's drafts of items for which another one has none."""
    found = await db.rows(
        "SELECT id FROM case_draft d WHERE person_id = $1 AND NOT EXISTS "
        "(SELECT 1 FROM case_draft o WHERE o.person_id = $2 AND o.item = d.item)",
        person_id,
        than,
    )
    return [str(row["id"]) for row in found]
