"""What a post names binds every role, what it leaves empty is everywhere (岗位范围)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import demo
from auth.rules.staff import Reach, problems
from auth.usecases import load_staff
from tests.auth.conftest import STRANGER, Door, refusal
from tests.auth.test_counter import PATH, Window

PARTS = st.sampled_from(["", "a", "b"])
REACHES = st.builds(Reach, PARTS, PARTS, PARTS)


@given(REACHES, REACHES, REACHES)
def test_reaches_are_ordered(one: Reach, two: Reach, three: Reach) -> None:
    assert one.covers(one)
    assert Reach().covers(one)
    if one.covers(two) and two.covers(one):
        assert one == two
    if one.covers(two) and two.covers(three):
        assert one.covers(three)


@pytest.mark.parametrize(
    ("roles", "post", "found"),
    [
        (["clerk"], Reach("GA"), []),
        (["clerk", "reviewer", "approver"], Reach("GA", "440604", "禅城大厅"), []),
        (["supervisor"], Reach(), []),
        (["administrator"], Reach("", "440604"), []),
        (["clerk"], Reach(), [("department", "department_needed")]),
        (["clerk", "administrator"], Reach("GA"), [("roles", "administrator_alone")]),
        (["mayor"], Reach("GA"), [("roles", "not_an_option")]),
        ([], Reach("GA"), [("roles", "role_needed")]),
        (["supervisor"], Reach("", "nanhai"), [("district", "format")]),
        (["supervisor"], Reach("", "", "x" * 41), [("hall", "too_long")]),
    ],
)
def test_what_a_post_may_be(roles: list[str], post: Reach, found: list[tuple[str, str]]) -> None:
    assert problems(roles, post) == found


async def test_a_list_with_an_impossible_post_is_refused(small_door: Door) -> None:
    entry = demo.staff()[0]
    with pytest.raises(ValueError, match=r"clerk.ga: roles: administrator_alone"):
        await load_staff([{**entry, "roles": ("clerk", "administrator")}])
    with pytest.raises(ValueError, match="department_needed"):
        await load_staff([{**entry, "department": ""}])


async def test_what_was_changed_in_a_demo_outlives_its_restart(small_door: Door) -> None:
    entry = demo.staff()[0]
    await load_staff([{**entry, "roles": ("reviewer",)}])
    assert await load_staff([entry], only_new=True) == 0
    assert await load_staff([entry]) == 1


@pytest.mark.parametrize(
    ("post", "sees"),
    [
        ({}, True),
        ({"department": ""}, True),
        ({"district": "440604", "hall": "禅城大厅"}, True),
        ({"hall": "禅城大厅"}, True),
        ({"hall": "南海大厅"}, False),
        ({"district": "440605"}, False),
        ({"department": "RS"}, False),
    ],
)
async def test_a_second_officer_sees_the_checks_of_the_own_hall(
    door: Door, post: dict[str, str], sees: bool
) -> None:
    clerk, officer = demo.staff()[0], demo.staff()[3]
    at = {"district": "440604", "hall": "禅城大厅"}
    await load_staff([
        {**clerk, "login": "clerk.here", **at},
        {**officer, "login": "second.one", "roles": ("supervisor",), **post},
    ])  # fmt: skip
    browsers = []
    for login in ("clerk.here", "second.one"):
        browser = await door.visitor()
        body = {"login": login, "password": demo.PASSWORD}
        answer = await browser.post("/auth/staff/sessions", json=body)
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        browsers.append(browser)
    window = Window(door, browsers[0], browsers[1])
    check = (await window.reads(name="梁佳欣", phone=STRANGER)).json()["id"]
    waiting = (await window.second.get(PATH)).json()["checks"]
    assert [one["id"] for one in waiting] == ([check] if sees else [])
    answer = await window.decides(check)
    if sees:
        assert answer.status_code == 200, answer.text
    else:
        assert refusal(answer) == (404, "not_found")
