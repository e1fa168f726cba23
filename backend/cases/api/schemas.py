"""What goes in and out. Answers are made as plain data; these models describe them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from backend.cases.rules import ClockStatus, Status
from backend.catalogue.shapes import Form, ItemCard, Named
from backend.kernel import web
from backend.vault import shapes as vault
from backend.vault.shapes import Document

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Code = Annotated[str, Field(min_length=1, max_length=60)]
Remark = Annotated[str, Field(max_length=500)]
Values = dict[str, Any]
Papers = Annotated[dict[Code, Annotated[list[Id], Field(max_length=20)]], Field(max_length=60)]


class PageQuery(web.Schema):
    """Where to go on."""

    cursor: Id | None = None


# -- drafts and application ------------------------------------------------------------------


class ApplicationQuery(web.Schema):
    """``form=1``: with the form itself (else a client uses the one it has by ETag)."""

    form: Literal["0", "1"] = "0"


class DraftIn(web.Schema):
    """What has been typed so far; ``revision`` 0 begins a new draft."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 2)]
    values: Values
    materials: Papers


class DraftReceipt(web.Schema):
    """The revision that now holds."""

    revision: int
    updated_at: datetime


class DraftOut(web.Schema):
    """A draft with its content."""

    revision: int
    values: Values
    materials: dict[str, list[Id]]
    updated_at: datetime


class DraftLine(web.Schema):
    """A draft in a list: for which item, how far."""

    item: ItemCard
    revision: int
    updated_at: datetime
    filled: int
    total: int


class DraftsOut(web.Schema):
    """All of a person's drafts."""

    drafts: list[DraftLine]


class ApplicationOut(web.Schema):
    """A form opened: what the city knows already, and what was typed before."""

    form: Form | None = None
    version: int
    draft: DraftOut | None
    prefill: dict[str, vault.Known]
    down: list[vault.Silent]
    materials: dict[str, vault.PaperState]
    summary: vault.Saved


# -- cases -------------------------------------------------------------------------------------


class CaseIn(web.Schema):
    """A submission."""

    item: Code
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    values: Values
    materials: Papers
    declarations: Annotated[list[Code], Field(max_length=30)]


class CorrectionIn(web.Schema):
    """The answer to a correction."""

    values: Values = Field(default_factory=dict)
    materials: Papers = Field(default_factory=dict)


class WithdrawalIn(web.Schema):
    """Why, if one wants to say so."""

    reason: Remark = ""


class Agent(web.Schema):
    """Who handed a case in for its applicant (代办人), and in which capacity."""

    name: str
    role: str
    role_name: str


class CaseCard(web.Schema):
    """A case in a list; ``agent``: who handed it in for the applicant."""

    number: str
    item: Named
    department: Named
    status: Status
    status_text: str
    submitted_at: datetime
    updated_at: datetime
    due_on: date | None
    needs_you: bool
    agent: Agent | None = None


class CasesOut(web.Schema):
    """A page of a person's cases."""

    cases: list[CaseCard]
    next: Id | None


class Mark(web.Schema):
    """A point of the progress line."""

    kind: str
    title: str
    note: str
    at: datetime | None
    by: str
    state: Literal["done", "current", "waiting"]


class CorrectionItem(web.Schema):
    """One thing to correct, by its name in the form."""

    target: Literal["field", "material"]
    code: str
    label: str
    reason: str


class Correction(web.Schema):
    """Everything to correct; ``due_on`` is a reminder, a later answer counts."""

    asked_at: datetime
    due_on: date | None
    items: list[CorrectionItem]


class Outcome(web.Schema):
    """The decision."""

    decision: Literal["approved", "denied"]
    reason: str
    at: datetime
    documents: list[Document]


class Delivery(web.Schema):
    """A receipt of a notice."""

    channel: Literal["inbox", "webpush", "wechat"]
    state: Literal["queued", "sent", "delivered", "failed"]
    at: datetime
    title: str


class CaseOut(CaseCard):
    """A case as its applicant sees it; ``version``: of the form that it was filed with."""

    version: int
    values: Values
    materials: dict[str, list[Document]]
    timeline: list[Mark]
    correction: Correction | None
    result: Outcome | None
    may: list[str]
    deliveries: list[Delivery]


class ClockLine(web.Schema):
    """One line of the explanation of a due date."""

    date: date
    text: str
    days_left: int | None
    counts: bool


class ClockOut(web.Schema):
    """Why this due date."""

    due_on: date | None
    status: ClockStatus
    lines: list[ClockLine]


class LogLine(web.Schema):
    """A link of the chained log."""

    seq: int
    kind: str
    actor: str
    at: str
    payload_digest: str
    prev_hash: str
    hash: str


class LogOut(web.Schema):
    """The chained log; ``valid`` is this city's own check of it."""

    actions: list[LogLine]
    valid: bool


class Savings(web.Schema):
    """What all cases together spared the person."""

    fields_supplied: int
    fields_total: int
    papers_waived: int
    papers_total: int


class SpaceOut(web.Schema):
    """My Space."""

    person: vault.SpaceOwner
    savings: Savings
    facts: list[vault.FactGroup]
    documents: list[Document]
    drafts: list[DraftLine]
    cases: list[CaseCard]
    reads: list[vault.Read]
    sources: list[vault.Source]
    unread: int
