"""What the registers say must pass the dictionary: a pre-filled form that refuses its own
values is worse than an empty one.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from backend.catalogue import book
from backend.catalogue.forms import definition, region_options
from backend.catalogue.rules import compile_form
from backend.outside import demo
from backend.outside.education import client as education
from backend.outside.housing_fund import client as housing_fund
from backend.outside.market import client as market
from backend.outside.market.sandbox import MAGIC, read_companies
from backend.outside.population import client as population
from backend.outside.real_estate import client as real_estate
from backend.outside.social_security import client as social_security
from tests.conftest import OpenCity

# the demo people whose registers answer; the others are the magic identities of the sandboxes
PHONES = {f"1990000000{n}" for n in range(1, 5)} | {f"1990000001{n}" for n in range(1, 7)}
PEOPLE = [p["population"]["GMSFHM"] for p in demo.read_people() if p.get("phone") in PHONES]

COMPANIES = [c["UNISCID"] for c in read_companies() if c["UNISCID"] not in MAGIC]


async def of_population(number: str) -> Mapping[str, Any]:
    register = population.Population.from_settings()
    person = await register.find_person(number)
    assert person is not None
    facts = dict(population.facts_from(person, await register.household(number)))
    residence = await register.find_residence(number)
    return facts | (population.residence_facts_from(residence) if residence else {})


async def of_social_security(number: str) -> Mapping[str, Any]:
    found = await social_security.SocialSecurity.from_settings().find_insured(number)
    return social_security.facts_from(found) if found else {}


async def of_education(number: str) -> Mapping[str, Any]:
    school = education.Education.from_settings()
    return education.facts_from(
        await school.schooling(number), await school.childrens_schooling(number)
    )


async def of_housing_fund(number: str) -> Mapping[str, Any]:
    account = await housing_fund.HousingFund.from_settings().find_account(number)
    return housing_fund.facts_from(account) if account else {}


async def of_real_estate(number: str) -> Mapping[str, Any]:
    found = await real_estate.RealEstate.from_settings().properties(number)
    return real_estate.facts_from(found)


async def of_market(number: str) -> Mapping[str, Any]:
    found = await market.Market.from_settings().find_company(number)
    assert found is not None
    return market.facts_from(found)


REGISTERS = (of_population, of_social_security, of_education, of_housing_fund, of_real_estate)


def asked(code: str, element: str) -> dict[str, Any]:
    source = book.current().source
    entry = definition(source, element)
    assert entry is not None, f"{element} is not in the dictionary"
    field = {**entry, "code": code, "required": False, "when": None}
    if "regions" in entry:
        field["options"] = region_options(source, entry["regions"])
    return field


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.__name__)
async def test_registers_say_what_the_dictionary_understands(
    embedded_city: OpenCity, register: Callable[[str], Any]
) -> None:
    await understood(register, PEOPLE)


async def test_so_does_the_register_of_companies(embedded_city: OpenCity) -> None:
    await understood(of_market, COMPANIES)


async def understood(register: Callable[[str], Any], numbers: list[str]) -> None:
    said = 0
    for number in numbers:
        for element, value in (await register(number)).items():
            entry = definition(book.current().source, element)
            assert entry is not None, f"{element} is not in the dictionary"
            if entry["type"] == "list":
                fields = [asked(column, f"{element}.{column}") for column in entry["columns"]]
                repeat = {"min": 0, "max": 99}
                section = {"code": element, "when": None, "repeat": repeat, "fields": fields}
            else:
                fields = [asked(element, element)]
                section = {"code": "all", "when": None, "repeat": None, "fields": fields}
            seen = compile_form({"sections": [section]}).examine(
                {element: value}, today="2026-11-23"
            )
            assert not seen.errors, (element, seen.errors)
            said += 1
    assert said > len(numbers)
