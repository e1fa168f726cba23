"""The housing fund over its wire: XML in GB18030, amounts, failures."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.outside.housing_fund import sandbox
from backend.outside.housing_fund.client import HousingFund, facts_from, parse
from backend.outside.wire import Down


@pytest.fixture
def fund(wire):
    return HousingFund(wire(sandbox.build(token="<k>")), token="<k>", deadline=0.05)


async def test_facts_of_an_account(fund):
    assert facts_from(await fund.find_account("440604199005120222")) == {
        "fund_account": "060410288812",
        "fund_status": "normal",
        "fund_balance": 86420.35,
        "fund_monthly": 680.0,
        "fund_employer": "佛山市禅城区季华文化传播有限公司",
    }


@pytest.mark.parametrize(
    ("number", "status"), [("440604198803170318", "sealed"), ("440604195103080131", "closed")]
)
async def test_status_of_other_accounts(fund, number, status):
    facts = facts_from(await fund.find_account(number))
    assert (facts["fund_status"], facts["fund_monthly"]) == (status, 0.0)


async def test_no_account_is_none(fund):
    assert await fund.find_account("440604200111200264") is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("44060419860101021X", "timeout"),
        ("440604198601020282", "status"),
        ("440604198601030253", "garbled"),
        ("440604198601040224", "refused"),
    ],
)
async def test_magic_identities(fund, number, reason):
    with pytest.raises(Down) as caught:
        await fund.find_account(number)
    assert (caught.value.system, caught.value.reason) == ("housing_fund", reason)


async def test_a_wrong_token_is_refused(wire):
    with pytest.raises(Down) as caught:
        await HousingFund(wire(sandbox.build(token="a")), token="b").find_account("1")
    assert (caught.value.reason, caught.value.permanent) == ("refused", True)


async def test_markup_in_a_question_stays_text(fund):
    assert await fund.find_account("</zjhm><zjhm>440604199005120222") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"\xff\xff",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ],
)
def test_hostile_xml_is_garbled(body):
    with pytest.raises(Down, match="garbled"):
        parse(body)


@given(st.binary(max_size=200))
def test_garbage_is_one_exception(body):
    with contextlib.suppress(Down):
        parse(body)
