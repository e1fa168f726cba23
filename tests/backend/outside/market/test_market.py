"""The register of legal persons over its wire: answers, and every failure."""

import pytest

from backend.outside.market import sandbox
from backend.outside.market.client import CompanyState, Market, facts_from
from backend.outside.wire import Down

JIHUA = "91440604MA4UJ7K218"
LIANG = {"name": "梁嘉欣", "id_number": "440604199005120222"}


@pytest.fixture
def market(wire):
    return Market(wire(sandbox.build(token="k")), token="k", deadline=0.05)


async def test_a_company_and_its_facts(market):
    company = await market.find_company(JIHUA.lower())
    assert (company.entname, company.state) == (
        "佛山市禅城区季华文化传播有限公司", CompanyState.ACTIVE,
    )  # fmt: skip
    assert facts_from(company) == {
        "company_name": "佛山市禅城区季华文化传播有限公司",
        "uscc": JIHUA,
        "company_kind": "有限责任公司（自然人独资）",
        "legal_representative": "梁嘉欣",
        "registered_address": "佛山市禅城区季华五路22号季华大厦1208室",
        "industry": "文化、体育和娱乐业",
        "established_on": "2016-03-16",
        "company_status": "存续",
    }
    assert "梁嘉欣" not in repr(company)
    assert await market.find_company("914406040987657008") is None


@pytest.mark.parametrize(
    ("uscc", "state"),
    [("91440604098765500W", CompanyState.REVOKED), ("91440604098765600J", CompanyState.DISSOLVED)],
)
async def test_a_company_that_is_no_more(market, uscc, state):
    assert (await market.find_company(uscc)).state is state


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, True),
        ({"name": "梁佳欣"}, False),
        ({"id_number": "440604198803170318"}, False),
        ({"uscc": "91440605MA52XD9P43"}, False),
        ({"uscc": "914406040987657008"}, False),
    ],
)
async def test_somebody_is_the_representative_or_is_not(market, change, answer):
    assert await market.is_representative(**({"uscc": JIHUA, **LIANG} | change)) is answer


@pytest.mark.parametrize(
    ("uscc", "reason"),
    [
        ("914406040987651006", "timeout"),
        ("91440604098765200U", "status"),
        ("91440604098765300H", "garbled"),
        ("914406040987654007", "refused"),
    ],
)
async def test_every_way_to_fail(market, uscc, reason):
    with pytest.raises(Down) as down:
        await market.find_company(uscc)
    assert down.value.reason == reason


async def test_a_caller_without_a_token_is_refused(wire):
    stranger = Market(wire(sandbox.build(token="k")), token="other", deadline=0.05)
    with pytest.raises(Down):
        await stranger.find_company(JIHUA)
