"""Who acts for whom (代办), and the capacity of a session."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.visit import needed_live, visitor_of
from auth.rules.representation import SCOPES, Kind, Proof, Relation, Role, Scope, State
from auth.usecases import acting, representing, wards
from auth.usecases.representing import Named, Seen, Terms
from backend.kernel import clock, privacy, web
from backend.kernel.web import Call, Reply, Schema

Typed = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Item = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ActingChoice(Schema):
    """The representation to act by, or null for oneself."""

    representation: str | None


class RepresentationView(Schema):
    """One representation, from where one stands: ``side`` says whether one is its agent.

    ``name`` is the other side's, a person's masked; for invitations as it was typed. ``relation``
    is who the represented is to the agent. ``until`` is its last day (null: as long as the register
    says so), ``answer_by`` until when an invitation waits, ``mine_to_answer`` whether for oneself.
    ``current``: this session acts by it.
    """

    id: str
    side: Literal["agent", "principal"]
    kind: Kind
    name: str
    role: Role
    relation: Relation | None
    scope: list[Scope]
    items: list[str] | None
    state: State
    proof: Proof
    mine_to_answer: bool
    asked_at: str
    answer_by: str | None
    begun_at: str | None
    until: str | None
    used_at: str | None
    ended_at: str | None
    ended_by: str
    current: bool


class RepresentationList(Schema):
    """For whom one acts, and who acts for oneself; what lives or waits comes before what ended."""

    i_act_for: list[RepresentationView]
    act_for_me: list[RepresentationView]


class FamilyProposal(Schema):
    """Whom one names, or asks, by name and phone; ``id_number`` makes surer that nobody else is
    meant. ``relation`` is who the represented is to the agent. ``items`` are services by code, null
    for all of them; ``until`` is the last day, at most a year from now (null: three months).
    """

    name: Typed
    phone: Typed
    id_number: Annotated[str, StringConstraints(max_length=40)] = ""
    relation: Relation
    scope: Annotated[list[Literal["view", "apply"]], Field(min_length=1, max_length=2)]
    items: Annotated[list[Item], Field(max_length=50)] | None = None
    until: date | None = None


class ChildView(Schema):
    """One's child below 18, by the police's register: the name masked, and the last four digits of
    the number. ``representation`` is the one by which one acts for the child already.
    """

    child: str
    name: str
    number_ends: str
    born: str
    representation: str | None


class ChildList(Schema):
    """One's children below 18, the eldest first."""

    children: list[ChildView]


class ChildChoice(Schema):
    """Which child, and the guardian's consent (PIPL art. 31)."""

    child: Typed
    consent: Literal[True]


async def choose_acting(call: Call) -> Reply:
    """Go on in another capacity."""
    live = await needed_live(call)
    visitor = visitor_of(call, miniprogram=live.via == "miniprogram")
    token = await acting.choose(live, call.body.representation, visitor)
    return await signed_in(token, visitor)


async def list_representations(call: Call) -> RepresentationList:
    """For whom I act, and who acts for me."""
    live = await needed_live(call)
    mine, of_me = await representing.all_of(live)
    return RepresentationList(
        i_act_for=[view(one, live.acting) for one in mine],
        act_for_me=[view(one, live.acting) for one in of_me],
    )


async def name_family(call: Call) -> RepresentationView:
    """Name somebody of the family who may act for me."""
    return await _proposed(call, "principal")


async def ask_family(call: Call) -> RepresentationView:
    """Ask somebody of the family to let me act for them."""
    return await _proposed(call, "agent")


async def _proposed(call: Call, side: Literal["agent", "principal"]) -> RepresentationView:
    body: FamilyProposal = call.body
    live = await needed_live(call)
    terms = Terms(
        kind="person",
        subject=live.account_id if side == "principal" else None,
        role="family",
        relation=body.relation,
        scope={"view", *body.scope},
        items=body.items,
        last=body.until,
    )
    named = Named(body.name, body.phone, body.id_number)
    return view(await representing.propose(live, side, named, terms, visitor_of(call)), live.acting)


async def accept_representation(call: Call) -> RepresentationView:
    """Say yes to what I was asked."""
    live = await needed_live(call)
    return view(await representing.accept(live, call.path["id"], visitor_of(call)), live.acting)


async def end_representation(call: Call) -> Reply:
    """End it, take it back, or say no."""
    await representing.end(await needed_live(call), call.path["id"], visitor_of(call))
    return Reply(status=204)


async def list_children(call: Call) -> ChildList:
    """My children below 18, by the police's register."""
    found = await wards.children(await needed_live(call))
    return ChildList(
        children=[
            ChildView(
                child=one.mark,
                name=privacy.mask_name(one.name),
                number_ends=one.id_number[-4:],
                born=one.born.isoformat(),
                representation=one.bond_id,
            )
            for one in found
        ]
    )


async def act_for_child(call: Call) -> RepresentationView:
    """Act for my child from now on."""
    live = await needed_live(call)
    return view(await wards.act_for(live, call.body.child, visitor_of(call)), live.acting)


def view(seen: Seen, current: str | None) -> RepresentationView:
    """A representation as one of its sides sees it."""
    bond = seen.bond

    def at(instant: object) -> str | None:
        return None if instant is None else clock.rfc3339(instant)  # type: ignore[arg-type]

    return RepresentationView(
        id=bond.id,
        side=seen.side,
        kind=bond.kind,
        name=seen.name,
        role=bond.role,
        relation=bond.relation,
        scope=[one for one in SCOPES if one in bond.scope],
        items=None if bond.items is None else sorted(bond.items),
        state=seen.state,
        proof=bond.proof,
        mine_to_answer=seen.mine_to_answer,
        asked_at=clock.rfc3339(bond.asked_at),
        answer_by=at(bond.answer_by),
        begun_at=at(bond.begun_at),
        until=seen.last_day.isoformat() if seen.last_day else None,
        used_at=at(bond.used_at),
        ended_at=at(seen.ended_at),
        ended_by=seen.ended_by,
        current=bond.id == current,
    )


TAGS = ("auth",)
# Who lets somebody in, or lets themselves be let in, shows who they are.
SURE = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("PUT", "/auth/session/acting", choose_acting, actor=web.PERSON, body=ActingChoice,
              returns=SessionView, summary="Go on in another capacity (切换办事身份)", tags=TAGS),
    web.route("GET", "/auth/representations", list_representations, actor=web.PERSON,
              returns=RepresentationList, summary="Who acts for whom (我的代办)", tags=TAGS),
    web.route("POST", "/auth/representations", name_family, actor=web.PERSON, fresh=SURE,
              body=FamilyProposal, returns=RepresentationView, status=201,
              summary="Let somebody of the family act for me (授权家人代办)", tags=TAGS),
    web.route("POST", "/auth/representations/requests", ask_family, actor=web.PERSON, fresh=SURE,
              body=FamilyProposal, returns=RepresentationView, status=201,
              summary="Ask to act for somebody of the family (申请替家人办)", tags=TAGS),
    web.route("GET", "/auth/representations/children", list_children, actor=web.PERSON,
              returns=ChildList, summary="My children below 18 (我的未成年子女)", tags=TAGS),
    web.route("POST", "/auth/representations/children", act_for_child, actor=web.PERSON,
              fresh=SURE, body=ChildChoice, returns=RepresentationView, status=201,
              summary="Act for my child (替孩子办事)", tags=TAGS),
    web.route("POST", "/auth/representations/{id}/acceptance", accept_representation,
              actor=web.PERSON, fresh=SURE, returns=RepresentationView,
              summary="Say yes to what I was asked (同意代办)", tags=TAGS),
    web.route("DELETE", "/auth/representations/{id}", end_representation, actor=web.PERSON,
              budget="free",
              status=204, summary="End, take back or decline (结束代办)", tags=TAGS),
)  # fmt: skip
