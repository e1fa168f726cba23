"""Codes by text message: sent to anybody, good once, for a while."""

import asyncio
from datetime import timedelta

import pytest

from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door, refusal, said


async def ask(door: Door, phone: str, purpose: str = "sign_in", **headers: str):  # type: ignore[no-untyped-def]
    visitor = await door.visitor(**headers)
    return await visitor.post("/auth/codes", json={"phone": phone, "purpose": purpose})


async def test_a_code_comes_by_text_message(door: Door) -> None:
    answer = await ask(door, LIANG.phone, "register")
    assert (answer.status_code, answer.json()) == (202, {"resend_after": 60, "expires_in": 300})
    (message,) = await door.phone_shows(LIANG.phone)
    assert message["template"] == "register_code"
    assert message["params"]["minutes"] == "5"
    assert len(message["params"]["code"]) == 6


async def test_a_phone_without_an_account_gets_the_same_answer(door: Door) -> None:
    await door.registered()
    known, unknown = await ask(door, LIANG.phone), await ask(door, STRANGER)
    assert said(known) == said(unknown)
    assert dict(known.headers).keys() == dict(unknown.headers).keys()
    assert await door.phone_shows(STRANGER)
    again = [await ask(door, LIANG.phone), await ask(door, STRANGER)]
    assert refusal(again[0]) == refusal(again[1]) == (429, "too_many_tries")


async def test_the_next_code_takes_a_minute_and_replaces_the_last(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        first = await door.code(LIANG.phone, "register")
        answer = await ask(door, LIANG.phone, "register")
        assert refusal(answer) == (429, "too_many_tries")
        assert answer.headers["Retry-After"] == "60"
        # signing in is another matter, with a clock of its own
        assert (await ask(door, LIANG.phone, "sign_in")).status_code == 202
    with clock.showing(start + timedelta(seconds=59)):
        assert (await ask(door, LIANG.phone, "register")).headers["Retry-After"] == "1"
    with clock.showing(start + timedelta(seconds=60)):
        second = await door.code(LIANG.phone, "register")
        visitor = await door.visitor()
        if first != second:
            body = {**LIANG.body, "code": first}
            answer = await visitor.post("/auth/registrations", json=body)
            assert refusal(answer) == (422, "code_wrong")
        body = {**LIANG.body, "code": second}
        assert (await visitor.post("/auth/registrations", json=body)).status_code == 201


async def test_two_requests_at_once_send_one_message(door: Door) -> None:
    answers = await asyncio.gather(*(ask(door, LIANG.phone) for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [202] + [429] * 7
    assert len(await door.phone_shows(LIANG.phone)) == 1


@pytest.mark.parametrize(("seconds", "status"), [(299, 201), (300, 422)])
async def test_a_code_lives_five_minutes(small_door: Door, seconds: int, status: int) -> None:
    start = clock.now()
    with clock.showing(start):
        code = await small_door.code(LIANG.phone, "register")
    with clock.showing(start + timedelta(seconds=seconds)):
        visitor = await small_door.visitor()
        answer = await visitor.post("/auth/registrations", json={**LIANG.body, "code": code})
    assert answer.status_code == status


async def test_five_wrong_tries_kill_a_code(door: Door) -> None:
    await door.registered()
    code = await door.code(LIANG.phone, "sign_in")
    wrong = {"phone": LIANG.phone, "code": f"{(int(code) + 1) % 1_000_000:06d}"}
    visitor = await door.visitor()
    for _ in range(5):
        assert refusal(await visitor.post("/auth/sessions", json=wrong)) == (422, "code_wrong")
    right = {"phone": LIANG.phone, "code": code}
    assert refusal(await visitor.post("/auth/sessions", json=right)) == (422, "code_wrong")
    # the owner is not locked out: a minute later a new code opens the door
    with clock.showing(clock.now() + timedelta(seconds=61)):
        code = await door.code(LIANG.phone, "sign_in")
        answer = await visitor.post("/auth/sessions", json={"phone": LIANG.phone, "code": code})
    assert answer.status_code == 201


async def test_a_hundred_wrong_tries_at_once_are_five(door: Door) -> None:
    code = await door.code(LIANG.phone, "sign_in")
    wrong = {"phone": LIANG.phone, "code": f"{(int(code) + 1) % 1_000_000:06d}"}
    visitor = await door.visitor()
    await asyncio.gather(*(visitor.post("/auth/sessions", json=wrong) for _ in range(100)))
    (row,) = await db.rows("SELECT tries FROM auth_code")
    assert row["tries"] == 5


async def test_a_hundred_right_tries_at_once_open_one_session(door: Door) -> None:
    await door.registered()
    code = await door.code(LIANG.phone, "sign_in")
    before = len(await db.rows("SELECT 1 FROM auth_session"))
    visitors = [await door.visitor() for _ in range(100)]
    right = {"phone": LIANG.phone, "code": code}
    answers = await asyncio.gather(*(v.post("/auth/sessions", json=right) for v in visitors))
    assert sorted(a.status_code for a in answers) == [201] + [422] * 99
    assert len(await db.rows("SELECT 1 FROM auth_session")) == before + 1
    assert (await visitors[0].post("/auth/sessions", json=right)).status_code == 422


async def test_a_code_serves_its_own_purpose_and_phone(small_door: Door) -> None:
    await small_door.registered()
    code = await small_door.code(HUANG.phone, "sign_in")
    visitor = await small_door.visitor()
    body = {**HUANG.body, "code": code}
    assert refusal(await visitor.post("/auth/registrations", json=body)) == (422, "code_wrong")
    stolen = {"phone": LIANG.phone, "code": code}
    assert refusal(await visitor.post("/auth/sessions", json=stolen)) == (422, "code_wrong")


async def test_one_phone_gets_ten_codes_an_hour(small_door: Door) -> None:
    start = clock.now()
    for minute in range(11):
        with clock.showing(start + timedelta(minutes=2 * minute)):
            answer = await ask(small_door, LIANG.phone)
            assert answer.status_code == (202 if minute < 10 else 429), minute
    assert 1 <= int(answer.headers["Retry-After"]) <= 360


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"phone": "12345", "purpose": "sign_in"}, "/phone", "format"),
        ({"phone": "", "purpose": "sign_in"}, "/phone", "too_short"),
        ({"phone": "1" * 200, "purpose": "sign_in"}, "/phone", "too_long"),
        ({"phone": 19900000001, "purpose": "sign_in"}, "/phone", "type"),
        ({"phone": LIANG.phone, "purpose": "fun"}, "/purpose", "not_an_option"),
        ({"phone": LIANG.phone}, "/purpose", "required"),
        ({"phone": LIANG.phone, "purpose": "sign_in", "x": 1}, "/x", "unknown_field"),
        ({"phone": "1\x0099", "purpose": "sign_in"}, "/phone", "format"),
    ],
)
async def test_bad_requests(
    small_door: Door, body: dict[str, object], pointer: str, code: str
) -> None:
    answer = await (await small_door.visitor()).post("/auth/codes", json=body)
    assert refusal(answer) == (422, "check_input")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


async def test_another_site_cannot_send_codes(small_door: Door) -> None:
    answer = await ask(small_door, LIANG.phone, Origin="https://evil.example")
    assert refusal(answer) == (403, "other_site")
    answer = await ask(small_door, LIANG.phone, Sec_Fetch_Site="cross-site")
    assert refusal(answer) == (403, "other_site")


async def test_the_gateway_fails_and_the_message_waits(small_door: Door) -> None:
    """Magic phones of the gateway: down, and no such number."""
    await ask(small_door, "19900000902")
    await ask(small_door, "19900000903")
    await small_door.city.work()
    rows = await db.rows("SELECT state, error FROM outbox ORDER BY created_at")
    assert [(r["state"], r["error"]) for r in rows] == [
        ("waiting", "sms_down"), ("dead", "bad_number"),
    ]  # fmt: skip
    with clock.showing(clock.now() + timedelta(seconds=301)):
        await small_door.city.work()
    (row,) = await db.rows("SELECT state, error FROM outbox WHERE error <> 'bad_number'")
    assert (row["state"], row["error"]) == ("dead", "code_expired")
