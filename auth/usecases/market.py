"""What the market regulator says of a company now, and what no longer holds because of it.

1. ``ask_again`` asks whether the company is still there and whether its legal representative is
   still that person. Whoever is not loses all they had at the company, at once; of a company that
   is no more everybody does. Its agents stay: the company named them (民法典 art. 61, 162), and
   whoever represents it now sees and ends them.
2. It runs every day for each company (``check_all``, a job of the clock), and whenever its legal
   representative is about to act for it. A register that is silent changes nothing; but nobody
   acts as legal representative on a word older than ``TRUSTED``.
"""

from datetime import timedelta

from auth.models import bonds, companies, events, people, representations
from auth.models.companies import Company
from auth.models.representations import Bond
from auth.usecases import alerts
from backend.kernel import clock, db, log
from backend.kernel.errors import Refusal, outside_down
from backend.outside.market.client import CompanyState, Market
from backend.outside.wire import Down

EVERY = timedelta(days=1)
TRUSTED = timedelta(days=3)
AT_ONCE = 200
"""Companies asked about in one round of the clock."""


async def ask_again(company_id: str) -> Company:
    """The company as the register describes it now, after ending what it no longer bears.

    Raises:
        Down: the register does not answer; nothing was changed.
    """
    company = await companies.find(company_id)
    assert company is not None  # of those who call, everybody has found it
    market = Market.from_settings()
    record = await market.find_company(company.uscc)
    state = CompanyState.DISSOLVED if record is None else record.state
    over = [bond for bond in await representations.of_company(company_id) if bond.state != "ended"]
    if state is CompanyState.ACTIVE:
        gone: set[str | None] = {
            bond.agent_id
            for bond in over
            if bond.role == "legal_representative" and not await _still(market, company, bond)
        }
        over = [bond for bond in over if bond.agent_id in gone or _offered_by(bond, gone)]
    name = company.name if record is None else record.entname
    representative = company.representative if record is None else record.lerep
    await db.write(
        companies.learning(company_id, name=name, representative=representative, state=state.value)
    )
    for bond in over:
        await _end(bond)
    found = await companies.find(company_id)
    assert found is not None
    return found


async def trusted(company_id: str) -> None:
    """Let somebody act as legal representative only on a word of the register that is not old.

    Raises:
        Refusal: ``market_down``.
    """
    try:
        await ask_again(company_id)
    except Down as down:
        company = await companies.find(company_id)
        if company is None or clock.now() - company.as_of > TRUSTED:
            raise market_down(down) from None


async def check_all() -> None:
    """Job: ask about every company that somebody represents, once a day."""
    for company_id in await companies.unasked_since(clock.now() - EVERY, most=AT_ONCE):
        try:
            await ask_again(company_id)
        except Down as down:
            log.warning("register.down", register="market", reason=down.reason)


def market_down(down: Down) -> Refusal:
    """The refusal for a register that does not answer."""
    return outside_down("market_down", retry_after=down.retry_after)


async def _still(market: Market, company: Company, bond: Bond) -> bool:
    who = await people.find_identity(bond.agent_id or "")
    return who is not None and await market.is_representative(
        company.uscc, name=who.name, id_number=who.id_number
    )


def _offered_by(bond: Bond, gone: set[str | None]) -> bool:
    """An invitation that nobody answered yet, by somebody who no longer speaks for the company."""
    return bond.state == "asked" and bond.named_by_id in gone


async def _end(bond: Bond) -> None:
    told = []
    if bond.agent_id is not None and bond.state == "living":
        told = [
            alerts.telling(bond.agent_id, "rep_over", once=f"rep_over:{bond.id}"),
            events.happened(
                "rep_ended", via="web", address="", person_id=bond.agent_id, detail=bond.id
            ),
        ]
    try:
        await db.write(bonds.ending(bond.id, by="register"), *told)
    except db.Stale:  # ended a moment ago
        return
