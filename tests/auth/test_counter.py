"""At a window with the card: every document, two officers where something does not fit."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import client
from auth.rules import documents
from auth.rules.assurance import JOURNEYS
from auth.usecases import load_staff
from backend.kernel import clock, db
from backend.outside.demo import Trouble
from backend.outside.population import sandbox as population
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door, refusal
from tests.city import visitor

PATH = "/auth/staff/verifications"


@dataclass
class Window:
    """A clerk at a window, a colleague who reviews, and the person before them."""

    door: Door
    clerk: httpx2.AsyncClient
    second: httpx2.AsyncClient

    async def reads(self, **card: Any) -> httpx2.Response:
        body = {
            "document": "id_card", "number": LIANG.id_number, "name": LIANG.name,
            "phone": LIANG.phone, **card,
        }  # fmt: skip
        return await self.clerk.post(PATH, json=body)

    async def code(self, phone: str) -> str:
        shown = await self.door.phone_shows(phone)
        return str(next(m["params"]["code"] for m in shown if m["template"] == "counter_code"))

    async def decides(self, check: str, approve: bool = True) -> httpx2.Response:
        return await self.second.post(f"{PATH}/{check}/decision", json={"approve": approve})

    async def confirms(self, check: str, phone: str) -> httpx2.Response:
        body = {"code": await self.code(phone)}
        return await self.clerk.post(f"{PATH}/{check}/confirmation", json=body)


async def window_at(door: Door) -> Window:
    return Window(door, await door.clerk("clerk.ga"), await door.clerk("chief.ga"))


@pytest.fixture
async def window(door: Door) -> Window:
    return await window_at(door)


@pytest.fixture
async def small_window(small_door: Door) -> Window:
    return await window_at(small_door)


async def level_of(door: Door, phone: str) -> dict[str, Any]:
    """Sign in by the phone; the page about one's own standing."""
    browser = await door.visitor()
    body = {"phone": phone, "code": await door.code(phone, "sign_in")}
    answer = await browser.post("/auth/sessions", json=body)
    assert answer.status_code == 201, answer.text
    session = (await browser.get("/auth/session")).json()
    found: dict[str, Any] = (await browser.get("/auth/assurance")).json()
    assert session["level"] == found["level"]
    await door.city.work()
    assert (await browser.get("/api/space")).status_code == 200
    return found


async def test_somebody_without_a_smartphone_is_proven_by_the_card(window: Window) -> None:
    seen = await window.reads(phone=STRANGER, valid_until="2041-01-01")
    assert (seen.status_code, seen.json()["state"], seen.json()["reasons"]) == (201, "ready", [])
    for secret in (LIANG.id_number, STRANGER):
        assert secret not in seen.text
    done = await window.confirms(seen.json()["id"], STRANGER)
    assert (done.status_code, done.json()["state"]) == (200, "done")
    found = await level_of(window.door, STRANGER)
    assert (found["level"], found["proof"]["way"]) == (JOURNEYS["counter"].gives, "counter")
    last = clock.today() + timedelta(days=JOURNEYS["counter"].days)
    assert found["proof"]["until"] == last.isoformat()
    told = await window.door.phone_shows(STRANGER)
    assert any("已在窗口完成实名核验" in message["text"] for message in told)
    officers = await db.rows("SELECT clerk_id, second_id FROM auth_assurance")
    assert officers[0]["clerk_id"] and officers[0]["second_id"] is None


async def test_a_proof_lasts_no_longer_than_the_document(window: Window) -> None:
    ends = (clock.today() + timedelta(days=100)).isoformat()
    seen = await window.reads(phone=STRANGER, valid_until=ends)
    await window.confirms(seen.json()["id"], STRANGER)
    assert (await level_of(window.door, STRANGER))["proof"]["until"] == ends


OTHERS = {
    "hk_macao_permit": ("H12345678", "陈大文", "2032-05-31"),
    "taiwan_permit": ("12345678", "林志玲", "2031-03-31"),
    "residence_permit": ("810000199408230021", "李嘉怡", "2030-12-31"),
    "passport": ("e1234 5678", "Maria Garcia", "2029-09-30"),
    "permanent_resident": ("911840199001010018", "john smith", "2033-01-31"),
}


@pytest.mark.parametrize("document", OTHERS)
async def test_people_without_a_mainland_card_get_an_account(
    small_window: Window, document: str
) -> None:
    number, name, until = OTHERS[document]
    seen = await small_window.reads(document=document, number=number, name=name, phone=STRANGER)
    assert (seen.status_code, seen.json()["state"]) == (201, "ready"), seen.text
    await small_window.confirms(seen.json()["id"], STRANGER)
    found = await level_of(small_window.door, STRANGER)
    assert (found["level"], found["document"], found["proof"]["until"]) == (
        "verified", document, until,
    )  # fmt: skip
    # the second time it is the same account
    with clock.showing(clock.now() + timedelta(minutes=2)):
        seen = await small_window.reads(document=document, number=number, name=name, phone=STRANGER)
        await small_window.confirms(seen.json()["id"], STRANGER)
    assert len(await db.rows("SELECT 1 FROM auth_person")) == 1


async def test_the_same_digits_of_two_documents_are_two_people(window: Window) -> None:
    with clock.showing(clock.now()):
        seen = await window.reads(
            document="taiwan_permit", number="12345678", name="林志玲", phone=STRANGER
        )
        await window.confirms(seen.json()["id"], STRANGER)
    other = await window.reads(
        document="passport", number="T12345678", name="LIN CHIH LING", phone="19900008888"
    )
    assert other.json()["reasons"] == ["register_not_found"]
    await window.decides(other.json()["id"])
    await window.confirms(other.json()["id"], "19900008888")
    kinds = await db.rows("SELECT document FROM auth_person ORDER BY document")
    assert [row["document"] for row in kinds] == ["passport", "taiwan_permit"]


@pytest.mark.parametrize("document", ["hk_macao_permit", "passport", "permanent_resident"])
async def test_they_sign_in_and_apply_like_everybody(small_window: Window, document: str) -> None:
    number, name, _ = OTHERS[document]
    door = small_window.door
    seen = await small_window.reads(document=document, number=number, name=name, phone=STRANGER)
    await small_window.confirms(seen.json()["id"], STRANGER)
    applicant = await visitor(door.city)
    await applicant.sign_in(STRANGER)
    await door.city.work()
    case = await applicant.submit("fund-rent-withdrawal")
    found = await applicant.get(f"/api/cases/{case['number']}")
    assert found["values"]["id_number"] == documents.normal_number(number)


# -- two officers -------------------------------------------------------------------------------


async def existing(window: Window, **card: Any) -> httpx2.Response:
    """Read a card of somebody who has an account already."""
    await window.door.registered()
    return await window.reads(**card)


OVERRIDES: dict[str, tuple[dict[str, Any], str]] = {
    "register_mismatch": ({"name": "梁佳欣", "phone": STRANGER}, STRANGER),
    "register_not_found": (
        {"number": "440604198501060164", "name": "赵无名", "phone": STRANGER}, STRANGER,
    ),
    "register_deceased": (
        {"number": "440604195307110283", "name": "何秀英", "phone": STRANGER}, STRANGER,
    ),
    "register_silent": (
        {"number": "440604198501020189", "name": "赵停停", "phone": STRANGER}, STRANGER,
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", OVERRIDES)
async def test_what_the_register_does_not_confirm_takes_two(
    small_window: Window, reason: str
) -> None:
    card, phone = OVERRIDES[reason]
    seen = await small_window.reads(**card, note="本人到场，证件原件无误")
    check = seen.json()["id"]
    assert (seen.json()["state"], seen.json()["reasons"]) == ("second", [reason])
    early = await small_window.confirms(check, phone)
    assert refusal(early) == (403, "counter_needs_second")
    alone = await small_window.clerk.post(f"{PATH}/{check}/decision", json={"approve": True})
    assert refusal(alone) == (403, "not_for_you")  # a clerk reviews nobody
    waiting = (await small_window.second.get(PATH)).json()["checks"]
    assert [(one["id"], one["note"]) for one in waiting] == [(check, "本人到场，证件原件无误")]
    assert (await small_window.decides(check)).json()["state"] == "approved"
    done = await small_window.confirms(check, phone)
    assert done.json()["state"] == "done", done.text
    found = await level_of(small_window.door, phone)
    assert (found["level"], found["proof"]["way"]) == ("verified", "counter_override")
    last = clock.today() + timedelta(days=JOURNEYS["counter_override"].days)
    assert found["proof"]["until"] == last.isoformat()
    events = await db.rows("SELECT detail, staff_id FROM auth_event WHERE kind = 'counter'")
    assert sorted(row["detail"] for row in events) == ["approved", "opened"]
    assert len({str(row["staff_id"]) for row in events}) == 2
    assured = await db.rows("SELECT person_id, staff_id FROM auth_event WHERE kind = 'assured'")
    assert assured[0]["person_id"] and assured[0]["staff_id"]


async def test_nobody_reviews_their_own_check(small_door: Door) -> None:
    chief = await small_door.clerk("chief.ga")
    window = Window(small_door, chief, chief)
    seen = await window.reads(name="梁佳欣", phone=STRANGER)
    answer = await window.decides(seen.json()["id"])
    assert refusal(answer) == (403, "counter_same_officer")


async def test_another_office_sees_nothing(small_window: Window) -> None:
    await load_staff([
        {"login": "chief.x", "name": "主任", "department": "RS", "roles": ("approver",),
         "password": "Yimen-demo-2026"}
    ])  # fmt: skip
    stranger = await small_window.door.visitor()
    body = {"login": "chief.x", "password": "Yimen-demo-2026"}
    session = await stranger.post("/auth/staff/sessions", json=body)
    stranger.headers["X-CSRF-Token"] = session.json()["csrf_token"]
    seen = await small_window.reads(name="梁佳欣", phone=STRANGER)
    check = seen.json()["id"]
    assert (await stranger.get(PATH)).json() == {"checks": []}
    assert refusal(await stranger.get(f"{PATH}/{check}")) == (404, "not_found")
    answer = await stranger.post(f"{PATH}/{check}/decision", json={"approve": True})
    assert refusal(answer) == (404, "not_found")


async def test_a_declined_check_is_over(small_window: Window) -> None:
    seen = await small_window.reads(name="梁佳欣", phone=STRANGER)
    check = seen.json()["id"]
    assert (await small_window.decides(check, approve=False)).json()["state"] == "declined"
    assert refusal(await small_window.confirms(check, STRANGER)) == (403, "counter_declined")
    assert refusal(await small_window.decides(check)) == (409, "counter_decided")
    assert not await db.rows("SELECT 1 FROM auth_person")


async def test_a_new_phone_takes_the_account_over_by_two_officers(window: Window) -> None:
    former = await window.door.registered(password="a long first one")
    # the person tried by herself, and has an account that claims to be her
    seen = await window.reads(phone=STRANGER)
    check = seen.json()["id"]
    assert seen.json()["reasons"] == ["phone_changed"]
    await window.decides(check)
    assert (await window.confirms(check, STRANGER)).json()["state"] == "done"
    person_id = await client.person_by_id_number(LIANG.id_number)
    assert person_id and (await client.identity(person_id)).phone == STRANGER
    assert not (await former.get("/auth/session")).json()["signed_in"]
    visitor = await window.door.visitor()
    old = {"account": LIANG.id_number, "password": "a long first one"}
    assert refusal(await visitor.post("/auth/sessions", json=old)) == (403, "sign_in_failed")
    told = await window.door.phone_shows(LIANG.phone)
    assert any("更换了手机号码" in message["text"] for message in told)


async def test_an_account_that_only_claimed_gives_its_phone_up(small_window: Window) -> None:
    door = small_window.door
    await door.registered()
    browser = await door.visitor()
    body = {**LIANG.body, "phone": STRANGER, "code": await door.code(STRANGER, "register")}
    assert (await browser.post("/auth/registrations", json=body)).json()["level"] == "registered"
    seen = await small_window.reads(phone=STRANGER)
    await small_window.decides(seen.json()["id"])
    done = await small_window.confirms(seen.json()["id"], STRANGER)
    assert done.json()["state"] == "done", done.text
    assert (await level_of(door, STRANGER))["level"] == "verified"


async def test_a_changed_name_takes_two(small_window: Window) -> None:
    await small_window.door.registered()
    seen = await small_window.reads(name="梁佳欣")
    assert seen.json()["reasons"] == ["register_mismatch", "name_changed"]


async def test_a_phone_of_another_proven_person_is_refused(small_window: Window) -> None:
    await small_window.door.registered(HUANG)
    assert refusal(await small_window.reads(phone=HUANG.phone)) == (409, "phone_taken")


# -- confirming ---------------------------------------------------------------------------------


async def test_who_has_the_accounts_phone_may_sign_by_hand(small_window: Window) -> None:
    await small_window.door.registered()
    seen = await small_window.reads()
    path = f"{PATH}/{seen.json()['id']}/confirmation"
    done = await small_window.clerk.post(path, json={"signed": True})
    assert done.json()["state"] == "done"


async def test_a_new_phone_has_to_answer_itself(small_window: Window) -> None:
    seen = await small_window.reads(phone=STRANGER)
    path = f"{PATH}/{seen.json()['id']}/confirmation"
    assert refusal(await small_window.clerk.post(path, json={"signed": True})) == (
        403, "counter_phone_must_answer",
    )  # fmt: skip
    assert refusal(await small_window.clerk.post(path, json={"code": "000000"})) == (
        422, "code_wrong",
    )  # fmt: skip
    with clock.showing(clock.now() + timedelta(hours=2, seconds=1)):
        clerk = await small_window.door.clerk("clerk.ga")
        late = await clerk.post(path, json={"signed": True})
    assert refusal(late) == (404, "not_found")


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"valid_until": "2020-01-01"}, "counter_document_over"),
        ({"document": "passport", "number": "X99999999", "name": "OLD PAPER"},
         "counter_document_over"),
        ({"document": "passport", "number": "X88888888", "name": "LOST PAPER"},
         "counter_document_over"),
        ({"number": "440604201509060446", "name": "陈乐怡"}, "counter_minor"),
        ({"number": "440604199005120223"}, "check_input"),
        ({"document": "hk_macao_permit", "number": "X1"}, "check_input"),
    ],
)  # fmt: skip
async def test_what_no_officer_can_override(
    small_window: Window, card: dict[str, Any], code: str
) -> None:
    answer = await small_window.reads(**card)
    assert refusal(answer)[1] == code


async def test_a_silent_document_register_takes_two(small_window: Window) -> None:
    for number in ("T00000002", "T00000003", "T00000004"):
        seen = await small_window.reads(
            document="passport", number=number, name="SOME BODY", phone=f"1990000{number[-4:]}"
        )
        assert seen.json()["reasons"] == ["register_silent"]
    population.MAGIC[LIANG.id_number] = Trouble.STAMMERS
    try:
        seen = await small_window.reads(phone=STRANGER)
    finally:
        del population.MAGIC[LIANG.id_number]
    assert seen.json()["reasons"] == ["register_silent"]


# -- one winner ---------------------------------------------------------------------------------


async def at_once(ask: Callable[[], Any]) -> list[int]:
    answers = await asyncio.gather(*(ask() for _ in range(100)))
    return sorted(answer.status_code for answer in answers)


async def test_of_a_hundred_confirmations_and_decisions_one_wins(window: Window) -> None:
    await window.door.registered()
    seen = await window.reads(name="梁佳欣")
    check = seen.json()["id"]
    assert await at_once(lambda: window.decides(check)) == [200] + [409] * 99
    path = f"{PATH}/{check}/confirmation"
    won = await at_once(lambda: window.clerk.post(path, json={"signed": True}))
    assert won == [200] + [409] * 99
    assert len(await db.rows("SELECT 1 FROM auth_assurance WHERE way = 'counter_override'")) == 1


# -- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number", "problem"),
    [
        ("hk_macao_permit", "M00000001", None),
        ("hk_macao_permit", "A00000001", "format"),
        ("hk_macao_permit", "H1234567", "format"),
        ("taiwan_permit", "1234567", "format"),
        ("residence_permit", "830000199408230021", "checksum"),
        ("residence_permit", "440604199005120222", "format"),
        ("passport", "123456789", None),
        ("passport", "ABCDE", "format"),
        ("passport", "A123456789", "format"),
        ("permanent_resident", "USA440100123456", None),
        ("permanent_resident", "911840199001010010", "checksum"),
        ("permanent_resident", "440604199005120222", "format"),
        ("id_card", "440604199005120222", None),
    ],
)
def test_numbers_of_documents(kind: documents.Kind, number: str, problem: str | None) -> None:
    assert documents.number_problem(kind, number, today=date(2026, 11, 23)) == problem


def test_a_masked_number_keeps_its_middle() -> None:
    assert documents.masked("440604199005120222") == "4406**********0222"
    assert documents.masked("E12345678") == "E1*****78"


@given(st.sampled_from(documents.KINDS), st.text(max_size=20))
def test_anything_typed_is_judged_without_a_crash(kind: documents.Kind, text: str) -> None:
    number = documents.normal_number(text)
    assert documents.normal_number(number) == number
    documents.number_problem(kind, number, today=date(2026, 11, 23))
    name = documents.normal_name(kind, text)
    assert documents.normal_name(kind, name) == name
    documents.name_problem(kind, name)
