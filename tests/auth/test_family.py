"""Acting for a child, a parent, a spouse: by the register, or by both sides' word (亲友代办)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth import client
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, Somebody, refusal
from tests.auth.test_acting import choose, probe

WEIJIE = Somebody("黄伟杰", "440604197910020177", "19900000012")  # Huang's son
HUSBAND = Somebody("陈志强", "440604198803170318", "19900000011")  # Liang's
CHILD = "440604201509060446"


def naming(who: Somebody, **more: Any) -> dict[str, Any]:
    """The proposal that names somebody; the represented is a parent unless said otherwise."""
    body = {"name": who.name, "phone": who.phone, "relation": "parent", "scope": ["apply"]}
    return {**body, **more}


async def proposed(browser: httpx2.AsyncClient, body: dict[str, Any], to: str = "") -> Any:
    answer = await browser.post(f"/auth/representations{to}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def mine(browser: httpx2.AsyncClient, side: str = "i_act_for") -> list[Any]:
    found: list[Any] = (await browser.get("/auth/representations")).json()[side]
    return found


async def told(door: Door, phone: str) -> list[str]:
    return [one["text"] for one in await door.phone_shows(phone)]


async def test_a_mother_acts_for_her_child(door: Door) -> None:
    mother = await door.registered(LIANG)
    found = (await mother.get("/auth/representations/children")).json()["children"]
    assert [(one["name"], one["number_ends"]) for one in found] == [
        ("陈*怡", "0446"), ("陈*天", "0556"),
    ]  # fmt: skip
    body = {"child": found[0]["child"], "consent": True}
    answer = await mother.post("/auth/representations/children", json=body)
    assert answer.status_code == 201, answer.text
    bond = answer.json()
    assert (bond["role"], bond["relation"], bond["proof"]) == ("guardian", "child", "register")
    assert bond["until"] == (clock.today() + timedelta(days=365)).isoformat()
    again = await mother.post("/auth/representations/children", json=body)
    assert refusal(again) == (409, "rep_exists")
    listed = (await mother.get("/auth/representations/children")).json()["children"]
    assert [one["representation"] for one in listed] == [bond["id"], None]
    await choose(mother, bond["id"])
    child = await client.person_by_id_number(CHILD)
    assert child is not None
    assert (await client.identity(child)).phone == ""
    async with probe(mother) as site:
        assert (await site.get("/view")).json()["holder"] == child
    await door.city.work()  # the child's space is opened; nobody is written to

    father = await door.registered(HUSBAND)
    (first, _) = (await father.get("/auth/representations/children")).json()["children"]
    assert first["child"] != found[0]["child"]  # a mark serves one parent alone
    answer = await father.post("/auth/representations/children", json=body)
    assert refusal(answer) == (404, "not_found")
    answer = await father.post(
        "/auth/representations/children", json={"child": first["child"], "consent": True}
    )
    assert answer.status_code == 201
    assert (await father.delete(f"/auth/representations/{bond['id']}")).status_code == 404


async def test_no_parent_acts_beyond_childhood(small_door: Door) -> None:
    mother = await small_door.registered(LIANG)
    (daughter, _) = (await mother.get("/auth/representations/children")).json()["children"]
    body = {"child": daughter["child"], "consent": True}
    eve = clock.now().replace(year=2033, month=3, day=1)  # she is born on 6 September 2015
    with clock.showing(eve):
        fresh = await signed_in(small_door, LIANG)
        answer = await fresh.post("/auth/representations/children", json=body)
        assert answer.json()["until"] == "2033-09-05"
        await choose(fresh, answer.json()["id"])
    with clock.showing(eve.replace(month=9, day=6)):
        grown = await signed_in(small_door, LIANG)
        (bond,) = await mine(grown)
        assert (bond["state"], bond["ended_by"]) == ("ended", "time")
        assert refusal(await choose(grown, bond["id"])) == (403, "acting_over")
        left = (await grown.get("/auth/representations/children")).json()["children"]
        assert [one["name"] for one in left] == ["陈*天"]


async def signed_in(door: Door, who: Somebody) -> httpx2.AsyncClient:
    browser = await door.visitor()
    code = await door.code(who.phone, "sign_in")
    answer = await browser.post("/auth/sessions", json={"phone": who.phone, "code": code})
    assert answer.status_code == 201, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return browser


async def recovering(door: Door, who: Somebody) -> httpx2.Response:
    stranger = await door.visitor()
    assert (await stranger.post("/auth/recoveries/codes", json={"phone": who.phone})).is_success
    shown = await door.phone_shows(who.phone)
    code = next(m["params"]["code"] for m in shown if m["template"] == "recover_code")
    return await stranger.post("/auth/recoveries", json={**who.body, "code": code})


async def test_a_child_that_registers_finds_what_was_done_for_it(door: Door) -> None:
    """At sixteen, with a phone of its own: the same account, and the parent still acts."""
    from auth.models import bonds, people

    ward, graduate = db.new_id(), Somebody("欧阳婉清", "440604200111200264", "19900000004")
    await door.registered(LIANG)
    agent = await client.person_by_id_number(LIANG.id_number)
    assert agent is not None
    await db.write(
        people.representing(ward, name=graduate.name, id_number=graduate.id_number),
        bonds.beginning(
            db.new_id(), kind="person", subject=ward, agent_id=agent, role="guardian",
            relation="child", scope=["view"], until=clock.in_seconds(3600), proof="register",
        ),
    )  # fmt: skip
    nothing_to_recover = await recovering(door, graduate)
    assert refusal(nothing_to_recover) == (403, "recovery_window")
    own = await door.registered(graduate)
    assert await client.person_by_id_number(graduate.id_number) == ward
    assert (await client.identity(ward)).phone == graduate.phone
    (bond,) = await mine(own, "act_for_me")
    assert (bond["name"], bond["side"], bond["state"]) == ("梁*欣", "principal", "living")
    assert (await own.delete(f"/auth/representations/{bond['id']}")).status_code == 204


async def test_a_silent_register_names_no_child(small_door: Door) -> None:
    assert refusal(await (await small_door.visitor()).get("/auth/representations/children")) == (
        401, "sign_in_first",
    )  # fmt: skip
    clerk = await small_door.clerk()
    assert refusal(await clerk.get("/auth/representations/children")) == (403, "not_for_you")
    claimed = await small_door.registered(LIANG, bank_card="", id_number="440604198501020189")
    answer = await claimed.get("/auth/representations/children")
    assert refusal(answer) == (403, "real_name_first")


async def test_a_father_names_his_son(door: Door) -> None:
    father, son = await door.registered(HUANG), await door.registered(WEIJIE)
    asked = await proposed(father, naming(WEIJIE, items=["hukou-move"]))
    assert (asked["state"], asked["mine_to_answer"], asked["name"]) == ("asked", False, "黄*杰")
    again = await father.post("/auth/representations", json=naming(WEIJIE))
    assert refusal(again) == (409, "rep_exists")
    assert refusal(await choose(son, asked["id"])) == (404, "not_found")
    assert any("代办" in text for text in await told(door, WEIJIE.phone))
    (waiting,) = await mine(son)
    assert (waiting["id"], waiting["mine_to_answer"]) == (asked["id"], True)
    assert waiting["name"] == "黄*明"
    answer = await son.post(f"/auth/representations/{asked['id']}/acceptance")
    assert answer.status_code == 200, answer.text
    assert any("可以由家人代办了（黄*杰）" in text for text in await told(door, HUANG.phone))
    chosen = (await choose(son, asked["id"])).json()["acting"]
    assert (chosen["relation"], chosen["scope"]) == ("parent", ["view", "apply"])
    assert chosen["items"] == ["hukou-move"]
    assert chosen["until"] == (clock.today() + timedelta(days=92)).isoformat()
    assert (await father.delete(f"/auth/representations/{asked['id']}")).status_code == 204
    async with probe(son) as site:
        assert refusal(await site.get("/view")) == (403, "acting_over")
    assert any("代办结束了" in text for text in await told(door, HUANG.phone))
    assert any("代办结束了" in text for text in await told(door, WEIJIE.phone))
    assert (await father.delete(f"/auth/representations/{asked['id']}")).status_code == 204
    for browser in (father, son):
        kinds = [e["kind"] for e in (await browser.get("/auth/events")).json()["events"]]
        assert {"rep_begun", "rep_ended"} <= set(kinds)


async def test_a_son_asks_his_father(small_door: Door) -> None:
    father, son = await small_door.registered(HUANG), await small_door.registered(WEIJIE)
    asked = await proposed(son, naming(HUANG), "/requests")
    assert (asked["side"], asked["mine_to_answer"]) == ("agent", False)
    answer = await son.post(f"/auth/representations/{asked['id']}/acceptance")
    assert refusal(answer) == (409, "rep_answered")  # nobody says yes to themselves
    (waiting,) = await mine(father, "act_for_me")
    assert (waiting["name"], waiting["mine_to_answer"]) == ("黄*杰", True)
    with clock.showing(clock.now() + timedelta(minutes=11)):
        await signed_in(small_door, HUANG)
        answer = await father.post(f"/auth/representations/{asked['id']}/acceptance")
        assert refusal(answer) == (403, "prove_again")
    answer = await father.post(f"/auth/representations/{asked['id']}/acceptance")
    assert answer.json()["state"] == "living"
    assert (await son.delete(f"/auth/representations/{asked['id']}")).status_code == 204
    (ended,) = await mine(father, "act_for_me")
    assert (ended["state"], ended["ended_by"]) == ("ended", "agent")


async def test_who_says_no_and_who_takes_back(small_door: Door) -> None:
    father, son = await small_door.registered(HUANG), await small_door.registered(WEIJIE)
    for browser, ended_by in ((son, "declined"), (father, "principal")):
        asked = await proposed(father, naming(WEIJIE))
        assert (await browser.delete(f"/auth/representations/{asked['id']}")).status_code == 204
        newest = next(b for b in await mine(father, "act_for_me") if b["id"] == asked["id"])
        assert (newest["state"], newest["ended_by"]) == ("ended", ended_by)
        answer = await son.post(f"/auth/representations/{asked['id']}/acceptance")
        assert answer.status_code in (404, 409)


async def test_an_invitation_is_for_a_phone_and_a_name(small_door: Door) -> None:
    """Nobody learns whether a phone has an account; nobody answers what another was asked."""
    father, other = await small_door.registered(HUANG), await small_door.registered(LIANG)
    known = await proposed(father, naming(LIANG, relation="child"))
    unknown = await proposed(
        father, naming(Somebody("何人也", "", "13900000099"), relation="child")
    )
    changing = ("id", "name", "asked_at", "answer_by")
    assert {k: v for k, v in known.items() if k not in changing} == {
        k: v for k, v in unknown.items() if k not in changing
    }
    await father.delete(f"/auth/representations/{known['id']}")
    wrong_name = await proposed(father, naming(Somebody("梁佳欣", "", LIANG.phone)))
    assert await mine(other) == []
    answer = await other.post(f"/auth/representations/{wrong_name['id']}/acceptance")
    assert refusal(answer) == (404, "not_found")
    await father.delete(f"/auth/representations/{wrong_name['id']}")
    wrong_number = await proposed(father, naming(LIANG, id_number=WEIJIE.id_number))
    assert await mine(other) == []
    answer = await other.post(f"/auth/representations/{wrong_number['id']}/acceptance")
    assert refusal(answer) == (404, "not_found")
    await father.delete(f"/auth/representations/{wrong_number['id']}")
    known = await proposed(father, naming(LIANG, id_number=LIANG.id_number.lower()))
    assert [one["id"] for one in await mine(other)] == [known["id"]]
    for bond in (wrong_name["id"], unknown["id"], db.new_id(), "nothing"):
        answer = await other.post(f"/auth/representations/{bond}/acceptance")
        assert refusal(answer) == (404, "not_found")
        assert (await other.delete(f"/auth/representations/{bond}")).status_code == 404
    with clock.showing(clock.now() + timedelta(days=15)):
        late = await signed_in(small_door, LIANG)
        answer = await late.post(f"/auth/representations/{known['id']}/acceptance")
        assert refusal(answer) == (409, "rep_answered")
        (seen,) = await mine(late)
        assert (seen["state"], seen["ended_by"], seen["mine_to_answer"]) == ("ended", "time", False)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"until": "2020-01-01"}, "/until"),
        ({"until": (clock.today() + timedelta(days=366)).isoformat()}, "/until"),
        ({"items": []}, "/items"),
        ({"items": ["../etc"]}, "/items"),
        ({"phone": HUANG.phone}, "/phone"),
        ({"phone": "12"}, "/phone"),
        ({"name": "A"}, "/name"),
        ({"id_number": "440604199005120223"}, "/id_number"),
        ({"scope": ["manage"]}, "/scope/0"),
        ({"relation": "friend"}, "/relation"),
    ],
)
async def test_what_cannot_be_proposed(
    small_door: Door, change: dict[str, Any], pointer: str
) -> None:
    father = await small_door.registered(HUANG)
    answer = await father.post("/auth/representations", json=naming(LIANG, **change))
    assert refusal(answer) == (422, "check_input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_of_a_hundred_acceptances_one_counts(door: Door) -> None:
    father, son = await door.registered(HUANG), await door.registered(WEIJIE)
    asked = await proposed(father, naming(WEIJIE))
    answers = await asyncio.gather(
        *(son.post(f"/auth/representations/{asked['id']}/acceptance") for _ in range(100))
    )
    codes = [answer.status_code for answer in answers]
    assert (codes.count(200), codes.count(409)) == (1, 99)
    (row,) = await db.rows("SELECT state, slot FROM auth_representation")
    assert row["state"] == "living"
    begun = await db.rows("SELECT id FROM auth_event WHERE kind = 'rep_begun'")
    assert len(begun) == 2  # one line for each side
