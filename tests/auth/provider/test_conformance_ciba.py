"""Device flow and CIBA: the modules of the conformance suite and RFC 8628, one test each."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from backend.kernel import cache, clock, db
from tests.auth.conftest import HUANG, LIANG
from tests.auth.provider.conftest import (
    CIBA,
    DEVICE,
    EVERYTHING,
    RelyingParty,
    World,
    error,
    standard,
    strict,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _patience(world: World) -> None:
    """Nobody waits in these tests: polls come as if time had passed, questions were answered."""
    await db.execute("UPDATE auth_ticket SET state = 'refused' WHERE state = 'waiting'")
    async for key in cache.redis().scan_iter(match="*auth.poll:*"):
        await cache.redis().delete(key)
    async for key in cache.redis().scan_iter(match="*ciba.person*"):
        await cache.redis().delete(key)


async def device(party: RelyingParty, scope: str = "openid", **more: Any) -> dict[str, Any]:
    answer = await party.post("device_authorization", {"scope": scope, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def window(party: RelyingParty, **more: Any) -> httpx2.Response:
    form = {"scope": "openid", "login_hint": LIANG.phone, **more}
    return await party.post("backchannel_authentication", form)


async def poll(party: RelyingParty, started: dict[str, Any]) -> httpx2.Response:
    if "device_code" in started:
        form = {"grant_type": DEVICE, "device_code": started["device_code"]}
    else:
        form = {"grant_type": CIBA, "auth_req_id": started["auth_req_id"]}
    return await party.post("token", form)


async def typed(browser: httpx2.AsyncClient, code: str) -> dict[str, Any]:
    answer = await browser.post("/auth/approvals/codes", json={"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def waiting(browser: httpx2.AsyncClient) -> dict[str, Any]:
    (one,) = (await browser.get("/auth/approvals")).json()["approvals"]
    return one  # type: ignore[no-any-return]


async def answer(browser: httpx2.AsyncClient, one: dict[str, Any], *, agree: bool) -> None:
    body = {"agree": agree, "elements": [e["name"] for e in one["elements"]] if agree else []}
    done = await browser.post(f"/auth/approvals/{one['id']}/answer", json=body)
    assert done.status_code == 204, done.text


@pytest.mark.parametrize("profile", ["std", "high"])
async def test_device_flow(world: World, profile: str) -> None:
    make = standard if profile == "std" else strict
    party = await make(world.city, f"kiosk-{profile}", place="祖庙街道政务服务中心")
    started = await device(party, " ".join(EVERYTHING))
    assert started["verification_uri_complete"].endswith(f"?code={started['user_code']}")
    assert error(await poll(party, started)) == "authorization_pending"
    assert error(await poll(party, started)) == "slow_down"
    one = await typed(world.browser, started["user_code"].lower().replace("-", " "))
    assert (one["code"], one["client"]["place"]) == (started["user_code"], "祖庙街道政务服务中心")
    await answer(world.browser, one, agree=True)
    got = await poll(party, started)
    assert got.status_code == 200, got.text
    tokens = got.json()
    assert (await party.claims(tokens["id_token"]))["acr"] == "urn:yimen:aal:1"
    told = (await party.userinfo(tokens["access_token"])).json()
    assert told["id_number"] == LIANG.id_number
    # a second time it counts for nothing, and ends what it gave
    assert error(await poll(party, started)) == "invalid_grant"
    assert (await party.userinfo(tokens["access_token"])).status_code == 401


async def test_device_user_rejects(world: World) -> None:
    started = await device(world.std)
    await answer(world.browser, await typed(world.browser, started["user_code"]), agree=False)
    assert error(await poll(world.std, started)) == "access_denied"


async def test_device_code_expired(world: World) -> None:
    started = await device(world.std)
    with clock.showing(clock.now() + timedelta(seconds=started["expires_in"] + 1)):
        browser = await world.again()
        late = await browser.post("/auth/approvals/codes", json={"code": started["user_code"]})
        assert (late.status_code, late.json()["code"]) == (403, "device_code_wrong")
        assert error(await poll(world.std, started)) == "expired_token"


async def test_device_code_of_another_client(world: World) -> None:
    started = await device(world.std)
    other = await standard(world.city, "kiosk-thief")
    assert error(await poll(other, started)) == "invalid_grant"


async def test_device_wrong_codes_wear_out(world: World) -> None:
    statuses = set()
    browser = await world.again()
    for _ in range(21):
        tried = await browser.post("/auth/approvals/codes", json={"code": "BCDF-GHJK"})
        statuses.add((tried.status_code, tried.json()["code"]))
    assert statuses == {(403, "device_code_wrong"), (429, "too_many_tries")}
    async for key in cache.redis().scan_iter(match="*device.person*"):
        await cache.redis().delete(key)


async def test_device_flow_needs_the_assurance_it_asked_for(world: World) -> None:
    started = await device(world.std, acr_values="urn:yimen:aal:2")
    one = await typed(world.browser, started["user_code"])
    body = {"agree": True, "elements": []}
    refused = await world.browser.post(f"/auth/approvals/{one['id']}/answer", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "prove_again")
    assert refused.json()["ways"] == ["pwd"]
    await answer(await world.again(aal=2), one, agree=True)
    tokens = (await poll(world.std, started)).json()
    assert (await world.std.claims(tokens["id_token"]))["acr"] == "urn:yimen:aal:2"


async def test_a_client_that_is_not_registered_for_it(world: World) -> None:
    plain = await standard(world.city, "code-only", grants=["authorization_code"])
    form = {"scope": "openid", "login_hint": LIANG.phone}
    for path in ("device_authorization", "backchannel_authentication"):
        assert error(await plain.post(path, form)) == "unauthorized_client"
    polled = await plain.post("token", {"grant_type": DEVICE, "device_code": "x"})
    assert error(polled) == "unauthorized_client"


@pytest.mark.parametrize("profile", ["std", "high"])
async def test_ciba_poll(world: World, profile: str) -> None:
    make = standard if profile == "std" else strict
    party = await make(world.city, f"window-{profile}")
    begun = await window(party, binding_message="3 号窗口 47", scope="openid phone")
    assert begun.status_code == 200, begun.text
    started = begun.json()
    assert started["expires_in"] <= 120
    assert error(await poll(party, started)) == "authorization_pending"
    one = await waiting(world.browser)
    assert (one["kind"], one["message"], one["client"]["id"]) == (
        "window", "3 号窗口 47", party.client_id,
    )  # fmt: skip
    await answer(world.browser, one, agree=True)
    tokens = (await poll(party, started)).json()
    assert (await party.userinfo(tokens["access_token"])).json()["phone_number"]
    assert error(await poll(party, started)) == "invalid_grant"


async def test_ciba_by_id_token_hint(world: World) -> None:
    hint = (await world.std.tokens(world.browser))["id_token"]
    begun = await window(world.std, login_hint=None, id_token_hint=hint)
    one = await waiting(world.browser)
    await answer(world.browser, one, agree=True)
    assert (await poll(world.std, begun.json())).status_code == 200
    forged = await window(world.std, login_hint=None, id_token_hint="e30.e30.e30")
    assert error(forged) == "invalid_request"


async def test_ciba_multiple_hints_fail(world: World) -> None:
    assert error(await window(world.std, id_token_hint="x")) == "invalid_request"
    assert error(await window(world.std, login_hint=None)) == "invalid_request"


@pytest.mark.parametrize("message", ["x" * 41, "line\nbreak", "bell\a"])
async def test_ciba_bad_binding_message(world: World, message: str) -> None:
    assert error(await window(world.std, binding_message=message)) == "invalid_binding_message"


async def test_ciba_auth_req_id_expired(world: World) -> None:
    started = (await window(world.std, requested_expiry="30")).json()
    assert started["expires_in"] == 30
    with clock.showing(clock.now() + timedelta(seconds=31)):
        assert error(await poll(world.std, started)) == "expired_token"
    assert error(await window(world.std, requested_expiry="soon")) == "invalid_request"


async def test_ciba_wrong_auth_req_id(world: World) -> None:
    assert error(await poll(world.std, {"auth_req_id": "unknown"})) == "invalid_grant"
    started = (await window(world.std)).json()
    other = await standard(world.city, "window-thief")
    assert error(await poll(other, started)) == "invalid_grant"
    await answer(world.browser, await waiting(world.browser), agree=False)


async def test_ciba_user_rejects(world: World) -> None:
    started = (await window(world.std)).json()
    await answer(world.browser, await waiting(world.browser), agree=False)
    assert error(await poll(world.std, started)) == "access_denied"


async def test_ciba_polling_too_fast(world: World) -> None:
    started = (await window(world.std)).json()
    assert error(await poll(world.std, started)) == "authorization_pending"
    assert error(await poll(world.std, started)) == "slow_down"
    await answer(world.browser, await waiting(world.browser), agree=False)


async def test_ciba_says_nothing_of_who_has_an_account(world: World) -> None:
    for hint in ("19900009999", HUANG.id_number, "nonsense"):
        begun = await window(world.std, login_hint=hint)
        assert set(begun.json()) == {"auth_req_id", "expires_in", "interval"}
        assert error(await poll(world.std, begun.json())) == "authorization_pending"


async def test_ciba_shows_one_question_at_a_time_and_few_in_all(world: World) -> None:
    for number in range(8):
        await window(world.std, binding_message=str(number))
    seen = []
    while (await world.browser.get("/auth/approvals")).json()["approvals"]:
        one = await waiting(world.browser)
        seen.append(one["message"])
        await answer(world.browser, one, agree=False)
    assert seen == ["0", "1", "2", "3", "4"]


async def test_ciba_nobody_answers_for_another(world: World) -> None:
    from tests.auth.conftest import Door

    other = await Door(world.city).registered(HUANG)
    started = (await window(world.std)).json()
    one = await waiting(world.browser)
    body = {"agree": True, "elements": []}
    assert (await other.get("/auth/approvals")).json() == {"approvals": []}
    tried = await other.post(f"/auth/approvals/{one['id']}/answer", json=body)
    assert tried.status_code == 404
    await answer(world.browser, one, agree=False)
    late = await world.browser.post(f"/auth/approvals/{one['id']}/answer", json=body)
    assert (late.status_code, late.json()["code"]) == (409, "request_answered")
    assert error(await poll(world.std, started)) == "access_denied"
