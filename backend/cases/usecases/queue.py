"""The office's work (待办): how many cases wait at which point, and the queue of them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from auth import client as auth
from backend.cases.models import history, lists
from backend.cases.models.history import AT_APPLICANT, History
from backend.cases.models.lists import Wanted
from backend.cases.rules import Light, Status, light, working_days
from backend.cases.usecases.read import item_of, status_text
from backend.cases.usecases.submit import add_working_days
from backend.cases.usecases.telling import shown_name
from backend.kernel import clock, db, privacy
from backend.kernel.errors import invalid, not_allowed
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library

PAGE = 30
SUPERVISOR = "supervisor"
NUMBER_DIGITS = 20
"""How long a case's number is; what else is searched for is a document's."""


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

    ``q`` is a case number or the exact number of a document (found by blind index): of whoever has
    it, also what they handed in under another one before their accounts became one. The page after
    ``cursor`` neither repeats nor skips a case that stays where it is.

    Raises:
        Refusal: ``cursor_unknown``.
    """
    today = clock.today()
    found = q.replace(" ", "").upper()
    is_id = bool(found) and not (len(found) == NUMBER_DIGITS and found.isdigit())
    within = scope(asker)
    wanted = Wanted(
        within.department,
        statuses,
        shining,
        number=found if found and not is_id else None,
        id_number=found if is_id else None,
        person=await auth.person_by_number(found) if is_id else None,
        district=within.district,
    )
    rows, total = await lists.queue(wanted, today=today, after=_place(cursor), count=PAGE + 1)
    shown = rows[:PAGE]
    if is_id and shown:  # somebody was looked for by name and number, so they see it
        await db.write(
            *(
                library.record_read(
                    who, reader=reader(asker), elements={"id_number"}, purpose="search", agreed=True
                )
                for who in {str(row["person_id"]) for row in shown}
            )
        )
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
        "applicant": shown_name(applicant),
        "status": row["status"],
        "status_text": status_text(row["status"], lang),
        "submitted_at": clock.rfc3339(db.as_time(row["submitted_at"])),
        "due_on": limit.due_on.isoformat() if limit else None,
        "days_left": working_days(add_working_days, today, limit.due_on) if limit else None,
        "light": light(limit, today).value,
    }
