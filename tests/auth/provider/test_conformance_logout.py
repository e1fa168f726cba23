"""The logout modules of the conformance suite, one test each, with a department that listens."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.auth.provider.conftest import (
    BYE,
    ISSUER,
    RelyingParty,
    World,
    error,
    standard,
    strict,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Listener:
    """A department's system on a port of this machine that hears sign-outs."""

    def __init__(self) -> None:
        heard: list[str] = []
        self.heard = heard
        self.answers = [200]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805
                body = handler.rfile.read(int(handler.headers["content-length"])).decode()
                heard.append(parse_qs(body)["logout_token"][0])
                handler.send_response(self.answers[0])
                handler.end_headers()

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/signed-out"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


async def signed_in_party(world: World) -> tuple[httpx2.AsyncClient, dict[str, str]]:
    browser = await world.again()
    return browser, await world.std.tokens(browser)


async def is_in(browser: httpx2.AsyncClient) -> bool:
    return bool((await browser.get("/auth/session")).json()["signed_in"])


async def leave(browser: httpx2.AsyncClient, **params: str) -> httpx2.Response:
    return await browser.get(f"/auth/logout?{urlencode(params)}")


async def test_rp_initiated_logout(world: World) -> None:
    browser, tokens = await signed_in_party(world)
    answer = await leave(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE, state="s 1"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BYE}?state=s+1")
    assert not await is_in(browser)
    assert error(await world.std.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert (await world.std.userinfo(tokens["access_token"])).status_code == 401


@pytest.mark.parametrize("hint", ["nonsense", "e30.e30.e30"])
async def test_bad_id_token_hint(world: World, hint: str) -> None:
    browser = await world.again()
    answer = await leave(browser, id_token_hint=hint, post_logout_redirect_uri=BYE)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert await is_in(browser)


async def test_modified_id_token_hint(world: World) -> None:
    browser, tokens = await signed_in_party(world)
    head, body, signature = tokens["id_token"].split(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    answer = await leave(
        browser, id_token_hint=f"{head}.{body}.{changed}", post_logout_redirect_uri=BYE
    )
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert await is_in(browser)


async def test_no_id_token_hint(world: World) -> None:
    """Without a proof the person is asked, and another site's page cannot press the button."""
    browser = await world.again()
    asked = {"client_id": world.std.client_id, "post_logout_redirect_uri": BYE, "state": '"><b>'}
    answer = await leave(browser, **asked)
    assert (answer.status_code, "要退出登录吗？" in answer.text) == (200, True)
    assert "<b>" not in answer.text
    assert await is_in(browser)
    sure = browser.headers["X-CSRF-Token"]
    await browser.post("/auth/logout", data={**asked, "sure": "guessed"})
    await leave(browser, **asked, sure=sure)
    assert await is_in(browser)
    done = await browser.post("/auth/logout", data={**asked, "sure": sure})
    assert (done.status_code, done.headers["location"].startswith(BYE)) == (303, True)
    assert not await is_in(browser)


async def test_bad_logout_redirect_uri(world: World) -> None:
    browser, tokens = await signed_in_party(world)
    answer = await leave(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri="https://evil.example"
    )
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert await is_in(browser)


async def test_query_added(world: World) -> None:
    browser, tokens = await signed_in_party(world)
    answer = await leave(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=f"{BYE}?x=1"
    )
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


async def test_no_state(world: World) -> None:
    browser, tokens = await signed_in_party(world)
    answer = await leave(browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE)
    assert answer.headers["location"] == BYE


async def test_only_state(world: World) -> None:
    browser = await world.again()
    assert "要退出登录吗？" in (await leave(browser, state="s")).text


async def test_no_params(world: World) -> None:
    browser = await world.again()
    assert "要退出登录吗？" in (await leave(browser)).text
    assert "已经退出登录" in (await leave(await world.stranger())).text


async def test_the_id_token_of_another_session_asks(world: World) -> None:
    _, elsewhere = await signed_in_party(world)
    browser = await world.again()
    answer = await leave(browser, id_token_hint=elsewhere["id_token"])
    assert "要退出登录吗？" in answer.text


async def _hears(
    world: World, party: RelyingParty, browser: httpx2.AsyncClient, listener: Listener
) -> None:
    tokens = await party.tokens(browser)
    claims = await party.claims(tokens["id_token"])
    assert (await browser.delete("/auth/session")).status_code == 204
    assert (await party.userinfo(tokens["access_token"])).status_code == 401
    await world.city.work()
    (token,) = listener.heard
    keys = KeySet.import_key_set((await party.http.get("/auth/jwks")).json())
    found = jwt.decode(token, keys, algorithms=["ES256", "RS256"])
    assert found.header["typ"] == "logout+jwt"
    told = found.claims
    assert (told["iss"], told["aud"]) == (ISSUER, party.client_id)
    assert (told["sub"], told["sid"]) == (claims["sub"], claims["sid"])
    assert told["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in told
    assert told["exp"] - told["iat"] <= 120


async def test_back_channel_logout(world: World, listener: Listener) -> None:
    party = await standard(world.city, "listening", backchannel_logout_uri=listener.address)
    await _hears(world, party, await world.again(), listener)


async def test_back_channel_logout_high(world: World, listener: Listener) -> None:
    party = await strict(world.city, "listening-high", backchannel_logout_uri=listener.address)
    await _hears(world, party, await world.again(), listener)


async def test_a_withdrawn_consent_ends_what_it_gave(world: World, listener: Listener) -> None:
    party = await standard(world.city, "withdrawn", backchannel_logout_uri=listener.address)
    browser = await world.again()
    tokens = await party.tokens(browser, scope="openid phone")
    listed = (await browser.get("/auth/consents")).json()["consents"]
    (mine,) = [one for one in listed if one["client"]["id"] == "withdrawn"]
    assert [one["name"] for one in mine["elements"]] == ["phone"]
    assert (await browser.delete("/auth/consents/withdrawn")).status_code == 204
    assert (await party.userinfo(tokens["access_token"])).status_code == 401
    assert error(await party.refresh(tokens["refresh_token"])) == "invalid_grant"
    await world.city.work()
    assert len(listener.heard) == 1
    assert (await party.ask(browser)).headers["location"].startswith("/authorize?")
