"""The school roll over its wire: paging, translation, failures."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.outside.education import sandbox
from backend.outside.education.client import Education, facts_from
from backend.outside.wire import Down

LIANG = "440604199005120222"
GRADUATE = "440604200111200264"


@pytest.fixture
def roll(wire):
    return Education(wire(sandbox.build(token="k")), token="k", deadline=0.05)


async def test_facts_of_a_mother_of_two(roll):
    facts = facts_from(await roll.schooling(LIANG), await roll.childrens_schooling(LIANG))
    assert facts == {
        "education_level": "bachelor",
        "graduated_from": "佛山科学技术学院",
        "student_number": "200811078031",
        "children_school": [
            {
                "name": "陈乐怡",
                "id_number": "440604201509060446",
                "school": "佛山市禅城区怡东小学",
                "grade": "2022级",
                "student_number": "G440604201509060446",
            },
            {
                "name": "陈乐天",
                "id_number": "440604201902200556",
                "school": "佛山市禅城区怡东小学",
                "grade": "2025级",
                "student_number": "G440604201902200556",
            },
        ],
    }


async def test_the_highest_finished_schooling_counts(roll):
    facts = facts_from(await roll.schooling(GRADUATE))
    assert (facts["education_level"], facts["graduated_from"]) == ("master", "华南理工大学")
    assert "children_school" not in facts


async def test_every_page_is_read(wire, monkeypatch):
    monkeypatch.setattr(sandbox, "PAGE_AT_MOST", 1)
    roll = Education(wire(sandbox.build()), token="sandbox")
    assert [entry.xlm for entry in await roll.schooling(GRADUATE)] == ["21", "14"]


async def test_a_pupil_has_a_number_but_no_level(roll):
    facts = facts_from(await roll.schooling("440604201902200556"))
    assert facts == {"student_number": "G440604201902200556"}


async def test_nothing_held_is_empty(roll):
    assert await roll.schooling("44060619930214029X") == []
    assert facts_from([], []) == {"children_school": []}


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("44060419860101021X", "timeout"),
        ("440604198601020282", "status"),
        ("440604198601030253", "garbled"),
        ("440604198601040224", "refused"),
    ],
)
@pytest.mark.parametrize("ask", ["schooling", "childrens_schooling"])
async def test_magic_identities(roll, ask, number, reason):
    with pytest.raises(Down) as caught:
        await getattr(roll, ask)(number)
    assert (caught.value.system, caught.value.reason) == ("education", reason)


async def test_a_wrong_key_is_refused(wire):
    with pytest.raises(Down) as caught:
        await Education(wire(sandbox.build(token="a")), token="b").schooling(LIANG)
    assert (caught.value.reason, caught.value.permanent) == ("refused", True)


ENTRY = {"SFZJH": "1", "XM": "甲", "XJH": "1", "XXMC": "校", "XLM": "81", "XJZTM": "01"}


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"total": 3, "list": []},
        {"total": "3", "list": [ENTRY]},
        {"total": 1, "list": [{**ENTRY, "XM": 5}]},
        {"total": 1, "list": ["x"]},
        {"total": 10**9, "list": [ENTRY] * 90},
    ],
)
async def test_an_answer_that_cannot_be_right_is_garbled(wire, data):
    async def lie(request):
        return JSONResponse({"code": "0", "data": data})

    app = Starlette(routes=[Route("/api/v2/xj/page", lie, methods=["POST"])])
    with pytest.raises(Down) as caught:
        await Education(wire(app), token="k").schooling(LIANG)
    assert caught.value.reason == "garbled"
