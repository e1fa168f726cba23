"""The whole loop over HTTP alone, on both sets of parts."""

import pytest

from backend.catalogue import usecases as catalogue
from tests import city as made
from tests.conftest import OpenCity

ITEM = "fund-rent-withdrawal"


async def test_register_apply_correct_decide(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    session = await person.get("/auth/session")
    assert session["signed_in"]
    assert "嘉" not in session["name"]

    # every channel she uses is to tell her
    openid = await person.link_wechat()
    await person.allow_push("phone")

    # the form comes filled, and says from where
    opened = await person.get(f"/api/items/{ITEM}/application", form=1)
    summary = opened["summary"]
    assert summary["prefilled"] / summary["fields"] >= 0.5
    assert {known["source"] for known in opened["prefill"].values()} >= {
        "population",
        "housing_fund",
    }

    # a draft follows the person; the same draft twice changes nothing
    body = await person.prepare(ITEM)
    draft = {"revision": 0, "values": body["values"], "materials": body["materials"]}
    kept = await person.put(f"/api/drafts/{ITEM}", draft)
    assert (await person.get("/api/drafts"))["drafts"][0]["item"]["code"] == ITEM
    stale = await person.put(f"/api/drafts/{ITEM}", {**draft, "values": {}}, expect=409)
    assert stale["code"] == "draft_changed"
    assert stale["current"]["revision"] == kept["revision"]

    # submitted once, however often the button is pressed
    key = made.key()
    case = await person.post("/api/cases", body, expect=201, idempotency_key=key)
    again = await person.post("/api/cases", body, expect=201, idempotency_key=key)
    number = case["number"]
    assert again["number"] == number
    assert (await person.get("/api/drafts"))["drafts"] == []

    # the clerk asks for everything missing at once; the clock stands still
    chief = await made.clerk(city_app, "chief.gjj")
    queue = await chief.get("/api/staff/cases")
    assert number in [row["number"] for row in queue["cases"]]
    field = opened["form"]["sections"][0]["fields"][0]["code"]
    items = [{"target": "field", "code": field, "reason": "请与身份证核对"}]
    await chief.step(number, "request_correction", items=items)
    await city_app.work()
    seen = await person.get(f"/api/cases/{number}")
    assert seen["needs_you"]
    assert seen["correction"]["items"][0]["reason"] == "请与身份证核对"

    # the citizen answers, the office accepts, reviews, decides and closes
    answer = {"values": body["values"], "materials": body["materials"]}
    await person.post(f"/api/cases/{number}/correction", answer)
    await chief.step(number, "accept")
    clock = await person.get(f"/api/cases/{number}/clock")
    assert clock["due_on"], "a promised date, from the day of acceptance"
    await chief.step(number, "review", note="符合条件")
    await chief.step(number, "decide", result="approve")
    done = await chief.step(number, "close")
    assert done["status"] == "closed"
    await city_app.work()

    # the person was told each time, knows the due date's reasons and who looked
    case = await person.get(f"/api/cases/{number}")
    assert case["result"]["decision"] == "approved"
    told = {(one["channel"], one["state"]) for one in case["deliveries"]}
    assert {channel for channel, _ in told} == {"inbox", "webpush", "wechat"}
    assert "failed" not in {state for _, state in told}
    pushed = (await person.get("/sandbox/webpush/messages", id="phone"))["messages"]
    templates = (await person.get("/sandbox/wechat/messages", openid=openid))["messages"]
    assert len(pushed) == len(templates) >= 5
    assert {one["times"] for one in pushed} == {1}
    kinds = [one["kind"] for one in (await person.get("/api/notices"))["notices"]]
    assert kinds[0] == "case_closed"
    assert "correction_requested" in kinds
    assert (await person.get(f"/api/cases/{number}/clock"))["lines"]
    log = await person.get(f"/api/cases/{number}/log")
    assert log["valid"]
    assert len(log["actions"]) >= 7
    reads = (await person.get("/api/space/reads"))["reads"]
    assert any(read["case"] == number for read in reads)
    space = await person.get("/api/space")
    assert space["cases"][0]["number"] == number
    assert space["savings"]["fields_total"] > space["savings"]["fields_supplied"]


@pytest.mark.parametrize("item", [one["code"] for one in catalogue.list_items(audience="person")])
async def test_every_item_can_be_applied_for(embedded_city: OpenCity, item: str) -> None:
    person = await made.resident(embedded_city)
    case = await person.submit(item)
    assert case["status"] == "submitted"
    office = case["department"]["code"].lower()
    chief = await made.clerk(embedded_city, f"chief.{office}")
    seen = await chief.get(f"/api/staff/cases/{case['number']}")
    assert "accept" in seen["may"]
