"""At a window an elder without a phone lets somebody act for them (窗口办理代办)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth import client
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, Somebody, refusal
from tests.auth.test_acting import choose
from tests.auth.test_family import CHILD, HUSBAND, WEIJIE, mine, told

ARRANGED = "/auth/staff/representations"
CHECKS, ENDED = f"{ARRANGED}/checks", f"{ARRANGED}/endings"
SIGNED = f"{ARRANGED}/signed"


def errand(represented: Somebody, agent: Somebody, **more: Any) -> dict[str, Any]:
    cards = {
        "represented": {"name": represented.name, "number": represented.id_number},
        "agent": {"name": agent.name, "number": agent.id_number},
    }
    return {**cards, "relation": "parent", "scope": ["apply"], **more}


async def signed(door: Door, clerk: httpx2.AsyncClient, body: dict[str, Any]) -> httpx2.Response:
    """The represented signs, and a colleague agrees."""
    asked = await clerk.post(SIGNED, json={**body, "signed": True})
    assert asked.status_code == 201, asked.text
    second = await door.clerk("chief.ga")
    answer = await second.post(
        f"/auth/staff/changes/{asked.json()['id']}/decision", json={"approve": True}
    )
    assert answer.status_code == 200, answer.text
    return asked


async def sure(door: Door) -> httpx2.AsyncClient:
    """A clerk who has just shown who they are."""
    return await door.clerk()


async def test_an_elder_without_a_phone(door: Door) -> None:
    clerk, son = await sure(door), await door.registered(WEIJIE)
    body = errand(HUANG, WEIJIE, items=["pension-check"])
    assert (await clerk.post(CHECKS, json=body)).json() == {"confirm_by": "signature"}
    alone = await clerk.post(ARRANGED, json=body)
    assert refusal(alone) == (403, "rep_signs")
    assert refusal(await clerk.post(SIGNED, json=body)) == (422, "check_input")
    asked = (await clerk.post(SIGNED, json={**body, "signed": True})).json()
    assert (asked["card"]["name"], asked["former"]["name"]) == (HUANG.name, WEIJIE.name)
    last = (clock.today() + timedelta(days=92)).isoformat()
    assert asked["terms"] == {
        "relation": "parent", "scope": ["apply"], "items": ["pension-check"], "until": last,
    }  # fmt: skip
    assert await mine(son) == []  # nobody alone gives power over somebody whom nothing would tell
    path, yes = f"/auth/staff/changes/{asked['id']}/decision", {"approve": True}
    second = await door.clerk("chief.ga")
    answers = await asyncio.gather(*(second.post(path, json=yes) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    (bond,) = await mine(son)
    assert (bond["name"], bond["proof"], bond["relation"]) == ("黄*明", "counter", "parent")
    assert (await choose(son, bond["id"])).status_code == 200
    elder = await client.person_by_id_number(HUANG.id_number)
    assert elder is not None
    assert (await client.identity(elder)).phone == ""
    again = await clerk.post(SIGNED, json={**body, "signed": True})
    assert refusal(again) == (409, "rep_exists")
    rows = await db.rows("SELECT staff_id FROM auth_event WHERE kind = 'rep_begun'")
    assert [row["staff_id"] is not None for row in rows] == [True, True]
    # at home the elder registers after all, and finds it
    own = await door.registered(HUANG)
    (seen,) = await mine(own, "act_for_me")
    assert (await own.delete(f"/auth/representations/{seen['id']}")).status_code == 204


async def test_who_has_a_phone_says_yes_by_it(door: Door) -> None:
    clerk = await sure(door)
    await door.registered(HUANG)
    await door.registered(WEIJIE)
    body = errand(HUANG, WEIJIE)
    unheard = await clerk.post(SIGNED, json={**body, "signed": True})
    assert refusal(unheard) == (403, "rep_phone_must_answer")
    assert (await clerk.post(CHECKS, json=body)).json() == {"confirm_by": "code"}
    wrong = await clerk.post(ARRANGED, json={**body, "code": "000000"})
    assert refusal(wrong) == (422, "code_wrong")
    shown = await door.phone_shows(HUANG.phone)
    code = next(m["params"]["code"] for m in shown if m["template"] == "counter_code")
    answers = await asyncio.gather(
        *(clerk.post(ARRANGED, json={**body, "code": code}) for _ in range(4))
    )
    assert [answer.status_code for answer in answers].count(201) == 1
    assert any("可以由家人代办了" in text for text in await told(door, HUANG.phone))


async def test_a_child_of_another_household_book(small_door: Door) -> None:
    clerk = await sure(small_door)
    mother = await small_door.registered(LIANG)
    child = Somebody("陈乐怡", CHILD, "")
    body = errand(child, LIANG, relation="child")
    with_other = {**body, "relation": "parent", "signed": True}
    assert refusal(await clerk.post(SIGNED, json=with_other)) == (422, "check_input")
    await signed(small_door, clerk, body)
    (bond,) = await mine(mother)
    assert (bond["role"], bond["proof"]) == ("guardian", "counter")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (errand(HUANG, HUSBAND), 403, "rep_agent_first"),
        (errand(HUANG, HUANG), 422, "check_input"),
        (errand(Somebody("黄伯朋", HUANG.id_number, ""), LIANG), 403, "rep_register"),
        (errand(Somebody("何秀英", "440604195307110283", ""), LIANG), 403, "rep_register"),
        (errand(Somebody("赵停停", "440604198501020189", ""), LIANG), 503, "population_down"),
        (errand(HUANG, LIANG, until="2020-01-01"), 422, "check_input"),
        (errand(HUANG, LIANG, items=[]), 422, "check_input"),
    ],
)
async def test_what_is_not_arranged(
    small_door: Door, body: dict[str, Any], status: int, code: str
) -> None:
    clerk = await sure(small_door)
    await small_door.registered(LIANG)
    for path in (CHECKS, ARRANGED, SIGNED):
        answer = await clerk.post(
            path, json={**body, **({"signed": True} if path == SIGNED else {})}
        )
        assert refusal(answer) == (status, code), path


async def test_only_clerks_arrange_it(small_door: Door) -> None:
    person = await small_door.registered(LIANG)
    for path in (CHECKS, ARRANGED, SIGNED, ENDED):
        body = errand(HUANG, LIANG)
        assert refusal(await person.post(path, json=body)) == (403, "not_for_you")
        stranger = await small_door.visitor()
        assert refusal(await stranger.post(path, json=body)) == (401, "sign_in_first")


async def test_what_began_without_a_phone_ends_without_one(small_door: Door) -> None:
    clerk = await sure(small_door)
    for agent in (WEIJIE, LIANG):
        await small_door.registered(agent)
        await signed(small_door, clerk, errand(HUANG, agent))
    card = {"represented": {"name": HUANG.name, "number": HUANG.id_number}}
    wrong = {"represented": {"name": "黄伯朋", "number": HUANG.id_number}}
    assert refusal(await clerk.post(ENDED, json=wrong)) == (403, "rep_register")
    nobody = await clerk.post(ENDED, json={**card, "agent_name": "陈志强"})
    assert refusal(nobody) == (404, "not_found")
    answer = await clerk.post(ENDED, json={**card, "agent_name": WEIJIE.name})
    assert answer.json() == {"ended": ["黄*杰"]}
    assert any("一项代办结束了" in text for text in await told(small_door, WEIJIE.phone))
    assert (await clerk.post(ENDED, json=card)).json() == {"ended": ["梁*欣"]}
    assert refusal(await clerk.post(ENDED, json=card)) == (404, "not_found")
    person = await small_door.visitor()
    assert refusal(await person.post(ENDED, json=card)) == (401, "sign_in_first")


async def test_the_represented_come_to_a_phone_at_a_window(small_door: Door) -> None:
    """With the card alone: nothing was theirs by phone that another officer would have to guard."""
    clerk = await sure(small_door)
    await small_door.registered(WEIJIE)
    await signed(small_door, clerk, errand(HUANG, WEIJIE))
    elder = await client.person_by_id_number(HUANG.id_number)
    read = {
        "document": "id_card", "number": HUANG.id_number, "name": HUANG.name, "phone": HUANG.phone,
    }  # fmt: skip
    check = (await clerk.post("/auth/staff/verifications", json=read)).json()
    assert (check["state"], check["reasons"]) == ("ready", [])
    shown = await small_door.phone_shows(HUANG.phone)
    code = next(m["params"]["code"] for m in shown if m["template"] == "counter_code")
    path = f"/auth/staff/verifications/{check['id']}/confirmation"
    assert (await clerk.post(path, json={"code": code})).status_code == 200
    assert await client.person_by_id_number(HUANG.id_number) == elder
    assert (await client.identity(elder or "")).phone == HUANG.phone
