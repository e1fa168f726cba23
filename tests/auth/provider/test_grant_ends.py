"""How far a grant reaches: not beyond its registration, and not beyond its time."""

from datetime import timedelta

# one world for the file: its city is open in the loop of the module
import pytest

from backend.kernel import clock, settings
from tests.auth.provider.conftest import World, error, signed_in, standard

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_refresh_token_ends_with_the_session_that_gave_it(world: World) -> None:
    """However often it is turned: no longer than a session may live at all."""
    now = clock.now()
    browser = await signed_in(world.city, world.person_id)
    tokens = await world.std.tokens(browser)
    refresh = tokens["refresh_token"]
    ends = settings.current().session_absolute
    for share in (0.3, 0.6, 0.9):
        with clock.showing(now + timedelta(seconds=ends * share)):
            await browser.get("/auth/session")  # in use, or it would idle out and end the grant
    with clock.showing(now + timedelta(seconds=ends * 0.9)):
        turned = await world.std.refresh(refresh)
        refresh = turned.json().get("refresh_token", refresh)
    with clock.showing(now + timedelta(seconds=ends + 1)):
        assert error(await world.std.refresh(refresh)) == "invalid_grant"


async def test_no_scope_beyond_the_registration(world: World) -> None:
    small = await standard(world.city, "small", scopes=["openid", "profile"], legal_basis=None)
    answer = await small.ask(world.browser, scope="openid id_number")
    assert "error=invalid_scope" in answer.headers["location"]
    tokens = await small.tokens(world.browser, scope="openid profile")
    wider = await small.refresh(tokens["refresh_token"], scope="openid profile id_number")
    assert error(wider) == "invalid_scope"


@pytest.mark.parametrize("mode", ["fragment", "form_post", "query.jwt", "web_message"])
async def test_no_other_response_mode(world: World, mode: str) -> None:
    answer = await world.std.ask(world.browser, response_mode=mode)
    assert "error=invalid_request" in answer.headers["location"]
    assert "#" not in answer.headers["location"]
    assert "code=" not in answer.headers["location"]
