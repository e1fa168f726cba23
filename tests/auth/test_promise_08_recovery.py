"""An account comes back as hard as it was opened, late, and not unheard (账号找回)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from backend import app
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, refusal

NEW = "19910000001"
"""The number that the tour's person takes out when the first is lost."""
DELAY = timedelta(days=3)
PASSWORD = "one that is long"
START, FINISH = "/auth/recoveries", "/auth/recoveries/completion"


async def _code(door: Door, phone: str, path: str, template: str, who: httpx2.AsyncClient) -> str:
    answer = await who.post(path, json={"phone": phone})
    assert answer.status_code == 202, answer.text
    shown = await door.phone_shows(phone)
    return str(next(m["params"]["code"] for m in shown if m["template"] == template))


async def _recover_code(door: Door, phone: str = NEW) -> str:
    visitor = await door.visitor()
    return await _code(door, phone, "/auth/recoveries/codes", "recover_code", visitor)


async def _start(door: Door, **more: Any) -> httpx2.Response:
    body = {**LIANG.body, "phone": NEW, **more}
    body["code"] = more.get("code") or await _recover_code(door)
    return await (await door.visitor()).post(START, json=body)


async def _told(door: Door, phone: str) -> list[str]:
    shown = await door.phone_shows(phone)
    return [one["params"]["what"] for one in shown if one["template"] == "security_notice"]


async def test_promise_08_late_announced_and_by_the_new_phone_alone(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered(password=PASSWORD)
        await door.proves(browser, "pwd", PASSWORD)
        device = await door.passkey(browser)
        answer = await _start(door)
        assert answer.status_code == 201, answer.text
        assert answer.json()["session"] is None
        assert answer.json()["due_at"] == clock.rfc3339(start + DELAY)
        assert "正在被申请找回" in await _told(door, LIANG.phone)
        waits = (await browser.get("/auth/recovery")).json()
        assert waits["due_at"] == clock.rfc3339(start + DELAY)
    with clock.showing(start + DELAY - timedelta(minutes=1)):
        visitor = await door.visitor()
        body = {"phone": NEW, "code": await _recover_code(door)}
        assert refusal(await visitor.post(FINISH, json=body)) == (403, "recovery_waits")
        for row in await db.rows("SELECT * FROM auth_recovery"):
            assert NEW not in str(dict(row))
    with clock.showing(start + DELAY + timedelta(minutes=1)):
        visitors = [await door.visitor() for _ in range(100)]
        body = {"phone": NEW, "code": await _recover_code(door)}
        answers = await asyncio.gather(*(one.post(FINISH, json=body) for one in visitors))
        assert [one.status_code for one in answers].count(201) == 1
        assert "已通过找回换绑手机号码" in await _told(door, LIANG.phone)
        # nothing that opened the account before opens it now
        body = {"account": LIANG.id_number, "password": PASSWORD}
        answer = await (await door.visitor()).post("/auth/sessions", json=body)
        assert refusal(answer) == (403, "sign_in_failed")
        shown = device.show(await door.challenge())
        answer = await (await door.visitor()).post("/auth/passkeys/sessions", json=shown)
        assert refusal(answer) == (403, "passkey_refused")
        body = {"phone": NEW, "code": await door.code(NEW, "sign_in")}
        answer = await (await door.visitor()).post("/auth/sessions", json=body)
        assert (answer.status_code, answer.json()["name"]) == (201, "梁*欣")


async def test_promise_08_the_owner_stops_it(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered()
        assert (await _start(door)).status_code == 201
        other = await door.registered(HUANG)
        assert refusal(await other.delete("/auth/recovery")) == (404, "not_found")
        assert (await browser.delete("/auth/recovery")).status_code == 204
        assert refusal(await browser.get("/auth/recovery")) == (404, "not_found")
    with clock.showing(start + DELAY * 2):
        body = {"phone": NEW, "code": await _recover_code(door)}
        answer = await (await door.visitor()).post(FINISH, json=body)
        assert refusal(answer) == (403, "recovery_window")


async def test_promise_08_not_me_stops_it_too(door: Door) -> None:
    browser = await door.registered(password=PASSWORD)
    await _start(door)
    events = (await browser.get("/auth/events")).json()["events"]
    begun = next(one for one in events if one["kind"] == "recovery_begun")
    assert (await browser.post(f"/auth/events/{begun['id']}/disown")).status_code == 200
    assert refusal(await browser.get("/auth/recovery")) == (404, "not_found")


async def test_promise_08_the_proof_is_that_of_registration(small_door: Door) -> None:
    """Name and number of another, a phone of another, nobody's account: the same closed door."""
    await small_door.registered()
    other = "19900009999"  # by the operator's word somebody else's
    code = await _recover_code(small_door, other)
    answer = await _start(small_door, phone=other, code=code)
    assert refusal(answer) == (403, "recovery_window")
    code = await _recover_code(small_door, "19910000002")
    answer = await _start(small_door, **{**HUANG.body, "phone": "19910000002", "code": code})
    assert refusal(answer) == (403, "recovery_window")  # proven, but there is no account
    answer = await _start(small_door, name="梁佳欣", code="000000")
    assert refusal(answer) == (422, "code_wrong")
    code = await _recover_code(small_door, LIANG.phone)
    answer = await _start(small_door, phone=LIANG.phone, code=code)
    assert refusal(answer) == (409, "recovery_not_needed")
    assert await _told(small_door, LIANG.phone) == []


async def test_promise_08_the_recovery_code_takes_the_place_of_waiting_once(door: Door) -> None:
    browser = await door.registered()
    answer = await browser.post("/auth/recovery-code")
    code = answer.json()["code"]
    assert (answer.status_code, len(code.replace("-", "")) * 5) == (201, 120)
    for row in await db.rows("SELECT * FROM auth_recovery_code"):
        assert code.replace("-", "") not in str(dict(row))
    start = clock.now()
    with clock.showing(start + timedelta(minutes=1)):
        answer = await _start(door, recovery_code="0000-0000-0000-0000")
        assert refusal(answer) == (422, "recovery_code_wrong")
    with clock.showing(start + timedelta(minutes=3)):
        typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        sms = await _recover_code(door)
        body = {**LIANG.body, "phone": NEW, "code": sms, "recovery_code": typed}
        visitors = [await door.visitor() for _ in range(4)]
        answers = await asyncio.gather(*(one.post(START, json=body) for one in visitors))
        assert [one.status_code for one in answers].count(201) == 1
        won = next(one for one in answers if one.status_code == 201)
        assert won.json()["session"]["signed_in"] is True
        assert not (await browser.get("/auth/session")).json()["signed_in"]
        assert "已通过找回换绑手机号码" in await _told(door, LIANG.phone)


def test_promise_08_no_clerk_has_a_hand_in_it() -> None:
    """At a window a changed phone takes a second officer (test_counter.py); here there is none."""
    for route in app.ROUTES:
        if "recover" in route.path:
            assert "staff" not in route.actor.kinds, route.path


async def test_another_phone_by_the_owners_own_hand(door: Door) -> None:
    browser = await door.registered(password=PASSWORD)
    answer = await browser.post("/auth/phone/codes", json={"phone": NEW})
    assert refusal(answer) == (403, "prove_again")
    await door.proves(browser, "pwd", PASSWORD)
    other = await door.visitor()
    await other.post("/auth/sessions", json={"account": LIANG.phone, "password": PASSWORD})
    code = await _code(door, NEW, "/auth/phone/codes", "phone_code", browser)
    wrong = await browser.put("/auth/phone", json={"phone": NEW, "code": "000000"})
    assert refusal(wrong) == (422, "code_wrong")
    body = {"phone": NEW, "code": code}
    assert (await browser.put("/auth/phone", json=body)).status_code == 204
    assert (await browser.get("/auth/account")).json()["phone"] == "199****0001"
    assert "更换了手机号码" in await _told(door, LIANG.phone)  # the former phone hears of it
    assert not (await other.get("/auth/session")).json()["signed_in"]
    assert (await browser.get("/auth/session")).json()["signed_in"]
    answer = await other.post("/auth/sessions", json={"account": NEW, "password": PASSWORD})
    assert answer.status_code == 201
    await door.registered(HUANG)
    start = clock.now()
    with clock.showing(start + timedelta(minutes=2)):
        await door.proves(browser, "pwd", PASSWORD)
        code = await _code(door, HUANG.phone, "/auth/phone/codes", "phone_code", browser)
        taken = await browser.put("/auth/phone", json={"phone": HUANG.phone, "code": code})
        assert refusal(taken) == (409, "phone_taken")
