"""Checks at a window (窗口核验): the clerk's side."""

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.visit import needed_live, visitor_of
from auth.models import counter as rows
from auth.models.counter import Seen
from auth.rules import documents
from auth.usecases import counter
from backend.kernel import clock, privacy, web
from backend.kernel.web import Call, Schema

Text = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Document = Literal[
    "id_card", "hk_macao_permit", "taiwan_permit", "residence_permit", "passport",
    "permanent_resident",
]  # fmt: skip


class CounterDocument(Schema):
    """What the clerk reads off the document, and the person's phone.

    ``note`` says in the clerk's words what a second officer should know.
    """

    document: Document
    number: Text
    name: Text
    phone: Text
    valid_until: date | None = None
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class CounterView(Schema):
    """A check; whoever decides about it sees the name, everybody the number masked."""

    id: str
    document: Document
    number: str
    name: str
    phone: str
    valid_until: str | None
    reasons: list[str]
    note: str
    state: Literal["ready", "second", "approved", "declined", "done"]
    clerk: str
    own: bool
    at: str


class CounterList(Schema):
    """What waits for a second officer."""

    checks: list[CounterView]


class CounterDecision(Schema):
    """What the second officer found."""

    approve: bool


class CounterConfirmation(Schema):
    """The code from the person's phone, or that they signed."""

    code: Annotated[str, StringConstraints(max_length=20)] = ""
    signed: bool = False


async def open_counter_check(call: Call) -> CounterView:
    """Ask the document's register, and send the person's phone a code."""
    body: CounterDocument = call.body
    live = await needed_live(call)
    seen = await counter.open_check(
        live,
        document=body.document,
        number=body.number,
        name=body.name,
        phone=body.phone,
        valid_until=body.valid_until,
        note=body.note,
        visitor=visitor_of(call),
    )
    return _view(seen, live.account_id)


async def list_counter_checks(call: Call) -> CounterList:
    """What waits for a second officer at one's own office."""
    live = await needed_live(call)
    found = await rows.waiting(live.reach)
    return CounterList(checks=[_view(seen, live.account_id) for seen in found])


async def read_counter_check(call: Call) -> CounterView:
    """One check, to see whether it has been decided."""
    live = await needed_live(call)
    return _view(await counter.get_check(live, call.path["id"]), live.account_id)


async def decide_counter_check(call: Call) -> CounterView:
    """Approve or decline what does not fit."""
    live = await needed_live(call)
    seen = await counter.decide(
        live, call.path["id"], approve=call.body.approve, visitor=visitor_of(call)
    )
    return _view(seen, live.account_id)


async def finish_counter_check(call: Call) -> CounterView:
    """The person confirms."""
    live = await needed_live(call)
    seen = await counter.finish(
        live,
        call.path["id"],
        code=call.body.code,
        signed=call.body.signed,
        visitor=visitor_of(call),
    )
    return _view(seen, live.account_id)


def _view(seen: Seen, viewer: str) -> CounterView:
    return CounterView(
        id=seen.id,
        document=seen.document,
        number=documents.masked(seen.number),
        name=seen.name,
        phone=privacy.mask_phone(seen.phone),
        valid_until=seen.valid_until.isoformat() if seen.valid_until else None,
        reasons=list(seen.reasons),
        note=seen.note,
        state=seen.state,
        clerk=seen.clerk_name,
        own=seen.clerk_id == viewer,
        at=clock.rfc3339(seen.created_at),
    )


TAGS = ("auth",)
# Two officers count for two only when both are who they say.
DECIDING = web.Fresh(aal=2, within=600, or_best=True)
CLERKS = web.staff("clerk", "reviewer", "approver")
OFFICERS = web.staff("reviewer", "approver", "supervisor")
BOTH = web.staff("clerk", "reviewer", "approver", "supervisor")
ROUTES = (
    web.route("POST", "/auth/staff/verifications", open_counter_check, actor=CLERKS,
              body=CounterDocument, returns=CounterView, status=201,
              summary="Read a document at a window (窗口核验)", tags=TAGS),
    web.route("GET", "/auth/staff/verifications", list_counter_checks, actor=OFFICERS,
              returns=CounterList, summary="What waits for a second officer (待复核)", tags=TAGS),
    web.route("GET", "/auth/staff/verifications/{id}", read_counter_check, actor=BOTH,
              returns=CounterView, summary="One check at a window", tags=TAGS),
    web.route("POST", "/auth/staff/verifications/{id}/decision", decide_counter_check,
              actor=OFFICERS, fresh=DECIDING, body=CounterDecision, returns=CounterView,
              summary="Approve or decline as the second officer (双人复核)", tags=TAGS),
    web.route("POST", "/auth/staff/verifications/{id}/confirmation", finish_counter_check,
              actor=CLERKS, body=CounterConfirmation, returns=CounterView,
              summary="The person confirms (本人确认)", tags=TAGS),
)  # fmt: skip
