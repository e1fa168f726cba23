"""Of a hundred redemptions at once exactly one wins, on both sets of parts (一次性凭据)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx2

from tests.auth.conftest import LIANG, Door
from tests.auth.provider.conftest import (
    CIBA,
    DEVICE,
    RelyingParty,
    came_back,
    request_of,
    standard,
    strict,
)

MANY = 100


async def at_once(one: Callable[[], Awaitable[httpx2.Response]]) -> list[httpx2.Response]:
    return await asyncio.gather(*(one() for _ in range(MANY)))


def won(answers: list[httpx2.Response], status: int = 200) -> list[httpx2.Response]:
    found = [answer for answer in answers if answer.status_code == status]
    assert len(found) == 1, Counter(answer.status_code for answer in answers)
    return found


async def dead(party: RelyingParty, token: str) -> bool:
    return (await party.userinfo(token)).status_code == 401


async def test_promise_02_a_code_wins_once_and_its_replay_ends_what_it_gave(door: Door) -> None:
    party, browser = await standard(door.city), await door.registered()
    back = await party.code(browser)
    answers = await at_once(lambda: party.redeem(back))
    (winner,) = won(answers)
    errors = {answer.json()["error"] for answer in answers if answer is not winner}
    assert errors == {"invalid_grant"}
    assert await dead(party, winner.json()["access_token"])


async def test_promise_02_a_refresh_token_wins_once_and_its_family_dies(door: Door) -> None:
    party, browser = await standard(door.city), await door.registered()
    tokens = await party.tokens(browser)
    (winner,) = won(await at_once(lambda: party.refresh(tokens["refresh_token"])))
    renewed = winner.json()
    assert await dead(party, renewed["access_token"])
    assert (await party.refresh(renewed["refresh_token"])).status_code == 400


async def test_promise_02_a_pushed_request_gives_one_code(door: Door) -> None:
    party, browser = await strict(door.city), await door.registered()
    await party.code(browser)
    pushed = await party.post("par", party.request())
    params = {"client_id": party.client_id, "request_uri": pushed.json()["request_uri"]}
    (winner,) = won(await at_once(lambda: browser.get("/auth/authorize", params=params)), 303)
    assert "code" in came_back(winner.headers["location"])


async def test_promise_02_a_yes_gives_one_code(door: Door) -> None:
    party, browser = await standard(door.city), await door.registered()
    location = (await party.ask(browser)).headers["location"]
    at = f"/auth/authorizations/{request_of(location)}/agreement"
    won(await at_once(lambda: browser.post(at, json={"elements": []})))


async def test_promise_02_an_assertion_counts_once(door: Door) -> None:
    party = await strict(door.city)
    form = {**party.request(), "client_assertion": party.assertion()}

    async def push() -> httpx2.Response:
        return await party.post("par", form)

    won(await at_once(push), 201)


async def test_promise_02_a_dpop_proof_counts_once(door: Door) -> None:
    party, browser = await strict(door.city), await door.registered()
    token = (await party.tokens(browser))["access_token"]
    proof = party.proof("userinfo", "GET", token=token)
    won(await at_once(lambda: party.userinfo(token, DPoP=proof)))


async def test_promise_02_a_device_code_wins_once(door: Door) -> None:
    party, browser = await standard(door.city), await door.registered()
    started = (await party.post("device_authorization", {"scope": "openid"})).json()
    one = await browser.post("/auth/approvals/codes", json={"code": started["user_code"]})
    at = f"/auth/approvals/{one.json()['id']}/answer"
    yes = {"agree": True, "elements": []}
    won(await at_once(lambda: browser.post(at, json=yes)), 204)
    form = {"grant_type": DEVICE, "device_code": started["device_code"]}
    (winner,) = won(await at_once(lambda: party.post("token", form)))
    assert await dead(party, winner.json()["access_token"])


async def test_promise_02_a_window_request_wins_once(door: Door) -> None:
    party, browser = await standard(door.city), await door.registered()
    asked = {"scope": "openid", "login_hint": LIANG.phone}
    started = (await party.post("backchannel_authentication", asked)).json()
    (one,) = (await browser.get("/auth/approvals")).json()["approvals"]
    yes = {"agree": True, "elements": []}
    await browser.post(f"/auth/approvals/{one['id']}/answer", json=yes)
    form = {"grant_type": CIBA, "auth_req_id": started["auth_req_id"]}
    (winner,) = won(await at_once(lambda: party.post("token", form)))
    assert await dead(party, winner.json()["access_token"])
