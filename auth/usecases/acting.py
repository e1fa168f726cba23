"""In whose place somebody stands (代办身份): chosen for a session, looked up at every request.

1. ``choose`` puts a representation on the session, which goes on under a new token.
2. ``acting_of`` asks the table at every request that serves the represented. Nothing of it is kept
   in the cache: what was ended a moment ago on another server is over here, too.
3. An ended one is never replaced by the person's own capacity: the client asks anew whose matter
   this is, or somebody would hand in for themselves what was meant for their child.
"""

from dataclasses import dataclass, field

from auth.models import bonds, events, representations
from auth.models.representations import Bond
from auth.rules.assurance import Level
from auth.usecases import market, sessions
from auth.usecases.raising import need_real_name
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db, privacy
from backend.kernel.errors import Refusal, not_allowed, not_found
from backend.kernel.web import Acting


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a session stands for. ``over``: it has ended, and something else must be chosen."""

    bond: Bond
    name: str = field(repr=False)
    over: bool


def acting_over() -> Refusal:
    """The refusal for a representation that ended or ran out while the session stood for it."""
    return not_allowed("acting_over")


async def choose(live: Live, bond_id: str | None, visitor: Visitor) -> str:
    """The session's new token, in the capacity of a representation, or in one's own (None).

    Raises:
        Refusal: ``not_found`` (not one of theirs), ``acting_over``, ``real_name_first``,
            ``market_down``, ``session_over``.
    """
    if bond_id is not None and not (await theirs(live, bond_id)).lives(clock.now()):
        raise acting_over()
    event = events.happened(
        "acting_chosen",
        via=visitor.via,
        address=visitor.address,
        person_id=live.account_id,
        detail=bond_id or "self",
    )
    return await sessions.turn_to(live, bond_id, also=(event,))


async def theirs(live: Live, bond_id: str) -> Bond:
    """A representation that somebody chooses to act by, living or not: the market's register is
    asked about a legal representative first.

    Raises:
        Refusal: ``not_found`` (not one of theirs), ``real_name_first``, ``market_down``.
    """
    bond = await representations.find(bond_id)
    if bond is None or bond.agent_id != live.account_id or bond.state == "asked":
        raise not_found()
    need_real_name(live.level)  # type: ignore[arg-type]
    if bond.role == "legal_representative" and bond.lives(clock.now()):
        await market.trusted(bond.legal_person_id or "")
        bond = await representations.find(bond_id) or bond
    return bond


async def acting_of(person_id: str, bond_id: str, level: Level) -> Acting:
    """What a session's representation comes to now.

    Raises:
        Refusal: ``acting_over``, ``real_name_first`` when the agent's own proof has lapsed.
    """
    bond = await representations.find(bond_id)
    if bond is None or bond.agent_id != person_id or not bond.lives(clock.now()):
        raise acting_over()
    need_real_name(level)
    subject = bond.subject
    assert subject is not None  # whatever lives has both sides
    return Acting(
        id=bond.id,
        kind=bond.kind,
        subject=subject,
        name=shown_name(bond),
        role=bond.role,
        scope=bond.scope,
        items=bond.items,
        until=None if bond.until is None else bond.until.timestamp(),
    )


async def capacity(live: Live) -> Capacity | None:
    """What a session stands for, None for its owner's own capacity."""
    if live.acting is None:
        return None
    bond = await representations.find(live.acting)
    if bond is None or bond.agent_id != live.account_id:
        return None
    return Capacity(bond, shown_name(bond), over=not bond.lives(clock.now()))


async def choices(live: Live) -> list[Capacity]:
    """Everybody else in whose place somebody may stand now."""
    now = clock.now()
    return [
        Capacity(bond, shown_name(bond), over=False)
        for bond in await representations.of_agent(live.account_id)
        if bond.lives(now)
    ]


async def lives(bond_id: str) -> bool:
    """Whether a representation lets its agent act now."""
    bond = await representations.find(bond_id)
    return bond is not None and bond.lives(clock.now())


def standing(bond_id: str) -> db.Statement:
    """Goes into a write that is made by a representation: ``Stale`` if that is over by then."""
    return bonds.using(bond_id)


def shown_name(bond: Bond) -> str:
    """The represented as the agent sees them: a person's name masked, a company's in full."""
    if bond.kind == "legal_person":
        return bond.principal_name
    return privacy.mask_name(bond.principal_name)
