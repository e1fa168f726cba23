"""For whom somebody has come to a machine or a window: chosen on their phone (办事身份)."""

from typing import Any

import httpx2
import pytest

from auth.usecases.provider import capacity
from backend.kernel import db
from tests.auth.conftest import HUANG, LIANG, Door, refusal
from tests.auth.provider.conftest import (
    RelyingParty,
    came_back,
    error,
    party_of,
    signed_in,
)  # fmt: skip
from tests.auth.provider.test_capacity import LAWS, SCOPE, SCOPES, agree, asking, child_of
from tests.auth.provider.test_conformance_ciba import device, poll, typed, waiting, window
from tests.auth.test_acting import choose, person
from tests.auth.test_companies import JIHUA, changed, signed_up


async def asked(
    flow: str, party: RelyingParty, phone: httpx2.AsyncClient, scope: str = SCOPE
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a machine or a window polls with, and what the phone shows."""
    if flow == "device":
        started = await device(party, scope)
        return started, await typed(phone, started["user_code"])
    begun = await window(party, scope=scope)
    assert begun.status_code == 200, begun.text
    return begun.json(), await waiting(phone)


async def answer(phone: httpx2.AsyncClient, one: dict[str, Any], acting: Any) -> httpx2.Response:
    names = [element["name"] for element in one["elements"]]
    body = {"agree": True, "elements": names, "acting": acting}
    return await phone.post(f"/auth/approvals/{one['id']}/answer", json=body)


async def given(
    flow: str, party: RelyingParty, phone: httpx2.AsyncClient, acting: Any, scope: str = SCOPE
) -> dict[str, Any]:
    started, one = await asked(flow, party, phone, scope)
    said = await answer(phone, one, acting)
    assert said.status_code == 204, said.text
    got = await poll(party, started)
    assert got.status_code == 200, got.text
    return got.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("flow", "profile"), [("device", "high"), ("window", "std")])
async def test_the_phone_says_for_whom_one_has_come(door: Door, flow: str, profile: str) -> None:
    mother = await door.registered(LIANG)
    party = await party_of(profile, door, scopes=SCOPES, legal_basis=LAWS)
    _, one = await asked(flow, party, mother, "openid profile")
    assert one["capacities"] is None  # not asked, so nothing to choose
    await mother.post(f"/auth/approvals/{one['id']}/answer", json={"agree": False})
    own = await given(flow, party, mother, None)
    oneself = (await party.userinfo(own["access_token"])).json()
    assert oneself["capacity"] == {"kind": "self"}
    bond = (await child_of(mother))["id"]
    started, one = await asked(flow, party, mother)
    (choice,) = one["capacities"]
    assert (choice["id"], choice["name"], choice["role"]) == (bond, "陈*怡", "guardian")
    assert (await answer(mother, one, bond)).status_code == 204
    tokens = (await poll(party, started)).json()
    told = (await party.userinfo(tokens["access_token"])).json()
    child = told["capacity"]
    assert (told["sub"], told["name"]) == (oneself["sub"], "梁*欣")
    assert {key: child[key] for key in ("kind", "role", "name")} == {
        "kind": "person", "role": "guardian", "name": "陈*怡",
    }  # fmt: skip
    assert child["sub"] != oneself["sub"]
    looked = (await party.post("introspect", {"token": tokens["access_token"]})).json()
    assert looked["capacity"] == {key: child[key] for key in ("kind", "role", "sub")}
    # a browser at the same department: agreed to in this capacity already, by the same name
    await choose(mother, bond)
    again = await party.tokens(mother, scope=SCOPE)
    assert (await party.userinfo(again["access_token"])).json()["capacity"] == child
    renewed = (await party.refresh(tokens["refresh_token"])).json()
    assert (await party.userinfo(renewed["access_token"])).json()["capacity"] == child
    await mother.delete(f"/auth/representations/{bond}")
    kept = renewed.get("refresh_token", tokens["refresh_token"])
    assert error(await party.refresh(kept)) == "invalid_grant"


async def test_a_company_comes_to_a_window_with_its_code(small_door: Door) -> None:
    boss = await small_door.registered(LIANG)
    company = await signed_up(boss)
    party = await party_of("std", small_door, scopes=SCOPES, legal_basis=LAWS)
    tokens = await given("window", party, boss, company["representation"], "openid uscc capacity")
    claims = (await party.userinfo(tokens["access_token"])).json()
    assert (claims["uscc"], claims["capacity"]["name"]) == (JIHUA, company["name"])
    # the market's register is asked again when its representative chooses it
    _, one = await asked("window", party, boss, "openid uscc")
    await changed(small_door, LEREP=HUANG.name, CERNO=HUANG.id_number)
    said = await answer(boss, one, company["representation"])
    assert refusal(said) == (403, "capacity_over")


async def test_nobody_comes_for_whom_they_may_not_act_for(small_door: Door) -> None:
    mother, other = await small_door.registered(LIANG), await small_door.registered(HUANG)
    party = await party_of("std", small_door, scopes=SCOPES, legal_basis=LAWS)
    bond = (await child_of(mother))["id"]
    _, one = await asked("device", party, other)
    assert one["capacities"] == []
    for strange in (bond, db.new_id(), "nonsense"):
        assert refusal(await answer(other, one, strange)) == (404, "not_found")
    _, plain = await asked("device", party, mother, "openid profile")
    assert refusal(await answer(mother, plain, bond)) == (403, "consent_missing")
    _, one = await asked("device", party, mother)
    await db.execute("UPDATE auth_person SET level = 'registered'")
    fresh = await signed_in(small_door.city, await person(LIANG))
    assert refusal(await answer(fresh, one, bond)) == (403, "real_name_first")
    await db.execute("UPDATE auth_person SET level = 'real_name'")
    fresh = await signed_in(small_door.city, await person(LIANG))
    await fresh.delete(f"/auth/representations/{bond}")
    assert refusal(await answer(fresh, one, bond)) == (403, "capacity_over")
    assert (await answer(fresh, one, None)).status_code == 204  # the question waited


@pytest.mark.parametrize("seen", [True, False], ids=["before", "meanwhile"])
async def test_what_ended_before_it_was_redeemed_gives_nothing(
    door: Door, seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = await door.registered(LIANG)
    party = await party_of("high", door, scopes=SCOPES, legal_basis=LAWS)
    bond = (await child_of(mother))["id"]
    kept = await given("device", party, mother, bond)
    waits = {}
    for flow in ("device", "window"):
        waits[flow], one = await asked(flow, party, mother)
        assert (await answer(mother, one, bond)).status_code == 204
    await choose(mother, bond)
    at, shown = await asking(party, mother, f"{SCOPE} phone")
    location = (await agree(mother, at, shown, bond)).json()["location"]
    before = await db.rows("SELECT id FROM auth_grant")
    await mother.delete(f"/auth/representations/{bond}")
    if not seen:  # it ends between the look and the write

        async def lives(grant: object) -> bool:
            return False

        monkeypatch.setattr(capacity, "over", lives)
    assert error(await poll(party, waits["device"])) == "invalid_grant"
    assert error(await poll(party, waits["window"])) == "invalid_grant"
    assert error(await party.redeem(came_back(location))) == "invalid_grant"
    assert error(await party.refresh(kept["refresh_token"])) == "invalid_grant"
    assert await db.rows("SELECT id FROM auth_grant") == before
