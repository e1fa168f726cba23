"""People who act for each other (亲友代办): named, asked, agreed to, and ended at once."""

from dataclasses import dataclass, field
from datetime import date, datetime

from auth.models import representations
from auth.models.representations import Bond
from auth.rules import representation as rules
from auth.rules.representation import Side, State
from auth.usecases.acting import shown_name
from auth.usecases.sessions import Live
from backend.kernel import clock, privacy


@dataclass(frozen=True, slots=True)
class Seen:
    """A representation as one of its sides sees it now: what has run out has ended."""

    bond: Bond
    side: Side
    name: str = field(repr=False)
    state: State
    ended_at: datetime | None
    ended_by: str
    last_day: date | None
    mine_to_answer: bool


async def all_of(live: Live) -> tuple[list[Seen], list[Seen]]:
    """For whom somebody acts, and who acts for them."""
    mine = [seen(bond, "agent") for bond in await representations.of_agent(live.account_id)]
    of_me = [seen(bond, "principal") for bond in await representations.of_person(live.account_id)]
    return _in_order(mine), _in_order(of_me)


def seen(bond: Bond, side: Side) -> Seen:
    """A representation from one side."""
    now = clock.now()
    over = bond.state == "living" and not bond.lives(now)
    late = bond.state == "asked" and not bond.waits(now)
    ended_at, ended_by = bond.ended_at, bond.ended_by
    if over or late:
        ended_at, ended_by = (bond.until if over else bond.answer_by), "time"
    name = shown_name(bond) if side == "agent" else privacy.mask_name(bond.agent_name)
    waits = bond.state == "asked" and not late
    return Seen(
        bond=bond,
        side=side,
        name=name or privacy.mask_name(bond.invited_name),
        state="ended" if over or late else bond.state,
        ended_at=ended_at,
        ended_by=ended_by,
        last_day=rules.last_day(bond.until, clock.CITY_ZONE) if bond.until else None,
        mine_to_answer=waits and bond.asked_by != side,
    )


_ORDER = {"living": 0, "asked": 1, "ended": 2}


def _in_order(found: list[Seen]) -> list[Seen]:
    return sorted(found, key=lambda one: _ORDER[one.state])
