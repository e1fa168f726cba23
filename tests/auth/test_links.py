"""WeChat leads to the person: by web authorisation, and from the mini-program."""

import asyncio
import re
import secrets
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from auth import client
from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, refusal

LIANG_OPENID = "oDemo_Liang00000000000000000"


async def agree(browser: httpx2.AsyncClient, user: str, url: str | None = None) -> str:
    """Go to WeChat's page, agree as somebody; the address WeChat sends the browser back to."""
    if url is None:
        answer = await browser.post("/auth/links/wechat")
        assert answer.status_code == 200, answer.text
        url = answer.json()["authorize_url"]
    page = await browser.get(url.partition("#")[0])
    assert page.status_code == 200, page.text
    (back,) = re.findall(rf'href="([^"]+)">{user}', page.text)
    return unescape(back)


def told(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.content == b""
    return answer.status_code, answer.headers["location"]


LINKED = (303, "/space/settings?linked=wechat")


def failed(code: str) -> tuple[int, str]:
    return 303, f"/space/settings?linked=failed&code={code}"


async def test_a_person_links_wechat_and_lets_go_of_it(door: Door) -> None:
    browser = await door.registered()
    back = await agree(browser, "嘉欣")
    assert told(await browser.get(back)) == LINKED
    assert (await browser.get("/auth/session")).json()["links"] == {"wechat": True}
    person_id = await client.person_by_id_number(LIANG.id_number)
    assert person_id is not None
    openid = await client.wechat_openid(person_id)
    assert openid is not None
    assert openid.startswith("oDemo_Liang")
    assert await client.person_by_openid(openid) == person_id
    assert await client.person_by_openid(openid.swapcase()) is None
    (row,) = await db.rows("SELECT * FROM auth_link")
    assert openid not in str(dict(row))
    assert openid.encode() not in bytes(row["openid"])
    # again is no harm
    assert told(await browser.get(await agree(browser, "嘉欣"))) == LINKED
    assert (await browser.delete("/auth/links/wechat")).status_code == 204
    assert (await browser.delete("/auth/links/wechat")).status_code == 204
    assert await client.person_by_openid(openid) is None
    assert await client.wechat_openid(person_id) is None
    assert (await browser.get("/auth/session")).json()["links"] == {"wechat": False}
    own = "SELECT kind FROM auth_event WHERE person_id IS NOT NULL ORDER BY id"
    kinds = [row["kind"] for row in await db.rows(own)]
    assert kinds == ["registered", "linked", "linked", "unlinked", "unlinked"]


async def test_the_way_back_works_once(door: Door) -> None:
    browser = await door.registered()
    back = await agree(browser, "嘉欣")
    answers = await asyncio.gather(*(browser.get(back) for _ in range(10)))
    assert sorted(told(a) for a in answers) == sorted([LINKED] + [failed("link_state_over")] * 9)
    assert len(await db.rows("SELECT 1 FROM auth_link")) == 1


async def test_the_way_back_is_for_the_session_that_asked(door: Door) -> None:
    """An attacker's way back, planted in the victim's browser, ties nothing to the victim."""
    attacker, victim = await door.registered(HUANG), await door.registered(LIANG)
    back = await agree(attacker, "黄伯")
    assert told(await victim.get(back)) == failed("link_state_over")
    nobody = await door.visitor()
    assert told(await nobody.get(await agree(attacker, "黄伯"))) == failed("sign_in_first")
    clerk = await door.clerk()
    assert told(await clerk.get(await agree(attacker, "黄伯"))) == failed("sign_in_first")
    assert not await db.rows("SELECT 1 FROM auth_link")


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?state=" + "z" * 128])
async def test_a_made_up_way_back(small_door: Door, query: str) -> None:
    browser = await small_door.registered()
    answer = await browser.get("/auth/links/wechat/callback" + query)
    assert told(answer) == failed("link_state_over")
    answer = await browser.get("/auth/links/wechat/callback?x=1")
    assert refusal(answer) == (422, "check_input")


async def test_a_made_up_code(small_door: Door) -> None:
    browser = await small_door.registered()
    url = (await browser.post("/auth/links/wechat")).json()["authorize_url"]
    (state,) = parse_qs(urlsplit(url).query)["state"]
    assert len(state) == 43
    callback = "/auth/links/wechat/callback"
    answer = await browser.get(callback, params={"code": "made-up", "state": state})
    assert told(answer) == failed("link_refused")


async def test_a_snapshot_page_is_nobody(small_door: Door) -> None:
    browser = await small_door.registered()
    answer = await browser.get(await agree(browser, "快照页访客"))
    assert told(answer) == failed("link_snapshot")


async def test_one_wechat_account_leads_to_one_person(door: Door) -> None:
    first, second = await door.registered(LIANG), await door.registered(HUANG)
    assert told(await first.get(await agree(first, "嘉欣"))) == LINKED
    answer = await second.get(await agree(second, "嘉欣"))
    assert told(answer) == failed("wechat_linked_elsewhere")
    # the person's own other account takes the place of the first
    assert told(await first.get(await agree(first, "婉清"))) == LINKED
    assert len(await db.rows("SELECT 1 FROM auth_link")) == 1
    assert told(await second.get(await agree(second, "嘉欣"))) == LINKED


async def test_linking_needs_a_person_and_the_csrf_token(small_door: Door) -> None:
    nobody = await small_door.visitor()
    for method in ("POST", "DELETE"):
        answer = await nobody.request(method, "/auth/links/wechat")
        assert refusal(answer) == (401, "sign_in_first")
        browser = await small_door.visitor()
    browser = await small_door.registered()
    browser.headers.pop("X-CSRF-Token")
    for method in ("POST", "DELETE"):
        answer = await browser.request(method, "/auth/links/wechat")
        assert refusal(answer) == (403, "csrf_token_wrong")


async def test_linking_over_and_over_is_slowed_down(small_door: Door) -> None:
    browser = await small_door.registered()
    answers = [await browser.post("/auth/links/wechat") for _ in range(11)]
    assert [a.status_code for a in answers] == [200] * 10 + [429]
    assert "Retry-After" in answers[-1].headers


def login_code(user: str) -> str:
    """What ``wx.login`` gives on somebody's phone."""
    return f"{user}.{secrets.token_hex(8)}"


async def opened(door: Door, user: str = "liang") -> tuple[httpx2.AsyncClient, httpx2.Response]:
    phone = await door.visitor(X_Yimen_Client="miniprogram")
    code = login_code(user)
    return phone, await phone.post("/auth/miniprogram/sessions", json={"code": code})


async def test_the_miniprogram_signs_in_once_and_knows_its_person_from_then_on(door: Door) -> None:
    await door.registered()
    phone, answer = await opened(door)
    assert answer.status_code == 200
    assert answer.json()["signed_in"] is False
    assert answer.json()["token"] is None
    ticket = answer.json()["link_ticket"]
    code = await door.code(LIANG.phone, "sign_in")
    wrong = {"phone": LIANG.phone, "code": f"{(int(code) + 1) % 1_000_000:06d}"}
    answer = await phone.post("/auth/sessions", json={**wrong, "link_ticket": ticket})
    assert refusal(answer) == (422, "code_wrong")  # and the ticket is still good
    right = {"phone": LIANG.phone, "code": code, "link_ticket": ticket}
    answer = await phone.post("/auth/sessions", json=right)
    assert answer.status_code == 201
    assert answer.json()["links"] == {"wechat": True}
    first_token = answer.json()["token"]

    _, answer = await opened(door)
    assert answer.status_code == 201
    session = answer.json()
    assert (session["signed_in"], session["name"], session["csrf_token"]) == (True, "梁*欣", None)
    assert len(session["token"]) == 43
    assert session["token"] != first_token
    assert "set-cookie" not in answer.headers
    phone.headers["Authorization"] = f"Bearer {session['token']}"
    assert (await phone.get("/auth/session")).json()["signed_in"] is True
    _, answer = await opened(door, "huang")
    assert answer.json()["signed_in"] is False


async def test_a_new_citizen_registers_in_the_miniprogram(door: Door) -> None:
    phone, answer = await opened(door)
    ticket = answer.json()["link_ticket"]
    code = await door.code(LIANG.phone, "register")
    body = {**LIANG.body, "code": code, "link_ticket": ticket}
    answer = await phone.post("/auth/registrations", json=body)
    assert answer.status_code == 201
    assert answer.json()["links"] == {"wechat": True}
    rows = await db.rows("SELECT kind, via FROM auth_event WHERE person_id IS NOT NULL ORDER BY id")
    assert [(r["kind"], r["via"]) for r in rows] == [
        ("registered", "miniprogram"), ("linked", "miniprogram"),
    ]  # fmt: skip


async def test_a_ticket_ties_once(door: Door) -> None:
    for who in (LIANG, HUANG):
        await door.registered(who, password="one that is long")
    phone, answer = await opened(door)
    ticket = answer.json()["link_ticket"]
    bodies = [
        {"account": who.phone, "password": "one that is long", "link_ticket": ticket}
        for who in (LIANG, HUANG)
    ]
    answers = await asyncio.gather(*(phone.post("/auth/sessions", json=b) for b in bodies * 3))
    assert len(await db.rows("SELECT 1 FROM auth_link")) == 1
    assert {a.status_code for a in answers} <= {201, 403}
    answer = await phone.post("/auth/sessions", json=bodies[0])
    assert refusal(answer) == (403, "link_ticket_over")


async def test_a_ticket_is_no_use_in_a_browser_or_later_or_made_up(small_door: Door) -> None:
    """In a browser it could be an attacker's, to tie their WeChat to whoever signs in."""
    await small_door.registered(password="one that is long")
    body = {"account": LIANG.phone, "password": "one that is long"}
    _, answer = await opened(small_door)
    browser = await small_door.visitor()
    tried = {**body, "link_ticket": answer.json()["link_ticket"]}
    assert refusal(await browser.post("/auth/sessions", json=tried)) == (403, "link_ticket_over")
    phone = await small_door.visitor(X_Yimen_Client="miniprogram")
    tried = {**body, "link_ticket": "made-up"}
    assert refusal(await phone.post("/auth/sessions", json=tried)) == (403, "link_ticket_over")
    assert not await db.rows("SELECT 1 FROM auth_link")


async def test_wx_login_codes_work_once(door: Door) -> None:
    phone = await door.visitor(X_Yimen_Client="miniprogram")
    code = login_code("liang")
    path = "/auth/miniprogram/sessions"
    assert (await phone.post(path, json={"code": code})).status_code == 200
    assert refusal(await phone.post(path, json={"code": code})) == (403, "link_refused")
    assert refusal(await phone.post(path, json={"code": "made-up"})) == (403, "link_refused")
    down = await phone.post(path, json={"code": "down"})
    assert refusal(down) == (503, "wechat_down")
    assert int(down.headers["Retry-After"]) >= 1
    assert refusal(await phone.post(path, json={})) == (422, "check_input")
    assert refusal(await phone.post(path, json={"code": "x" * 513})) == (422, "check_input")


async def test_unlinking_signs_the_other_phone_out(door: Door) -> None:
    browser = await door.registered(password="one that is long")
    phone = await door.visitor(X_Yimen_Client="miniprogram")
    body = {"account": LIANG.phone, "password": "one that is long"}
    token = (await phone.post("/auth/sessions", json=body)).json()["token"]
    phone.headers["Authorization"] = f"Bearer {token}"
    assert (await phone.get("/auth/session")).json()["signed_in"]
    await door.proves(browser, "pwd", "one that is long")
    assert (await browser.delete("/auth/links/wechat")).status_code == 204
    assert not (await phone.get("/auth/session")).json()["signed_in"]
    assert (await browser.get("/auth/session")).json()["signed_in"]


async def test_a_way_back_is_good_for_as_long_as_the_session(small_door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await small_door.registered()
        back = await agree(browser, "嘉欣")
    with clock.showing(start + timedelta(minutes=16)):
        assert told(await browser.get(back)) == failed("sign_in_first")
