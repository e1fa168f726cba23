"""Sessions idle and run out, turn their token, and are ended by their owner (登录的设备)."""

from datetime import timedelta

from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, refusal

PASSWORD = "one that is long"
ANDROID = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1 MicroMessenger/8.0"
BODY = {"account": LIANG.phone, "password": PASSWORD}


async def test_promise_05_a_person_sees_and_ends_every_device(door: Door) -> None:
    browser = await door.registered(password=PASSWORD)
    phone = await door.visitor(User_Agent=ANDROID)
    await phone.post("/auth/sessions", json=BODY)
    program = await door.visitor(User_Agent=WECHAT, X_Yimen_Client="miniprogram")
    token = (await program.post("/auth/sessions", json=BODY)).json()["token"]
    program.headers["Authorization"] = f"Bearer {token}"
    listed = (await browser.get("/auth/sessions")).json()["sessions"]
    assert [one["this"] for one in listed] == [True, False, False]
    assert {one["device"] for one in listed[1:]} == {"安卓手机 · Chrome", "苹果手机 · 微信"}
    assert {(one["via"], *one["methods"]) for one in listed} == {
        ("web", "sms"), ("web", "pwd"), ("miniprogram", "pwd"),
    }  # fmt: skip
    for row in await db.rows("SELECT * FROM auth_session"):
        assert "安卓" not in str(dict(row))

    at = next(one["id"] for one in listed if one["device"] == "安卓手机 · Chrome")
    other = await door.registered(HUANG)
    assert refusal(await other.delete(f"/auth/sessions/{at}")) == (404, "not_found")
    assert (await phone.get("/auth/session")).json()["signed_in"]
    assert (await browser.delete(f"/auth/sessions/{at}")).status_code == 204
    assert not (await phone.get("/auth/session")).json()["signed_in"]
    assert refusal(await browser.delete(f"/auth/sessions/{at}")) == (404, "not_found")
    assert (await browser.delete("/auth/sessions")).status_code == 204
    assert not (await program.get("/auth/session")).json()["signed_in"]
    assert len((await browser.get("/auth/sessions")).json()["sessions"]) == 1
    assert (await other.get("/auth/session")).json()["signed_in"]


async def test_promise_05_idle_sessions_leave_the_list(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered(password=PASSWORD)
        await (await door.visitor()).post("/auth/sessions", json=BODY)
    for minutes, left in ((10, 2), (20, 1)):
        with clock.showing(start + timedelta(minutes=minutes)):
            assert len((await browser.get("/auth/sessions")).json()["sessions"]) == left


async def test_promise_05_staff_leave_their_desk_for_fifteen_minutes(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        clerk = await door.clerk()
    with clock.showing(start + timedelta(minutes=14)):
        assert (await clerk.get("/auth/sessions")).status_code == 200
    with clock.showing(start + timedelta(minutes=29, seconds=1)):
        assert refusal(await clerk.get("/auth/sessions")) == (401, "session_over")


async def _alerts(door: Door) -> list[str]:
    shown = await door.phone_shows(LIANG.phone)
    return [one["params"]["what"] for one in shown if one["template"] == "security_notice"]


async def test_promise_05_a_new_device_is_announced_once(door: Door) -> None:
    home = await door.registered(password=PASSWORD)
    await home.post("/auth/sessions", json=BODY)
    assert await _alerts(door) == []  # the device of the registration is known
    phone = await door.visitor(User_Agent=ANDROID)
    for _ in range(2):
        assert (await phone.post("/auth/sessions", json=BODY)).status_code == 201
    assert await _alerts(door) == ["在新设备上登录了（安卓手机 · Chrome）"]
    stranger = await door.visitor(Cookie=f"yimen_device={'A' * 32}")  # a guess opens nothing
    await stranger.post("/auth/sessions", json=BODY)
    assert len(await _alerts(door)) == 2
    (cookie,) = [one for one in phone.cookies.jar if one.name == "yimen_device"]
    for row in await db.rows("SELECT * FROM auth_device"):
        assert cookie.value not in str(dict(row))


async def test_a_new_password_signs_out_everywhere_else_and_is_announced(door: Door) -> None:
    browser = await door.registered()
    phone = await door.visitor()
    body = {"phone": LIANG.phone, "code": await door.code(LIANG.phone, "sign_in")}
    await phone.post("/auth/sessions", json=body)
    answer = await browser.put("/auth/password", json={"password": LIANG.phone})
    assert refusal(answer) == (422, "check_input")
    assert (await browser.put("/auth/password", json={"password": PASSWORD})).status_code == 204
    assert "设置了新密码" in await _alerts(door)
    assert not (await phone.get("/auth/session")).json()["signed_in"]
    assert (await browser.get("/auth/session")).json()["signed_in"]
    assert (await phone.post("/auth/sessions", json=BODY)).status_code == 201
    # whoever has only the session or only the phone changes it no more
    answer = await browser.put("/auth/password", json={"password": "another long one"})
    assert refusal(answer) == (403, "prove_again")


async def test_a_change_of_the_password_asks_for_the_present_one(door: Door) -> None:
    browser = await door.registered()
    device = await door.passkey(browser)
    await door.proves_by(browser, device)
    # the first needs none: there is nothing to name
    assert (await browser.put("/auth/password", json={"password": PASSWORD})).status_code == 204
    # a passkey is surer than any password, and yet the present one is asked for
    new = {"password": "another long one"}
    for given, code in (({}, "required"), ({"present": "not it at all"}, "password_wrong")):
        answer = await browser.put("/auth/password", json={**new, **given})
        assert refusal(answer) == (422, "check_input")
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/present", code)
    assert (await (await door.visitor()).post("/auth/sessions", json=BODY)).status_code == 201
    answer = await browser.put("/auth/password", json={**new, "present": PASSWORD})
    assert answer.status_code == 204, answer.text
    assert (await (await door.visitor()).post("/auth/sessions", json=BODY)).status_code == 403
    # whoever guesses at it with a stolen session is stopped
    body = {"password": "yet another one", "present": "guessed"}
    answers = [(await browser.put("/auth/password", json=body)).status_code for _ in range(10)]
    assert set(answers) == {422, 429}
    events = (await browser.get("/auth/events")).json()["events"]
    assert "prove_failed" in {one["kind"] for one in events}


async def test_the_account_at_a_glance(door: Door) -> None:
    browser = await door.registered()
    plain = {"phone": "199****0001", "password": False, "pin": "none", "passkeys": 0}
    assert (await browser.get("/auth/account")).json() == plain
    await door.passkey(browser)
    assert (await browser.get("/auth/account")).json() == {**plain, "passkeys": 1}
