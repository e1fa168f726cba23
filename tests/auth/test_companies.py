"""Companies sign up by their legal representative and act through whom they name (经办人)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth.usecases import market, representing
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, Somebody, refusal
from tests.auth.test_acting import choose, probe
from tests.auth.test_family import HUSBAND, WEIJIE, mine, signed_in, told

JIHUA = "91440604MA4UJ7K218"  # Liang's company
DOWN = "91440604098765200U"


async def signed_up(browser: httpx2.AsyncClient, uscc: str = JIHUA) -> Any:
    answer = await browser.post("/auth/legal-persons", json={"uscc": uscc})
    assert answer.status_code == 201, answer.text
    return answer.json()


def agent(who: Somebody, role: str = "agent", **more: Any) -> dict[str, Any]:
    return {"name": who.name, "phone": who.phone, "role": role, **more}


async def named(
    boss: httpx2.AsyncClient, company: str, who: Somebody, role: str = "agent", **more: Any
) -> Any:
    answer = await boss.post(f"/auth/legal-persons/{company}/agents", json=agent(who, role, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def joined(browser: httpx2.AsyncClient, bond: str) -> Any:
    answer = await browser.post(f"/auth/representations/{bond}/acceptance")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changed(door: Door, **entry: str) -> None:
    """What the regulator's own window enters."""
    visitor = await door.visitor()
    answer = await visitor.post("/sandbox/market/changes", json={"UNISCID": JIHUA, **entry})
    assert answer.status_code == 200, answer.text


async def test_a_company_signs_up_and_names_its_agent(door: Door) -> None:
    boss, clerk = await door.registered(LIANG), await door.registered(HUSBAND)
    company = await signed_up(boss, f" {JIHUA.lower()} ")
    assert (company["name"], company["representative"]) == (
        "佛山市禅城区季华文化传播有限公司", "梁*欣",
    )  # fmt: skip
    assert (company["role"], company["until"]) == ("legal_representative", None)
    assert refusal(await boss.post("/auth/legal-persons", json={"uscc": JIHUA})) == (
        409, "rep_exists",
    )  # fmt: skip
    (listed,) = (await boss.get("/auth/legal-persons")).json()["companies"]
    assert listed == {key: value for key, value in company.items() if key != "agents"}
    bond = await named(boss, company["id"], HUSBAND, items=["employee-insurance"])
    assert (bond["state"], bond["side"], bond["name"]) == ("asked", "principal", "陈*强")
    (waiting,) = await mine(clerk)
    assert (waiting["name"], waiting["kind"]) == (company["name"], "legal_person")
    assert (await clerk.get(f"/auth/legal-persons/{company['id']}")).status_code == 404
    assert (await joined(clerk, bond["id"]))["state"] == "living"
    chosen = (await choose(clerk, bond["id"])).json()["acting"]
    assert (chosen["kind"], chosen["name"], chosen["role"]) == (
        "legal_person", company["name"], "agent",
    )  # fmt: skip
    assert (chosen["scope"], chosen["relation"]) == (["view", "apply"], None)
    assert chosen["until"] == (clock.today() + timedelta(days=365)).isoformat()
    async with probe(clerk) as site:
        assert (await site.get("/view")).json()["holder"] == company["id"]
    seen = (await clerk.get(f"/auth/legal-persons/{company['id']}")).json()
    assert (seen["role"], seen["agents"]) == ("agent", [])
    detail = (await boss.get(f"/auth/legal-persons/{company['id']}")).json()
    assert [(one["name"], one["role"]) for one in detail["agents"]] == [
        ("陈*强", "agent"), ("梁*欣", "legal_representative"),
    ]  # fmt: skip
    path = f"/auth/legal-persons/{company['id']}/agents/{bond['id']}"
    assert (await boss.delete(path)).status_code == 204
    async with probe(clerk) as site:
        assert refusal(await site.get("/view")) == (403, "acting_over")
    assert any("一项代办结束了" in text for text in await told(door, HUSBAND.phone))
    assert not any("家人" in text for text in await told(door, LIANG.phone))


@pytest.mark.parametrize(
    ("uscc", "status", "code"),
    [
        ("91440605MA52XD9P43", 403, "company_not_yours"),  # somebody else's
        ("914406040987657008", 403, "company_not_yours"),  # nobody's
        ("91440604098765500W", 403, "company_revoked"),
        ("91440604098765600J", 403, "company_dissolved"),
        ("91440604MA4UJ7K219", 422, "check_input"),
        (DOWN, 503, "market_down"),
        ("91440604098765300H", 503, "market_down"),
        ("914406040987654007", 503, "market_down"),
    ],
)
async def test_who_cannot_sign_a_company_up(
    small_door: Door, uscc: str, status: int, code: str
) -> None:
    boss = await small_door.registered(LIANG)
    answer = await boss.post("/auth/legal-persons", json={"uscc": uscc})
    assert refusal(answer) == (status, code)
    assert (await boss.get("/auth/legal-persons")).json() == {"companies": []}


async def test_each_role_names_those_below(small_door: Door) -> None:
    boss, manager = await small_door.registered(LIANG), await small_door.registered(HUSBAND)
    viewer = await small_door.registered(HUANG)
    company = (await signed_up(boss))["id"]
    bond = await named(boss, company, HUSBAND, "manager")
    await joined(manager, bond["id"])
    seen = await named(manager, company, HUANG, "viewer")
    await joined(viewer, seen["id"])
    offered = await named(manager, company, WEIJIE)
    agents = f"/auth/legal-persons/{company}/agents"
    for browser, role in ((manager, "manager"), (viewer, "viewer"), (viewer, "agent")):
        answer = await browser.post(agents, json=agent(WEIJIE, role))
        assert refusal(answer) == (403, "beyond_scope")
    (own,) = (await boss.get("/auth/legal-persons")).json()["companies"]
    for browser, target in (
        (manager, own["representation"]), (manager, bond["id"]), (viewer, seen["id"]),
        (boss, own["representation"]),
    ):  # fmt: skip
        assert refusal(await browser.delete(f"{agents}/{target}")) == (403, "beyond_scope")
    assert refusal(await boss.delete(f"{agents}/{db.new_id()}")) == (404, "not_found")
    await choose(viewer, seen["id"])
    async with probe(viewer) as site:
        assert (await site.get("/view")).status_code == 200
        answer = await site.post("/apply", headers={"Yimen-Acting": seen["id"]})
        assert refusal(answer) == (403, "beyond_scope")
    stranger = await small_door.registered(WEIJIE)
    assert refusal(await stranger.get(f"/auth/legal-persons/{company}")) == (404, "not_found")
    assert refusal(await stranger.post(agents, json=agent(HUANG))) == (404, "not_found")
    assert refusal(await stranger.delete(f"{agents}/{seen['id']}")) == (404, "not_found")
    # whom a former manager invited in the company's name has nobody to answer to
    assert (await boss.delete(f"{agents}/{bond['id']}")).status_code == 204
    assert await mine(stranger) == []
    answer = await stranger.post(f"/auth/representations/{offered['id']}/acceptance")
    assert refusal(answer) == (404, "not_found")


async def test_another_representative_in_the_register(door: Door) -> None:
    """The former one is out at the daily check, the agents stay, the new one sees them."""
    boss, clerk = await door.registered(LIANG), await door.registered(HUSBAND)
    company = await signed_up(boss)
    bond = await named(boss, company["id"], HUSBAND)
    await joined(clerk, bond["id"])
    invited = await named(boss, company["id"], HUANG)
    await choose(boss, company["representation"])
    await changed(door, LEREP=WEIJIE.name, CERNO=WEIJIE.id_number)
    await market.check_all()  # asked today already
    async with probe(boss) as site:
        assert (await site.get("/view")).status_code == 200
    with clock.showing(clock.now() + timedelta(hours=25)):
        await market.check_all()
        assert any("一项代办结束了" in text for text in await told(door, LIANG.phone))
    async with probe(boss) as site:
        assert refusal(await site.get("/view")) == (403, "acting_over")
    (own,) = await mine(boss)
    assert (own["state"], own["ended_by"]) == ("ended", "register")
    assert refusal(await boss.get(f"/auth/legal-persons/{company['id']}")) == (404, "not_found")
    successor = await door.registered(WEIJIE)
    again = await signed_up(successor)
    assert (again["id"], again["representative"]) == (company["id"], "黄*杰")
    states = {one["id"]: one["state"] for one in again["agents"]}
    assert (states[bond["id"]], states[invited["id"]]) == ("living", "ended")
    assert (await choose(clerk, bond["id"])).status_code == 200


async def test_the_register_is_asked_when_the_representative_acts(small_door: Door) -> None:
    boss = await small_door.registered(LIANG)
    company = await signed_up(boss)
    await changed(small_door, LEREP="某某人", CERNO="440604197910020177")
    assert refusal(await choose(boss, company["representation"])) == (403, "acting_over")
    assert (await boss.get("/auth/session")).json()["acting"] is None


async def test_a_successor_puts_the_former_one_out(small_door: Door) -> None:
    boss, clerk = await small_door.registered(LIANG), await small_door.registered(HUSBAND)
    company = await signed_up(boss)
    await joined(clerk, (await named(boss, company["id"], HUSBAND))["id"])
    await changed(small_door, LEREP=HUSBAND.name, CERNO=HUSBAND.id_number)
    detail = await signed_up(clerk)
    assert detail["role"] == "legal_representative"
    states = [(one["role"], one["state"], one["ended_by"]) for one in detail["agents"]]
    assert sorted(states) == [
        ("agent", "ended", "register"),
        ("legal_representative", "ended", "register"),
        ("legal_representative", "living", ""),
    ]


@pytest.mark.parametrize("state", ["2", "3"])
async def test_nobody_acts_for_a_company_that_is_no_more(small_door: Door, state: str) -> None:
    boss, clerk = await small_door.registered(LIANG), await small_door.registered(HUSBAND)
    company = await signed_up(boss)
    bond = await named(boss, company["id"], HUSBAND)
    await joined(clerk, bond["id"])
    await choose(clerk, bond["id"])
    await changed(small_door, REGSTATE=state)
    with clock.showing(clock.now() + timedelta(hours=25)):
        await market.check_all()
    async with probe(clerk) as site:
        assert refusal(await site.get("/view")) == (403, "acting_over")
    assert (await boss.get("/auth/legal-persons")).json() == {"companies": []}


async def test_a_silent_register_ends_nothing_but_is_not_trusted_for_long(
    small_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.outside.demo import Trouble
    from backend.outside.market import sandbox

    boss = await small_door.registered(LIANG)
    company = await signed_up(boss)
    monkeypatch.setitem(sandbox.MAGIC, JIHUA, Trouble.DOWN)
    with clock.showing(clock.now() + timedelta(days=2)):
        await market.check_all()
        today = await signed_in(small_door, LIANG)
        assert (await choose(today, company["representation"])).status_code == 200
    with clock.showing(clock.now() + timedelta(days=4)):
        later = await signed_in(small_door, LIANG)
        answer = await choose(later, company["representation"])
        assert refusal(answer) == (503, "market_down")


async def test_what_has_run_out_is_noted_and_told(small_door: Door) -> None:
    boss, clerk = await small_door.registered(LIANG), await small_door.registered(HUSBAND)
    company = (await signed_up(boss))["id"]
    soon = (clock.today() + timedelta(days=3)).isoformat()
    await joined(clerk, (await named(boss, company, HUSBAND, until=soon))["id"])
    await named(boss, company, HUANG)
    with clock.showing(clock.now() + timedelta(days=20)):
        await representing.lapse()
        assert any("一项代办结束了" in text for text in await told(small_door, HUSBAND.phone))
    rows = await db.rows("SELECT state, ended_by, invited_phone FROM auth_representation")
    over = [row for row in rows if row["state"] == "ended"]
    assert [(row["ended_by"], row["invited_phone"]) for row in over] == [("time", None)] * 2


async def test_of_a_hundred_sign_ups_one_counts(door: Door) -> None:
    boss = await door.registered(LIANG)
    answers = await asyncio.gather(
        *(boss.post("/auth/legal-persons", json={"uscc": JIHUA}) for _ in range(20))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert len(await db.rows("SELECT id FROM auth_legal_person")) == 1
    assert len(await db.rows("SELECT id FROM auth_representation WHERE state = 'living'")) == 1
