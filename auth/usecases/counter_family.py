"""Let somebody act for another at a window (窗口代办授权): both stand there with their cards.

1. ``check``: the clerk reads both cards; the police's register must know both, and whoever is to
   act has an account of their own. Who is represented is sent a code if they have a phone.
2. ``establish``: they say it with the code, the register is asked once more, and the
   representation lives. Nothing waits in between: a clerk who walks away leaves nothing behind.
   Who has no phone signs (a child's parent signs for it). No message reaches them that would tell
   of a clerk's mistake or worse, so another officer must agree first (``changes.ask_errand``).

3. ``end``: who is represented comes back without the other and takes it back, from one of them or
   from all: what was arranged without a phone can be ended without one.

What the register does not confirm is not done here: the person is verified first (``counter.py``),
with a second officer. Both histories name the clerk, and the represented is told by text message.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from stdnum.cn import ric

from auth.models import bonds, events, people, representations
from auth.models.people import Account
from auth.rules import identity
from auth.rules import representation as rules
from auth.rules.representation import Relation, Role
from auth.usecases import alerts, codes, representing, wards
from auth.usecases.representing import Seen
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox
from backend.kernel.errors import (
    FieldError,
    conflict,
    invalid,
    not_allowed,
    not_found,
    outside_down,
)
from backend.outside.population.client import Check, Population
from backend.outside.wire import Down


@dataclass(frozen=True, slots=True)
class Card:
    """An ID card as the clerk reads it."""

    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Errand:
    """Who is to act for whom, for what and how long; ``last`` is the last day."""

    represented: Card
    agent: Card
    relation: Relation
    scope: Iterable[str]
    items: list[str] | None
    last: date | None


@dataclass(frozen=True, slots=True)
class _Checked:
    errand: Errand
    agent: Account
    phone: str = field(repr=False)
    role: Role
    last: date


async def check(live: Live, errand: Errand, visitor: Visitor) -> Literal["code", "signature"]:
    """How the represented will say yes: by the code that was sent just now, or by signing.

    Raises:
        Refusal: ``check_input``, ``rep_register`` (the register does not confirm one of them),
            ``rep_agent_first`` (who is to act has no account yet), ``rep_exists``,
            ``population_down``, ``too_many_tries``.
    """
    checked = await _check(live, errand)
    if not checked.phone:
        return "signature"
    await codes.request(phone=checked.phone, purpose="counter", visitor=visitor)
    return "code"


async def establish(live: Live, errand: Errand, *, code: str, visitor: Visitor) -> Seen:
    """The represented has said yes by their phone: from now on the other may act for them.

    Raises:
        Refusal: those of ``check``, ``code_wrong``, ``rep_phone_must_answer`` (no code),
            ``rep_signs`` (they have no phone: it is asked for, ``changes.ask_errand``).
    """
    checked = await _check(live, errand)
    if not checked.phone:
        raise not_allowed("rep_signs")
    if not code:
        raise not_allowed("rep_phone_must_answer")
    using = await codes.redeem(phone=checked.phone, purpose="counter", code=code)
    bond_id = db.new_id()
    try:
        await db.write(using, *await _beginning(checked, bond_id, live.account_id, visitor))
    except db.Stale:  # the same code a moment ago
        raise codes.code_wrong() from None
    except db.IntegrityError:  # the same two, or the same new account, a moment ago
        raise conflict("rep_exists") from None
    outbox.nudge()
    return await representing.shown(bond_id, "agent")


async def signed_for(live: Live, errand: Errand) -> tuple[Errand, str] | None:
    """The errand as it was checked, and the agent's account; None if the represented has a phone.

    Raises:
        Refusal: those of ``check``.
    """
    checked = await _check(live, errand)
    return None if checked.phone else (checked.errand, checked.agent.person_id)


async def agreed_to(errand: Errand, *, clerk_id: str, visitor: Visitor) -> list[db.Statement]:
    """What a second officer's yes comes to, for somebody who has signed.

    Raises:
        Refusal: those of ``check``, and ``change_moved`` (they have a phone by now).
    """
    checked = await _look(errand)
    if checked.phone:
        raise conflict("change_moved")
    return await _beginning(checked, db.new_id(), clerk_id, visitor)


async def _beginning(
    checked: _Checked, bond_id: str, clerk_id: str, visitor: Visitor
) -> list[db.Statement]:
    errand, agent_id = checked.errand, checked.agent.person_id
    card = errand.represented
    subject, entering = await wards.entering(name=card.name, id_number=card.number)
    return [
        *entering,
        *await representing.slot_freed(subject, agent_id),
        bonds.beginning(
            bond_id,
            kind="person",
            subject=subject,
            agent_id=agent_id,
            role=checked.role,
            relation=errand.relation,
            scope={"view", *errand.scope},
            items=errand.items,
            until=rules.ends_after(checked.last, clock.CITY_ZONE),
            proof="counter",
            clerk_id=clerk_id,
        ),
        *(_recorded(clerk_id, one, bond_id, visitor) for one in (subject, agent_id)),
        alerts.telling(subject, "rep_begun", once=f"rep_begun:{bond_id}"),
    ]


async def end(live: Live, represented: Card, *, agent_name: str, visitor: Visitor) -> list[Seen]:
    """Somebody takes back, card in hand, what another may do for them; without a name what all may.

    Raises:
        Refusal: ``check_input``, ``rep_register``, ``not_found`` (nobody of that name acts for
            them), ``population_down``, ``too_many_tries``.
    """
    card = _normal(represented)
    problems = {
        "/represented/name": identity.name_problem(card.name),
        "/represented/number": identity.id_number_problem(card.number, today=clock.today()),
    }
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)
    await knock("counter.clerk", live.account_id)
    if await _register(card) not in {Check.MATCH, Check.MINOR}:
        raise not_allowed("rep_register")
    account = await people.find_account(id_number_blind=people.blind_id_number(card.number))
    named = identity.normal_name(agent_name)
    bonds_ = await representations.of_person(account.person_id) if account else []
    meant = [
        bond
        for bond in bonds_
        if bond.lives(clock.now()) and (not named or bond.agent_name == named)
    ]
    if not meant:
        raise not_found()
    for bond in meant:
        with contextlib.suppress(db.Stale):  # ended a moment ago
            await db.write(
                bonds.ending(bond.id, by="principal"),
                *(
                    _recorded(live.account_id, one, bond.id, visitor, kind="rep_ended")
                    for one in (bond.person_id, bond.agent_id)
                    if one is not None
                ),
                *representing.ended_told(bond),
            )
    return [await representing.shown(bond.id, "principal") for bond in meant]


async def _check(live: Live, errand: Errand) -> _Checked:
    await knock("counter.clerk", live.account_id)
    return await _look(errand)


async def _look(errand: Errand) -> _Checked:
    represented, agent = _normal(errand.represented), _normal(errand.agent)
    today = clock.today()
    last = errand.last or today + rules.USUAL_TIME
    _check_input(represented, agent, errand, last)
    minor = identity.age(represented.number, today=today) < rules.ADULT_AT
    if minor and errand.relation != "child":
        raise invalid("check_input", errors=[FieldError("/relation", "not_an_option")])
    if minor:
        born = ric.get_birth_date(represented.number)
        last = min(last, rules.guarded_until(born, today=today))
    for card, fits in ((represented, {Check.MATCH, Check.MINOR}), (agent, {Check.MATCH})):
        if await _register(card) not in fits:
            raise not_allowed("rep_register")
    acts = await people.find_account(id_number_blind=people.blind_id_number(agent.number))
    if acts is None or acts.ward or acts.level == "registered" or acts.name != agent.name:
        raise not_allowed("rep_agent_first")
    ward = await people.find_account(id_number_blind=people.blind_id_number(represented.number))
    if ward and await representing.living_between(ward.person_id, acts.person_id):
        raise conflict("rep_exists")
    known = await people.find_identity(ward.person_id) if ward else None
    return _Checked(
        errand=Errand(represented, agent, errand.relation, errand.scope, errand.items, last),
        agent=acts,
        phone=known.phone if known else "",
        role="guardian" if minor else "family",
        last=last,
    )


async def _register(card: Card) -> Check:
    try:
        return await Population.from_settings().check_identity(
            name=card.name, id_number=card.number
        )
    except Down as down:
        raise outside_down("population_down", retry_after=down.retry_after) from None


def _normal(card: Card) -> Card:
    return Card(identity.normal_name(card.name), identity.normal_id_number(card.number))


def _check_input(represented: Card, agent: Card, errand: Errand, last: date) -> None:
    today = clock.today()
    problems = {
        "/represented/name": identity.name_problem(represented.name),
        "/represented/number": identity.id_number_problem(represented.number, today=today),
        "/agent/name": identity.name_problem(agent.name),
        "/agent/number": identity.id_number_problem(agent.number, today=today),
        "/items": rules.items_problem(errand.items),
        "/until": rules.last_day_problem(last, today=today),
    }
    if represented.number == agent.number:
        problems["/agent/number"] = "same_person"
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)


def _recorded(
    clerk_id: str,
    person_id: str,
    bond_id: str,
    visitor: Visitor,
    *,
    kind: events.EventKind = "rep_begun",
) -> db.Statement:
    return events.happened(
        kind,
        method="counter",
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=clerk_id,
        detail=bond_id,
    )
