"""From WeChat into the browser, and one WeChat account in all of the city's apps."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, refusal
from tests.auth.test_links import LINKED, agree, opened, told

OVER = (403, "onward_over")
WECHAT = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"


async def link(giver: httpx2.AsyncClient) -> str:
    answer = await giver.post("/auth/onward")
    assert answer.status_code == 201, answer.text
    address, secret = answer.json()["url"].split("#")
    assert address.endswith("/onward")
    return str(secret)


async def follow(browser: httpx2.AsyncClient, secret: str) -> httpx2.Response:
    return await browser.post("/auth/onward/sessions", json={"secret": secret})


async def in_miniprogram(door: Door) -> httpx2.AsyncClient:
    """Somebody known, inside the mini-program."""
    phone, answer = await opened(door)
    body = {"phone": LIANG.phone, "code": await door.code(LIANG.phone, "sign_in")}
    ticket = answer.json()["link_ticket"]
    answer = await phone.post("/auth/sessions", json={**body, "link_ticket": ticket})
    phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return phone


async def test_from_the_miniprogram_into_the_browser_without_a_second_proof(door: Door) -> None:
    await door.registered()
    phone = await in_miniprogram(door)
    secret = await link(phone)
    browser = await door.visitor()
    answer = await browser.post("/auth/onward/owner", json={"secret": secret})
    assert answer.json() == {"name": "梁*欣"}
    answer = await follow(browser, secret)
    assert (answer.status_code, answer.json()["name"], answer.json()["aal"]) == (201, "梁*欣", 1)
    (row,) = await db.rows("SELECT methods, via FROM auth_session WHERE methods = 'handoff'")
    assert row["via"] == "web"
    dump = "".join(str(dict(row)) for row in await db.rows("SELECT * FROM auth_once"))
    assert secret not in dump
    assert "梁" not in dump


async def test_promise_02_of_a_hundred_browsers_one_gets_in(door: Door) -> None:
    from auth.usecases import once, onward
    from auth.usecases.visitor import Visitor
    from backend.kernel.errors import Refusal

    secret = await link(await door.registered())
    kept = await once.look("link", secret)
    assert kept is not None
    answers = await asyncio.gather(
        *(onward.redeem(kept, Visitor("127.0.0.1")) for _ in range(100)), return_exceptions=True
    )
    assert sum(isinstance(one, str) for one in answers) == 1
    assert sum(isinstance(one, Refusal) for one in answers) == 99
    assert len(await db.rows("SELECT 1 FROM auth_session WHERE methods = 'handoff'")) == 1


async def test_promise_02_a_link_used_twice_takes_back_what_it_gave(door: Door) -> None:
    secret = await link(await door.registered())
    thief, owner = await door.visitor(), await door.visitor()
    assert (await follow(thief, secret)).status_code == 201
    assert refusal(await follow(thief, secret)) == OVER  # the same browser: nothing happens
    assert (await thief.get("/auth/session")).json()["signed_in"]
    assert refusal(await follow(owner, secret)) == OVER
    assert not (await thief.get("/auth/session")).json()["signed_in"]
    shown = await door.phone_shows(LIANG.phone)
    assert "的登录链接被用了两次，已退出登录" in {m["params"].get("what") for m in shown}
    kinds = [r["kind"] for r in await db.rows("SELECT kind FROM auth_event ORDER BY id")]
    assert kinds.count("handoff_replay") == 1


async def test_a_link_that_is_late_made_up_or_left_behind(small_door: Door) -> None:
    door, start = small_door, clock.now()
    with clock.showing(start):
        giver, browser = await door.registered(), await door.visitor()
        late, behind = await link(giver), await link(giver)
        assert refusal(await follow(browser, "made-up")) == OVER
        assert (await giver.delete("/auth/session")).status_code == 204
        assert refusal(await follow(browser, behind)) == OVER  # the giver has left
    with clock.showing(start + timedelta(seconds=121)):
        assert refusal(await follow(browser, late)) == OVER
        answer = await browser.post("/auth/onward/owner", json={"secret": late})
        assert refusal(answer) == OVER


async def sign_in_by_wechat(
    browser: httpx2.AsyncClient, user: str, go_on: str = "/space"
) -> tuple[int, str]:
    answer = await browser.post("/auth/wechat", json={"next": go_on})
    assert answer.status_code == 200, answer.text
    return told(await browser.get(await agree(browser, user, answer.json()["authorize_url"])))


async def test_a_linked_person_is_signed_in_inside_wechat(door: Door) -> None:
    first = await door.registered()
    assert told(await first.get(await agree(first, "嘉欣"))) == LINKED
    browser = await door.visitor(User_Agent=WECHAT)
    landed = await sign_in_by_wechat(browser, "嘉欣", "/space?a=1")
    assert landed == (303, "/entered?next=%2Fspace%3Fa%3D1")
    session = (await browser.get("/auth/session")).json()
    assert (session["name"], session["aal"]) == ("梁*欣", 1)
    (row,) = await db.rows("SELECT methods FROM auth_session WHERE methods = 'wechat'")
    assert row
    # nobody else is, and a made-up account of the snapshot page least of all
    stranger = await door.visitor(User_Agent=WECHAT)
    for user, code in (("黄伯", "wechat_unknown"), ("快照页访客", "link_snapshot")):
        told_why = f"/sign-in?wechat={code}&next=%2Fspace"  # where she was going is not forgotten
        assert await sign_in_by_wechat(stranger, user) == (303, told_why)
    assert not (await stranger.get("/auth/session")).json()["signed_in"]


async def test_the_way_back_into_wechat_is_for_the_browser_that_asked(door: Door) -> None:
    """An attacker's way back, planted in the victim's browser, signs nobody in as the attacker."""
    first = await door.registered()
    assert told(await first.get(await agree(first, "嘉欣"))) == LINKED
    attacker, victim = await door.visitor(), await door.visitor()
    answer = await attacker.post("/auth/wechat", json={"next": "/"})
    back = await agree(attacker, "嘉欣", answer.json()["authorize_url"])
    over = (303, "/sign-in?wechat=link_state_over")
    assert told(await victim.get(back)) == over
    assert told(await attacker.get(back)) == (303, "/entered")
    assert told(await attacker.get(back)) == over


@pytest.mark.parametrize("evil", ["https://evil.example", "//evil.example", "/\\evil", "/x y"])
async def test_wechat_leads_back_to_this_city_alone(small_door: Door, evil: str) -> None:
    first = await small_door.registered()
    await first.get(await agree(first, "嘉欣"))
    assert await sign_in_by_wechat(first, "嘉欣", evil) == (303, "/entered")


async def test_known_in_one_app_known_in_all(door: Door) -> None:
    """The unionid joins them: linked in the official account, at home in the mini-program."""
    first = await door.registered()
    await first.get(await agree(first, "嘉欣"))
    _, answer = await opened(door)
    assert (answer.status_code, answer.json()["name"]) == (201, "梁*欣")
    (account,) = (await first.get("/auth/links")).json()["wechat"]
    assert account["apps"] == ["official", "miniprogram"]
    for row in await db.rows("SELECT * FROM auth_link"):
        assert "Demo_Liang" not in str(dict(row))
    # and the other way round
    await door.registered(HUANG)
    phone, answer = await opened(door, "huang")
    body = {"phone": HUANG.phone, "code": await door.code(HUANG.phone, "sign_in")}
    await phone.post("/auth/sessions", json={**body, "link_ticket": answer.json()["link_ticket"]})
    browser = await door.visitor(User_Agent=WECHAT)
    assert await sign_in_by_wechat(browser, "黄伯") == (303, "/entered?next=%2Fspace")
    assert (await browser.get("/auth/session")).json()["name"] == "黄*明"


async def test_one_wechat_account_is_one_person_in_every_app(door: Door) -> None:
    """Known in the mini-program alone: in the official account nobody else can take it."""
    await door.registered(LIANG)
    await in_miniprogram(door)
    second = await door.registered(HUANG)
    answer = await second.get(await agree(second, "嘉欣"))
    assert told(answer)[1].endswith("code=wechat_linked_elsewhere")
    (row,) = await db.rows("SELECT app FROM auth_link")
    assert row["app"] == "miniprogram"


async def test_unlinking_one_account_unlinks_it_in_every_app(door: Door) -> None:
    browser = await door.registered()
    await browser.get(await agree(browser, "嘉欣"))
    phone, answer = await opened(door)
    phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    (account,) = (await browser.get("/auth/links")).json()["wechat"]
    stranger = await door.registered(HUANG)
    path = f"/auth/links/{account['id']}"
    assert refusal(await stranger.delete(path)) == (404, "not_found")
    assert (await browser.delete(path)).status_code == 204
    assert (await browser.get("/auth/links")).json() == {"wechat": []}
    assert not (await phone.get("/auth/session")).json()["signed_in"]
    _, answer = await opened(door)
    assert answer.json()["signed_in"] is False
    assert refusal(await browser.delete(path)) == (404, "not_found")
    shown = await door.phone_shows(LIANG.phone)
    assert any("解除了一个微信的绑定" in str(m["params"]) for m in shown)
