"""Who acts for whom (代办), and the capacity of a session."""

from typing import Literal

from auth.api.answer import SessionView, signed_in
from auth.api.visit import needed_live, visitor_of
from auth.rules.representation import SCOPES, Kind, Proof, Relation, Role, Scope, State
from auth.usecases import acting, representing
from auth.usecases.representing import Seen
from backend.kernel import clock, web
from backend.kernel.web import Call, Reply, Schema


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


async def choose_acting(call: Call) -> Reply:
    """Go on in another capacity."""
    visitor = visitor_of(call)
    token = await acting.choose(await needed_live(call), call.body.representation, visitor)
    return await signed_in(token, visitor)


async def list_representations(call: Call) -> RepresentationList:
    """For whom I act, and who acts for me."""
    live = await needed_live(call)
    mine, of_me = await representing.all_of(live)
    return RepresentationList(
        i_act_for=[view(one, live.acting) for one in mine],
        act_for_me=[view(one, live.acting) for one in of_me],
    )


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
ROUTES = (
    web.route("PUT", "/auth/session/acting", choose_acting, actor=web.PERSON, body=ActingChoice,
              returns=SessionView, summary="Go on in another capacity (切换办事身份)", tags=TAGS),
    web.route("GET", "/auth/representations", list_representations, actor=web.PERSON,
              returns=RepresentationList, summary="Who acts for whom (我的代办)", tags=TAGS),
)  # fmt: skip
