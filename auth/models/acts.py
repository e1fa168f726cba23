"""The journal of privileged acts (管理日志): who did what to whose access, in words that last.

Every act is an event of the audit log too, under the same id: the log proves that it happened so,
the journal shows it to those who answer for it. Kept for three years.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from tortoise import fields

from auth.models import events
from auth.models.events import EventKind
from auth.models.staff import Staff
from auth.rules.staff import NOWHERE, Reach
from backend.kernel import clock, db

SubjectKind = Literal["staff", "client", "place", "check", "account"]
_EVENTS: dict[str, EventKind] = {
    "staff": "staff_changed",
    "client": "client_changed",
    "place": "place_changed",
    "check": "counter",
    "account": "account_change",
}
_AT_WINDOW = frozenset({"check", "account"})


class Act(db.Table):
    """One act. ``by`` is empty for the operator's command line, ``second`` agreed to it."""

    id = fields.UUIDField(primary_key=True)
    at = fields.DatetimeField()
    act = fields.CharField(max_length=24)
    by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    second: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "auth.Staff", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    subject = fields.CharField(max_length=8)
    name = fields.CharField(max_length=60, db_index=True)
    title = fields.CharField(max_length=60)
    department = fields.CharField(max_length=20)
    district = fields.CharField(max_length=12)
    hall = fields.CharField(max_length=40)
    detail = fields.CharField(max_length=200)

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "at": "internal", "act": "internal", "by_id": "internal",
        "second_id": "internal", "subject": "internal", "name": "internal", "title": "internal",
        "department": "internal", "district": "internal", "hall": "internal",
        "detail": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_act"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose access an act changed: a login, a client's id, a place, a check or a
    change at a window.
    """

    kind: SubjectKind
    name: str
    title: str = ""
    at: Reach = NOWHERE


@dataclass(frozen=True, slots=True)
class By:
    """Whose act it is: a member of staff's (by id), or the operator's at the command line."""

    staff_id: str | None = None
    via: str = "operator"
    address: str = field(default="", repr=False)


OPERATOR = By()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal."""

    id: str
    at: datetime
    act: str
    by: str
    second: str
    subject: Subject
    detail: str


def done(
    act: str,
    subject: Subject,
    *,
    by: By = OPERATOR,
    second: str | None = None,
    detail: str = "",
    person_id: str | None = None,
) -> tuple[db.Statement, db.Statement]:
    """Record an act in the caller's ``db.write``. ``second`` is the id of who agreed to it,
    ``person_id`` that of a person who is to see it in their own history.
    """
    row = db.new_id()
    event = events.happened(
        _EVENTS[subject.kind],
        via=by.via,
        address=by.address,
        person_id=person_id,
        staff_id=by.staff_id,
        method="counter" if subject.kind in _AT_WINDOW else "",
        detail=act if subject.kind in _AT_WINDOW else f"{act} {subject.name}"[:80],
        row=row,
    )
    line = db.Statement(
        "INSERT INTO auth_act (id, at, act, by_id, second_id, subject, name, title, department, "
        "district, hall, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        (
            row,
            clock.now(),
            act,
            by.staff_id,
            second,
            subject.kind,
            subject.name,
            subject.title,
            subject.at.department,
            subject.at.district,
            subject.at.hall,
            detail[:200],
        ),
    )
    return event, line


async def within(reach: Reach, *, name: str, before: str | None, most: int) -> list[Line]:
    """The journal within a reach, of one subject if ``name`` says which, the newest first."""
    found = await db.read(
        "SELECT a.*, b.name AS by_name, s.name AS second_name FROM auth_act a "
        "LEFT JOIN auth_staff b ON b.id = a.by_id LEFT JOIN auth_staff s ON s.id = a.second_id "
        "WHERE $1 IN ('', a.department) AND $2 IN ('', a.district) AND $3 IN ('', a.hall) "
        "AND $4 IN ('', a.name) AND a.id < $5 ORDER BY a.id DESC LIMIT $6",
        reach.department,
        reach.district,
        reach.hall,
        name,
        before or "ffffffff-ffff-ffff-ffff-ffffffffffff",
        most,
    )
    return [
        Line(
            id=str(row["id"]),
            at=db.as_time(row["at"]),
            act=row["act"],
            by=row["by_name"] or "",
            second=row["second_name"] or "",
            subject=Subject(
                row["subject"],
                row["name"],
                row["title"],
                Reach(row["department"], row["district"], row["hall"]),
            ),
            detail=row["detail"],
        )
        for row in found
    ]


def sweeping(before: datetime) -> db.Statement:
    """Forget what lies longer ago than the log is kept."""
    return db.Statement("DELETE FROM auth_act WHERE at < $1", (before,))
