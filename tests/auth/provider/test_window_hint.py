"""A department's own system reads the digits off a phone (CIBA's ``login_hint_token``)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door
from tests.auth.provider.conftest import CIBA, RelyingParty, error, standard
from tests.city import visitor


async def shown(browser: httpx2.AsyncClient) -> str:
    answer = await browser.post("/auth/window/codes")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def asks(party: RelyingParty, token: str, **more: Any) -> httpx2.Response:
    form = {"scope": "openid phone", "login_hint_token": token, "binding_message": "47", **more}
    return await party.post("backchannel_authentication", form)


async def waiting(browser: httpx2.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await browser.get("/auth/approvals")).json()["approvals"]
    pending = (await browser.get("/auth/prompt")).json()
    assert (pending["prompt"], pending["approvals"]) == (None, bool(found))
    return found


async def test_whoever_shows_the_digits_is_asked(small_door: Door) -> None:
    browser, other = await small_door.registered(LIANG), await small_door.registered(HUANG)
    party = await standard(small_door.city, "hall-system")
    assert await waiting(browser) == []
    digits = await shown(browser)
    begun = await asks(party, digits)
    assert begun.status_code == 200, begun.text
    (one,) = await waiting(browser)
    assert (one["client"]["id"], one["message"]) == ("hall-system", "47")
    assert await waiting(other) == []
    body = {"agree": True, "elements": [e["name"] for e in one["elements"]]}
    done = await browser.post(f"/auth/approvals/{one['id']}/answer", json=body)
    assert done.status_code == 204, done.text
    form = {"grant_type": CIBA, "auth_req_id": begun.json()["auth_req_id"]}
    tokens = (await party.post("token", form)).json()
    told = (await party.userinfo(tokens["access_token"])).json()
    assert told["phone_number"].endswith(LIANG.phone)
    # the person's own history says which system read the digits
    (event,) = await db.rows("SELECT via, detail FROM auth_event WHERE kind = 'window_read'")
    assert (event["via"], event["detail"]) == ("department", "hall-system")
    # nothing wakes a phone that is in its owner's hand
    assert not await db.rows("SELECT 1 FROM outbox WHERE kind = 'person.told'")


async def test_digits_are_read_once_and_live_thirty_seconds(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered(LIANG)
        party = await standard(door.city, "hall-system")
        digits = await shown(browser)
        answers = await asyncio.gather(*(asks(party, digits) for _ in range(100)))
        assert [one.status_code for one in answers].count(200) == 1
        lost = {error(one) for one in answers if one.status_code != 200}
        assert lost == {"expired_login_hint_token"}
        assert len(await db.rows("SELECT 1 FROM auth_ticket WHERE kind = 'ciba'")) == 1
        for wrong in ("00000000", "1234567", "nonsense"):
            assert error(await asks(party, wrong)) == "expired_login_hint_token"
        late = await shown(browser)
    with clock.showing(start + timedelta(seconds=31)):
        assert error(await asks(party, late)) == "expired_login_hint_token"


async def test_whoever_is_only_named_is_woken(small_door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        person = await visitor(small_door.city)
        await person.register({**LIANG.body, "bank_card": ""})
        openid = await person.link_wechat()
        await person.allow_push("phone")
        party = await standard(small_door.city, "hall-system")
        form = {"scope": "openid", "login_hint": LIANG.phone}
        assert (await party.post("backchannel_authentication", form)).status_code == 200
        await small_door.city.work()
        (told,) = (await person.get("/sandbox/wechat/messages", openid=openid))["messages"]
        assert told["url"].endswith("/device")
        assert "有窗口请您确认身份" in str(told)
        woken = (await person.get("/sandbox/webpush/messages", id="phone"))["messages"]
        assert len(woken) == 1
        # who is unknown is answered alike, and nobody is woken
        unknown = await party.post(
            "backchannel_authentication", {**form, "login_hint": "19900009999"}
        )
        assert unknown.status_code == 200
        assert (await party.post("backchannel_authentication", form)).status_code == 200
    with clock.showing(start + timedelta(seconds=130)):  # the worker was away: too late to ask
        await small_door.city.work()
        assert len((await person.get("/sandbox/wechat/messages", openid=openid))["messages"]) == 1
