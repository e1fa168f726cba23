"""What somebody signed in may do how often: refused with a way on, and nothing is lost by it."""

from datetime import timedelta

import pytest

from auth.models import bonds
from backend import app
from backend.kernel import clock, db
from backend.kernel.web import ANYONE, SIGNED, Route
from backend.kernel.web.budgets import BUDGETS
from tests import city as made
from tests.backend.channels.test_official_account import WeChat
from tests.city import Visitor
from tests.conftest import OpenCity

ITEM = "fund-rent-withdrawal"

# What an owner needs to throw a thief out who has spent the account's budgets.
FREE = {
    "GET /auth/account", "GET /auth/sessions", "GET /auth/events", "GET /auth/recovery",
    "DELETE /auth/session", "DELETE /auth/sessions", "DELETE /auth/sessions/{id}",
    "POST /auth/session/codes", "POST /auth/session/proofs", "POST /auth/events/{id}/disown",
    "DELETE /auth/recovery", "DELETE /auth/representations/{id}",
}  # fmt: skip
NARROW = {
    "POST /api/cases": "hand_in",
    "POST /api/staff/cases/search": "search",
    "GET /api/staff/cases/{number}": "case",
    "GET /api/staff/cases/{number}/documents/{id}": "case",
}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_every_route_for_the_signed_in_draws_on_a_budget() -> None:
    guarded = {name(one): one for one in app.ROUTES if one.actor not in (ANYONE, SIGNED)}
    assert {at for at, one in guarded.items() if one.budget == "free"} == FREE
    for at, route in guarded.items():
        usual = "look" if route.method == "GET" else "write"
        assert at in FREE or route.budget == NARROW.get(at, usual), at


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of everything, five together."""
    for drawn, budget in BUDGETS.items():
        monkeypatch.setitem(BUDGETS, drawn, budget._replace(times=3, together=5))


async def keep(who: Visitor, revision: int, expect: int = 200) -> dict[str, object]:
    body = {"revision": revision, "values": {"note": str(revision)}, "materials": {}}
    answer = await who.ask("PUT", f"/api/drafts/{ITEM}", json=body, expect=expect)
    if expect == 429:
        assert 0 < int(answer.headers["Retry-After"]) <= 300
    return answer.json()  # type: ignore[no-any-return]


async def test_a_spent_budget_says_when_to_go_on_and_keeps_the_draft(
    city_app: OpenCity, small: None
) -> None:
    liang, huang = await made.resident(city_app), await made.resident(city_app, made.ELDER)
    for revision in range(3):
        await keep(liang, revision)
    told = await keep(liang, 3, expect=429)
    assert told["code"] == "slow_down"
    assert told["fix"] == f"请等 {told['seconds']} 秒再试，已填写的内容都在"
    [draft] = (await liang.get("/api/drafts"))["drafts"]
    assert draft["revision"] == 3
    await keep(huang, 0)

    # another session of hers is hers, and the door itself stays open
    elsewhere = await made.visitor(city_app)
    await elsewhere.sign_in(made.TOUR)
    await keep(elsewhere, 3, expect=429)
    for path in ("/auth/sessions", "/auth/account", "/auth/events"):
        for _ in range(4):
            await elsewhere.get(path)
    await elsewhere.delete("/auth/sessions")
    await elsewhere.delete("/auth/session")


async def test_looks_are_counted_for_each_by_themselves(
    embedded_city: OpenCity, small: None
) -> None:
    liang = await made.resident(embedded_city)
    huang = await made.resident(embedded_city, made.ELDER)
    for _ in range(3):
        await liang.get("/api/drafts")
    assert (await liang.get("/api/drafts", expect=429))["code"] == "slow_down"
    await huang.get("/api/drafts")
    await keep(liang, 0)  # changes draw on a budget of their own


async def test_applications_have_a_narrower_budget_of_their_own(
    embedded_city: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    liang = await made.resident(embedded_city)
    monkeypatch.setitem(BUDGETS, "hand_in", BUDGETS["hand_in"]._replace(times=1))
    await liang.submit(ITEM)
    await keep(liang, 0)
    body = await liang.prepare(ITEM)
    told = await liang.post("/api/cases", body, expect=429)
    assert (told["code"], told["minutes"]) == ("handed_in_much", 24 * 60)
    assert "草稿" in told["fix"]
    [draft] = (await liang.get("/api/drafts"))["drafts"]
    assert draft["item"]["code"] == ITEM
    assert len((await liang.get("/api/cases"))["cases"]) == 1


async def test_what_fits_no_schema_costs_nothing(embedded_city: OpenCity, small: None) -> None:
    liang = await made.resident(embedded_city)
    for _ in range(4):
        await liang.ask("PUT", f"/api/drafts/{ITEM}", json={"revision": "x"}, expect=422)
    await keep(liang, 0)


async def test_all_who_act_for_one_draw_on_one_budget(
    embedded_city: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    huang = await made.resident(embedded_city, made.ELDER)
    liang = await made.resident(embedded_city)
    monkeypatch.setitem(BUDGETS, "write", BUDGETS["write"]._replace(together=2))
    bond = db.new_id()
    await db.write(
        bonds.beginning(
            bond, kind="person", subject=huang.person_id, agent_id=liang.person_id, role="family",
            relation="parent", scope=["view", "apply"], proof="counter",
            until=clock.now() + timedelta(days=30),
        )
    )  # fmt: skip
    told = await liang.put("/auth/session/acting", {"representation": bond})
    liang.http.headers.update({"X-CSRF-Token": told["csrf_token"], "Yimen-Acting": bond})
    await keep(liang, 0)
    await keep(liang, 1)
    assert (await keep(liang, 2, expect=429))["code"] == "slow_down"
    await keep(huang, 2)  # agents spend their own budget, never that of whom they act for


async def test_clerks_have_budgets_too(embedded_city: OpenCity, small: None) -> None:
    clerk, other = [await made.clerk(embedded_city, f"{post}.gjj") for post in ("chief", "clerk")]
    for _ in range(3):
        await clerk.post("/api/staff/cases/search", {"q": "4406"})
    told = await clerk.post("/api/staff/cases/search", {"q": "4406"}, expect=429)
    assert told["code"] == "slow_down"
    await other.post("/api/staff/cases/search", {"q": "4406"})


async def test_a_follower_who_never_stops_is_told_to_wait(
    embedded_city: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.channels.usecases.MOST_MESSAGES", 2)
    wechat = WeChat(await made.visitor(embedded_city))
    for _ in range(2):
        assert "秒后再试" not in await wechat.say("公积金")
    assert "秒后再试" in await wechat.say("公积金")
    assert "秒后再试" not in await wechat.say("公积金", sender="oDemo_" + "Other".ljust(22, "0"))


async def test_the_setting_widens_them_all(
    embedded_city: OpenCity, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wider = embedded_city.settings.model_copy(update={"budget_factor": 2})
    monkeypatch.setattr("backend.kernel.settings._current", wider)
    liang = await made.resident(embedded_city)
    for revision in range(6):
        await keep(liang, revision)
    await keep(liang, 6, expect=429)
