"""Registering with a real name: who gets an account, who gets which way out."""

import asyncio
from datetime import timedelta

import pytest

from auth import client
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, Somebody, refusal


async def test_a_citizen_registers_and_is_signed_in(door: Door) -> None:
    browser = await door.registered()
    session = (await browser.get("/auth/session")).json()
    assert session["signed_in"] is True
    assert (session["kind"], session["name"], session["level"]) == ("person", "梁*欣", "real_name")
    assert (session["token"], session["staff"], session["links"]) == (None, None, {"wechat": False})
    assert session["idle_seconds"] == 900
    person_id = await client.person_by_id_number(LIANG.id_number)
    assert person_id is not None
    identity = await client.identity(person_id)
    assert (identity.name, identity.id_number, identity.phone) == (
        LIANG.name, LIANG.id_number, LIANG.phone,
    )  # fmt: skip
    consents = await db.rows("SELECT purpose, wording FROM auth_consent")
    assert [(c["purpose"], c["wording"]) for c in consents] == [("identity_check", "2026-12")]
    space = await db.rows("SELECT key FROM outbox WHERE kind = 'person.registered'")
    assert [row["key"] for row in space] == [f"person.registered:{person_id}"]


@pytest.mark.parametrize(
    "typed",
    [
        Somebody(" 阿依古丽．买买提江・努尔艾力 ", "６５０１０２198809010242", "+86 199-0000-0003"),
        Somebody("阿依古丽•买买提江.努尔艾力", "650102 19880901 0242", "00861990000 0003"),
    ],
)
async def test_what_a_phone_types_is_no_mistake(small_door: Door, typed: Somebody) -> None:
    code = await small_door.code("19900000003", "register")
    browser = await small_door.visitor()
    answer = await browser.post("/auth/registrations", json={**typed.body, "code": f" {code} "})
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "阿*力"


async def test_everything_wrong_is_told_at_once_and_costs_no_code(small_door: Door) -> None:
    code = await small_door.code(LIANG.phone, "register")
    browser = await small_door.visitor()
    wrong = {
        "name": "Li", "id_number": "440604199005120223", "phone": "123", "code": code,
        "password": "12345678", "consent": True,
    }  # fmt: skip
    answer = await browser.post("/auth/registrations", json=wrong)
    assert refusal(answer) == (422, "check_input")
    assert {e["pointer"]: e["code"] for e in answer.json()["errors"]} == {
        "/name": "format", "/id_number": "checksum", "/phone": "format", "/password": "weak",
    }  # fmt: skip
    assert "440604199005120223" not in answer.text
    answer = await browser.post("/auth/registrations", json={**LIANG.body, "code": code})
    assert answer.status_code == 201


@pytest.mark.parametrize("consent", [False, None, "yes"])
async def test_without_consent_nothing_happens(small_door: Door, consent: object) -> None:
    browser = await small_door.visitor()
    body = {**LIANG.body, "code": "000000", "consent": consent}
    answer = await browser.post("/auth/registrations", json=body)
    assert refusal(answer) == (422, "check_input")
    assert answer.json()["errors"][0]["pointer"] == "/consent"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Somebody("梁佳欣", LIANG.id_number, LIANG.phone), (403, "identity_mismatch")),
        (Somebody("赵无名", "440604198501060164", LIANG.phone), (403, "identity_not_found")),
        (Somebody("何秀英", "440604195307110283", LIANG.phone), (403, "identity_window_only")),
    ],
)
async def test_the_register_says_no(
    small_door: Door, who: Somebody, expected: tuple[int, str]
) -> None:
    code = await small_door.code(LIANG.phone, "register")
    browser = await small_door.visitor()
    answer = await browser.post("/auth/registrations", json={**who.body, "code": code})
    assert refusal(answer) == expected
    for secret in (who.name, who.id_number, LIANG.phone, "去世", "死亡"):
        assert secret not in answer.text
    assert not await db.rows("SELECT 1 FROM auth_person")
    # the same code still serves the person who mends the mistake
    answer = await browser.post("/auth/registrations", json={**LIANG.body, "code": code})
    assert answer.status_code == 201


async def test_a_child_registers_with_a_guardian(small_door: Door) -> None:
    browser = await small_door.visitor()
    child = Somebody("陈乐怡", "440604201509060446", LIANG.phone)
    answer = await browser.post("/auth/registrations", json={**child.body, "code": "000000"})
    assert refusal(answer) == (403, "minor_needs_guardian")
    assert "监护人" in answer.json()["fix"]


async def test_one_message_carries_five_questions_at_most(small_door: Door) -> None:
    code = await small_door.code(LIANG.phone, "register")
    browser = await small_door.visitor()
    guess = Somebody("梁佳欣", LIANG.id_number, LIANG.phone).body
    codes = [
        refusal(await browser.post("/auth/registrations", json={**guess, "code": code}))[1]
        for _ in range(6)
    ]
    assert codes == ["identity_mismatch"] * 5 + ["code_wrong"]


async def test_registering_again_with_the_same_phone_signs_in(door: Door) -> None:
    first = await door.registered()
    with clock.showing(clock.now() + timedelta(seconds=61)):
        second = await door.registered()
        assert (await second.get("/auth/session")).json()["signed_in"]
        assert (await first.get("/auth/session")).json()["signed_in"]
    assert len(await db.rows("SELECT 1 FROM auth_person")) == 1
    assert len(await db.rows("SELECT 1 FROM outbox WHERE kind = 'person.registered'")) == 1


async def test_another_phone_cannot_take_an_account_over(door: Door) -> None:
    owner = await door.registered()
    thief = await door.visitor()
    code = await door.code(HUANG.phone, "register")
    body = {**LIANG.body, "phone": HUANG.phone, "code": code, "password": "thief likes this"}
    answer = await thief.post("/auth/registrations", json=body)
    # by the operator's word the phone is another's: the same as if there were no account
    assert (answer.status_code, answer.json()["level"]) == (201, "registered")
    thief.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    await door.city.work()
    for path in ("/api/space", "/api/items/fund-rent-withdrawal/application"):
        assert refusal(await thief.get(path)) == (403, "real_name_first"), path
    person_id = await client.person_by_id_number(LIANG.id_number)
    assert person_id and (await client.identity(person_id)).phone == LIANG.phone
    assert (await owner.get("/auth/session")).json()["signed_in"]
    tried = {"account": LIANG.id_number, "password": "thief likes this"}
    assert refusal(await thief.post("/auth/sessions", json=tried)) == (403, "sign_in_failed")


async def test_a_phone_opens_one_account(door: Door) -> None:
    await door.registered()
    with clock.showing(clock.now() + timedelta(seconds=61)):
        code = await door.code(LIANG.phone, "register")
        body = {**HUANG.body, "phone": LIANG.phone, "code": code}
        answer = await (await door.visitor()).post("/auth/registrations", json=body)
    assert refusal(answer) == (409, "phone_taken")


async def test_a_new_password_ends_the_other_sessions(door: Door) -> None:
    first = await door.registered(password="a first long one")
    with clock.showing(clock.now() + timedelta(seconds=61)):
        second = await door.registered(password="another long one")
        assert not (await first.get("/auth/session")).json()["signed_in"]
        assert (await second.get("/auth/session")).json()["signed_in"]
        visitor = await door.visitor()
        old = {"account": LIANG.phone, "password": "a first long one"}
        assert refusal(await visitor.post("/auth/sessions", json=old)) == (403, "sign_in_failed")
        new = {"account": LIANG.phone, "password": "another long one"}
        assert (await visitor.post("/auth/sessions", json=new)).status_code == 201


async def test_one_code_registers_once_however_many_try(door: Door) -> None:
    code = await door.code(LIANG.phone, "register")
    visitors = [await door.visitor() for _ in range(20)]
    answers = await asyncio.gather(
        *(v.post("/auth/registrations", json={**LIANG.body, "code": code}) for v in visitors)
    )
    assert sorted(a.status_code for a in answers) == [201] + [422] * 19
    assert len(await db.rows("SELECT 1 FROM auth_person")) == 1
    assert len(await db.rows("SELECT 1 FROM auth_session")) == 1
