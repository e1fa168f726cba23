"""Departments cannot join people: another name at every sector (成对标识)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.rules.provider import subjects
from auth.usecases.provider import registry
from auth.usecases.provider.registry import BadRegistration
from tests.auth.provider.conftest import World, error, registration, standard

WORDS = st.text(min_size=1, max_size=40)
KEY = bytes(range(32))


@given(WORDS, WORDS, WORDS, WORDS)
def test_promise_12_two_pairs_share_a_name_only_if_they_are_the_same_pair(
    one: str, two: str, sector: str, other: str
) -> None:
    names: dict[tuple[str, str], str] = {
        (place, who): subjects.subject(KEY, sector=place, person_id=who)
        for place in (sector, other)
        for who in (one, two)
    }
    assert len(set(names.values())) == len(names)
    for name in names.values():
        assert len(name) == 43
        assert name not in (one, two, sector, other)


@given(WORDS, WORDS)
def test_promise_12_a_name_tells_nothing_without_the_key(sector: str, who: str) -> None:
    mine = subjects.subject(KEY, sector=sector, person_id=who)
    assert mine != subjects.subject(bytes(32), sector=sector, person_id=who)
    assert mine == subjects.subject(KEY, sector=sector, person_id=who)
    assert mine != subjects.session_name(KEY, client_id=sector, session_id=who)


async def _claims(world: World, client_id: str, sector: str) -> dict[str, Any]:
    party = await standard(world.city, client_id, sector=sector)
    tokens = await party.tokens(world.browser)
    claims = await party.claims(tokens["id_token"])
    told = (await party.userinfo(tokens["access_token"])).json()
    seen = (await party.post("introspect", {"token": tokens["access_token"]})).json()
    assert claims["sub"] == told["sub"] == seen["sub"]
    return claims


@pytest.mark.asyncio(loop_scope="module")
async def test_promise_12_two_offices_on_one_host_know_two_people(world: World) -> None:
    """The redirect addresses are the same: the sector decides, never the host."""
    one = await _claims(world, "office-one", "sector-one")
    sister = await _claims(world, "office-sister", "sector-one")
    two = await _claims(world, "office-two", "sector-two")
    assert one["sub"] == sister["sub"] != two["sub"]
    assert len({one["sid"], sister["sid"], two["sid"]}) == 3
    assert world.person_id not in str((one, two))


@pytest.mark.asyncio(loop_scope="module")
async def test_promise_12_an_id_number_needs_a_law_and_a_yes(world: World) -> None:
    with pytest.raises(BadRegistration, match="needs the law"):
        await registry.add(registration("lawless", legal_basis={}))
    modest = await standard(world.city, "modest", scopes=["openid", "phone"])
    back = await modest.ask(world.browser, scope="openid id_number")
    assert "error=invalid_scope" in back.headers["location"]
    tokens = await modest.tokens(
        world.browser, scope="openid phone", claims='{"userinfo":{"id_number":null}}'
    )
    assert "id_number" not in (await modest.userinfo(tokens["access_token"])).json()
    # somebody who agreed to the phone alone is asked again before the number is given
    party = await standard(world.city, "greedy")
    await party.tokens(world.browser, scope="openid phone")
    answer = await party.ask(world.browser, scope="openid phone id_number")
    assert answer.headers["location"].startswith("/authorize?request=")
    # and a screen that showed less than was asked for is no consent
    at = f"/auth/authorizations/{answer.headers['location'].partition('=')[2]}/agreement"
    refused = await world.browser.post(at, json={"elements": ["phone"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_missing")
    assert error(await party.redeem({"code": "x", "state": next(iter(party.verifiers))})) == (
        "invalid_grant"
    )
