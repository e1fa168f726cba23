"""The six-digit PIN: for those inside WeChat, where no passkey works (六位数字密码)."""

import asyncio
from datetime import timedelta

import pytest

from auth.rules import pins
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, refusal

PIN = "728104"


async def _try(door: Door, browser: object, pin: str) -> tuple[int, str]:
    body = {"way": "pin", "secret": pin}
    answer = await browser.post("/auth/session/proofs", json=body)  # type: ignore[attr-defined]
    return (201, "") if answer.status_code == 201 else refusal(answer)


async def test_a_pin_is_the_second_factor(door: Door) -> None:
    browser = await door.registered()
    assert (await browser.put("/auth/pin", json={"pin": PIN})).status_code == 204
    answer = await browser.post("/auth/links/wechat")
    assert refusal(answer) == (403, "prove_again")
    assert answer.json()["ways"] == ["pin"]
    assert await _try(door, browser, PIN) == (201, "")
    assert (await browser.get("/auth/session")).json()["aal"] == 2
    assert (await browser.post("/auth/links/wechat")).status_code == 200
    assert (await browser.delete("/auth/pin")).status_code == 204
    assert (await browser.get("/auth/account")).json()["pin"] == "none"
    texts = [one["text"] for one in await door.phone_shows(LIANG.phone)]
    assert any("设置了六位数字密码" in text for text in texts)


async def test_promise_10_five_wrong_pins_however_they_come(door: Door) -> None:
    """Many guesses at once are five guesses, and wearing the PIN out is worth nothing."""
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered()
        await browser.put("/auth/pin", json={"pin": PIN})
        thief = await door.visitor(Cookie=f"yimen_session={browser.cookies['yimen_session']}")
        thief.headers["X-CSRF-Token"] = browser.headers["X-CSRF-Token"]
        guesses = [f"{n:06d}" for n in range(100, 108)]
        tried = await asyncio.gather(*(_try(door, thief, guess) for guess in guesses))
        assert sorted(code for _, code in tried) == ["pin_resting"] * 3 + ["pin_wrong"] * 5
        assert await _try(door, thief, PIN) == (403, "pin_resting")
        answer = await thief.post("/auth/links/wechat")
        assert refusal(answer) == (403, "prove_again")  # one factor is still not two
        assert (answer.json()["aal"], answer.json()["ways"]) == (2, [])
        texts = [one["text"] for one in await door.phone_shows(LIANG.phone)]
        assert sum("数字密码连续输错" in text for text in texts) == 1
        # the owner comes in by the phone, and puts the thief out
        owner = await door.visitor()
        body = {"phone": LIANG.phone, "code": await door.code(LIANG.phone, "sign_in")}
        answer = await owner.post("/auth/sessions", json=body)
        owner.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        assert (await owner.delete("/auth/sessions")).status_code == 204
        assert not (await thief.get("/auth/session")).json()["signed_in"]
    with clock.showing(start + timedelta(hours=12, seconds=1)):
        body["code"] = await door.code(LIANG.phone, "sign_in")
        answer = await owner.post("/auth/sessions", json=body)
        owner.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        assert await _try(door, owner, "000102") == (422, "pin_wrong")  # one more, not five
        assert await _try(door, owner, PIN) == (403, "pin_resting")
    with clock.showing(start + timedelta(hours=24, seconds=2)):
        body["code"] = await door.code(LIANG.phone, "sign_in")
        answer = await owner.post("/auth/sessions", json=body)
        owner.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        assert await _try(door, owner, PIN) == (201, "")
        assert (await owner.get("/auth/account")).json()["pin"] == "set"


async def test_equal_pins_look_different_and_a_dump_holds_none(door: Door) -> None:
    for who in (LIANG, HUANG):
        await (await door.registered(who)).put("/auth/pin", json={"pin": PIN})
    rows = await db.rows("SELECT hash FROM auth_pin")
    assert len({row["hash"] for row in rows}) == 2
    assert all(row["hash"].startswith("$argon2id$") for row in rows)


@pytest.mark.parametrize(
    ("pin", "problem"),
    [("12345", "format"), ("１２３４５６", "format"), ("12345a", "format"), ("111111", "weak"),
     ("123456", "weak"), ("987654", "weak"), ("121212", "weak"), ("123123", "weak"),
     ("900512", "too_personal"), ("199005", "too_personal"), ("051290", "too_personal"),
     ("000001", "weak"), (PIN, None)],
)  # fmt: skip
def test_birthdays_and_runs_are_no_pins(pin: str, problem: str | None) -> None:
    assert pins.problem(pin, id_number=LIANG.id_number, phone=LIANG.phone) == problem


async def test_a_bad_pin_is_told(small_door: Door) -> None:
    browser = await small_door.registered()
    answer = await browser.put("/auth/pin", json={"pin": "900512"})
    assert refusal(answer) == (422, "check_input")
    assert answer.json()["errors"][0]["code"] == "too_personal"
