"""Two accounts of one person become one, and are parted again by two officers (合并与拆分)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from auth import client
from auth.models import people
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door, Somebody, refusal
from tests.auth.test_assurance import enters
from tests.auth.test_counter import window_at
from tests.city import Visitor

RELATIVE = Somebody(LIANG.name, LIANG.id_number, STRANGER)
"""Liang, who registered with a relative's phone first."""
PASSWORD = "one that is long"
CODES, MERGES, PREVIEW = "/auth/merges/codes", "/auth/merges", "/auth/merges/preview"
STAFF = "/auth/staff/merges"


async def other_of(door: Door, nickname: str = "嘉欣") -> Visitor:
    """The account whose number is only claimed, with WeChat tied to it."""
    browser = await enters(door, RELATIVE, password=PASSWORD)
    await door.proves(browser, "pwd", PASSWORD)
    found = Visitor(door.city, browser)
    await found.link_wechat(nickname)
    return found


async def id_of(phone: str) -> str:
    found = await people.find_account(phone_blind=people.blind_phone(phone))
    assert found is not None
    return found.person_id


async def keeps(other: Visitor) -> None:
    """A paper and a draft, which take no proven name."""
    await other.upload("photo")
    await other.put("/api/drafts/residence-permit", {"revision": 0, "values": {}, "materials": {}})


async def owners() -> set[str]:
    """Whose the papers and drafts are."""
    rows = await db.rows(
        "SELECT person_id FROM vault_document UNION ALL SELECT person_id FROM case_draft"
    )
    assert len(rows) == 2
    return {str(row["person_id"]) for row in rows}


async def code_of(other: Visitor) -> str:
    answer = await other.http.post(CODES)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def merged(door: Door) -> tuple[httpx2.AsyncClient, Visitor, str]:
    """A merge that has just happened: who stays, who went, and the id of who went."""
    other = await other_of(door)
    gone = await id_of(STRANGER)
    await keeps(other)
    browser = await door.registered(LIANG)
    answer = await browser.post(MERGES, json={"code": await code_of(other), "wechat": True})
    assert answer.status_code == 204, answer.text
    await door.city.work()
    return browser, other, gone


async def test_an_unproven_account_joins_the_proven_one(door: Door) -> None:
    other = await other_of(door)
    gone = await id_of(STRANGER)
    await keeps(other)
    browser = await door.registered(LIANG)
    mine = await id_of(LIANG.phone)
    code = await code_of(other)
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]}"
    seen = await browser.post(PREVIEW, json={"code": typed})
    assert seen.status_code == 200, seen.text
    assert (seen.json()["name"], seen.json()["wechat"]) == ("梁*欣", 1)
    assert STRANGER not in seen.text
    order = {"code": typed, "wechat": True}
    assert (await browser.post(MERGES, json=order)).status_code == 204
    await door.city.work()

    # WeChat, the paper and the draft came along
    links = (await browser.get("/auth/links")).json()["wechat"]
    assert [one["apps"] for one in links] == [["official"]]
    assert await owners() == {mine}
    assert len((await browser.get("/api/drafts")).json()["drafts"]) == 1
    assert len((await browser.get("/api/documents")).json()["documents"]) == 1
    # nothing opens the other one, and its id leads to the one that stays
    assert refusal(await other.http.get("/auth/account")) == (401, "session_over")
    visitor = await door.visitor()
    body = {"account": STRANGER, "password": PASSWORD}
    assert refusal(await visitor.post("/auth/sessions", json=body)) == (403, "sign_in_failed")
    assert (await client.identity(gone)).phone == LIANG.phone
    assert (await client.standing(gone)).name == "梁*欣"
    # both histories are one, and both phones were told
    kinds = [one["kind"] for one in (await browser.get("/auth/events")).json()["events"]]
    assert (kinds.count("merged"), kinds.count("registered"), kinds.count("linked")) == (2, 2, 1)
    for phone in (LIANG.phone, STRANGER):
        texts = [one["text"] for one in await door.phone_shows(phone)]
        assert any("与您的另一个账号合并了" in text for text in texts), phone
    (one,) = (await browser.get(MERGES)).json()["merges"]
    assert (one["state"], bool(one["until"])) == ("done", True)
    # the phone is free
    await door.registered(Somebody(HUANG.name, HUANG.id_number, HUANG.phone))


async def test_a_strangers_wechat_does_not_come_in_by_itself(small_door: Door) -> None:
    other = await other_of(small_door)
    browser = await small_door.registered(LIANG)
    code = {"code": await code_of(other)}
    assert (await browser.post(MERGES, json=code)).status_code == 204
    assert (await browser.get("/auth/links")).json()["wechat"] == []
    assert await db.rows("SELECT 1 FROM auth_link") == []  # and opens the other one no more


async def test_promise_02_a_merge_happens_once(door: Door) -> None:
    other = await other_of(door)
    browser = await door.registered(LIANG)
    code = {"code": await code_of(other)}
    answers = await asyncio.gather(*(browser.post(MERGES, json=code) for _ in range(100)))
    assert [one.status_code for one in answers].count(204) == 1
    assert {one.status_code for one in answers} <= {204, 403, 404, 429}
    assert len(await db.rows("SELECT 1 FROM auth_merge")) == 1


async def test_who_may_not(small_door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        other = await other_of(small_door)
        browser, huang = await small_door.registered(LIANG), await small_door.registered(HUANG)
        # the proven one stays
        assert refusal(await browser.post(CODES)) == (403, "merge_stays")
        code = {"code": await code_of(other)}
        # somebody else's account takes nobody in, nor an unproven one, nor itself
        assert refusal(await huang.post(MERGES, json=code)) == (403, "merge_not_same")
        assert refusal(await other.http.post(MERGES, json=code)) == (403, "real_name_first")
        for wrong in ("ABCD-EFGH-JKMN", "1", "' OR 1"):
            answer = await browser.post(PREVIEW, json={"code": wrong})
            assert refusal(answer) == (403, "merge_code_over")
        visitor = await small_door.visitor()
        for path in (CODES, PREVIEW, MERGES):
            assert refusal(await visitor.post(path, json=code)) == (401, "sign_in_first")
    with clock.showing(start + timedelta(minutes=10, seconds=1)):
        assert refusal(await browser.post(MERGES, json=code)) == (403, "prove_again")
    with clock.showing(start + timedelta(minutes=9)):
        assert (await browser.post(PREVIEW, json=code)).status_code == 200


async def test_two_officers_part_what_was_merged(door: Door) -> None:
    browser, _, gone = await merged(door)
    window = await window_at(door)
    assert (await window.clerk.get(STAFF)).json() == {"present": [], "asked": []}
    (row,) = await db.rows("SELECT id FROM auth_merge")
    undo = f"{STAFF}/{row['id']}/undo"
    # only of whoever stands there
    assert refusal(await window.clerk.post(undo)) == (404, "not_found")
    assert refusal(await browser.post(undo)) == (403, "not_for_you")
    await stands_at(window.clerk, browser)
    (one,) = (await window.clerk.get(STAFF)).json()["present"]
    assert (one["id"], one["state"]) == (str(row["id"]), "done")
    assert (await window.clerk.post(undo)).status_code == 204
    assert refusal(await window.clerk.post(undo)) == (409, "merge_moving")
    decision = f"{STAFF}/{row['id']}/decision"
    yes = {"approve": True}
    answer = await window.clerk.post(decision, json=yes)
    assert refusal(answer) == (403, "counter_same_officer")
    assert len((await browser.get("/auth/links")).json()["wechat"]) == 1  # nothing happened yet
    stranger = await door.clerk("clerk.gjj")  # another office sees nothing of it
    assert (await stranger.get(STAFF)).json()["asked"] == []
    assert refusal(await stranger.post(decision, json=yes)) == (404, "not_found")
    (asked,) = (await window.second.get(STAFF)).json()["asked"]
    assert asked["id"] == str(row["id"])
    answers = await asyncio.gather(*(window.second.post(decision, json=yes) for _ in range(100)))
    assert [one.status_code for one in answers].count(204) == 1
    await door.city.work()
    # what went over is back, and whoever came in by it is out
    links = await db.rows("SELECT person_id FROM auth_link")
    assert [str(one["person_id"]) for one in links] == [gone]
    assert await owners() == {gone}
    assert refusal(await browser.get("/auth/account")) == (401, "session_over")
    assert await id_of(STRANGER) == gone
    back = await door.visitor()
    body = {"phone": STRANGER, "code": await door.code(STRANGER, "sign_in")}
    assert (await back.post("/auth/sessions", json=body)).status_code == 201
    for phone in (LIANG.phone, STRANGER):
        texts = [one["text"] for one in await door.phone_shows(phone)]
        assert any("与另一个账号重新分开了" in text for text in texts), phone
    staff = await db.rows("SELECT staff_id FROM auth_event WHERE kind = 'merge_undo'")
    assert len(staff) == 3
    assert all(one["staff_id"] for one in staff)


async def test_a_merge_stays_when_the_second_officer_says_no_or_a_month_has_passed(
    small_door: Door,
) -> None:
    start = clock.now()
    with clock.showing(start):
        browser, _, _ = await merged(small_door)
        window = await window_at(small_door)
        await stands_at(window.clerk, browser)
        (row,) = await db.rows("SELECT id FROM auth_merge")
        at = f"{STAFF}/{row['id']}"
        assert (await window.clerk.post(f"{at}/undo")).status_code == 204
        no: dict[str, Any] = {"approve": False}
        assert (await window.second.post(f"{at}/decision", json=no)).status_code == 204
        answer = await window.second.post(f"{at}/decision", json={"approve": True})
        assert refusal(answer) == (409, "counter_decided")
        assert len((await browser.get("/auth/links")).json()["wechat"]) == 1
    with clock.showing(start + timedelta(days=31)):
        browser = await small_door.visitor()
        body = {"phone": LIANG.phone, "code": await small_door.code(LIANG.phone, "sign_in")}
        signed = await browser.post("/auth/sessions", json=body)
        browser.headers["X-CSRF-Token"] = signed.json()["csrf_token"]
        clerk = await small_door.clerk("clerk.ga")
        await stands_at(clerk, browser)
        assert (await clerk.get(STAFF)).json()["present"] == []
        assert refusal(await clerk.post(f"{at}/undo")) == (404, "not_found")
        assert (await browser.get(MERGES)).json()["merges"][0]["until"] is None


async def stands_at(clerk: httpx2.AsyncClient, browser: httpx2.AsyncClient) -> None:
    """The person shows the clerk the digits and picks the number."""
    digits = (await browser.post("/auth/window/codes")).json()["code"]
    body = {"code": digits, "window": "3号窗口", "purpose": "apply"}
    asked = (await clerk.post("/auth/staff/readings", json=body)).json()
    prompt = (await browser.get("/auth/prompt")).json()["prompt"]
    done = await browser.post(
        f"/auth/prompts/{prompt['id']}/answer", json={"number": asked["number"]}
    )
    assert done.status_code == 204, done.text
