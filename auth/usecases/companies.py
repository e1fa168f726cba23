"""Companies with an account (法人用户), and who may act for them.

1. ``sign_up``: the legal representative gives the credit code. The market regulator says what the
   company is, and whether this very person represents it; then they may do everything in its name.
2. ``name_agent``: they, and the managers they name, name others by phone and name, for services
   and a time: managers (who may name agents themselves), agents (who apply), viewers (who look).
   What is named waits until the other side says yes, like every representation.
3. ``end_agent`` ends at once. What the register says from day to day is in ``market.py``.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import uscc as uscc_rules

from auth.models import bonds, companies, people, representations
from auth.models.companies import Company
from auth.models.representations import Bond
from auth.rules import identity
from auth.rules import representation as rules
from auth.rules.representation import Role
from auth.usecases import market, representing
from auth.usecases.raising import need_real_name
from auth.usecases.representing import Named, Seen, Terms
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, not_found
from backend.outside.market.client import CompanyRecord, CompanyState, Market
from backend.outside.wire import Down


@dataclass(frozen=True, slots=True)
class Membership:
    """A company and what somebody may do there. ``agents`` is for those who manage it."""

    company: Company
    bond: Bond
    agents: tuple[Seen, ...] = ()


async def sign_up(live: Live, uscc: str, visitor: Visitor) -> Membership:
    """Open a company's account, or enter it as its new legal representative.

    Raises:
        Refusal: ``check_input``, ``real_name_first``, ``company_not_yours`` (the register knows no
            such company, or somebody else as its representative), ``company_revoked``,
            ``company_dissolved``, ``market_down``, ``rep_exists``, ``too_many_tries``.
    """
    need_real_name(live.level)  # type: ignore[arg-type]
    uscc = identity.normal_id_number(uscc).upper()
    if not uscc_rules.is_valid(uscc):
        raise invalid("check_input", errors=[FieldError("/uscc", "checksum")])
    await knock("company.person", live.account_id)
    record = await _asked(live, uscc)
    for _ in range(2):
        company = await companies.find_by_uscc(uscc)
        company_id = company.id if company else db.new_id()
        bond_id = db.new_id()
        described = {
            "name": record.entname,
            "representative": record.lerep,
            "state": record.state.value,
        }
        try:
            await db.write(
                companies.learning(company_id, **described)  # type: ignore[arg-type]
                if company
                else companies.adding(company_id, uscc=uscc, **described),  # type: ignore[arg-type]
                *await _stepping_up(live, company_id),
                bonds.beginning(
                    bond_id,
                    kind="legal_person",
                    subject=company_id,
                    agent_id=live.account_id,
                    role="legal_representative",
                    scope=rules.BY_ROLE["legal_representative"],
                    until=None,
                    proof="market",
                ),
                representing.happened("rep_begun", live.account_id, bond_id, visitor),
                outbox.row_for(
                    "company.registered",
                    key=f"company.registered:{company_id}",
                    payload={"company_id": company_id},
                ),
            )
        except db.Stale:
            continue
        except db.IntegrityError:  # the same at the same time
            if await representing.living_between(company_id, live.account_id):
                raise conflict("rep_exists") from None
            continue
        outbox.nudge()
        await _former_out(company_id, live.account_id)
        return await membership(live, company_id)
    raise conflict("rep_exists")


async def memberships(live: Live) -> list[Membership]:
    """The companies that somebody acts for now, without their agents."""
    found = []
    for bond in await representations.of_agent(live.account_id):
        if bond.legal_person_id is not None and bond.lives(clock.now()):
            company = await companies.find(bond.legal_person_id)
            assert company is not None  # the bond points to it
            found.append(Membership(company, bond))
    return found


async def membership(live: Live, company_id: str) -> Membership:
    """One of them; with its agents for those who manage it.

    Raises:
        Refusal: ``not_found``.
    """
    bond = await _bond(live, company_id)
    company = await companies.find(company_id)
    assert company is not None  # the bond points to it
    agents: list[Seen] = []
    if "manage" in bond.scope:
        found = await representations.of_company(company_id)
        agents = representing.in_order(found, "principal")
    return Membership(company, bond, tuple(agents))


async def name_agent(
    live: Live,
    company_id: str,
    named: Named,
    *,
    role: Role,
    items: list[str] | None,
    last: date | None,
    visitor: Visitor,
) -> Seen:
    """Name somebody who may act for the company, for a year at most.

    Raises:
        Refusal: ``not_found``, ``beyond_scope`` (who does not manage; and only the legal
            representative names managers), and those of ``representing.propose``.
    """
    own = await _bond(live, company_id)
    if "manage" not in own.scope or not _above(own.role, role):
        raise not_allowed("beyond_scope")
    terms = Terms(
        kind="legal_person",
        subject=company_id,
        role=role,
        scope=rules.BY_ROLE[role],
        items=items,
        last=last or clock.today() + timedelta(days=rules.LONGEST),
    )
    return await representing.propose(live, "principal", named, terms, visitor)


async def end_agent(live: Live, company_id: str, bond_id: str, visitor: Visitor) -> None:
    """End what somebody was named for, or take the invitation back.

    Raises:
        Refusal: ``not_found``, ``beyond_scope`` (managers end no managers, nobody the legal
            representative: the register does).
    """
    own = await _bond(live, company_id)
    bond = await representations.find(bond_id)
    if bond is None or bond.legal_person_id != company_id:
        raise not_found()
    if "manage" not in own.scope or not _above(own.role, bond.role):
        raise not_allowed("beyond_scope")
    await representing.over(bond, "principal", live, visitor)


_RANK: dict[Role, int] = {"legal_representative": 3, "manager": 2, "agent": 1, "viewer": 1}


def _above(own: Role, other: Role) -> bool:
    return _RANK.get(own, 0) > _RANK.get(other, 0)


async def _bond(live: Live, company_id: str) -> Bond:
    for bond in await representations.of_agent(live.account_id):
        if bond.legal_person_id == company_id and bond.lives(clock.now()):
            return bond
    raise not_found()


async def _asked(live: Live, uscc: str) -> CompanyRecord:
    """What the register says of a company whose representative this person is."""
    who = await people.find_identity(live.account_id)
    if who is None:
        raise not_allowed("not_for_you")
    register = Market.from_settings()
    try:
        record = await register.find_company(uscc)
        theirs = record is not None and await register.is_representative(
            uscc, name=who.name, id_number=who.id_number
        )
    except Down as down:
        raise market.market_down(down) from None
    if record is None or not theirs:
        raise not_allowed("company_not_yours")
    match record.state:
        case CompanyState.REVOKED:
            raise not_allowed("company_revoked")
        case CompanyState.DISSOLVED:
            raise not_allowed("company_dissolved")
    return record


async def _stepping_up(live: Live, company_id: str) -> list[db.Statement]:
    """An agent who has become the legal representative leaves the former role."""
    return [
        bonds.ending(bond.id, by="register")
        for bond in await representations.of_agent(live.account_id)
        if bond.legal_person_id == company_id
        and bond.state == "living"
        and (bond.role != "legal_representative" or not bond.lives(clock.now()))
    ]


async def _former_out(company_id: str, present: str) -> None:
    """Whoever represented the company before loses what they had, without waiting for the day."""
    found = await representations.of_company(company_id)
    if any(b.role == "legal_representative" and b.agent_id != present for b in found):
        try:
            await market.ask_again(company_id)
        except Down:  # the clock asks again
            return
