"""What the office's endpoints take and tell. Answers are made as plain data."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from backend.cases.api.schemas import Agent, CaseCard, Code, Mark, Remark
from backend.cases.rules import Light, Status
from backend.catalogue.shapes import Named
from backend.kernel import web
from backend.vault.shapes import Document, Grade


class StaffSummary(web.Schema):
    """How many cases wait at which point."""

    to_pre_review: int
    to_accept: int
    in_review: int
    to_decide: int
    to_close: int
    waiting_citizen: int
    overdue: int
    done_today: int


class QueueQuery(web.Schema):
    """``status``: one or several with commas."""

    status: Annotated[str, Field(max_length=120, pattern=r"^([a-z_]+(,[a-z_]+)*)?$")] = ""
    light: Light | None = None
    cursor: Annotated[str, Field(max_length=60)] | None = None


class CaseSearch(web.Schema):
    """``q``: a case number or a document's exact number; in a body: addresses are written down."""

    q: Annotated[str, Field(min_length=1, max_length=50)]
    cursor: Annotated[str, Field(max_length=60)] | None = None


class QueueLine(web.Schema):
    """A case in the queue; ``due_on`` is the day by which the office must take its next step."""

    number: str
    item: Named
    applicant: str
    status: Status
    status_text: str
    submitted_at: datetime
    due_on: date | None
    days_left: int | None
    light: Light


class QueueOut(web.Schema):
    """A page of the queue."""

    cases: list[QueueLine]
    total: int
    next: str | None


class AtWindow(web.Schema):
    """Who stands at the window, as they have confirmed, with their cases of this department."""

    name: str
    id_number: str
    level: str
    cases: list[QueueLine]
    total: int


class StaffField(web.Schema):
    """An answer with its provenance; ``changed``: the applicant changed what a register said."""

    code: str
    label: str
    value: Any
    display: str
    source_name: str | None
    grade: Grade | None
    changed: bool


class StaffSection(web.Schema):
    """A part of the form; a repeated one has ``rows``."""

    title: str
    fields: list[StaffField]
    rows: list[list[StaffField]] | None = None


class StaffPaper(web.Schema):
    """A material: attached, or waived because a fact stands for it."""

    code: str
    name: str
    state: Literal["attached", "waived", "missing"]
    documents: list[Document]


class ApplicantsAgent(Agent):
    """Who handed a case in for its applicant (代办人), as the office needs to know them."""

    id_number: str
    phone: str


class Applicant(web.Schema):
    """Who applies; of a company ``id_number`` is its Unified Social Credit Code."""

    kind: Literal["person", "legal_person"]
    name: str
    id_number: str
    phone: str
    agent: ApplicantsAgent | None


class StaffClock(web.Schema):
    """How the case stands against its limit; working days."""

    due_on: date | None
    days_left: int | None
    light: Light


class StaffCase(CaseCard):
    """A case as the office sees it."""

    applicant: Applicant
    sections: list[StaffSection]
    materials: list[StaffPaper]
    timeline: list[Mark]
    may: list[str]
    seq: int
    clock: StaffClock


class ItemIn(web.Schema):
    """One thing to correct, and why."""

    target: Literal["field", "material"]
    code: Code
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class ActionIn(web.Schema):
    """A step; ``seq`` is the last step that the officer saw."""

    action: Literal[
        "pass_pre_review", "accept", "refuse", "request_correction", "review", "decide", "close"
    ]
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    note: Remark = ""
    items: Annotated[list[ItemIn], Field(max_length=50)] = Field(default_factory=list)
    result: Literal["approve", "deny"] | None = None
    reason: Remark = ""
