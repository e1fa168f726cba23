"""In whose place a session stands: chosen, shown, asked for at every request, over at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth import client
from auth.models import bonds
from backend import app
from backend.kernel import cache, clock, db, web
from backend.kernel.web import PERSON
from tests.auth.conftest import HUANG, LIANG, Door, refusal
from tests.auth.test_links import LINKED, agree, told
from tests.auth.test_onward import follow, in_miniprogram, link, sign_in_by_wechat

# Routes outside /auth that serve a person, and yet always the one who is signed in.
OWN_MATTERS: dict[str, str] = {
    "GET /api/push": "one's own device",
    "POST /api/push/subscriptions": "one's own device",
    "DELETE /api/push/subscriptions": "one's own device",
}


async def _whose(call: web.Call) -> dict[str, Any]:
    acting = call.actor.acting
    return {
        "holder": call.actor.holder,
        "name": acting.name if acting else None,
        "role": acting.role if acting else None,
        "covers": acting.covers("hukou-move") if acting else None,
    }


def _probe(method: str, path: str, **more: Any) -> web.Route:
    return web.route(method, path, _whose, actor=PERSON, summary="Probe", **more)


PROBES = (
    _probe("GET", "/view", acts="view"),
    _probe("POST", "/apply", acts="apply"),
    _probe("GET", "/own"),
    _probe("POST", "/own"),
)


@asynccontextmanager
async def probe(browser: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    """The same browser at routes that only say whose things they work on."""
    site = web.build(
        PROBES, client.authenticate, base_url="http://localhost:8000", means_of=client.means,
        acting_of=client.acting,
    )  # fmt: skip
    headers = {
        "Cookie": f"yimen_session={browser.cookies['yimen_session']}",
        "X-CSRF-Token": browser.headers["X-CSRF-Token"],
    }
    transport = httpx2.ASGITransport(app=site)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers=headers
    ) as visitor:
        yield visitor


async def choose(browser: httpx2.AsyncClient, bond: str | None) -> httpx2.Response:
    answer = await browser.put("/auth/session/acting", json={"representation": bond})
    if answer.status_code == 200:
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


async def person(who: Any) -> str:
    found = await client.person_by_id_number(who.id_number)
    assert found is not None
    return found


async def given(scope: str = "view apply", **more: Any) -> str:
    """Liang may act for Huang."""
    bond = db.new_id()
    await db.write(
        bonds.beginning(
            bond, kind="person", subject=await person(HUANG), agent_id=await person(LIANG),
            role="family", relation="parent", scope=scope.split(), proof="counter",
            until=more.pop("until", clock.now() + timedelta(days=30)), **more,
        )
    )  # fmt: skip
    return bond


async def test_a_session_stands_for_another_and_says_so(door: Door) -> None:
    browser = await door.registered(LIANG)
    await door.registered(HUANG)
    before = (await browser.get("/auth/session")).json()
    assert (before["acting"], before["capacities"]) == (None, 0)
    bond = await given(items=["hukou-move"])
    former = browser.cookies["yimen_session"]
    chosen = (await choose(browser, bond)).json()
    assert chosen["acting"]["id"] == bond
    assert (chosen["acting"]["name"], chosen["acting"]["over"]) == ("黄*明", False)
    assert (chosen["capacities"], chosen["name"]) == (1, before["name"])
    account, _, whose = chosen["owner"].partition("/")
    assert account == before["owner"]
    assert len(whose) == 24 and whose != account
    assert browser.cookies["yimen_session"] != former
    listed = (await browser.get("/auth/representations")).json()["i_act_for"]
    assert [(one["id"], one["current"], one["state"]) for one in listed] == [(bond, True, "living")]
    huang = await person(HUANG)
    async with probe(browser) as site:
        shown = (await site.get("/view")).json()
        assert shown == {"holder": huang, "name": "黄*明", "role": "family", "covers": True}
        for own in (await site.get("/own"), await site.post("/own")):
            assert own.json()["holder"] == await person(LIANG)
    back = (await choose(browser, None)).json()
    assert (back["acting"], back["owner"]) == (None, before["owner"])
    kinds = [e["kind"] for e in (await browser.get("/auth/events")).json()["events"]]
    assert kinds[:2] == ["acting_chosen", "acting_chosen"]


async def test_a_page_of_another_capacity_changes_nothing(small_door: Door) -> None:
    browser = await small_door.registered(LIANG)
    await small_door.registered(HUANG)
    bond = await given()
    async with probe(browser) as site:
        assert (await site.post("/apply")).status_code == 200
        assert (await site.post("/apply", headers={"Yimen-Acting": "self"})).status_code == 200
        for method, path in (("GET", "/view"), ("POST", "/apply")):
            answer = await site.request(method, path, headers={"Yimen-Acting": bond})
            assert refusal(answer) == (409, "acting_changed")
    await choose(browser, bond)
    async with probe(browser) as site:
        said = {"Yimen-Acting": bond}
        assert (await site.post("/apply", headers=said)).json()["role"] == "family"
        assert (await site.get("/view")).json()["role"] == "family"
        assert refusal(await site.post("/apply")) == (409, "acting_changed")
        for other in ("self", db.new_id(), ""):
            answer = await site.get("/view", headers={"Yimen-Acting": other})
            assert refusal(answer) == (409, "acting_changed")


async def test_what_is_over_is_over_at_the_next_request(door: Door) -> None:
    browser = await door.registered(LIANG)
    await door.registered(HUANG)
    bond = await given()
    await choose(browser, bond)
    async with probe(browser) as site:
        assert (await site.get("/view")).status_code == 200
        await db.write(bonds.ending(bond, by="principal"))  # another server did
        assert refusal(await site.get("/view")) == (403, "acting_over")
        answer = await site.post("/apply", headers={"Yimen-Acting": bond})
        assert refusal(answer) == (403, "acting_over")
        assert (await site.get("/own")).status_code == 200
    told = (await browser.get("/auth/session")).json()
    assert (told["acting"]["over"], told["capacities"]) == (True, 0)
    assert refusal(await choose(browser, bond)) == (403, "acting_over")
    assert (await choose(browser, None)).json()["acting"] is None


async def test_what_runs_out_is_over(small_door: Door) -> None:
    browser = await small_door.registered(LIANG)
    await small_door.registered(HUANG)
    bond = await given(until=clock.now() + timedelta(minutes=5))
    await choose(browser, bond)
    async with probe(browser) as site:
        with clock.showing(clock.now() + timedelta(minutes=6)):
            assert refusal(await site.get("/view")) == (403, "acting_over")
    with clock.showing(clock.now() + timedelta(minutes=6)):
        (seen,) = (await browser.get("/auth/representations")).json()["i_act_for"]
        assert (seen["state"], seen["ended_by"]) == ("ended", "time")


async def test_a_narrow_scope_stays_narrow(small_door: Door) -> None:
    browser = await small_door.registered(LIANG)
    await small_door.registered(HUANG)
    bond = await given(scope="view")
    await choose(browser, bond)
    async with probe(browser) as site:
        assert (await site.get("/view")).status_code == 200
        answer = await site.post("/apply", headers={"Yimen-Acting": bond})
        assert refusal(answer) == (403, "beyond_scope")


async def test_only_the_agent_can_choose(small_door: Door) -> None:
    await small_door.registered(LIANG)
    huang = await small_door.registered(HUANG)
    bond = await given()
    for other in (bond, db.new_id(), "nothing"):
        assert refusal(await choose(huang, other)) == (404, "not_found")
    clerk = await small_door.clerk()
    assert refusal(await choose(clerk, bond)) == (403, "not_for_you")
    assert refusal(await choose(await small_door.visitor(), bond)) == (401, "sign_in_first")


async def test_two_choices_at_once_leave_one_session(door: Door) -> None:
    """The one that loses leaves no token, and what the cache held of the former one is dead."""
    import asyncio

    from auth.usecases import acting, sessions
    from auth.usecases.visitor import Visitor
    from backend.kernel.errors import Refusal

    browser = await door.registered(LIANG)
    await door.registered(HUANG)
    bond = await given()
    former = browser.cookies["yimen_session"]
    live = await sessions.find(former, via="web")
    assert live is not None
    tokens = await asyncio.gather(
        *(acting.choose(live, bond, Visitor("", "web")) for _ in range(20)), return_exceptions=True
    )
    (won,) = [token for token in tokens if isinstance(token, str)]
    assert all(isinstance(token, Refusal) for token in tokens if token != won)
    # a request that read the table before the choice keeps what it read under the dead token
    await cache.put_if_absent(f"session:{live.digest}", live.entry(), seconds=60)
    with pytest.raises(Refusal):
        await sessions.find(former, via="web")
    after = await sessions.find(won, via="web")
    assert after is not None
    assert after.acting == bond


async def test_another_device_begins_with_oneself(small_door: Door) -> None:
    """What the mini-program stands for stays there: the link it gives opens the own capacity."""
    await small_door.registered(LIANG)
    await small_door.registered(HUANG)
    bond = await given()
    phone = await in_miniprogram(small_door)
    answer = await phone.put("/auth/session/acting", json={"representation": bond})
    assert answer.status_code == 200, answer.text
    phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    told = (await phone.get("/auth/session")).json()
    assert (told["acting"]["id"], answer.json()["csrf_token"]) == (bond, None)
    browser = await small_door.visitor()
    entered = (await follow(browser, await link(phone))).json()
    assert (entered["acting"], entered["capacities"]) == (None, 1)


async def test_wechat_lets_somebody_in_who_then_chooses_for_whom(small_door: Door) -> None:
    """The page they land on knows that there is a choice, as after every other way in."""
    browser = await small_door.registered(LIANG)
    assert told(await browser.get(await agree(browser, "嘉欣"))) == LINKED
    inside = await small_door.visitor()
    assert await sign_in_by_wechat(inside, "嘉欣", "/") == (303, "/entered")
    assert (await inside.get("/auth/session")).json()["capacities"] == 0
    await small_door.registered(HUANG)
    await given()
    assert await sign_in_by_wechat(inside, "嘉欣") == (303, "/entered?next=%2Fspace")
    assert (await inside.get("/auth/session")).json()["capacities"] == 1


async def test_an_end_comes_before_a_write_or_after_it(door: Door) -> None:
    await door.registered(LIANG)
    await door.registered(HUANG)
    bond = await given()
    await db.write(client.acting_stands(bond))
    await db.write(bonds.ending(bond, by="agent"))
    with pytest.raises(db.Stale):
        await db.write(client.acting_stands(bond))


def test_every_route_of_a_person_says_whom_it_serves() -> None:
    routes = [r for r in app.ROUTES if r.actor is PERSON and not r.path.startswith("/auth/")]
    silent = {f"{r.method} {r.path}" for r in routes if r.acts is None}
    assert silent == set(OWN_MATTERS)
    for route in app.ROUTES:
        if route.acts is not None:
            assert "person" in route.actor.kinds, route.path
            assert route.method != "GET" or route.acts == "view", route.path
