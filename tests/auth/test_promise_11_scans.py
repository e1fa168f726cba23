"""A screen signs in with the phone, and only the screen that asked (扫码登录)."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from backend.kernel import clock, db
from tests.auth.conftest import HUANG, LIANG, Door, refusal

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
OWN = "/auth/screens/own"


class Screen:
    """A PC at its sign-in page."""

    def __init__(self, http: httpx2.AsyncClient, number: str) -> None:
        self.http = http
        self.number = number

    async def code(self) -> str:
        answer = await self.http.post(f"{OWN}/codes")
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    async def state(self) -> str:
        return str((await self.http.get(OWN)).json()["state"])

    async def finish(self) -> httpx2.Response:
        return await self.http.post(f"{OWN}/session")


async def screen(door: Door) -> Screen:
    http = await door.visitor(User_Agent=WINDOWS)
    answer = await http.post("/auth/screens")
    assert answer.status_code == 201, answer.text
    return Screen(http, answer.json()["number"])


async def scan(phone: httpx2.AsyncClient, code: str) -> dict[str, Any]:
    answer = await phone.post("/auth/scans", json={"code": code})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def pick(phone: httpx2.AsyncClient, prompt: dict[str, Any], number: str | None) -> Any:
    return await phone.post(f"/auth/prompts/{prompt['id']}/answer", json={"number": number})


async def test_promise_11_the_phone_lets_the_screen_in(door: Door) -> None:
    phone, pc = await door.registered(), await screen(door)
    assert await pc.state() == "waiting"
    prompt = await scan(phone, await pc.code())
    assert (prompt["kind"], prompt["device"]) == ("scan", "电脑 · Chrome")
    assert len(set(prompt["numbers"])) == 3
    assert pc.number in prompt["numbers"]
    assert "number" not in prompt
    assert (await phone.get("/auth/prompt")).json()["prompt"]["id"] == prompt["id"]
    assert await pc.state() == "asked"
    assert refusal(await pc.finish()) == (403, "screen_waits")
    assert (await pick(phone, prompt, pc.number)).status_code == 204
    assert (await phone.get("/auth/prompt")).json()["prompt"] is None
    answer = await pc.finish()
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["aal"]) == ("梁*欣", 1)
    assert "yimen_scan" not in pc.http.cookies
    assert refusal(await pc.finish()) == (403, "screen_over")
    places = (await phone.get("/auth/sessions")).json()["sessions"]
    assert [(one["device"], one["methods"]) for one in places if not one["this"]] == [
        ("电脑 · Chrome", ["handoff"])
    ]


async def test_promise_11_a_second_browser_with_the_same_code_gets_nothing(door: Door) -> None:
    phone, pc, other = await door.registered(), await screen(door), await screen(door)
    bystander = await door.visitor()
    code = await pc.code()
    prompt = await scan(phone, code)
    assert (await pick(phone, prompt, pc.number)).status_code == 204
    assert refusal(await bystander.post(f"{OWN}/session")) == (403, "screen_over")
    made_up = await door.visitor(Cookie=f"yimen_scan={'A' * 43}")
    assert refusal(await made_up.post(f"{OWN}/session")) == (403, "screen_over")
    assert refusal(await other.finish()) == (403, "screen_waits")
    second = await door.registered(HUANG)
    assert refusal(await second.post("/auth/scans", json={"code": code})) == (403, "scan_over")
    assert (await pc.finish()).json()["name"] == "梁*欣"


async def test_promise_11_a_wrong_number_or_a_no_ends_it(small_door: Door) -> None:
    door = small_door
    phone, pc = await door.registered(), await screen(door)
    prompt = await scan(phone, await pc.code())
    wrong = next(one for one in prompt["numbers"] if one != pc.number)
    assert refusal(await pick(phone, prompt, wrong)) == (403, "number_wrong")
    assert refusal(await pick(phone, prompt, pc.number)) == (403, "prompt_over")
    assert await pc.state() == "refused"
    assert refusal(await pc.finish()) == (403, "screen_refused")
    pc = await screen(door)
    prompt = await scan(phone, await pc.code())
    assert (await pick(phone, prompt, None)).status_code == 204
    assert refusal(await pc.finish()) == (403, "screen_refused")
    kinds = [r["kind"] for r in await db.rows("SELECT kind FROM auth_event ORDER BY id")]
    assert kinds[-2:] == ["handoff_refused"] * 2


async def test_promise_11_nobody_answers_for_somebody_else(small_door: Door) -> None:
    door = small_door
    phone, pc, other = await door.registered(), await screen(door), await door.registered(HUANG)
    prompt = await scan(phone, await pc.code())
    assert refusal(await pick(other, prompt, pc.number)) == (403, "prompt_over")
    assert (await other.get("/auth/prompt")).json()["prompt"] is None
    assert refusal(await pick(phone, {"id": "nonsense"}, pc.number)) == (403, "prompt_over")


async def test_promise_11_one_request_at_a_time(door: Door) -> None:
    phone, first, second = await door.registered(), await screen(door), await screen(door)
    earlier = await scan(phone, await first.code())
    later = await scan(phone, await second.code())
    assert (await phone.get("/auth/prompt")).json()["prompt"]["id"] == later["id"]
    assert refusal(await pick(phone, earlier, first.number)) == (403, "prompt_over")
    assert await first.state() == "refused"
    assert (await pick(phone, later, second.number)).status_code == 204
    assert (await second.finish()).status_code == 201


async def test_promise_11_two_minutes_and_no_longer(small_door: Door) -> None:
    door, start = small_door, clock.now()
    with clock.showing(start):
        phone, pc = await door.registered(), await screen(door)
        code = await pc.code()
    with clock.showing(start + timedelta(seconds=41)):  # a code has a shorter life
        assert refusal(await phone.post("/auth/scans", json={"code": code})) == (403, "scan_over")
        code = await pc.code()
        prompt = await scan(phone, code)
    with clock.showing(start + timedelta(seconds=121)):
        assert refusal(await pick(phone, prompt, pc.number)) == (403, "prompt_over")
        assert refusal(await pc.finish()) == (403, "screen_over")
        assert refusal(await pc.http.post(f"{OWN}/codes")) == (403, "screen_over")
        assert (await phone.get("/auth/prompt")).json()["prompt"] is None


async def test_promise_11_the_screen_is_no_surer_and_stays_no_longer_than_the_phone(
    door: Door,
) -> None:
    start = clock.now()
    with clock.showing(start):
        phone = await door.registered(password="one that is long")
        await door.proves(phone, "pwd", "one that is long")
    with clock.showing(start + timedelta(minutes=11)):
        await phone.get("/auth/account")
        pc = await screen(door)
        prompt = await scan(phone, await pc.code())
        await pick(phone, prompt, pc.number)
        body = (await pc.finish()).json()
        assert (body["aal"], body["expires_at"][:16]) == (
            2,
            (await phone.get("/auth/session")).json()["expires_at"][:16],
        )
        pc.http.headers["X-CSRF-Token"] = body["csrf_token"]
        # what the phone would be asked to prove again, the screen is asked too
        assert refusal(await phone.post("/auth/links/wechat")) == (403, "prove_again")
        assert refusal(await pc.http.post("/auth/links/wechat")) == (403, "prove_again")
    (row,) = await db.rows("SELECT aal, methods FROM auth_session WHERE methods = 'handoff'")
    assert row["aal"] == 2


async def test_promise_11_a_phone_that_signs_out_takes_its_word_back(door: Door) -> None:
    phone, pc = await door.registered(), await screen(door)
    prompt = await scan(phone, await pc.code())
    await pick(phone, prompt, pc.number)
    assert (await phone.delete("/auth/session")).status_code == 204
    assert refusal(await pc.finish()) == (403, "screen_over")


async def test_the_owner_is_told_of_a_new_screen(small_door: Door) -> None:
    door = small_door
    phone, pc = await door.registered(), await screen(door)
    await pick(phone, await scan(phone, await pc.code()), pc.number)
    await pc.finish()
    shown = await door.phone_shows(LIANG.phone)
    told = [one["params"]["what"] for one in shown if one["template"] == "security_notice"]
    assert told == ["在新设备上登录了（电脑 · Chrome）"]


@pytest.mark.parametrize("table", ["auth_once", "auth_handoff"])
async def test_the_tables_tell_nothing(door: Door, table: str) -> None:
    phone, pc = await door.registered(), await screen(door)
    code = await pc.code()
    await scan(phone, code)
    dump = "".join(str(dict(row)) for row in await db.rows(f"SELECT * FROM {table}"))
    assert dump
    for secret in (code, pc.http.cookies["yimen_scan"], "Chrome", f"'{pc.number}'"):
        assert secret not in dump
