"""People who act for each other (亲友代办): named, asked, agreed to, and ended at once.

1. ``propose``: one side names the other by name and phone, for what and how long. Whether anybody
   has that phone is not told: the answer is the same, and a text message goes out to either.
2. ``answer``: whoever has the phone, and bears the name, finds it on their page. They say yes
   (``accept``), or no, or nothing for a fortnight.
3. ``end``: either side, at any time, at once. Who is represented is told by text message of the
   begin and of the end.

A company's agents go the same way (``companies.py``); parents (``wards.py``) and windows
(``counter_family.py``) need no second word.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from auth.models import bonds, events, people, representations
from auth.models.people import Identity
from auth.models.representations import Bond
from auth.rules import identity
from auth.rules import representation as rules
from auth.rules.representation import Kind, Relation, Role, Side, State
from auth.usecases import alerts
from auth.usecases.acting import shown_name
from auth.usecases.raising import message, need_real_name
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, privacy
from backend.kernel.errors import FieldError, Refusal, conflict, invalid, not_allowed, not_found

AT_ONCE = 200
"""Representations that one round of the clock notes as over."""


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


@dataclass(frozen=True, slots=True)
class Named:
    """The other side as it was typed; ``id_number`` may be empty."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    id_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody is named for. ``subject`` is the represented, None while it is they who are
    asked; ``last`` is the last day, three months from today if it is not said.
    """

    kind: Kind
    subject: str | None
    role: Role
    scope: Iterable[str]
    items: list[str] | None = None
    last: date | None = None
    relation: Relation | None = None


async def all_of(live: Live) -> tuple[list[Seen], list[Seen]]:
    """For whom somebody acts, and who acts for them; with what waits for their answer."""
    who = await _identity(live)
    waiting = [bond for bond in await _invitations(who) if _meant(bond, who)]
    mine = [*await representations.of_agent(live.account_id)]
    mine += [bond for bond in waiting if bond.asked_by == "principal"]
    of_me = [*await representations.of_person(live.account_id)]
    of_me += [bond for bond in waiting if bond.asked_by == "agent"]
    return in_order(mine, "agent"), in_order(of_me, "principal")


async def propose(live: Live, side: Side, named: Named, terms: Terms, visitor: Visitor) -> Seen:
    """Ask the other side.

    Raises:
        Refusal: ``check_input``, ``rep_exists`` (the same is being asked already),
            ``real_name_first``, ``too_many_tries``.
    """
    need_real_name(live.level)  # type: ignore[arg-type]
    who = await _identity(live)
    named = Named(
        identity.normal_name(named.name),
        identity.normal_phone(named.phone),
        identity.normal_id_number(named.id_number),
    )
    last = terms.last or clock.today() + rules.USUAL_TIME
    _check(who, named, items=terms.items, last=last)
    await knock("representation.person", live.account_id)
    bond_id = db.new_id()
    blind = people.blind_phone(named.phone)
    asking = bonds.asking(
        bond_id,
        kind=terms.kind,
        by=side,
        subject=terms.subject,
        agent_id=live.account_id if side == "agent" else None,
        named_by=live.account_id,
        role=terms.role,
        relation=terms.relation,
        scope=terms.scope,
        items=terms.items,
        until=rules.ends_after(last, clock.CITY_ZONE),
        answer_by=clock.now() + rules.ANSWERED_WITHIN,
        name=named.name,
        phone=named.phone,
        phone_blind=blind,
        number_blind=people.blind_id_number(named.id_number) if named.id_number else None,
    )
    try:
        await db.write(
            *await _lapsed(side, terms.subject if side == "principal" else live.account_id, blind),
            asking,
            happened("rep_asked", live.account_id, bond_id, visitor),
            *await _invitation(named.phone, bond_id),
        )
    except (db.IntegrityError, db.Stale):
        raise conflict("rep_exists") from None
    return await shown(bond_id, side)


async def _invitation(phone: str, bond_id: str) -> list[db.Statement]:
    """The text message to whoever has the phone; not for the seventh time a day."""
    try:
        await knock("representation.phone", phone)
    except Refusal:  # whoever asks learns nothing of it: others may have asked the same phone
        return []
    return [message(phone, "rep_asked", key=f"rep_asked:{bond_id}")]


async def accept(live: Live, bond_id: str, visitor: Visitor) -> Seen:
    """Say yes to what one was asked.

    Raises:
        Refusal: ``not_found`` (nothing that asks this person), ``rep_answered`` (somebody was
            faster, it has run out, or the other side has ended it), ``rep_exists`` (there is one
            between the two already), ``real_name_first``.
    """
    need_real_name(live.level)  # type: ignore[arg-type]
    bond = await _asked(live, bond_id)
    if not bond.waits(clock.now()):
        raise conflict("rep_answered")
    side: Side = "agent" if bond.asked_by == "principal" else "principal"
    subject = bond.subject or live.account_id
    agent_id = bond.agent_id or live.account_id
    accepting = bonds.accepting(
        bond_id, by=side, answered_by=live.account_id, subject=subject, agent_id=agent_id
    )
    told = []
    if bond.kind == "person":
        agent = privacy.mask_name(bond.agent_name) or live.name
        told = [alerts.telling(subject, "rep_begun", device=agent, once=f"rep_begun:{bond_id}")]
    others = {one for one in (subject if bond.kind == "person" else None, agent_id) if one}
    others |= {bond.named_by_id} if bond.named_by_id else set()
    try:
        await db.write(
            *await slot_freed(subject, agent_id),
            accepting,
            *(happened("rep_begun", one, bond_id, visitor, actor=live) for one in sorted(others)),
            *told,
        )
    except db.IntegrityError:
        raise conflict("rep_exists") from None
    except db.Stale:
        raise conflict("rep_answered") from None
    return await shown(bond_id, side)


async def end(live: Live, bond_id: str, visitor: Visitor) -> None:
    """End it, take it back or say no: either side, at once. What has ended already stays so.

    Raises:
        Refusal: ``not_found``.
    """
    bond = await representations.find(bond_id)
    if bond is None:
        raise not_found()
    if live.account_id == bond.agent_id:
        side: Side = "agent"
    elif live.account_id == bond.person_id:
        side = "principal"
    else:
        bond = await _asked(live, bond_id)
        side = "agent" if bond.asked_by == "principal" else "principal"
    await over(bond, side, live, visitor)


async def over(bond: Bond, side: Side, live: Live, visitor: Visitor) -> None:
    """One side ends it; the other is told. Of two ends at the same time the first counts."""
    if bond.state == "ended":
        return
    declined = bond.state == "asked" and bond.asked_by != side
    concerned = {live.account_id, bond.agent_id, bond.person_id} - {None}
    kind: events.EventKind = "rep_declined" if declined else "rep_ended"
    try:
        await db.write(
            bonds.ending(bond.id, by="declined" if declined else side),
            *(
                happened(kind, str(one), bond.id, visitor, actor=live)
                for one in sorted(concerned, key=str)
            ),
            *(ended_told(bond, but=live.account_id if bond.kind != "person" else "")),
        )
    except db.Stale:  # ended a moment ago
        return
    if bond.legal_person_id is not None and bond.state == "living":
        await _invitations_over(bond)


async def _invitations_over(former: Bond) -> None:
    """Whom a former manager has invited in the company's name, and who has not answered yet."""
    for bond in await representations.of_company(former.legal_person_id or ""):
        if bond.state == "asked" and bond.named_by_id == former.agent_id:
            with contextlib.suppress(db.Stale):
                await db.write(bonds.ending(bond.id, by="principal"))


def ended_told(bond: Bond, *, but: str = "") -> list[db.Statement]:
    """The words to both sides that a living representation has ended."""
    if bond.state != "living":
        return []
    told = []
    if bond.person_id is not None:
        agent = privacy.mask_name(bond.agent_name)
        told.append(
            alerts.telling(bond.person_id, "rep_ended", device=agent, once=f"rep_ended:{bond.id}")
        )
    if bond.agent_id is not None and bond.agent_id != but:
        told.append(alerts.telling(bond.agent_id, "rep_over", once=f"rep_over:{bond.id}"))
    return told


def happened(
    kind: events.EventKind,
    person_id: str,
    bond_id: str,
    visitor: Visitor,
    *,
    actor: Live | None = None,
) -> db.Statement:
    """A line in somebody's history; the address is told to whoever did it alone."""
    own = actor is None or actor.account_id == person_id
    return events.happened(
        kind,
        via=visitor.via,
        address=visitor.address if own else "",
        person_id=person_id,
        detail=bond_id,
    )


async def shown(bond_id: str, side: Side) -> Seen:
    """A representation as one side sees it.

    Raises:
        Refusal: ``not_found``.
    """
    bond = await representations.find(bond_id)
    if bond is None:
        raise not_found()
    return seen(bond, side)


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


async def lapse() -> None:
    """Job: note what has run out, and tell both sides. It let nobody act since it did."""
    for bond in await representations.lapsed(clock.now(), most=AT_ONCE):
        told = [
            events.happened("rep_ended", via="web", address="", person_id=one, detail=bond.id)
            for one in (bond.person_id, bond.agent_id)
            if one is not None
        ]
        try:
            await db.write(bonds.ending(bond.id, by="time"), *told, *ended_told(bond))
        except db.Stale:  # ended a moment ago
            continue


async def living_between(subject: str, agent_id: str) -> bool:
    """Whether one person may act for somebody now."""
    found = await representations.of_agent(agent_id)
    return any(bond.subject == subject and bond.lives(clock.now()) for bond in found)


async def slot_freed(subject: str, agent_id: str) -> list[db.Statement]:
    """What ends a representation between the two that has run out without anybody noting it."""
    found = await representations.of_agent(agent_id)
    now = clock.now()
    return [
        bonds.ending(bond.id, by="time")
        for bond in found
        if bond.subject == subject and bond.state == "living" and not bond.lives(now)
    ]


async def _lapsed(side: Side, known: str | None, phone_blind: str) -> list[db.Statement]:
    """What ends an invitation of the same two that nobody answered in time."""
    now = clock.now()
    return [
        bonds.ending(bond.id, by="time")
        for bond in await representations.invited(phone_blind)
        if bond.asked_by == side
        and known == (bond.subject if side == "principal" else bond.agent_id)
        and not bond.waits(now)
    ]


async def _asked(live: Live, bond_id: str) -> Bond:
    """What asks this very person, by phone and name (and number, if one was given)."""
    who = await _identity(live)
    bond = await representations.find(bond_id)
    if bond is None or bond.state != "asked" or not _meant(bond, who):
        if bond is not None and live.account_id in (bond.agent_id, bond.person_id):
            raise conflict("rep_answered")
        raise not_found()
    return bond


async def _invitations(who: Identity) -> list[Bond]:
    return await representations.invited(people.blind_phone(who.phone))


def _meant(bond: Bond, who: Identity) -> bool:
    """Whether an invitation is for this person: a phone alone may have passed to somebody else."""
    if (
        not privacy.same(bond.invited_phone_blind or "", people.blind_phone(who.phone))
        or bond.invited_name != who.name
    ):
        return False
    wanted = bond.invited_number_blind
    return wanted is None or privacy.same(wanted, people.blind_id_number(who.id_number))


def _check(who: Identity, named: Named, *, items: list[str] | None, last: date) -> None:
    today = clock.today()
    number = named.id_number
    problems = {
        "/name": identity.name_problem(named.name),
        "/phone": "own_phone" if named.phone == who.phone else identity.phone_problem(named.phone),
        "/id_number": identity.id_number_problem(number, today=today) if number else None,
        "/items": rules.items_problem(items),
        "/until": rules.last_day_problem(last, today=today),
    }
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)


async def _identity(live: Live) -> Identity:
    found = await people.find_identity(live.account_id)
    if found is None:
        raise not_allowed("not_for_you")
    return found


_ORDER = {"living": 0, "asked": 1, "ended": 2}


def in_order(bonds_: list[Bond], side: Side) -> list[Seen]:
    """Representations from one side: what lives, then what waits, then what has ended."""
    return sorted((seen(bond, side) for bond in bonds_), key=lambda one: _ORDER[one.state])
