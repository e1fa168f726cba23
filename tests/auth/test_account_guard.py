"""Nobody slips past what guards an account; its owner hears of changes; tries leave a line."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from auth import commands
from auth.models import people
from auth.rules import passwords
from auth.usecases.provider import registry
from backend.kernel import clock, db
from backend.kernel.log import JsonLines
from backend.kernel.settings import Settings
from tests import city as made
from tests.auth.conftest import HUANG, LIANG, Door
from tests.auth.provider.conftest import BACK, registration
from tests.conftest import OpenCity, _opened

FIRST, SECOND = "a first long one", "another long one"


async def _opens(door: Door, password: str) -> bool:
    body = {"account": LIANG.phone, "password": password}
    answer = await (await door.visitor()).post("/auth/sessions", json=body)
    return answer.status_code == 201


@pytest.mark.parametrize("factor", ["pin", "passkey"])
async def test_a_phone_alone_gives_no_new_password_where_there_is_a_surer_factor(
    small_door: Door, factor: str
) -> None:
    start = clock.now()
    with clock.showing(start):
        browser = await small_door.registered(password=FIRST)
        await small_door.proves(browser, "pwd", FIRST)
        if factor == "pin":
            answer = await browser.put("/auth/pin", json={"pin": "830274"})
            assert answer.status_code == 204, answer.text
        else:
            await small_door.passkey(browser)
    with clock.showing(start + timedelta(seconds=61)):
        thief = await small_door.registered(password=SECOND)  # the phone, the name and the number
        assert (await thief.get("/auth/session")).json()["aal"] == 1
        assert not await _opens(small_door, SECOND)
        assert await _opens(small_door, FIRST)


async def test_every_change_of_what_opens_the_account_is_announced(embedded_city: OpenCity) -> None:
    door = Door(embedded_city)
    person = await made.resident(embedded_city)
    browser = person.http

    async def told() -> set[str]:
        shown = await door.phone_shows(LIANG.phone)
        return {m["params"]["what"].split("（")[0] for m in shown if "what" in m["params"]}

    async def does(word: str, method: str, path: str, **request: Any) -> None:
        assert word not in await told()
        answer = await browser.request(method, path, **request)
        assert answer.status_code in (201, 204), answer.text
        assert word in await told()

    await does("设置了新密码", "PUT", "/auth/password", json={"password": FIRST})
    await door.proves(browser, "pwd", FIRST)
    await does("设置了六位数字密码", "PUT", "/auth/pin", json={"pin": "830274"})
    await does("取消了六位数字密码", "DELETE", "/auth/pin")
    await does("生成了新的找回码", "POST", "/auth/recovery-code")
    assert "绑定了一个微信" not in await told()
    await person.link_wechat()
    assert "绑定了一个微信" in await told()
    await does("解除了一个微信的绑定", "DELETE", "/auth/links/wechat")
    await door.passkey(browser)
    assert "添加了通行密钥" in await told()


@pytest.mark.parametrize(
    "password",
    ["ashley123", "qweasdzxc", "trustno1", "michael1", "Foshan!2027", "yimen-1", "Shunde#88"],
)
def test_common_and_local_passwords_are_weak(password: str) -> None:
    assert passwords.problem(password.ljust(8, "1")) == "weak"


@pytest.mark.parametrize(
    "password", ["p" * 3 + "urple horse", "红木棉花开了两次啊", "x" + "§ab" * 40]
)
def test_any_kind_of_character_and_any_length_will_do(password: str) -> None:
    assert passwords.problem(password) is None


async def test_a_password_counts_exactly_as_typed(small_door: Door) -> None:
    typed = " Purple horse " + "x" * 100
    await small_door.registered(password=typed)
    assert await _opens(small_door, typed)
    for other in (typed.strip(), typed.lower(), typed[:72], typed[:-1]):
        assert not await _opens(small_door, other)


async def test_a_password_does_not_run_out(small_door: Door) -> None:
    now = clock.now()
    with clock.showing(now - timedelta(days=3 * 365)):
        await small_door.registered(password=FIRST)
    with clock.showing(now):
        assert await _opens(small_door, FIRST)


async def test_a_real_city_begins_without_any_account(
    embedded_parts: Settings, tmp_path: Path
) -> None:
    bare = embedded_parts.model_copy(
        update={"demo": False, "database_url": f"sqlite://{tmp_path / 'new.db'}"}
    )
    async with _opened(bare):
        for table in ("auth_staff", "auth_person", "auth_client", "auth_session"):
            assert not await db.rows(f"SELECT 1 FROM {table}"), table


async def test_a_sign_out_tells_the_browser_to_forget(small_door: Door) -> None:
    browser = await small_door.registered()
    answer = await browser.delete("/auth/session")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_an_operator_ends_somebodys_sessions_or_everybodys(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    liang, huang, clerk = (
        await door.registered(LIANG), await door.registered(HUANG), await door.clerk()
    )  # fmt: skip

    async def signed_in() -> list[bool]:
        return [(await b.get("/auth/session")).json()["signed_in"] for b in (liang, huang, clerk)]

    account = await people.find_account(phone_blind=people.blind_phone(LIANG.phone))
    assert account
    assert await signed_in() == [True, True, True]
    assert await commands.end_sessions([account.person_id]) == 0
    assert await signed_in() == [False, True, True]
    assert await commands.end_sessions(["clerk.ga"]) == 0
    assert await signed_in() == [False, True, False]
    assert await commands.end_sessions(["nobody"]) == 1
    assert await commands.end_sessions([]) == 2
    assert await commands.end_sessions(["everybody"]) == 0
    assert await signed_in() == [False, False, False]
    assert "1 sessions ended" in capsys.readouterr().out
    told = await db.rows("SELECT detail FROM auth_event WHERE via = 'operator' ORDER BY at")
    assert "everybody 1" in [row["detail"] for row in told]


async def test_a_city_may_take_the_high_profile_alone(embedded_parts: Settings) -> None:
    async def asks(city: OpenCity, secret: str) -> tuple[int, str]:
        http = await city.client()
        asked = {
            "client_id": "old.std", "response_type": "code", "scope": "openid",
            "redirect_uri": BACK, "code_challenge": "x" * 43, "code_challenge_method": "S256",
        }  # fmt: skip
        page = await http.get("/auth/authorize", params=asked)
        form = {"grant_type": "refresh_token", "client_id": "old.std", "client_secret": secret}
        token = await http.post("/auth/token", data={**form, "refresh_token": "nobody's"})
        return page.status_code, token.json()["error"]

    async with _opened(embedded_parts) as city:
        _, secret = await registry.add(registration("old.std"))
        assert await asks(city, secret) == (303, "invalid_grant")
    only = embedded_parts.model_copy(update={"high_profile_only": True})
    async with _opened(only) as city:
        with pytest.raises(registry.BadRegistration, match="high profile only"):
            await registry.add(registration("new.std"))
        assert await asks(city, secret) == (400, "invalid_client")


# -- what is refused leaves a line ----------------------------------------------------------------


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append({"event": record.getMessage(), **getattr(record, "fields", {})})


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    handler = _Lines()
    logging.getLogger("yimen").addHandler(handler)
    yield handler.seen
    logging.getLogger("yimen").removeHandler(handler)


def test_a_line_is_json_and_cannot_be_broken_by_what_is_sent() -> None:
    forged = 'x\n{"event":"request.refused","who":"somebody else"}\u2028\r\n'
    record = logging.LogRecord("yimen", logging.INFO, __file__, 1, "request.refused", None, None)
    record.fields = {"route": forged}
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "\r" not in line
    read = orjson.loads(line)
    assert (read["event"], read["route"]) == ("request.refused", forged)
    assert read["at"].endswith("+00:00")
    other = logging.LogRecord("asyncio", logging.ERROR, __file__, 1, "%s\nfailed", (forged,), None)
    assert "\n" not in JsonLines().format(other)


async def test_every_refusal_leaves_a_line_with_who_what_and_where(
    small_door: Door, lines: list[dict[str, Any]]
) -> None:
    browser, stranger = await small_door.registered(), await small_door.visitor()
    person_id = (await db.rows("SELECT id FROM auth_person"))[0]["id"]
    lines.clear()
    await stranger.get("/api/space")
    await browser.get("/api/staff/cases")
    await browser.put("/api/drafts/x", headers={"X-CSRF-Token": "guessed"})
    await browser.get("/api/cases/FS-not-mine")
    await browser.post("/api/cases", json={"nonsense": "440604199005120222"})
    wrong = {"account": LIANG.phone, "password": "never that"}
    for _ in range(11):
        await stranger.post("/auth/sessions", json=wrong)
    await stranger.post("/auth/token", data={"client_id": "ghost", "client_secret": "boo"})
    told = [
        (o["code"], o["route"], o["actor"], o["who"])
        for o in lines
        if o["event"] == "request.refused"
    ]
    mine = ("person", str(person_id))
    for line in (
        ("sign_in_first", "/api/space", "anyone", ""),
        ("not_for_you", "/api/staff/cases", *mine),
        ("csrf_token_wrong", "/api/drafts/{item}", *mine),
        ("not_found", "/api/cases/{number}", *mine),
        ("key_missing", "/api/cases", *mine),
        ("sign_in_failed", "/auth/sessions", "anyone", ""),
        ("too_many_tries", "/auth/sessions", "anyone", ""),
    ):
        assert line in told, line
    assert {"event": "provider.refused", "error": "invalid_client", "status": 401} in lines
    assert not any("440604199005120222" in str(line) or LIANG.phone in str(line) for line in lines)
