"""The registers that feed the library (数据来源), and how each one's answer becomes assertions.

Each source is asked by the person's ID number through its client, outside any transaction. An
answer about somebody else is not stored: registers do mix people up, and a wrong fact in a
pre-filled form is worse than an empty field.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from backend.outside.education.client import Education
from backend.outside.education.client import facts_from as education_facts
from backend.outside.housing_fund.client import HousingFund
from backend.outside.housing_fund.client import facts_from as fund_facts
from backend.outside.market.client import Market
from backend.outside.market.client import facts_from as company_facts
from backend.outside.population.client import (
    Population,
    facts_from,
    plain_name,
    residence_facts_from,
)
from backend.outside.real_estate.client import RealEstate
from backend.outside.real_estate.client import facts_from as property_facts
from backend.outside.records import Facts, iso_date
from backend.outside.social_security.client import SocialSecurity
from backend.outside.social_security.client import facts_from as insurance_facts


class Mismatch(Exception):
    """The register answered about somebody else. Carries no personal data."""


@dataclass(frozen=True, repr=False)
class Whom:
    """The person or company a register is asked about, by name and number."""

    name: str
    id_number: str


@dataclass(frozen=True, repr=False)
class Answer:
    """What a register holds about a person; ``valid_until`` (ISO date) by element where it ends."""

    facts: Facts
    valid_until: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[Whom], Awaitable[Answer | None]]


async def _population(whom: Whom) -> Answer | None:
    client = Population.from_settings()
    record = await client.find_person(whom.id_number)
    if record is None:
        return None
    _same(whom, record.gmsfhm, record.xm)
    return Answer(facts_from(record, await client.household(whom.id_number)))


async def _residence(whom: Whom) -> Answer | None:
    record = await Population.from_settings().find_residence(whom.id_number)
    if record is None:
        return None
    until = iso_date(record.yxqz)
    return Answer(residence_facts_from(record), {"residence_permit_number": until} if until else {})


async def _social_security(whom: Whom) -> Answer | None:
    record = await SocialSecurity.from_settings().find_insured(whom.id_number)
    if record is None:
        return None
    _same(whom, record.aac002, record.aac003)
    return Answer(insurance_facts(record))


async def _education(whom: Whom) -> Answer | None:
    client = Education.from_settings()
    own = await client.schooling(whom.id_number)
    for entry in own:
        _same(whom, entry.sfzjh, entry.xm)
    children = await client.childrens_schooling(whom.id_number)
    return Answer(education_facts(own, children)) if own or children else None


async def _housing_fund(whom: Whom) -> Answer | None:
    account = await HousingFund.from_settings().find_account(whom.id_number)
    return None if account is None else Answer(fund_facts(account))


async def _real_estate(whom: Whom) -> Answer | None:
    # Owning nothing is an answer too: it waives the proof of owning no home.
    found = await RealEstate.from_settings().properties(whom.id_number)
    return Answer(property_facts(found))


async def _market(whom: Whom) -> Answer | None:
    """By the credit code alone: a company may have changed its name since it signed up."""
    record = await Market.from_settings().find_company(whom.id_number)
    if record is None:
        return None
    if record.uniscid.upper() != whom.id_number.upper():
        raise Mismatch
    return Answer(company_facts(record))


ASK: Mapping[str, Ask] = {
    "population": _population,
    "residence": _residence,
    "social_security": _social_security,
    "education": _education,
    "housing_fund": _housing_fund,
    "real_estate": _real_estate,
}
"""Every register of people by the source code that its facts carry."""

ASK_OF_COMPANIES: Mapping[str, Ask] = {"market": _market}
"""Every register of legal persons (法人). ``Whom.id_number`` is then the credit code."""


async def ask(source: str, whom: Whom) -> Answer | None:
    """What one register holds about somebody, or None when it holds nothing.

    Raises:
        Down: it does not answer.
        Mismatch: it answered about somebody else.
    """
    known = ASK_OF_COMPANIES if source in ASK_OF_COMPANIES else ASK
    return await known[source](whom)


def _same(whom: Whom, id_number: str, name: str) -> None:
    if id_number.upper() != whom.id_number.upper() or plain_name(name) != plain_name(whom.name):
        raise Mismatch
