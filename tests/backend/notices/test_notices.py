"""Notices through HTTP: the inbox, browsers that may be woken, WeChat, receipts."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.kernel import clock, db
from backend.notices import usecases
from backend.outside.webpush.encryption import b64
from tests import city as made
from tests.city import Visitor
from tests.conftest import OpenCity

CASE = "44062026112300000001"
SANDBOX = "http://localhost:8000/sandbox/webpush"


def browser_keys() -> dict[str, str]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {"p256dh": b64(point), "auth": b64(bytes(16))}


async def tell(
    city: OpenCity, person: Visitor, kind: str = "case_accepted", key: str = "k"
) -> None:
    """What a house does in its own write; the worker does the rest."""
    params = {"item": "居住证申领", "department": "佛山市公安局", "due_on": "2026-12-01"}
    await db.write(usecases.about_case(person.person_id, kind, case=CASE, key=key, params=params))
    await city.work()


async def receipts(person: Visitor) -> list[dict[str, Any]]:
    return await usecases.deliveries(person.person_id, CASE, lang="zh-CN")


async def test_the_inbox_is_ones_own_and_in_ones_language(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    other = await made.resident(city_app, made.ELDER)
    await tell(city_app, person)
    inbox = await person.get("/api/notices")
    assert inbox["unread"] == 1
    assert inbox["notices"][0]["title"] == "已受理：居住证申领"
    assert "12月1日" in inbox["notices"][0]["body"]
    assert (await other.get("/api/notices"))["notices"] == []
    english = await person.ask("GET", "/api/notices", headers={"accept-language": "en"})
    assert english.json()["notices"][0]["title"].startswith("Accepted")

    ids = [inbox["notices"][0]["id"]]
    await other.post("/api/notices/read", {"ids": ids}, expect=204)
    assert (await person.get("/api/notices"))["unread"] == 1, "nobody reads for somebody else"
    await person.post("/api/notices/read", {"ids": ids}, expect=204)
    assert (await person.get("/api/notices"))["unread"] == 0


async def test_the_inbox_turns_pages_without_losing_one(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    for n in range(35):
        await tell(city_app, person, key=f"k{n}")
    first = await person.get("/api/notices")
    second = await person.get("/api/notices", cursor=first["next"])
    ids = [one["id"] for one in first["notices"] + second["notices"]]
    assert len(ids) == len(set(ids)) == 35
    assert second["next"] is None


async def test_the_same_event_is_told_once(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    await tell(city_app, person, key="same")
    await tell(city_app, person, key="same")
    assert len((await person.get("/api/notices"))["notices"]) == 1


async def test_a_push_says_that_there_is_news_and_nothing_else(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    assert (await person.allow_push("phone"))["subscribed_devices"] == 1
    assert (await person.allow_push("phone"))["subscribed_devices"] == 1, "the same browser again"
    await tell(city_app, person)
    arrived = (await person.get("/sandbox/webpush/messages", id="phone"))["messages"]
    assert [one["times"] for one in arrived] == [1]
    assert {(r["channel"], r["state"]) for r in await receipts(person)} == {
        ("inbox", "delivered"), ("webpush", "sent"),
    }  # fmt: skip


@pytest.mark.parametrize("magic", ["gone", "missing"])
async def test_a_browser_that_is_gone_is_forgotten(city_app: OpenCity, magic: str) -> None:
    person = await made.resident(city_app)
    await person.allow_push(magic)
    await tell(city_app, person)
    assert (await person.get("/api/push"))["subscribed_devices"] == 0
    assert ("webpush", "failed") in {(r["channel"], r["state"]) for r in await receipts(person)}


async def test_a_push_service_in_trouble_is_tried_again_later(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    await person.allow_push("other")
    await person.post("/sandbox/webpush/control", {"id": "other", "as": "broken"}, expect=204)
    await tell(city_app, person)
    assert ("webpush", "queued") in {(r["channel"], r["state"]) for r in await receipts(person)}
    await person.post("/sandbox/webpush/control", {"id": "other", "as": "ok"}, expect=204)
    with clock.showing(clock.in_seconds(60)):
        await city_app.work()
    assert ("webpush", "sent") in {(r["channel"], r["state"]) for r in await receipts(person)}


async def test_no_more_push_after_saying_no(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    await person.allow_push("mine")
    other = await made.resident(city_app, made.ELDER)
    body = {"endpoint": f"{SANDBOX}/mine"}
    await other.delete("/api/push/subscriptions", json=body)
    assert (await person.get("/api/push"))["subscribed_devices"] == 1, "not somebody else's to end"
    await person.delete("/api/push/subscriptions", json=body)
    await tell(city_app, person)
    assert (await person.get("/sandbox/webpush/messages", id="mine"))["messages"] == []


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:6379/x", "https://evil.example/push", "file:///etc/passwd", "x",
     "https://fcm.googleapis.com.evil.example/x"],
)  # fmt: skip
async def test_only_push_services_are_ever_called(embedded_city: OpenCity, endpoint: str) -> None:
    person = await made.resident(embedded_city)
    body = {"endpoint": endpoint, "keys": browser_keys()}
    refused = await person.post("/api/push/subscriptions", body, expect=422)
    assert refused["code"] == "push_service_unknown"


async def test_keys_nothing_can_be_sealed_for_are_refused(embedded_city: OpenCity) -> None:
    person = await made.resident(embedded_city)
    body = {"endpoint": f"{SANDBOX}/x", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}
    refused = await person.post("/api/push/subscriptions", body, expect=422)
    assert refused["errors"][0]["pointer"].startswith("/keys")


async def test_wechat_tells_and_reports_back(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    openid = await person.link_wechat()
    await tell(city_app, person)
    sent = (await person.get("/sandbox/wechat/messages", openid=openid))["messages"]
    assert sent[0]["data"]["thing1"] == "居住证申领"
    assert ("wechat", "sent") in {(r["channel"], r["state"]) for r in await receipts(person)}
    for status, state in (("success", "delivered"), ("failed:user block", "failed")):
        await usecases.wechat_reported(str(sent[0]["msgid"]), status)
        assert ("wechat", state) in {(r["channel"], r["state"]) for r in await receipts(person)}


async def test_wechat_is_told_to_nobody_who_does_not_follow(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    await person.link_wechat("路人（未关注）")
    await tell(city_app, person)
    assert ("wechat", "failed") in {(r["channel"], r["state"]) for r in await receipts(person)}


async def test_what_one_did_oneself_stays_quiet(city_app: OpenCity) -> None:
    person = await made.resident(city_app)
    await person.allow_push("phone")
    await tell(city_app, person, kind="case_withdrawn")
    assert {r["channel"] for r in await receipts(person)} == {"inbox"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/notices"), ("POST", "/api/notices/read"), ("GET", "/api/push"),
     ("POST", "/api/push/subscriptions"), ("DELETE", "/api/push/subscriptions")],
)  # fmt: skip
async def test_who_may_not(embedded_city: OpenCity, method: str, path: str) -> None:
    stranger = await made.visitor(embedded_city)
    await stranger.ask(method, path, expect=401)
    clerk = await made.clerk(embedded_city, "chief.ga")
    await clerk.ask(method, path, expect=403)
