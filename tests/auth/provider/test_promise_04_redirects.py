"""Redirect addresses are compared character by character; before that nobody is sent anywhere."""

from itertools import product
from urllib.parse import quote

import pytest

from tests.auth.provider.conftest import BACK, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOST, PATH = "rp.example", "/back"
GOOD = BACK  # https://rp.example/back?tenant=1
MUTATED = [
    # another place
    "https://evil.example/back?tenant=1",
    "https://evil.example",
    "https://rp.example.evil.example/back?tenant=1",
    "https://evil.example/rp.example/back?tenant=1",
    "https://evilrp.example/back?tenant=1",
    "https://rp.example@evil.example/back?tenant=1",
    "https://rp.example:pw@evil.example/back?tenant=1",
    "https://evil.example#rp.example/back?tenant=1",
    "https://evil.example?rp.example/back?tenant=1",
    "https://evil.example\\@rp.example/back?tenant=1",
    "https://evil.example\\rp.example/back?tenant=1",
    "https://rp.example\\.evil.example/back?tenant=1",
    "//evil.example/back?tenant=1",
    "//rp.example/back?tenant=1",
    "https:///rp.example/back?tenant=1",
    "https:rp.example/back?tenant=1",
    "https:/rp.example/back?tenant=1",
    "https://sub.rp.example/back?tenant=1",
    "https://rp.example./back?tenant=1",
    "https://RP.example/back?tenant=1",
    "https://rp.examp1e/back?tenant=1",
    "https://rp。example/back?tenant=1",
    "https://rp.exаmple/back?tenant=1",
    "https://xn--rp-example/back?tenant=1",
    "https://127.0.0.1/back?tenant=1",
    "https://[::1]/back?tenant=1",
    # another port or scheme
    "http://rp.example/back?tenant=1",
    "https://rp.example:443/back?tenant=1",
    "https://rp.example:8443/back?tenant=1",
    "https://rp.example:@evil.example/",
    "HTTPS://rp.example/back?tenant=1",
    "javascript:alert(1)",
    "data:text/html,hi",
    "file:///etc/passwd",
    "urn:ietf:wg:oauth:2.0:oob",
    "rp.example:/back?tenant=1",
    # another path
    "https://rp.example/back/?tenant=1",
    "https://rp.example/Back?tenant=1",
    "https://rp.example/back/../back?tenant=1",
    "https://rp.example/./back?tenant=1",
    "https://rp.example//back?tenant=1",
    "https://rp.example/%62ack?tenant=1",
    "https://rp.example/back%2f..%2fevil?tenant=1",
    "https://rp.example/back;x?tenant=1",
    "https://rp.example/back/evil?tenant=1",
    "https://rp.example/",
    "https://rp.example",
    "https://rp.example/back%00?tenant=1",
    "https://rp.example/back%0d%0aX:1?tenant=1",
    # another query or fragment
    "https://rp.example/back",
    "https://rp.example/back?tenant=2",
    "https://rp.example/back?tenant=1&next=https://evil.example",
    "https://rp.example/back?tenant=1#",
    "https://rp.example/back?tenant=1#https://evil.example",
    "https://rp.example/back?Tenant=1",
    "https://rp.example/back?tenant=1&",
    "https://rp.example/back?&tenant=1",
    "https://rp.example/back?tenant=%31",
    "https://rp.example/back?tenant=1 ",
    " https://rp.example/back?tenant=1",
    "https://rp.example/back?tenant=1\n",
    "https://rp.example/back?tenant=1\t",
    "https://rp.example/back?tenant=1*",
    "https://rp.example/*",
    quote(GOOD),
    quote(GOOD, safe=""),
]


@pytest.mark.parametrize("uri", MUTATED)
async def test_promise_04_a_mutated_redirect_uri_leads_nowhere(world: World, uri: str) -> None:
    extras: list[dict[str, str]] = [{}, {"prompt": "none"}, {"response_type": "token"}]
    for client, extra in product((world.std, world.high), extras):
        answer = await world.browser.get(
            "/auth/authorize", params=client.request(redirect_uri=uri, **extra)
        )
        assert (answer.status_code, answer.headers.get("location")) == (400, None)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "evil" not in answer.text
        pushed = await client.post("par", client.request(redirect_uri=uri, **extra))
        assert pushed.status_code == 400


async def test_promise_04_the_registered_one_leads_back(world: World) -> None:
    assert "code" in await world.std.code(world.browser)
    assert len(set(MUTATED)) == len(MUTATED) >= 60


@pytest.mark.parametrize("client_id", ["", "nobody", "rs-portal ", "RS-PORTAL", "x" * 300, "\0"])
async def test_promise_04_an_unknown_client_leads_nowhere(world: World, client_id: str) -> None:
    params = {**world.std.request(), "client_id": client_id}
    answer = await world.browser.get("/auth/authorize", params=params)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
