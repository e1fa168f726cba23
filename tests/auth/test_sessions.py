"""Sessions: what the cookie may do, when they end, and that ended is ended everywhere."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth.client import authenticate
from auth.usecases import sessions
from backend.kernel import cache, clock, db, web
from backend.kernel.errors import Refusal
from tests.auth.conftest import HUANG, LIANG, Door, refusal

COOKIE = "yimen_session"
PERSONAL = ("DELETE", "/api/drafts/none")


async def touch(browser: httpx2.AsyncClient) -> httpx2.Response:
    """Something that only a signed-in person may do, and that changes nothing."""
    return await browser.request(*PERSONAL)


async def test_the_cookie_is_out_of_reach(door: Door) -> None:
    browser = await door.visitor()
    code = await door.code(LIANG.phone, "register")
    answer = await browser.post("/auth/registrations", json={**LIANG.body, "code": code})
    value, *flags = answer.headers.get_list("set-cookie")[0].split("; ")
    assert value.startswith(f"{COOKIE}=")
    assert set(flags) == {"Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Lax"}
    token = value.removeprefix(f"{COOKIE}=")
    assert len(token) == 43
    assert token not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    for row in await db.rows("SELECT * FROM auth_session"):
        assert token not in str(dict(row))


def test_by_https_the_cookie_is_bound_to_the_host() -> None:
    from auth.rules import cookies

    value = cookies.holding("t", secure=True, seconds=60)
    assert value.startswith("__Host-yimen_session=t; Path=/;")
    assert value.endswith("; Secure")
    assert "Domain" not in value
    assert "Max-Age=0" in cookies.gone(secure=True)


async def test_every_sign_in_turns_the_token(door: Door) -> None:
    browser = await door.registered(password="one that is long")
    first = browser.cookies[COOKIE]
    body = {"account": LIANG.phone, "password": "one that is long"}
    answer = await browser.post("/auth/sessions", json=body)
    assert browser.cookies[COOKIE] != first
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    assert (await touch(browser)).status_code == 204
    thief = await door.visitor(Cookie=f"{COOKIE}={first}")
    assert refusal(await touch(thief)) == (401, "session_over")


async def test_a_planted_token_is_not_adopted(small_door: Door) -> None:
    planted = "A" * 43
    browser = await small_door.visitor(Cookie=f"{COOKIE}={planted}")
    code = await small_door.code(LIANG.phone, "register")
    answer = await browser.post("/auth/registrations", json={**LIANG.body, "code": code})
    assert planted not in answer.headers["set-cookie"]
    thief = await small_door.visitor(Cookie=f"{COOKIE}={planted}")
    assert (await thief.get("/auth/session")).json()["signed_in"] is False


async def test_signing_out_ends_it_everywhere(door: Door) -> None:
    browser = await door.registered()
    other_tab = await door.visitor(Cookie=f"{COOKIE}={browser.cookies[COOKIE]}")
    other_tab.headers["X-CSRF-Token"] = browser.headers["X-CSRF-Token"]
    answer = await browser.delete("/auth/session")
    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert COOKIE not in browser.cookies
    assert refusal(await touch(other_tab)) == (401, "session_over")
    await cache.redis().flushall()  # the table knows it too
    assert refusal(await touch(other_tab)) == (401, "session_over")
    assert refusal(await other_tab.delete("/auth/session")) == (401, "session_over")
    assert (await other_tab.get("/auth/session")).json()["signed_in"] is False


@pytest.mark.parametrize("moment", ["put_if_absent", "swap"])
async def test_a_request_under_way_cannot_bring_a_session_back(
    door: Door, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Signing out falls between another request's look at the session and its note of it."""
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered()
    token = browser.cookies[COOKIE]
    ended: list[int] = []
    note = getattr(cache, moment)

    async def sign_out_first(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(cache, moment, note)
        ended.append((await browser.delete("/auth/session")).status_code)
        return await note(*args, **more)

    # after a minute the session's use is recorded, and its entry swapped for a new one
    with clock.showing(start + timedelta(seconds=61 if moment == "swap" else 30)):
        if moment == "put_if_absent":
            await cache.redis().flushall()
        monkeypatch.setattr(cache, moment, sign_out_first)
        await sessions.find(token, via="web")
        assert ended == [204]
        with pytest.raises(Refusal, match="session_over"):
            await sessions.find(token, via="web")


async def test_fifteen_idle_minutes_end_it(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered()
    for minutes in (14, 28, 42):  # each use starts the fifteen minutes anew
        with clock.showing(start + timedelta(minutes=minutes)):
            assert (await touch(browser)).status_code == 204
    with clock.showing(start + timedelta(minutes=57)):
        assert refusal(await touch(browser)) == (401, "session_over")
        assert refusal(await touch(browser)) == (401, "session_over")
        answer = await browser.get("/auth/session")
        assert answer.json()["signed_in"] is False
        assert "Max-Age=0" in answer.headers["set-cookie"]
    (row,) = await db.rows("SELECT ended_by FROM auth_session")
    assert row["ended_by"] == "time"


async def test_twelve_hours_end_it_however_busy(small_door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await small_door.registered()
        expires = (await browser.get("/auth/session")).json()["expires_at"]
        assert expires == clock.rfc3339(start + timedelta(hours=12))
    for minutes in range(14, 12 * 60, 14):
        with clock.showing(start + timedelta(minutes=minutes)):
            assert (await touch(browser)).status_code == 204
    with clock.showing(start + timedelta(hours=12)):
        assert refusal(await touch(browser)) == (401, "session_over")


async def test_the_hot_path_asks_no_database(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await door.registered()
    token = browser.cookies[COOKIE]
    assert await sessions.find(token, via="web")

    async def no_sql(*_: object) -> None:
        raise AssertionError("SQL on the hot path")

    for name in ("read", "rows", "write", "execute"):
        monkeypatch.setattr(db, name, no_sql)
    for _ in range(3):
        assert await sessions.find(token, via="web")


async def test_use_is_written_once_a_minute(door: Door) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await door.registered()
    seen = []
    for seconds in (30, 59, 60, 61, 119, 120):
        with clock.showing(start + timedelta(seconds=seconds)):
            await browser.get("/auth/session")
        (row,) = await db.rows("SELECT seen_at FROM auth_session")
        seen.append(round((db.as_time(row["seen_at"]) - start).total_seconds()))
    assert seen == [0, 0, 60, 60, 60, 120]


async def test_without_or_with_a_wrong_csrf_token(door: Door) -> None:
    browser = await door.registered()
    right = browser.headers.pop("X-CSRF-Token")
    assert refusal(await touch(browser)) == (403, "csrf_token_wrong")
    assert refusal(await browser.delete("/auth/session")) == (403, "csrf_token_wrong")
    other = await door.visitor()
    for wrong in ("", "x" * 43, right[:-1], "秘密"):
        headers = {"X-CSRF-Token": wrong.encode()}
        answer = await browser.request(*PERSONAL, headers=headers)
        assert refusal(answer) == (403, "csrf_token_wrong")
    assert (await browser.request(*PERSONAL, headers={"X-CSRF-Token": right})).status_code == 204
    assert refusal(await other.request(*PERSONAL, headers={"X-CSRF-Token": right})) == (
        401, "sign_in_first",
    )  # fmt: skip


async def test_another_site_cannot_act_for_the_person(door: Door) -> None:
    browser = await door.registered()
    for headers in (
        {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost:8001"},
    ):  # fmt: skip
        answer = await browser.request(*PERSONAL, headers=headers)
        assert refusal(answer) == (403, "other_site")
        answer = await browser.request("DELETE", "/auth/session", headers=headers)
        assert refusal(answer) == (403, "other_site")


@pytest.mark.parametrize(
    "cookie", ["", "x", "A" * 43, "A" * 5000, "' OR 1=1", "\x00" * 3, "%00", "é" * 43]
)
async def test_tokens_nobody_holds(small_door: Door, cookie: str) -> None:
    headers = [(b"Cookie", f"{COOKIE}={cookie}".encode())]
    visitor = await small_door.visitor()
    answer = await visitor.request(*PERSONAL, headers=headers)
    assert refusal(answer) == (401, "sign_in_first")
    assert (await visitor.get("/auth/session", headers=headers)).json()["signed_in"] is False


async def test_cookie_and_bearer_are_not_interchangeable(door: Door) -> None:
    browser = await door.registered(password="one that is long")
    stolen = await door.visitor(Authorization=f"Bearer {browser.cookies[COOKIE]}")
    assert refusal(await touch(stolen)) == (401, "sign_in_first")

    phone = await door.visitor(X_Yimen_Client="miniprogram")
    body = {"account": LIANG.phone, "password": "one that is long"}
    answer = await phone.post("/auth/sessions", json=body)
    assert "set-cookie" not in answer.headers
    session = answer.json()
    assert session["csrf_token"] is None
    token = session["token"]
    as_cookie = await door.visitor(Cookie=f"{COOKIE}={token}")
    assert refusal(await touch(as_cookie)) == (401, "sign_in_first")
    phone.headers["Authorization"] = f"Bearer {token}"
    assert (await touch(phone)).status_code == 204  # no CSRF token: no page can send this header
    session = (await phone.get("/auth/session")).json()
    assert (session["signed_in"], session["token"]) == (True, None)
    phone.headers.pop("X-Yimen-Client")
    assert (await phone.delete("/auth/session")).status_code == 204
    assert refusal(await touch(phone)) == (401, "session_over")


async def probe(call: web.Call) -> dict[str, str]:
    """Who got in."""
    return {"kind": call.actor.kind, "id": call.actor.id}


@pytest.mark.parametrize(
    ("who", "admitted"),
    [
        (web.PERSON, {"person"}),
        (web.STAFF, {"staff"}),
        (web.SIGNED_IN, {"person", "staff"}),
        (web.staff("clerk"), {"staff"}),
        (web.staff("approver"), set()),
    ],
)
async def test_a_person_is_not_staff_and_staff_are_no_person(
    door: Door, who: web.Who, admitted: set[str]
) -> None:
    app = web.build(
        [web.route("GET", "/probe", probe, actor=who, summary="Probe")],
        authenticate,
        base_url="http://localhost:8000",
    )
    browsers = {"person": await door.registered(), "staff": await door.clerk()}
    for kind, browser in browsers.items():
        visitor = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://localhost:8000"
        )
        async with visitor:
            headers = {"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}
            answer = await visitor.get("/probe", headers=headers)
            if kind in admitted:
                assert answer.json()["kind"] == kind
            else:
                assert refusal(answer) == (403, "not_for_you")
            assert refusal(await visitor.get("/probe")) == (401, "sign_in_first")


async def test_staff_have_no_wechat_of_a_person(door: Door) -> None:
    clerk = await door.clerk()
    assert refusal(await touch(clerk)) == (403, "not_for_you")
    assert refusal(await clerk.post("/auth/links/wechat")) == (403, "not_for_you")
    assert (await clerk.delete("/auth/session")).status_code == 204


async def test_nobody_is_signed_in_at_first(small_door: Door) -> None:
    answer = await (await small_door.visitor()).get("/auth/session")
    assert answer.json() == {
        "signed_in": False, "owner": None, "kind": None, "name": None, "level": None, "aal": None,
        "csrf_token": None, "token": None, "expires_at": None, "idle_seconds": None, "staff": None,
        "links": {"wechat": False}, "link_ticket": None, "acting": None, "capacities": 0,
    }  # fmt: skip
    assert "set-cookie" not in answer.headers


async def test_a_device_tells_two_accounts_apart(door: Door) -> None:
    browser = await door.registered(LIANG, password="one that is long")
    body = {"account": LIANG.id_number, "password": "one that is long"}
    again = (await (await door.visitor()).post("/auth/sessions", json=body)).json()["owner"]
    other = (await (await door.registered(HUANG)).get("/auth/session")).json()["owner"]
    assert (await browser.get("/auth/session")).json()["owner"] == again
    assert len({again, other}) == 2
    assert not await db.rows("SELECT 1 FROM auth_person WHERE CAST(id AS TEXT) = $1", again)


async def test_old_rows_are_swept(door: Door) -> None:
    from auth.usecases import audit
    from auth.usecases.sweep import sweep_door

    await db.execute("DELETE FROM auth_event")  # the staff's
    await door.registered()
    await audit.keep()
    for days, left in ((0, (1, 1, 1)), (2, (0, 0, 1)), (199, (0, 0, 1)), (201, (0, 0, 0))):
        with clock.showing(clock.now() + timedelta(days=days)):
            await sweep_door()
        counts = [
            len(await db.rows(f"SELECT 1 FROM auth_{table}"))
            for table in ("code", "session", "event")
        ]
        assert tuple(counts) == left, days
