"""Keys roll over and nobody's sign-in fails (密钥轮换)."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from auth import signing
from backend.kernel import clock
from tests.auth.provider.conftest import World, came_back

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_promise_23_a_sign_in_survives_the_rollover(world: World) -> None:
    kept = KeySet.import_key_set((await world.std.http.get("/auth/jwks")).json())
    before = await world.std.tokens(world.browser)
    old = jwt.decode(before["id_token"], kept, algorithms=["ES256", "RS256"])
    with clock.showing(clock.now() + timedelta(hours=2)):
        await signing.rotate("RS256")
        browser = await world.again()
        after = await world.std.tokens(browser)
        # a department that fetched our keys before the rollover checks the new signature
        new = jwt.decode(after["id_token"], kept, algorithms=["RS256"])
        assert new.header["kid"] != old.header["kid"]
        assert new.claims["sub"] == old.claims["sub"]
        # the old token is still a hint that we believe, and the old key is still published
        answer = await world.std.ask(browser, prompt="none", id_token_hint=before["id_token"])
        assert "code" in came_back(answer.headers["location"])
        served = (await world.std.http.get("/auth/jwks")).json()["keys"]
        assert old.header["kid"] in {key["kid"] for key in served}
