"""The population register over its wire: what it says, and every way it can fail."""

from datetime import UTC, datetime

import pytest

from backend.kernel import clock
from backend.outside.population import sandbox
from backend.outside.population.client import (
    Check,
    Population,
    facts_from,
    plain_name,
    residence_facts_from,
)
from backend.outside.wire import Down

LIANG = "440604199005120222"
AYGUL = "650102198809010242"


@pytest.fixture
def register(wire):
    with clock.showing(datetime(2026, 11, 23, tzinfo=UTC)):
        yield Population(wire(sandbox.build(token="k")), token="k", deadline=0.05)


@pytest.mark.parametrize(
    ("name", "number", "answer"),
    [
        ("梁嘉欣", LIANG, Check.MATCH),
        ("粱嘉欣", LIANG, Check.MISMATCH),
        ("赵不符", "440604198501050193", Check.MISMATCH),
        ("梁嘉欣", "440604198501060164", Check.NOT_FOUND),
        ("何秀英", "440604195307110283", Check.DECEASED),
        ("陈乐怡", "440604201509060446", Check.MINOR),
        ("杨帆", "44060619930214029x", Check.MATCH),
        ("阿依古丽•买买提江・努尔艾力 ", AYGUL, Check.MATCH),
    ],
)
async def test_identity_check(register, name, number, answer):
    assert await register.check_identity(name=name, id_number=number) is answer


@pytest.mark.parametrize(
    ("day", "answer"), [((2033, 9, 5, 15), Check.MINOR), ((2033, 9, 5, 16), Check.MATCH)]
)
async def test_a_minor_comes_of_age_on_the_birthday_in_the_city(register, day, answer):
    with clock.showing(datetime(*day, tzinfo=UTC)):
        checked = await register.check_identity(name="陈乐怡", id_number="440604201509060446")
    assert checked is answer


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("440604198501010116", "timeout"),
        ("440604198501020189", "status"),
        ("44060419850103015X", "garbled"),
        ("440604198501040120", "refused"),
    ],
)
@pytest.mark.parametrize("ask", ["check", "person", "household", "residence"])
async def test_every_failure_is_one_exception_without_personal_data(register, number, reason, ask):
    calls = {
        "check": lambda: register.check_identity(name="赵慢慢", id_number=number),
        "person": lambda: register.find_person(number),
        "household": lambda: register.household(number),
        "residence": lambda: register.find_residence(number),
    }
    with pytest.raises(Down) as caught:
        await calls[ask]()
    assert (caught.value.system, caught.value.reason) == ("population", reason)
    assert caught.value.retry_after == (30 if reason == "status" else None)
    assert number not in repr(caught.value)
    assert "赵" not in repr(caught.value)


async def test_a_wrong_token_is_a_permanent_failure(wire):
    register = Population(wire(sandbox.build(token="right")), token="wrong")
    with pytest.raises(Down) as caught:
        await register.find_person(LIANG)
    assert caught.value.permanent


async def test_facts_of_the_tours_citizen(register):
    person, household = await register.find_person(LIANG), await register.household(LIANG)
    assert facts_from(person, household) == {
        "name": "梁嘉欣",
        "id_number": LIANG,
        "sex": "female",
        "birth_date": "1990-05-12",
        "ethnic_group": "汉族",
        "household_address": "广东省佛山市禅城区祖庙街道升平路18号302房",
        "household_region": "440604",
        "household_type": "family",
        "marital_status": "married",
        "spouse_name": "陈志强",
        "spouse_id_number": "440604198803170318",
        "children": [
            {
                "name": "陈乐怡",
                "id_number": "440604201509060446",
                "sex": "female",
                "birth_date": "2015-09-06",
                "relation": "daughter",
            },
            {
                "name": "陈乐天",
                "id_number": "440604201902200556",
                "sex": "male",
                "birth_date": "2019-02-20",
                "relation": "son",
            },
        ],
    }


async def test_without_the_household_the_family_elements_are_left_out(register):
    facts = facts_from(await register.find_person(LIANG))
    assert not {"children", "spouse_name", "spouse_id_number"} & facts.keys()


async def test_residence_with_and_without_a_permit(register):
    aygul = await register.find_residence(AYGUL)
    assert residence_facts_from(aygul)["residence_permit_number"] == "440605202300184421"
    assert aygul.yxqz == "20270314"
    liang = residence_facts_from(await register.find_residence(LIANG))
    assert liang.keys() == {"residence_address", "residence_region", "residence_since"}
    assert await register.find_residence("44060619930214029X") is None


async def test_nobody_is_none_and_a_record_never_shows_itself(register):
    assert await register.find_person("440604198501060164") is None
    assert await register.household("440604198501060164") == []
    assert repr(await register.find_person(LIANG)) == "<PersonRecord>"


def test_plain_name_knows_the_dots_people_type():
    assert plain_name(" 阿依古丽・买买提江‧努尔艾力") == "阿依古丽·买买提江·努尔艾力"
