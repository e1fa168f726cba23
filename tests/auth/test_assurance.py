"""How sure the city is of somebody: the table's journeys walked over HTTP, and how each fails."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import client
from auth.rules import assurance
from auth.rules.assurance import JOURNEYS
from auth.usecases import raising
from backend.kernel import clock, db, i18n, settings
from backend.outside.bank.sandbox import LOST, card_of
from backend.outside.bank.sandbox import MAGIC as BAD_CARDS
from backend.outside.demo import Trouble, read_people
from backend.outside.operators import sandbox as operators
from backend.outside.population import sandbox as population
from backend.outside.social_security import sandbox as social_security
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door, Somebody, refusal

YANG = Somebody("杨帆", "44060619930214029X", "19900000016")
CARDS = {p["phone"]: card_of(p) for p in read_people() if "phone" in p}


async def enters(door: Door, who: Somebody, **more: Any) -> httpx2.AsyncClient:
    """Register, whatever level that gives."""
    browser = await door.visitor()
    code = await door.code(who.phone, "register")
    body = {**who.body, "bank_card": "", "code": code, **more}
    answer = await browser.post("/auth/registrations", json=body)
    assert answer.status_code == 201, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return browser


async def standing(browser: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await browser.get("/auth/assurance")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def checks(browser: httpx2.AsyncClient, **cards: str) -> httpx2.Response:
    return await browser.post("/auth/assurance/checks", json=cards)


async def by_registers(door: Door) -> httpx2.AsyncClient:
    return await enters(door, LIANG)


async def by_bank_card(door: Door) -> httpx2.AsyncClient:
    browser = await enters(door, YANG)
    assert (await standing(browser))["troubles"] == ["third_missing"]
    assert (await checks(browser, bank_card=CARDS[YANG.phone])).status_code == 200
    return browser


async def in_the_miniprogram(door: Door, who: Somebody = LIANG, key: str = "liang") -> Any:
    """Somebody registered whose WeChat is linked, in the mini-program."""
    phone = await door.visitor(X_Yimen_Client="miniprogram")
    ticket = await phone.post("/auth/miniprogram/sessions", json={"code": f"{key}.first"})
    code = await door.code(who.phone, "register")
    body = {**who.body, "bank_card": "", "code": code, "link_ticket": ticket.json()["link_ticket"]}
    answer = await phone.post("/auth/registrations", json=body)
    assert answer.status_code == 201, answer.text
    phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return phone


async def looks(phone: httpx2.AsyncClient, does: str = "pass") -> str:
    """Open a check and stand before the camera; the id of the check."""
    opened = await phone.post("/auth/assurance/faces")
    assert opened.status_code == 201, opened.text
    shown = await phone.post(
        f"/sandbox/wechat/face/{opened.json()['verify_id']}", json={"does": does}
    )
    assert shown.status_code == 200, shown.text
    return str(opened.json()["id"])


async def by_face(door: Door) -> httpx2.AsyncClient:
    phone = await in_the_miniprogram(door)
    done = await phone.post("/auth/assurance/faces/result", json={"id": await looks(phone)})
    assert done.status_code == 201, done.text
    assert done.json()["aal"] == 2
    phone.headers["Authorization"] = f"Bearer {done.json()['token']}"
    return phone


WALKS: dict[assurance.Way, Callable[[Door], Awaitable[httpx2.AsyncClient]]] = {
    "registers": by_registers,
    "bank_card": by_bank_card,
    "face": by_face,
}


def test_every_line_of_the_table_is_walked_and_every_stop_has_words() -> None:
    assert set(WALKS) | {"counter", "counter_override"} == set(JOURNEYS)  # test_counter.py
    words = i18n.locale("zh-CN")["refusals"]
    assert {code for journey in JOURNEYS.values() for code in journey.stops} <= set(words)


@pytest.mark.parametrize("way", WALKS)
async def test_a_journey_gives_what_the_table_says(door: Door, way: assurance.Way) -> None:
    somebody = await WALKS[way](door)
    assert (await somebody.get("/auth/session")).json()["level"] == JOURNEYS[way].gives
    found = await standing(somebody)
    assert (found["level"], found["proof"]["way"], found["troubles"]) == (
        JOURNEYS[way].gives, way, [],
    )  # fmt: skip
    last = clock.today() + timedelta(days=JOURNEYS[way].days)
    assert found["proof"]["until"] == last.isoformat()
    await door.city.work()
    assert (await somebody.get("/api/space")).status_code == 200
    for secret in (LIANG.id_number, LIANG.name, YANG.id_number, CARDS[YANG.phone]):
        assert secret not in str(found)


async def test_what_a_level_outlives_is_taken_back(door: Door) -> None:
    phone = await by_face(door)
    with clock.showing(clock.now() + timedelta(days=JOURNEYS["face"].days + 1)):
        await raising.lapse()
        browser = await signs_in(door, LIANG)
        assert (await standing(browser))["level"] == "real_name"
    with clock.showing(clock.now() + timedelta(days=JOURNEYS["registers"].days + 1)):
        await raising.lapse()
        browser = await signs_in(door, LIANG)
        found = await standing(browser)
        assert (found["level"], found["troubles"]) == ("registered", ["lapsed"])
        assert refusal(await browser.get("/api/space")) == (403, "real_name_first")
        assert (await checks(browser)).json()["level"] == "real_name"
    assert phone


async def signs_in(door: Door, who: Somebody) -> httpx2.AsyncClient:
    browser = await door.visitor()
    body = {"phone": who.phone, "code": await door.code(who.phone, "sign_in")}
    answer = await browser.post("/auth/sessions", json=body)
    assert answer.status_code == 201, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return browser


# -- registers that are silent ------------------------------------------------------------------


SILENT = {
    "population": lambda trouble: population.MAGIC.__setitem__(LIANG.id_number, trouble),
    "operators": lambda trouble: operators.MAGIC.__setitem__(LIANG.phone, trouble),
    "social_security": lambda trouble: social_security.MAGIC.__setitem__(LIANG.id_number, trouble),
}


@pytest.fixture
def wakes() -> Any:
    """Everything answers again."""

    def all_of_them() -> None:
        population.MAGIC.pop(LIANG.id_number, None)
        operators.MAGIC.pop(LIANG.phone, None)
        social_security.MAGIC.pop(LIANG.id_number, None)

    yield all_of_them
    all_of_them()


@pytest.mark.parametrize("register", SILENT)
@pytest.mark.parametrize("trouble", list(Trouble))
async def test_a_silent_register_loses_nothing_and_is_asked_again(
    small_door: Door, wakes: Callable[[], None], register: str, trouble: Trouble
) -> None:
    SILENT[register](trouble)
    settings.use(settings.current().model_copy(update={"outside_timeout": 0.05}))
    browser = await enters(small_door, LIANG)
    found = await standing(browser)
    assert (found["level"], found["troubles"][0]) == ("registered", "registers_silent")
    assert found["ways"][0]["way"] == "registers"
    assert refusal(await browser.get("/api/space")) == (403, "real_name_first")
    await raising.ask_silent_again()  # too early: nothing is asked
    wakes()
    await raising.ask_silent_again()
    assert (await standing(browser))["level"] == "registered"
    with clock.showing(clock.now() + timedelta(minutes=11)):
        await raising.ask_silent_again()
        assert (await browser.get("/auth/session")).json()["level"] == "real_name"
        told = await small_door.phone_shows(LIANG.phone)
    assert "已核对一致" in told[0]["text"]
    assert (await browser.get("/api/space")).status_code == 200


async def test_the_person_may_ask_themselves(door: Door, wakes: Callable[[], None]) -> None:
    SILENT["population"](Trouble.DOWN)
    browser = await enters(door, LIANG)
    assert (await checks(browser)).json()["level"] == "registered"
    wakes()
    assert (await checks(browser)).json()["level"] == "real_name"
    assert (await browser.get("/auth/session")).json()["level"] == "real_name"
    assert refusal(await checks(browser)) == (409, "assurance_done")


async def test_a_register_that_wakes_up_with_a_no(small_door: Door, wakes: Any) -> None:
    SILENT["population"](Trouble.DOWN)
    browser = await enters(small_door, Somebody("梁佳欣", LIANG.id_number, LIANG.phone))
    wakes()
    with clock.showing(clock.now() + timedelta(minutes=11)):
        await raising.ask_silent_again()
        told = await small_door.phone_shows(LIANG.phone)
    assert "还没有核对上" in told[0]["text"]
    assert (await standing(browser))["troubles"] == ["identity_mismatch"]
    assert refusal(await checks(browser)) == (403, "identity_mismatch")
    # who mistyped their name registers once more with the same phone, and all is well
    with clock.showing(clock.now() + timedelta(minutes=12)):
        again = await enters(small_door, LIANG)
        assert (await standing(again))["level"] == "real_name"
    assert len(await db.rows("SELECT 1 FROM auth_person")) == 1


# -- checks that disagree -----------------------------------------------------------------------


async def test_a_phone_in_another_name_needs_another_way(door: Door) -> None:
    browser = await enters(door, Somebody(LIANG.name, LIANG.id_number, STRANGER))
    found = await standing(browser)
    assert (found["level"], found["troubles"]) == ("registered", ["phone_of_another"])
    assert [way["way"] for way in found["ways"]] == ["bank_card", "face", "counter"]
    assert await client.person_by_id_number(LIANG.id_number) is None
    # her bank knows her by another phone: that card says nothing about this one
    answer = await checks(browser, bank_card=CARDS[LIANG.phone])
    assert answer.json()["troubles"] == ["phone_of_another", "bank_card_wrong"]
    # and whoever claims a number without proving it holds nobody up
    owner = await enters(door, LIANG)
    assert (await standing(owner))["level"] == "real_name"


async def test_a_claim_that_somebody_else_has_proven_meanwhile(
    door: Door, wakes: Callable[[], None]
) -> None:
    SILENT["operators"](Trouble.DOWN)
    first = await enters(door, LIANG)
    wakes()
    person_id = (await db.rows("SELECT id FROM auth_person"))[0]["id"]
    await db.write(
        db.Statement("UPDATE auth_person SET phone_blind = $1 WHERE id = $2", ("0" * 32, person_id))
    )
    with clock.showing(clock.now() + timedelta(seconds=61)):
        second = await enters(door, LIANG)
    assert (await standing(second))["level"] == "real_name"
    assert refusal(await checks(first)) == (409, "identity_has_account")
    assert (await standing(first))["troubles"] == ["identity_has_account"]


@pytest.mark.parametrize(
    ("cards", "trouble"),
    [
        ({"bank_card": CARDS[HUANG.phone]}, "bank_card_wrong"),
        ({"bank_card": LOST}, "bank_card_wrong"),
        ({"bank_card": list(BAD_CARDS)[1]}, "registers_silent"),
    ],
)
async def test_a_wrong_card_is_told(small_door: Door, cards: dict[str, str], trouble: str) -> None:
    browser = await enters(small_door, YANG)
    answer = await checks(browser, **cards)
    assert trouble in answer.json()["troubles"]
    assert answer.json()["level"] == "registered"


@pytest.mark.parametrize("cards", [{"bank_card": "6228480088888888880"}, {"bank_card": "1"}])
async def test_a_card_that_cannot_be_is_told_before_anybody_is_asked(
    small_door: Door, cards: dict[str, str]
) -> None:
    browser = await enters(small_door, YANG)
    answer = await checks(browser, **cards)
    assert refusal(answer) == (422, "check_input")
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(cards))}"


async def test_no_card_is_kept_anywhere(door: Door) -> None:
    await by_bank_card(door)
    for table in ("auth_finding", "auth_assurance", "auth_person", "auth_event", "outbox"):
        assert CARDS[YANG.phone] not in str(await db.rows(f"SELECT * FROM {table}"))


async def test_asking_again_is_limited(small_door: Door) -> None:
    browser = await enters(small_door, YANG)
    answers = [await checks(browser) for _ in range(7)]
    assert [a.status_code for a in answers] == [200] * 6 + [429]


# -- the face -----------------------------------------------------------------------------------


@pytest.mark.parametrize("does", ["cancel", "timeout", "stranger"])
async def test_a_face_that_does_not_pass_raises_nothing(small_door: Door, does: str) -> None:
    phone = await in_the_miniprogram(small_door)
    check = await looks(phone, does)
    answer = await phone.post("/auth/assurance/faces/result", json={"id": check})
    assert refusal(answer) == (403, "face_not_passed")
    assert (await standing(phone))["level"] == "real_name"
    again = await phone.post("/auth/assurance/faces/result", json={"id": check})
    assert refusal(again) == (403, "face_over")


async def test_the_page_is_not_believed(small_door: Door) -> None:
    phone = await in_the_miniprogram(small_door)
    opened = (await phone.post("/auth/assurance/faces")).json()
    body = {"id": opened["id"]}
    # the page claims success though nobody has looked into the camera
    assert refusal(await phone.post("/auth/assurance/faces/result", json=body)) == (
        403, "face_refused",
    )  # fmt: skip
    told = {**body, "verify_ret": 10000}
    assert refusal(await phone.post("/auth/assurance/faces/result", json=told)) == (
        422, "check_input",
    )  # fmt: skip
    assert (await standing(phone))["level"] == "real_name"


async def test_a_check_is_its_persons_alone(small_door: Door) -> None:
    liang = await in_the_miniprogram(small_door)
    huang = await in_the_miniprogram(small_door, HUANG, "huang")
    check = await looks(liang)
    answer = await huang.post("/auth/assurance/faces/result", json={"id": check})
    assert refusal(answer) == (403, "face_over")
    assert (await standing(huang))["level"] == "real_name"
    assert refusal(await huang.post("/auth/assurance/faces/result", json={"id": "x"})) == (
        403, "face_over",
    )  # fmt: skip
    with clock.showing(clock.now() + timedelta(hours=1, seconds=1)):
        liang = await signs_in_again(small_door, liang)
        answer = await liang.post("/auth/assurance/faces/result", json={"id": check})
        assert refusal(answer) == (403, "face_over")


async def signs_in_again(door: Door, phone: httpx2.AsyncClient) -> httpx2.AsyncClient:
    del phone.headers["Authorization"]
    answer = await phone.post("/auth/miniprogram/sessions", json={"code": "liang.second"})
    phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return phone


async def test_a_face_needs_the_miniprogram_and_its_own_wechat(small_door: Door) -> None:
    browser = await enters(small_door, LIANG)
    assert refusal(await browser.post("/auth/assurance/faces")) == (403, "face_needs_wechat")


async def test_a_face_proves_whom_no_register_could(small_door: Door) -> None:
    elder = Somebody(LIANG.name, LIANG.id_number, STRANGER)
    phone = await in_the_miniprogram(small_door, elder)
    assert (await standing(phone))["level"] == "registered"
    done = await phone.post("/auth/assurance/faces/result", json={"id": await looks(phone)})
    assert done.json()["level"] == "verified"
    assert await client.person_by_id_number(LIANG.id_number)


async def test_a_face_whose_number_has_another_account(small_door: Door) -> None:
    await enters(small_door, LIANG)
    phone = await in_the_miniprogram(
        small_door, Somebody(LIANG.name, LIANG.id_number, STRANGER), "passer"
    )
    answer = await phone.post("/auth/assurance/faces/result", json={"id": await looks(phone)})
    assert refusal(answer) == (409, "identity_has_account")
    assert (await standing(phone))["level"] == "registered"


async def test_a_silent_wechat_can_be_asked_again(small_door: Door) -> None:
    from backend.outside.wechat.sandbox import face as camera

    phone = await in_the_miniprogram(small_door)
    check = await looks(phone)
    camera.TROUBLES[LIANG.id_number] = Trouble.DOWN
    try:
        answer = await phone.post("/auth/assurance/faces/result", json={"id": check})
    finally:
        del camera.TROUBLES[LIANG.id_number]
    assert refusal(answer) == (503, "wechat_down")
    done = await phone.post("/auth/assurance/faces/result", json={"id": check})
    assert done.json()["level"] == "verified"


async def test_of_a_hundred_who_finish_one_check_one_wins(door: Door) -> None:
    phone = await in_the_miniprogram(door)
    check = await looks(phone)
    answers = await asyncio.gather(
        *(phone.post("/auth/assurance/faces/result", json={"id": check}) for _ in range(100))
    )
    assert sorted(a.status_code for a in answers) == [201] + [403] * 99
    proofs = await db.rows("SELECT way FROM auth_assurance WHERE way = 'face'")
    assert len(proofs) == 1


# -- the table itself ---------------------------------------------------------------------------

VERDICTS = st.sampled_from(["match", "mismatch", "not_found", "silent"])
CHECKS = st.sampled_from(["population", "operators", "social_security", "social_card", "bank_card"])


@given(st.dictionaries(CHECKS, VERDICTS))
def test_registers_agree_only_with_three_of_which_one_is_the_persons_own(
    found: dict[assurance.Check, assurance.Verdict],
) -> None:
    if assurance.registers_agree(found):
        assert found["population"] == "match"
        assert sum(verdict == "match" for verdict in found.values()) >= 3
        assert "match" in (found.get("operators"), found.get("bank_card"))
    else:
        assert assurance.troubles(found)
    # whoever is not at the top always has somewhere to go
    assert {"face", "counter"} <= set(assurance.ways_on("registered", found))
