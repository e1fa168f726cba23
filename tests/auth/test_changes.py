"""Two officers join two proven accounts, part them, and untie a WeChat that is not the person's."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import httpx2

from auth import client
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door, refusal
from tests.auth.test_acting import choose
from tests.auth.test_counter import OTHERS, Window, window_at
from tests.auth.test_family import WEIJIE, mine, naming, proposed
from tests.auth.test_merges import id_of
from tests.city import Visitor

CHANGES = "/auth/staff/changes"
LOOK, MERGES = f"{CHANGES}/look", f"{CHANGES}/merges"
PERMIT = {"document": "hk_macao_permit", "number": "H12345678", "name": "陈大文"}
PERMIT_PHONE = "19900007777"
CARD = {"document": "id_card", "number": LIANG.id_number, "name": LIANG.name}
OPENID = "oDemo_Liang00000000000000000"
RENT = "monthly_rent"
PASSWORD = "one that is long"


async def by_permit(window: Window) -> Visitor:
    """An account that a window has proven by a home-return permit, signed in."""
    seen = await window.reads(**PERMIT, phone=PERMIT_PHONE)
    done = await window.confirms(seen.json()["id"], PERMIT_PHONE)
    assert done.status_code == 200, done.text
    visitor = Visitor(window.door.city, await window.door.visitor())
    await visitor.sign_in(PERMIT_PHONE)
    await window.door.city.work()
    return visitor


async def ask(window: Window, **more: Any) -> str:
    body = {"current": CARD, "former": PERMIT, **more}
    answer = await window.clerk.post(MERGES, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def decide(window: Window, row: str, approve: bool = True) -> httpx2.Response:
    answer = await window.second.post(f"{CHANGES}/{row}/decision", json={"approve": approve})
    await window.door.city.work()
    return answer


async def change(window: Window, kind: str, card: dict[str, str], target: str) -> httpx2.Response:
    body = {"kind": kind, "card": card, "target": target}
    return await window.clerk.post(CHANGES, json=body)


async def looks(window: Window, card: dict[str, str]) -> dict[str, Any]:
    answer = await window.clerk.post(LOOK, json={"card": card})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def texts(door: Door, phone: str) -> str:
    return " ".join(one["text"] for one in await door.phone_shows(phone))


async def wechat_told(door: Door, openid: str) -> list[str]:
    """What the official account told a WeChat account about its person's account."""
    await door.city.work()
    visitor = await door.visitor()
    answer = await visitor.get("/sandbox/wechat/messages", params={"openid": openid})
    return [str(one["data"]["thing1"]) for one in answer.json()["messages"]]


async def whose(tables: Iterable[str]) -> dict[str, set[str]]:
    """Whose the rows of these tables are."""
    return {
        table: {str(r["person_id"]) for r in await db.rows(f"SELECT person_id FROM {table}")}
        for table in tables
    }


HELD = ("vault_document", "case_case", "case_action", "notice")


@dataclass
class Two:
    """One person with two accounts: by her ID card, and by a permit from before she had one."""

    window: Window
    mine: httpx2.AsyncClient
    other: Visitor
    son: httpx2.AsyncClient
    case: str
    stays: str
    gone: str


async def two(door: Door) -> Two:
    """What the account by the permit holds: WeChat, a case with its papers, and her husband."""
    window = await window_at(door)
    mine = await door.registered(LIANG)
    son = await door.registered(WEIJIE)
    other = await by_permit(window)
    await other.link_wechat("嘉欣")
    case = await other.submit("fund-rent-withdrawal")
    bond = await proposed(other.http, naming(WEIJIE, relation="spouse"))
    accepted = await son.post(f"/auth/representations/{bond['id']}/acceptance")
    assert accepted.status_code == 200, accepted.text
    await door.city.work()
    stays, gone = await id_of(LIANG.phone), await id_of(PERMIT_PHONE)
    return Two(window, mine, other, son, str(case["number"]), stays, gone)


async def declared(browser: httpx2.AsyncClient) -> set[str]:
    """What a form knows because the person once said it."""
    answer = await browser.get("/api/items/fund-rent-withdrawal/application", params={"form": 1})
    known = answer.json()["prefill"].items()
    return {code for code, fact in known if fact["source"] == "declared"}


async def test_two_proven_accounts_become_one_and_are_parted(door: Door) -> None:
    one = await two(door)
    window = one.window
    before = await whose(HELD)
    assert before["case_case"] == {one.gone}
    assert RENT in await declared(one.other.http)
    assert RENT not in await declared(one.mine)
    row = await ask(window, wechat=True, note="两证照片均为本人")
    # nothing has happened yet; the second officer sees both documents, masked
    assert await whose(HELD) == before
    (asked,) = (await window.second.get(CHANGES)).json()["changes"]
    assert (asked["card"]["name"], asked["former"]["name"]) == (LIANG.name, PERMIT["name"])
    assert (asked["reasons"], asked["note"]) == (["names_differ"], "两证照片均为本人")
    assert LIANG.id_number not in str(asked)
    assert PERMIT["number"] not in str(asked)

    path, yes = f"{CHANGES}/{row}/decision", {"approve": True}
    answers = await asyncio.gather(*(window.second.post(path, json=yes) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    await door.city.work()
    assert len(await db.rows("SELECT 1 FROM auth_merge")) == 1

    # cases, papers, messages and facts are hers, whichever number is looked for
    assert await whose(HELD) == {table: {one.stays} for table in HELD}
    assert (await one.mine.get(f"/api/cases/{one.case}")).status_code == 200
    assert RENT in await declared(one.mine)
    fund = await door.clerk("clerk.gjj")
    for number in (LIANG.id_number, PERMIT["number"]):
        found = await fund.post("/api/staff/cases/search", json={"q": number})
        assert [case["number"] for case in found.json()["cases"]] == [one.case], number
        assert await client.person_by_number(number) == one.stays
    assert (await client.identity(one.gone)).id_number == LIANG.id_number
    (bond,) = await mine(one.mine, "act_for_me")
    assert bond["state"] == "living"
    assert (await choose(one.son, bond["id"])).status_code == 200
    # nobody is signed in to the other any more, and either number signs in to the one
    assert refusal(await one.other.http.get("/auth/account")) == (401, "session_over")
    assert (await one.mine.put("/auth/password", json={"password": PASSWORD})).status_code == 204
    for account in (LIANG.id_number, PERMIT["number"].lower()):
        visitor, body = await door.visitor(), {"account": account, "password": PASSWORD}
        assert (await visitor.post("/auth/sessions", json=body)).status_code == 201, account
    links = (await one.mine.get("/auth/links")).json()["wechat"]
    assert [link["apps"] for link in links] == [["official"]]
    # told on every channel of both; both histories are one, and name the officers
    for phone in (LIANG.phone, PERMIT_PHONE):
        assert "与您的另一个账号合并了" in await texts(door, phone), phone
    assert "您的两个账号已合并" in await wechat_told(door, OPENID)
    kinds = [e["kind"] for e in (await one.mine.get("/auth/events")).json()["events"]]
    assert kinds.count("merged") == 2
    assert kinds.count("account_change") == 3
    # the window knows the account by either document, and that it is one already
    assert (await looks(window, PERMIT))["number"] == (await looks(window, CARD))["number"]
    again = await window.clerk.post(MERGES, json={"current": CARD, "former": PERMIT})
    assert refusal(again) == (409, "merge_is_one")

    # it was a mistake: with the permit alone two officers part them
    (part,) = (await looks(window, PERMIT))["parts"]
    row = (await change(window, "part", PERMIT, part["id"])).json()["id"]
    assert (await decide(window, row)).status_code == 200
    assert await whose(HELD) == before
    assert RENT not in await declared(await again_in(door, LIANG.phone))
    back = await again_in(door, PERMIT_PHONE)
    assert RENT in await declared(back)
    assert (await mine(back, "act_for_me"))[0]["id"] == bond["id"]
    assert await client.person_by_number(PERMIT["number"]) == one.gone
    owners = await db.rows("SELECT person_id FROM auth_link")
    assert {str(owner["person_id"]) for owner in owners} == {one.gone}
    for phone in (LIANG.phone, PERMIT_PHONE):
        assert "与另一个账号重新分开了" in await texts(door, phone), phone


async def again_in(door: Door, phone: str) -> httpx2.AsyncClient:
    """Somebody signs in once more, when the phone takes another code."""
    visitor = Visitor(door.city, await door.visitor())
    with clock.showing(clock.now() + timedelta(minutes=2)):
        await visitor.sign_in(phone)
    return visitor.http


async def wrongly_tied(door: Door) -> tuple[Window, httpx2.AsyncClient, Visitor, str]:
    """A stranger's WeChat leads to Liang's account: it was tied on a phone she had lent."""
    window = await window_at(door)
    mine = Visitor(door.city, await door.registered(LIANG))
    openid = await mine.link_wechat("嘉欣")
    stranger = Visitor(door.city, await door.visitor())
    await comes_in(stranger)
    return window, mine.http, stranger, openid


async def comes_in(visitor: Visitor, expect: int = 303) -> None:
    """Sign in inside WeChat."""
    begun = await visitor.http.post("/auth/wechat", json={"next": "/space"})
    page = (await visitor.http.get(begun.json()["authorize_url"])).text
    agree = re.search(r'href="([^"]+)">嘉欣</a>', page)
    assert agree, page
    answer = await visitor.http.get(unescape(agree.group(1)))
    assert answer.status_code == expect, answer.text
    session = (await visitor.http.get("/auth/session")).json()
    visitor.http.headers["X-CSRF-Token"] = session.get("csrf_token") or ""


async def test_a_wechat_that_is_not_the_persons_is_untied(door: Door) -> None:
    window, mine, stranger, openid = await wrongly_tied(door)
    given = await stranger.http.post("/auth/onward")  # a hand-off that waits to be used
    assert given.status_code == 201, given.text
    found = await looks(window, CARD)
    assert (found["name"], found["untied"]) == ("梁*欣", [])
    assert LIANG.id_number not in str(found)
    assert LIANG.phone not in str(found)
    (tied,) = found["wechat"]
    row = (await change(window, "untie", CARD, tied["id"])).json()["id"]
    assert (await stranger.http.get("/auth/account")).status_code == 200  # not decided yet
    path, yes = f"{CHANGES}/{row}/decision", {"approve": True}
    answers = await asyncio.gather(*(window.second.post(path, json=yes) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    await door.city.work()

    # it is out, what it handed on is void, and it does not come in any more; she stays in
    assert refusal(await stranger.http.get("/auth/account")) == (401, "session_over")
    secret = given.json()["url"].partition("#")[2]
    answer = await (await door.visitor()).post("/auth/onward/sessions", json={"secret": secret})
    assert refusal(answer) == (403, "onward_over")
    assert (await mine.get("/auth/account")).status_code == 200
    assert (await mine.get("/auth/links")).json()["wechat"] == []
    assert "解除了一个微信的绑定" in await texts(door, LIANG.phone)
    assert await wechat_told(door, openid) == ["窗口解除了一个微信的绑定"]
    # what it did stays in her history, and is marked
    events = (await mine.get("/auth/events")).json()["events"]
    marked = {e["kind"] for e in events if e["foreign"]}
    assert marked == {"signed_in"}
    assert {"registered", "unlinked"} <= {e["kind"] for e in events if not e["foreign"]}

    # its owner shows up after all: two officers tie it again
    (untied,) = (await looks(window, CARD))["untied"]
    row = (await change(window, "retie", CARD, untied["id"])).json()["id"]
    assert (await decide(window, row)).status_code == 200
    assert len((await mine.get("/auth/links")).json()["wechat"]) == 1
    events = (await mine.get("/auth/events")).json()["events"]
    assert not [e for e in events if e["foreign"]]
    assert (await looks(window, CARD))["untied"] == []
    await comes_in(Visitor(door.city, await door.visitor()))


async def test_what_was_untied_stays_so_after_a_month_or_when_it_is_tied_elsewhere(
    small_door: Door,
) -> None:
    start = clock.now()
    window, _, _, _ = await wrongly_tied(small_door)
    (tied,) = (await looks(window, CARD))["wechat"]
    assert (
        await decide(window, await row_of(change(window, "untie", CARD, tied["id"])))
    ).is_success
    (untied,) = (await looks(window, CARD))["untied"]
    huang = Visitor(small_door.city, await small_door.registered(HUANG))
    await huang.link_wechat("嘉欣")
    row = await row_of(change(window, "retie", CARD, untied["id"]))
    assert refusal(await decide(window, row)) == (409, "wechat_linked_elsewhere")
    assert len((await huang.get("/auth/links"))["wechat"]) == 1
    with clock.showing(start + timedelta(days=31)):
        window = await window_at(small_door)
        assert (await looks(window, CARD))["untied"] == []
        answer = await change(window, "retie", CARD, untied["id"])
        assert refusal(answer) == (404, "not_found")


async def row_of(asking: Any) -> str:
    answer = await asking
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


NEW = {"document": "passport", "number": "E98765432", "name": "GARCIA MARIA"}
OLD = {"document": "passport", "number": "E12345678", "name": "MARIA GARCIA"}


async def test_a_renewed_document_joins_the_account_of_the_former(door: Door) -> None:
    """No second account is needed: the account takes the new number and keeps the old."""
    with clock.showing(clock.now()):
        window = await window_at(door)
        seen = await window.reads(**OLD, phone=STRANGER)
        await window.confirms(seen.json()["id"], STRANGER)
        account = await id_of(STRANGER)
        row = await ask(window, current=NEW, former=OLD)
        (asked,) = (await window.second.get(CHANGES)).json()["changes"]
        assert asked["reasons"] == ["register_not_found", "names_differ"]
        assert (await decide(window, row)).status_code == 200
    for number in (NEW["number"], OLD["number"]):
        assert await client.person_by_number(number) == account, number
    who = await client.identity(account)
    assert (who.id_number, who.name, who.phone) == (NEW["number"], NEW["name"], STRANGER)
    # read at a window again, either finds the account and changes nothing of it
    with clock.showing(clock.now() + timedelta(minutes=2)):
        seen = await window.reads(**OLD, phone=STRANGER)
        assert seen.json()["reasons"] == []
        assert (await window.confirms(seen.json()["id"], STRANGER)).status_code == 200
    assert (await client.identity(account)).id_number == NEW["number"]
    (part,) = (await looks(window, NEW))["parts"]
    assert part["number"] == "E1*****78"
    assert (await decide(window, await row_of(change(window, "part", OLD, part["id"])))).is_success
    assert (await client.identity(account)).id_number == OLD["number"]
    assert await client.person_by_number(NEW["number"]) not in (None, account)


async def test_one_account_takes_in_one_after_another(small_door: Door) -> None:
    """By permit, by residence permit, by ID card: all three numbers lead to the last."""
    window = await window_at(small_door)
    await small_door.registered(LIANG)
    stays = await id_of(LIANG.phone)
    await by_permit(window)
    number, name, _ = OTHERS["residence_permit"]
    middle = {"document": "residence_permit", "number": number, "name": name}
    with clock.showing(clock.now() + timedelta(minutes=2)):
        seen = await window.reads(**middle, phone=STRANGER)
        await window.confirms(seen.json()["id"], STRANGER)
        assert (await decide(window, await ask(window, current=middle))).is_success
        assert (await decide(window, await ask(window, former=middle))).is_success
        for number in (LIANG.id_number, middle["number"], PERMIT["number"]):
            assert await client.person_by_number(number) == stays
        # the last is parted first
        (part,) = (await looks(window, PERMIT))["parts"]
        row = await row_of(change(window, "part", PERMIT, part["id"]))
        assert (await decide(window, row)).is_success
        found = await client.person_by_number(PERMIT["number"])
        assert found == await client.person_by_number(middle["number"]) == await id_of(STRANGER)


async def test_who_may_not(small_door: Door) -> None:
    window = await window_at(small_door)
    person = await small_door.registered(LIANG)
    await by_permit(window)
    both = {"current": CARD, "former": PERMIT}
    look = {"card": CARD}
    visitor = await small_door.visitor()
    for path, body in ((LOOK, look), (MERGES, both)):
        assert refusal(await visitor.post(path, json=body)) == (401, "sign_in_first")
        assert refusal(await person.post(path, json=body)) == (403, "not_for_you")
    assert refusal(await person.get(CHANGES)) == (403, "not_for_you")
    assert refusal(await window.clerk.get(CHANGES)) == (403, "not_for_you")
    # the documents must be what they are said to be
    wrong = {**CARD, "name": "梁佳欣"}
    assert refusal(await window.clerk.post(LOOK, json={"card": wrong})) == (
        404, "change_no_account",
    )  # fmt: skip
    nobody = {"document": "id_card", "number": HUANG.id_number, "name": HUANG.name}
    answer = await window.clerk.post(MERGES, json={"current": CARD, "former": nobody})
    assert refusal(answer) == (404, "merge_no_account")
    answer = await window.clerk.post(MERGES, json={"current": PERMIT, "former": CARD})
    assert refusal(answer) == (422, "check_input")
    for kind in ("part", "untie", "retie"):
        answer = await change(window, kind, CARD, db.new_id())
        assert refusal(answer) == (404, "not_found"), kind
    # nobody decides about what they asked for, nor in another office, nor twice, nor too late
    row = await ask(window)
    path, yes = f"{CHANGES}/{row}/decision", {"approve": True}
    assert refusal(await window.clerk.post(path, json=yes)) == (403, "not_for_you")
    alone = Window(small_door, window.second, window.second)
    own = await ask(alone)
    assert refusal(await decide(alone, own)) == (403, "counter_same_officer")
    other = await small_door.clerk("clerk.gjj")
    assert refusal(await other.get(f"{CHANGES}/{row}")) == (404, "not_found")
    answers = await asyncio.gather(*(decide(window, row, approve=False) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
    assert (await window.clerk.get(f"{CHANGES}/{row}")).json()["state"] == "declined"
    assert refusal(await decide(window, row)) == (409, "counter_decided")
    assert await db.rows("SELECT 1 FROM auth_merge") == []
    row = await ask(window)
    with clock.showing(clock.now() + timedelta(hours=2, minutes=1)):
        late = await window_at(small_door)
        assert (await late.second.get(CHANGES)).json()["changes"] == []
        assert refusal(await late.second.post(f"{CHANGES}/{row}/decision", json=yes)) == (
            409, "counter_decided",
        )  # fmt: skip
    journal = await db.rows("SELECT act, by_id FROM auth_act WHERE subject = 'account'")
    assert [(one["act"], bool(one["by_id"])) for one in journal] == [("merge_declined", True)]


async def test_what_was_asked_for_is_what_happens(small_door: Door) -> None:
    """Two windows ask for the same; whoever is second is told that the account has changed."""
    window = await window_at(small_door)
    await small_door.registered(LIANG)
    await by_permit(window)
    rows = [await ask(window) for _ in range(2)]
    answers = [await decide(window, row) for row in rows]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert refusal(answers[1]) == (409, "change_moved")


async def test_the_same_number_of_two_documents_signs_nobody_in(small_door: Door) -> None:
    """A Taiwan permit and a passport may bear the same digits: the number alone means neither."""
    window = await window_at(small_door)
    holders = (
        ({"document": "taiwan_permit", "number": "12345678", "name": "林志玲"}, STRANGER),
        ({"document": "passport", "number": "12345678", "name": "MARIA GARCIA"}, PERMIT_PHONE),
    )
    body = {"account": "12345678", "password": PASSWORD}
    for (document, phone), status in zip(holders, (201, 403), strict=True):
        seen = (await window.reads(**document, phone=phone)).json()
        if seen["state"] == "second":
            await window.decides(seen["id"])
        assert (await window.confirms(seen["id"], phone)).status_code == 200
        person = await again_in(small_door, phone)
        await person.put("/auth/password", json={"password": PASSWORD})
        answer = await (await small_door.visitor()).post("/auth/sessions", json=body)
        assert answer.status_code == status, answer.text
