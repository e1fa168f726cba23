"""Parents who act for their children (父母代未成年子女办事).

1. ``children``: the police's register is asked who the parent's children are; those below 18 are
   shown, under a mark that tells nothing and serves nobody else.
2. ``act_for``: the register is asked again, and the parent acts for the child from now on: a year
   at most, and never beyond the day before the 18th birthday. Both parents may.
3. The child gets an account without a phone, under which its papers and cases are kept. Who
   registers with that number later, by phone and registers of their own, takes it over.
"""

from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import ric

from auth.models import bonds, consents, events, people, representations
from auth.models.people import Identity
from auth.rules import identity
from auth.rules import representation as rules
from auth.usecases import alerts, representing
from auth.usecases.raising import need_real_name
from auth.usecases.representing import Seen
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox, privacy
from backend.kernel.errors import conflict, not_allowed, not_found, outside_down
from backend.outside.population.client import Population
from backend.outside.population.codes import RELATIONS
from backend.outside.wire import Down

CONSENT, WORDING = "guardian", "2026-11"
"""A guardian's consent for a child below 14 (PIPL art. 31), in the wording that the page shows."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the person below 18, by the register. ``mark`` names it to this parent alone."""

    mark: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    born: date
    bond_id: str | None = None


async def children(live: Live) -> list[Child]:
    """A parent's children below 18, the eldest first, and by what the parent acts for them.

    Raises:
        Refusal: ``real_name_first``, ``population_down``, ``too_many_tries``.
    """
    found = await _ask(live)
    bound: dict[str, str] = {}
    for bond in await representations.of_agent(live.account_id):
        if bond.person_id is not None and bond.lives(clock.now()):
            bound[bond.person_id] = bond.id
    known = []
    for child in found:
        account = await people.find_account(id_number_blind=people.blind_id_number(child.id_number))
        bond_id = bound.get(account.person_id) if account else None
        known.append(Child(child.mark, child.name, child.id_number, child.born, bond_id))
    return sorted(known, key=lambda child: child.born)


async def act_for(live: Live, mark: str, visitor: Visitor) -> Seen:
    """A parent acts for a child from now on.

    Raises:
        Refusal: ``not_found`` (no child of theirs below 18), ``rep_exists``, ``real_name_first``,
            ``population_down``, ``too_many_tries``.
    """
    child = next((one for one in await _ask(live) if one.mark == mark), None)
    if child is None:
        raise not_found()
    last = rules.guarded_until(child.born, today=clock.today())
    for _ in range(2):
        ward, writes = await entering(name=child.name, id_number=child.id_number)
        bond_id = db.new_id()
        writes += [
            consents.consenting(ward, purpose=CONSENT, wording=WORDING),
            *await representing.slot_freed(ward, live.account_id),
            bonds.beginning(
                bond_id,
                kind="person",
                subject=ward,
                agent_id=live.account_id,
                role="guardian",
                relation="child",
                scope=rules.BY_ROLE["guardian"],
                until=rules.ends_after(last, clock.CITY_ZONE),
                proof="register",
            ),
            *_told(live, ward, bond_id, visitor),
        ]
        try:
            await db.write(*writes)
        except db.Stale:
            continue
        except db.IntegrityError:  # the other parent made the account, or I have done this already
            if await representing.living_between(ward, live.account_id):
                raise conflict("rep_exists") from None
            continue
        outbox.nudge()
        return await representing.shown(bond_id, "agent")
    raise conflict("rep_exists")


async def entering(*, name: str, id_number: str) -> tuple[str, list[db.Statement]]:
    """The account of somebody who is represented, and what makes it if there is none yet."""
    account = await people.find_account(id_number_blind=people.blind_id_number(id_number))
    if account is not None:
        return account.person_id, []
    ward = db.new_id()
    return ward, [
        people.representing(ward, name=name, id_number=id_number),
        outbox.row_for(
            "person.registered", key=f"person.registered:{ward}", payload={"person_id": ward}
        ),
    ]


def _told(live: Live, ward: str, bond_id: str, visitor: Visitor) -> list[db.Statement]:
    """Both histories, and a child that has a phone."""
    return [
        *(
            events.happened(
                "rep_begun",
                via=visitor.via,
                address=visitor.address if person == live.account_id else "",
                person_id=person,
                detail=bond_id,
            )
            for person in (live.account_id, ward)
        ),
        alerts.telling(ward, "rep_begun", device=live.name, once=f"rep_begun:{bond_id}"),
    ]


async def _ask(live: Live) -> list[Child]:
    need_real_name(live.level)  # type: ignore[arg-type]
    who = await people.find_identity(live.account_id)
    if who is None or who.document != "id_card":
        raise not_allowed("rep_window")
    await knock("household.person", live.account_id)
    try:
        members = await Population.from_settings().household(who.id_number)
    except Down as down:
        raise outside_down("population_down", retry_after=down.retry_after) from None
    today = clock.today()
    return [
        Child(
            _mark(who, member.gmsfhm), member.xm, member.gmsfhm, ric.get_birth_date(member.gmsfhm)
        )
        for member in members
        if RELATIONS.get(member.ybrgx) in ("son", "daughter")
        and identity.id_number_problem(member.gmsfhm, today=today) is None
        and identity.age(member.gmsfhm, today=today) < rules.ADULT_AT
    ]


def _mark(parent: Identity, id_number: str) -> str:
    return privacy.keyed(f"{parent.id_number} {id_number}", "auth.child")
