"""Acting for another, arranged at a window (窗口办理亲友代办): the clerk's side."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth.api.changes import ChangeView, view
from auth.api.counter import CLERKS
from auth.api.representations import Item, Typed
from auth.api.visit import needed_live, visitor_of
from auth.rules.representation import Relation, Role
from auth.usecases import changes, counter_family
from auth.usecases.counter_family import Card, Errand
from backend.kernel import privacy, web
from backend.kernel.web import Call, Schema


class CardRead(Schema):
    """Name and number as on an ID card."""

    name: Typed
    number: Typed


class CounterErrand(Schema):
    """Both cards, and what for. ``relation`` is who the represented is to the agent; ``items`` are
    services by code, null for all; ``until`` is the last day, at most a year from now (null: three
    months; for a child never beyond the day before the 18th birthday).
    """

    represented: CardRead
    agent: CardRead
    relation: Relation
    scope: Annotated[list[Literal["view", "apply"]], Field(min_length=1, max_length=2)]
    items: Annotated[list[Item], Field(max_length=50)] | None = None
    until: date | None = None


class CounterErrandChecked(Schema):
    """How the represented says yes: by the code on their phone, or by signing."""

    confirm_by: Literal["code", "signature"]


class CounterErrandConfirmed(CounterErrand):
    """The same once more, with the code from the represented's phone."""

    code: Annotated[str, StringConstraints(max_length=20)] = ""


class CounterErrandSigned(CounterErrand):
    """The same once more, and that the represented, who has no phone, has signed for it."""

    signed: Literal[True]


class CounterErrandDone(Schema):
    """Who may act for whom from now on; names masked."""

    represented: str
    agent: str
    role: Role
    until: str


class CounterEnding(Schema):
    """The card of who is represented, and the name of who shall no longer act for them; without a
    name it is all of them.
    """

    represented: CardRead
    agent_name: Annotated[str, StringConstraints(max_length=100)] = ""


class CounterEnded(Schema):
    """Who acts for them no longer; names masked."""

    ended: list[str]


async def check_counter_errand(call: Call) -> CounterErrandChecked:
    """Ask the register about both, and send the represented's phone a code if there is one."""
    by = await counter_family.check(await needed_live(call), _errand(call.body), visitor_of(call))
    return CounterErrandChecked(confirm_by=by)


async def establish_counter_errand(call: Call) -> CounterErrandDone:
    """The represented has said yes."""
    body: CounterErrandConfirmed = call.body
    seen = await counter_family.establish(
        await needed_live(call),
        _errand(body),
        code=body.code,
        visitor=visitor_of(call),
    )
    assert seen.last_day is not None  # what is arranged at a window always ends
    return CounterErrandDone(
        represented=seen.name,
        agent=privacy.mask_name(seen.bond.agent_name),
        role=seen.bond.role,
        until=seen.last_day.isoformat(),
    )


async def ask_counter_errand(call: Call) -> ChangeView:
    """The represented has signed; another officer agrees before it counts."""
    live = await needed_live(call)
    asked = await changes.ask_errand(live, _errand(call.body), visitor_of(call))
    return view(asked, live.account_id)


async def end_counter_errand(call: Call) -> CounterEnded:
    """The represented takes it back, card in hand."""
    body: CounterEnding = call.body
    found = await counter_family.end(
        await needed_live(call),
        Card(body.represented.name, body.represented.number),
        agent_name=body.agent_name,
        visitor=visitor_of(call),
    )
    return CounterEnded(ended=[seen.name for seen in found])


def _errand(body: CounterErrand) -> Errand:
    return Errand(
        represented=Card(body.represented.name, body.represented.number),
        agent=Card(body.agent.name, body.agent.number),
        relation=body.relation,
        scope=body.scope,
        items=body.items,
        last=body.until,
    )


TAGS = ("auth",)
# A clerk gives somebody power over another's things: let it be the clerk.
SURE = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("POST", "/auth/staff/representations/checks", check_counter_errand, actor=CLERKS,
              body=CounterErrand, returns=CounterErrandChecked,
              summary="Check both cards at a window (窗口代办核验)", tags=TAGS),
    web.route("POST", "/auth/staff/representations", establish_counter_errand, actor=CLERKS,
              fresh=SURE, body=CounterErrandConfirmed, returns=CounterErrandDone, status=201,
              summary="Let the one act for the other (窗口办理代办)", tags=TAGS),
    web.route("POST", "/auth/staff/representations/signed", ask_counter_errand, actor=CLERKS,
              fresh=SURE, body=CounterErrandSigned, returns=ChangeView, status=201,
              summary="Ask for it, signed by who has no phone (签字申请代办)", tags=TAGS),
    web.route("POST", "/auth/staff/representations/endings", end_counter_errand, actor=CLERKS,
              body=CounterEnding, returns=CounterEnded,
              summary="Take it back at a window (窗口结束代办)", tags=TAGS),
)  # fmt: skip
