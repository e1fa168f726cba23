"""Passkeys: what a phished, replayed, copied or tampered one gets (通行密钥)."""

import asyncio
from typing import Any

import pytest

from backend.kernel import db
from tests.auth.authenticator import BE, BS, UP, UV, Authenticator, b64, unb64
from tests.auth.conftest import HUANG, LIANG, Door, refusal

SESSIONS = "/auth/passkeys/sessions"
REFUSED = (403, "passkey_refused")


async def test_promise_06_a_passkey_opens_the_door_by_itself(door: Door) -> None:
    browser = await door.registered()
    device = await door.passkey(browser)
    (listed,) = (await browser.get("/auth/passkeys")).json()["passkeys"]
    assert (listed["label"], listed["movable"], listed["used_at"]) == ("我的手机", False, None)
    visitor = await door.visitor()
    answer = await visitor.post(SESSIONS, json=device.show(await door.challenge()))
    assert (answer.status_code, answer.json()["aal"]) == (201, 3)
    assert answer.json()["owner"] == (await browser.get("/auth/session")).json()["owner"]
    assert LIANG.id_number.encode() not in device.user_handle
    (row,) = await db.rows("SELECT methods FROM auth_session WHERE aal = 3")
    assert row["methods"] == "passkey"


async def test_a_passkey_that_its_maker_may_copy_is_level_two(small_door: Door) -> None:
    device = Authenticator(flags=UP | UV | BE | BS)
    await small_door.passkey(await small_door.registered(), device)
    visitor = await small_door.visitor()
    answer = await visitor.post(SESSIONS, json=device.show(await small_door.challenge()))
    assert answer.json()["aal"] == 2


def _flip(shown: dict[str, Any], name: str) -> dict[str, Any]:
    data = bytearray(unb64(shown[name]))
    data[-1] ^= 1
    return {**shown, name: b64(bytes(data))}


@pytest.mark.parametrize(
    "wrong",
    ["signature", "authenticator_data", "client_data", "no_uv", "no_up", "origin", "subdomain",
     "rp_id", "user_handle", "stranger", "challenge", "clone"],
)  # fmt: skip
async def test_promise_06_what_is_not_right_is_refused(small_door: Door, wrong: str) -> None:
    door = small_door
    browser = await door.registered()
    device = await door.passkey(browser)
    visitor = await door.visitor()
    before = device.count
    first = await visitor.post(SESSIONS, json=device.show(await door.challenge()))
    assert first.status_code == 201
    options = await door.challenge()
    match wrong:
        case "no_uv":
            device.flags = UP
        case "no_up":
            device.flags = UV
        case "origin":
            device.origin = "https://localhost.evil.example"
        case "subdomain":
            device.origin = "http://evil.localhost:8000"
        case "rp_id":
            device.rp_id = "evil.example"
        case "user_handle":
            device.user_handle = bytes(32)
        case "challenge":
            options["challenge"] = b64(bytes(32))
        case "clone":
            device.count = before  # a copy that was made before the last use
        case "stranger":
            device = Authenticator(user_handle=device.user_handle)
    shown = device.show(options)
    if wrong in shown and wrong != "user_handle":
        shown = _flip(shown, wrong)
    assert refusal(await (await door.visitor()).post(SESSIONS, json=shown)) == REFUSED
    if wrong == "clone":
        texts = [one["text"] for one in await door.phone_shows(LIANG.phone)]
        assert any("可能被复制" in text for text in texts)


async def test_promise_06_an_answer_is_good_once(door: Door) -> None:
    device = await door.passkey(await door.registered())
    visitors = [await door.visitor() for _ in range(100)]
    shown = device.show(await door.challenge())
    answers = await asyncio.gather(*(one.post(SESSIONS, json=shown) for one in visitors))
    assert sorted(one.status_code for one in answers) == [201] + [403] * 99
    # nor does a fresh challenge make an old signature good
    shown["client_data"] = device.show(await door.challenge())["client_data"]
    assert refusal(await visitors[0].post(SESSIONS, json=shown)) == REFUSED


async def test_a_challenge_of_one_purpose_or_session_is_none_for_another(door: Door) -> None:
    browser, other = await door.registered(LIANG), await door.registered(HUANG)
    options = (await browser.post("/auth/passkeys/options")).json()["public_key"]
    device = Authenticator()
    made = device.make(options)
    assert refusal(await other.post("/auth/passkeys", json=made)) == REFUSED
    assert refusal(await browser.post("/auth/passkeys", json=made)) == REFUSED  # and it is used up
    made = device.make({**options, "challenge": (await door.challenge())["challenge"]})
    assert refusal(await browser.post("/auth/passkeys", json=made)) == REFUSED


async def test_one_key_is_not_added_twice(door: Door) -> None:
    browser = await door.registered(LIANG)
    device = await door.passkey(browser)
    await door.proves_by(browser, device)
    options = (await browser.post("/auth/passkeys/options")).json()["public_key"]
    assert options["excludeCredentials"][0]["id"] == b64(device.credential)
    answer = await browser.post("/auth/passkeys", json=device.make(options))
    assert refusal(answer) == (409, "passkey_known")


async def test_who_has_a_passkey_must_show_it(door: Door) -> None:
    """A stolen phone number or session adds no second passkey beside the owner's."""
    browser = await door.registered()
    device = await door.passkey(browser)
    answer = await browser.post("/auth/passkeys/options")
    assert refusal(answer) == (403, "prove_again")
    assert answer.json()["ways"] == ["passkey"]
    other = await door.registered(HUANG)
    strange = await door.passkey(other)
    shown = {"way": "passkey", "passkey": strange.show(await door.challenge())}
    assert refusal(await browser.post("/auth/session/proofs", json=shown)) == REFUSED
    await door.proves_by(browser, device)
    assert (await browser.post("/auth/passkeys/options")).status_code == 201


async def test_names_and_removal_are_ones_own(door: Door) -> None:
    browser, other = await door.registered(LIANG), await door.registered(HUANG)
    device = await door.passkey(browser)
    (one,) = (await browser.get("/auth/passkeys")).json()["passkeys"]
    path = f"/auth/passkeys/{one['id']}"
    assert refusal(await other.put(path, json={"label": "偷来的"})) == (404, "not_found")
    assert refusal(await other.delete(path)) == (404, "not_found")
    assert (await browser.put(path, json={"label": "旧手机"})).status_code == 204
    assert (await browser.get("/auth/passkeys")).json()["passkeys"][0]["label"] == "旧手机"
    await door.proves_by(browser, device)
    assert (await browser.delete(path)).status_code == 204
    answer = await (await door.visitor()).post(SESSIONS, json=device.show(await door.challenge()))
    assert refusal(answer) == REFUSED
