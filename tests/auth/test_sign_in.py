"""Signing in: by code, by password, as staff; and what the door never tells."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from auth import demo
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door, refusal, said

PASSWORD = "一条长长的咸鱼 fish"


async def test_by_code(door: Door) -> None:
    await door.registered()
    code = await door.code(LIANG.phone, "sign_in")
    visitor = await door.visitor()
    answer = await visitor.post("/auth/sessions", json={"phone": LIANG.phone, "code": code})
    assert answer.status_code == 201
    assert answer.json()["name"] == "梁*欣"
    assert (await visitor.get("/auth/session")).json()["signed_in"]


async def test_by_password_with_phone_or_id_number(door: Door) -> None:
    await door.registered(password=PASSWORD)
    for account in (LIANG.phone, LIANG.id_number, "+86 199 0000 0001"):
        visitor = await door.visitor()
        answer = await visitor.post(
            "/auth/sessions", json={"account": account, "password": PASSWORD}
        )
        assert answer.status_code == 201, account
    (row,) = await db.rows("SELECT password_hash FROM auth_person")
    assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_who_shows_the_phone_is_theirs_is_told_to_register(small_door: Door) -> None:
    code = await small_door.code(STRANGER, "sign_in")
    visitor = await small_door.visitor()
    answer = await visitor.post("/auth/sessions", json={"phone": STRANGER, "code": code})
    assert refusal(answer) == (403, "phone_without_account")


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ({"phone": LIANG.phone, "code": "000000"}, {"phone": STRANGER, "code": "000000"}),
        (
            {"account": LIANG.phone, "password": "not this one"},
            {"account": STRANGER, "password": "not this one"},
        ),
        (
            {"account": LIANG.id_number, "password": "not this one"},
            {"account": HUANG.id_number, "password": "not this one"},
        ),
        (
            {"account": LIANG.phone, "password": "not this one"},
            {"account": "neither number", "password": "not this one"},
        ),
    ],
)
async def test_known_and_unknown_accounts_get_the_same_answer(
    door: Door, known: dict[str, str], unknown: dict[str, str]
) -> None:
    await door.registered(password=PASSWORD)
    visitor = await door.visitor()
    first = await visitor.post("/auth/sessions", json=known)
    second = await visitor.post("/auth/sessions", json=unknown)
    assert said(first) == said(second)
    assert first.headers.keys() == second.headers.keys()
    assert len(first.content) == len(second.content)


async def test_both_leave_one_event_and_the_same_number_of_statements(door: Door) -> None:
    await door.registered(password=PASSWORD)
    visitor = await door.visitor()
    for account in (LIANG.phone, STRANGER):
        await visitor.post("/auth/sessions", json={"account": account, "password": "wrong one"})
    rows = await db.rows("SELECT person_id FROM auth_event WHERE kind = 'sign_in_failed'")
    assert sorted(row["person_id"] is None for row in rows) == [False, True]


async def test_an_account_without_password_has_none_that_fits(small_door: Door) -> None:
    await small_door.registered()
    visitor = await small_door.visitor()
    for password in ("None", "null", "x" * 8):
        tried = {"account": LIANG.phone, "password": password}
        assert refusal(await visitor.post("/auth/sessions", json=tried))[1] == "sign_in_failed"


async def test_guessing_a_password_is_slowed_down_but_a_code_still_opens(door: Door) -> None:
    await door.registered(password=PASSWORD)
    visitor = await door.visitor()
    wrong = {"account": LIANG.phone, "password": "a wrong guess"}
    codes = [refusal(await visitor.post("/auth/sessions", json=wrong))[1] for _ in range(12)]
    assert codes == ["sign_in_failed"] * 10 + ["too_many_tries"] * 2
    right = {"account": LIANG.phone, "password": PASSWORD}
    answer = await visitor.post("/auth/sessions", json=right)
    assert refusal(answer) == (429, "too_many_tries")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    code = await door.code(LIANG.phone, "sign_in")
    answer = await visitor.post("/auth/sessions", json={"phone": LIANG.phone, "code": code})
    assert answer.status_code == 201


async def test_an_unknown_account_is_slowed_down_alike(small_door: Door) -> None:
    visitor = await small_door.visitor()
    wrong = {"account": STRANGER, "password": "a wrong guess"}
    codes = [refusal(await visitor.post("/auth/sessions", json=wrong))[1] for _ in range(12)]
    assert codes == ["sign_in_failed"] * 10 + ["too_many_tries"] * 2


async def test_many_at_once_are_hashed_two_by_two(small_door: Door) -> None:
    visitor = await small_door.visitor()
    answers = await asyncio.gather(
        *(
            visitor.post("/auth/sessions", json={"account": f"1990000{n:04d}", "password": "x" * 9})
            for n in range(80)
        )
    )
    codes = {refusal(answer) for answer in answers}
    assert codes == {(403, "sign_in_failed"), (503, "door_busy")}
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 503)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"/account": "required", "/password": "required"}),
        ({"phone": LIANG.phone}, {"/code": "required"}),
        ({"code": "123456"}, {"/phone": "required"}),
        ({"account": LIANG.phone}, {"/password": "required"}),
        (
            {"phone": LIANG.phone, "code": "1", "password": "x"},
            {"/password": "unknown_field"},
        ),
        ({"phone": "abc", "code": "123456"}, {"/phone": "format"}),
        ({"phone": LIANG.phone, "code": 123456}, {"/code": "type"}),
        ({"account": LIANG.phone, "password": "x" * 201}, {"/password": "too_long"}),
        ({"phone": LIANG.phone, "code": ""}, {"/code": "too_short"}),
    ],
)
async def test_bad_requests(small_door: Door, body: dict[str, Any], errors: dict[str, str]) -> None:
    answer = await (await small_door.visitor()).post("/auth/sessions", json=body)
    assert refusal(answer) == (422, "check_input")
    assert {e["pointer"]: e["code"] for e in answer.json()["errors"]} == errors


@pytest.mark.parametrize("path", ["/auth/sessions", "/auth/staff/sessions", "/auth/registrations"])
async def test_no_other_site_signs_anybody_in(small_door: Door, path: str) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        visitor = await small_door.visitor(**headers)
        assert refusal(await visitor.post(path, json={})) == (403, "other_site")


@pytest.mark.parametrize("path", ["/auth/sessions", "/auth/staff/sessions", "/auth/registrations"])
async def test_unreadable_bodies(small_door: Door, path: str) -> None:
    visitor = await small_door.visitor()
    json = {"Content-Type": "application/json"}
    assert refusal(await visitor.post(path, content=b"{", headers=json)) == (400, "body_unreadable")
    assert refusal(await visitor.post(path, data={"a": "b"})) == (415, "wrong_media_type")
    large = await visitor.post(path, content=b'"' + b"x" * 600_000 + b'"', headers=json)
    assert refusal(large) == (413, "body_too_large")
    broken = await visitor.post(path, content=b'{"phone":"\\ud800"}', headers=json)
    assert broken.status_code in (400, 422)


async def test_staff_sign_in_as_staff(door: Door) -> None:
    browser = await door.clerk()
    session = (await browser.get("/auth/session")).json()
    assert (session["kind"], session["level"], session["links"]) == (
        "staff", None, {"wechat": False},
    )  # fmt: skip
    assert session["staff"] == {
        "name": "窗口小吴", "login": "clerk.ga", "district": "", "hall": "", "roles": ["clerk"],
        "department": {"code": "GA", "name": "佛山市公安局"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "tried",
    [
        {"login": "clerk.ga", "password": "not this one"},
        {"login": "nobody.ga", "password": demo.PASSWORD},
        {"login": "x' OR 1=1 --\x00", "password": demo.PASSWORD},
        {"login": LIANG.phone, "password": PASSWORD},
    ],
)
async def test_nobody_else_signs_in_as_staff(door: Door, tried: dict[str, str]) -> None:
    await door.registered(password=PASSWORD)
    await door.clerk()
    visitor = await door.visitor()
    answer = await visitor.post("/auth/staff/sessions", json=tried)
    assert refusal(answer) == (403, "staff_sign_in_failed")


async def test_staff_do_not_sign_in_at_the_citizens_door(small_door: Door) -> None:
    await small_door.clerk()
    visitor = await small_door.visitor()
    tried = {"account": "clerk.ga", "password": demo.PASSWORD}
    assert refusal(await visitor.post("/auth/sessions", json=tried)) == (403, "sign_in_failed")


async def test_staff_who_leave_or_change_office_are_signed_out(door: Door) -> None:
    from auth.usecases import load_staff

    browser = await door.clerk()
    entry = demo.staff()[0]
    assert await load_staff([entry]) == 0
    assert (await browser.get("/auth/session")).json()["signed_in"]
    assert await load_staff([{**entry, "roles": ["clerk", "reviewer"]}]) == 1
    assert not (await browser.get("/auth/session")).json()["signed_in"]
    await load_staff([{**entry, "active": False}])
    answer = await browser.post(
        "/auth/staff/sessions", json={"login": "clerk.ga", "password": demo.PASSWORD}
    )
    assert refusal(answer) == (403, "staff_sign_in_failed")


async def test_what_happened_is_kept_without_secrets(door: Door) -> None:
    browser = await door.registered(password=PASSWORD)
    await browser.delete("/auth/session")
    with clock.showing(clock.now() + timedelta(seconds=61)):
        visitor = await door.visitor()
        wrong = {"account": LIANG.phone, "password": "wrong guess"}
        await visitor.post("/auth/sessions", json=wrong)
        right = {"account": LIANG.phone, "password": PASSWORD}
        await visitor.post("/auth/sessions", json=right)
    rows = await db.rows(
        "SELECT kind, method, via, person_id, address FROM auth_event "
        "WHERE staff_id IS NULL AND via <> 'operator' ORDER BY id"
    )
    assert [(r["kind"], r["method"], r["via"]) for r in rows] == [
        ("registered", "code", "web"),
        ("signed_out", "", "web"),
        ("sign_in_failed", "password", "web"),
        ("signed_in", "password", "web"),
    ]
    assert len({str(r["person_id"]) for r in rows}) == 1
    assert all(b"127.0.0.1" not in bytes(r["address"]) for r in rows)
