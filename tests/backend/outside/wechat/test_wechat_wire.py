"""The platform over its wire: one token for all, messages, who is who, and every errcode."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.outside.wechat.client import (
    NOT_FOLLOWING,
    UNKNOWN_OPENID,
    MiniProgram,
    OfficialAccount,
)
from backend.outside.wechat.sandbox import Platform, build
from backend.outside.wire import Down

WHO = {"appid": "wx0000000000demo01", "secret": "sandbox"}
LIANG = "oDemo_Liang00000000000000000"
DATA = {
    "thing1": "灵活就业人员参保登记",
    "phrase2": "已受理",
    "character_string3": "44060420261123000001",
    "time4": "2026-11-23 09:00",
}


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def http(wire, platform):
    return wire(build(platform=platform))


@pytest.fixture
def account(http, redis):
    return OfficialAccount(http, redis, **WHO, deadline=0.5)


async def tell(account, openid=LIANG, **changed):
    wanted = {"template": "demo-case-progress", "data": DATA, "key": "d:1", "url": "http://x/1"}
    return await account.send_template(openid=openid, **{**wanted, **changed})


# -- one token for all --------------------------------------------------------------------------


async def test_a_hundred_senders_of_four_processes_fetch_one_token(http, redis, platform):
    accounts = [OfficialAccount(http, redis, **WHO) for _ in range(4)]
    await asyncio.gather(*(tell(accounts[n % 4], key=f"d:{n}") for n in range(100)))
    assert platform.token_calls == 1
    assert len(list(platform.sent)) == 100


async def test_a_token_lost_to_somebody_else_is_fetched_once_more_for_all(
    http, redis, account, platform
):
    await tell(account, key="first")
    await http.post("/token/lose")
    accounts = [account, *(OfficialAccount(http, redis, **WHO) for _ in range(3))]
    await asyncio.gather(*(tell(accounts[n % 4], key=f"d:{n}") for n in range(100)))
    assert platform.token_calls == 2


async def test_a_cancelled_token_is_replaced_by_force_and_not_more_often_than_allowed(
    http, account, platform
):
    await tell(account, key="first")
    await http.post("/token/cancel")
    await tell(account, key="second")
    assert platform.token_calls == 3  # first, repeated, forced
    await http.post("/token/cancel")
    with pytest.raises(Down) as caught:
        await tell(account, key="third")
    assert (caught.value.detail, caught.value.retry_after) == ("token", 30)


async def test_the_token_outlives_the_client_but_not_its_time(http, redis, account, platform):
    await tell(account)
    name = "token:wechat:wx0000000000demo01"
    assert 6800 < await redis.ttl(name) <= 6900
    await redis.delete(name)
    await tell(account, key="d:2")
    assert platform.token_calls == 2
    assert await redis.keys("lock:*") == []


async def test_a_holder_that_died_keeps_nobody_waiting_for_ever(http, redis):
    await redis.set("lock:token:wechat:wx0000000000demo01", b"dead")
    with pytest.raises(Down) as caught:
        await tell(OfficialAccount(http, redis, **WHO, deadline=0.1))
    assert (caught.value.reason, caught.value.permanent) == ("timeout", False)


@pytest.mark.parametrize("wrong", [{"appid": "wx2"}, {"secret": "x"}])
async def test_wrong_credentials_are_permanent(http, redis, wrong):
    with pytest.raises(Down) as caught:
        await tell(OfficialAccount(http, redis, **(WHO | wrong)))
    assert caught.value.permanent


# -- template messages --------------------------------------------------------------------------


async def test_a_message_arrives_and_one_key_is_one_message(http, account):
    first, again = await tell(account), await tell(account)
    assert first == again
    (message,) = (await http.get("/messages", params={"openid": LIANG})).json()["messages"]
    assert message["data"] == DATA
    assert (str(message["msgid"]), message["url"]) == (first, "http://x/1")


async def test_values_are_cut_to_what_their_fields_take(http, account):
    long = {**DATA, "thing1": "字" * 30, "phrase2": "正在审查之中", "time4": " a\n b "}
    await tell(account, data=long)
    sent = (await http.get("/messages")).json()["messages"][0]["data"]
    assert sent["thing1"] == "字" * 19 + "…"
    assert sent["phrase2"] == "正在审查…"
    assert sent["time4"] == "a b"


@pytest.mark.parametrize(
    ("openid", "reason", "detail", "permanent", "wait"),
    [
        ("oMagicHangs", "timeout", "", False, None),
        ("oMagicDown", "status", "503", False, 30),
        ("oMagicStammers", "garbled", "", False, None),
        ("oMagicBusy", "refused", "-1", False, 5),
        ("oMagicQuota", "refused", "45009", False, 3600),
        ("oNobody", "refused", UNKNOWN_OPENID, True, None),
        ("oDemo_Passer0000000000000000", "refused", NOT_FOLLOWING, True, None),
    ],
)
async def test_failures_of_a_message(account, openid, reason, detail, permanent, wait):
    with pytest.raises(Down) as caught:
        await tell(account, openid)
    failure = caught.value
    assert (failure.reason, failure.detail, failure.permanent, failure.retry_after) == (
        reason,
        detail,
        permanent,
        wait,
    )
    assert openid not in f"{failure} {failure.params}"


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"template": "other"}, "40037"),
        ({"data": {"thing1": "x"}}, "47003"),
        ({"data": {}}, "47003"),
    ],
)
async def test_a_message_the_template_does_not_fit_is_permanent(account, changed, detail):
    with pytest.raises(Down) as caught:
        await tell(account, **changed)
    assert (caught.value.detail, caught.value.permanent) == (detail, True)


# -- who is who ---------------------------------------------------------------------------------


async def authorised(http, account, who, *, silent=False, state="s t&x"):
    url = account.authorize_url(
        redirect_uri="http://localhost:8000/auth/links/wechat/callback?a=1",
        state=state,
        silent=silent,
    )
    query = urlsplit(url).query
    shown = await http.get(f"/authorize?{query}")
    assert shown.status_code == 200
    link = next(line for line in shown.text.split('href="') if line.split(">")[1].startswith(who))
    target = urlsplit(link.split('"')[0].replace("&amp;", "&"))
    assert (target.scheme, target.netloc) == ("http", "localhost:8000")
    back = parse_qs(target.query)
    assert (back["a"], back["state"]) == (["1"], [state])
    return back["code"][0]


async def test_web_authorisation_and_a_code_that_is_good_once(http, account):
    code = await authorised(http, account, "嘉欣")
    user = await account.exchange_code(code)
    assert (user.openid, user.snapshot) == (LIANG, False)
    assert user.unionid
    assert repr(user) == "<WebUser>"
    with pytest.raises(Down) as caught:
        await account.exchange_code(code)
    assert (caught.value.detail, caught.value.permanent) == ("40029", True)


async def test_silent_authorisation_tells_no_unionid(http, account):
    user = await account.exchange_code(await authorised(http, account, "嘉欣", silent=True))
    assert (user.openid, user.unionid) == (LIANG, "")


async def test_a_snapshot_visitor_is_marked(http, account):
    assert (await account.exchange_code(await authorised(http, account, "快照页访客"))).snapshot


@pytest.mark.parametrize(
    "changed",
    [
        {"appid": "wx2"},
        {"redirect_uri": "http://evil.example/x"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://localhost:8000.evil.example/"},
        {"response_type": "token"},
        {"scope": "snsapi_login"},
    ],
)
async def test_the_authorisation_page_refuses_what_wechat_refuses(http, changed):
    query = {
        "appid": WHO["appid"],
        "redirect_uri": "http://localhost:8000/x",
        "response_type": "code",
        "scope": "snsapi_base",
    }
    assert (await http.get("/authorize", params=query | changed)).status_code == 400


async def test_the_mini_program_and_the_account_meet_in_the_unionid(http, account):
    mini = MiniProgram(http, appid="wx0000000000demo02", secret="sandbox", deadline=0.05)
    user = await mini.open_session("liang.1")
    assert user.openid != LIANG
    assert user.unionid == (await account.follower(LIANG)).unionid
    for code, detail in (("liang.1", "40163"), ("nobody.1", "40029")):
        with pytest.raises(Down) as caught:
            await mini.open_session(code)
        assert (caught.value.detail, caught.value.permanent) == (detail, True)
    for code, reason in (("slow", "timeout"), ("down", "status")):
        with pytest.raises(Down) as caught:
            await mini.open_session(code)
        assert caught.value.reason == reason


async def test_followers_and_others(account):
    assert (await account.follower(LIANG)).following
    passer = await account.follower("oDemo_Passer0000000000000000")
    assert (passer.following, passer.unionid) == (False, "")


async def test_the_menu_is_what_phones_show(http, account):
    await account.create_menu([{"type": "click", "name": "我的办件", "key": "progress"}])
    assert "我的办件" in (await http.get("/phone/liang")).text
    with pytest.raises(Down) as caught:
        await account.create_menu([])
    assert caught.value.detail == "40016"
