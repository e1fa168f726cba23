"""In whose place somebody signs in at a department: asked for, agreed to, and told (办事身份)."""

from typing import Any

import httpx2

from backend.kernel import db
from tests.auth.conftest import LIANG, Door, refusal
from tests.auth.provider.conftest import (
    EVERYTHING,
    LAW,
    RelyingParty,
    came_back,
    error,
    party_of,
    request_of,
)  # fmt: skip
from tests.auth.test_acting import choose
from tests.auth.test_companies import JIHUA, signed_up

SCOPE = "openid profile capacity"
SCOPES = [*EVERYTHING, "capacity", "uscc"]
LAWS = {**LAW, "uscc": "《社会保险法》第五十七条"}


async def asking(
    party: RelyingParty, browser: httpx2.AsyncClient, scope: str = SCOPE
) -> tuple[str, Any]:
    """A department's request on our screen: its path, and what the screen says."""
    answer = await party.ask(browser, scope=scope)
    location = answer.headers["location"]
    assert location.startswith("/authorize?"), location
    at = f"/auth/authorizations/{request_of(location)}"
    return at, (await browser.get(at)).json()


async def agree(browser: httpx2.AsyncClient, at: str, shown: Any, acting: Any) -> httpx2.Response:
    body = {"elements": [one["name"] for one in shown["elements"]], "acting": acting}
    return await browser.post(f"{at}/agreement", json=body)


async def told(party: RelyingParty, agreed: httpx2.Response) -> tuple[dict[str, Any], Any]:
    """What userinfo says after an agreement, and the tokens."""
    assert agreed.status_code == 200, agreed.text
    answer = await party.redeem(came_back(agreed.json()["location"]))
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return (await party.userinfo(tokens["access_token"])).json(), tokens


async def child_of(mother: httpx2.AsyncClient) -> Any:
    found = (await mother.get("/auth/representations/children")).json()["children"]
    body = {"child": found[0]["child"], "consent": True}
    return (await mother.post("/auth/representations/children", json=body)).json()


async def test_a_department_learns_in_whose_place_somebody_comes(door: Door, profile: str) -> None:
    mother = await door.registered(LIANG)
    party = await party_of(profile, door, scopes=SCOPES, legal_basis=LAWS)
    at, shown = await asking(party, mother)
    assert shown["acting"] is None
    claims, _ = await told(party, await agree(mother, at, shown, None))
    assert claims["capacity"] == {"kind": "self"}
    oneself = claims["sub"]
    bond = await child_of(mother)
    await choose(mother, bond["id"])
    at, shown = await asking(party, mother)  # consented already, but not in this capacity
    assert (shown["need"], shown["acting"]["name"]) == ("consent", "陈*怡")
    for other in (None, db.new_id()):
        assert refusal(await agree(mother, at, shown, other)) == (409, "acting_changed")
    claims, tokens = await told(party, await agree(mother, at, shown, bond["id"]))
    child = claims["capacity"]
    assert {key: child[key] for key in ("kind", "role", "name")} == {
        "kind": "person", "role": "guardian", "name": "陈*怡",
    }  # fmt: skip
    assert (claims["sub"], claims["name"]) == (oneself, "梁*欣")
    assert child["sub"] != oneself
    assert len(child["sub"]) == 43
    inside = await party.claims(tokens["id_token"])
    assert inside["sub"] == oneself
    # what was given keeps its capacity, whatever the session goes on to do
    await choose(mother, None)
    assert (await party.userinfo(tokens["access_token"])).json()["capacity"] == child
    assert (await party.refresh(tokens["refresh_token"])).status_code == 200
    again = await party.tokens(mother, scope=SCOPE)  # for oneself nothing new is asked
    own = (await party.userinfo(again["access_token"])).json()["capacity"]
    assert own == {"kind": "self"}


async def test_nothing_is_renewed_for_whom_one_no_longer_acts_for(small_door: Door) -> None:
    mother = await small_door.registered(LIANG)
    party = await party_of("std", small_door, scopes=SCOPES, legal_basis=LAWS)
    bond = await child_of(mother)
    await choose(mother, bond["id"])
    at, shown = await asking(party, mother)
    _, tokens = await told(party, await agree(mother, at, shown, bond["id"]))
    at, shown = await asking(party, mother, f"{SCOPE} phone")
    await mother.delete(f"/auth/representations/{bond['id']}")
    assert error(await party.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert refusal(await agree(mother, at, shown, bond["id"])) == (403, "acting_over")
    assert (await mother.get(at)).json()["acting"]["over"] is True


async def test_who_does_not_ask_meets_the_person_themselves(small_door: Door) -> None:
    mother = await small_door.registered(LIANG)
    party = await party_of("std", small_door)
    await choose(mother, (await child_of(mother))["id"])
    at, shown = await asking(party, mother, "openid profile")
    assert shown["acting"] is None
    claims, _ = await told(party, await agree(mother, at, shown, None))
    assert "capacity" not in claims
    assert claims["name"] == "梁*欣"


async def test_a_company_is_named_with_its_code_by_law_alone(small_door: Door) -> None:
    boss = await small_door.registered(LIANG)
    company = await signed_up(boss)
    await choose(boss, company["representation"])
    party = await party_of("high", small_door, scopes=SCOPES, legal_basis=LAWS)
    at, shown = await asking(party, boss, f"{SCOPE} uscc")
    laws = {one["name"]: one["legal_basis"] for one in shown["elements"]}
    assert laws == {"profile": None, "capacity": None, "uscc": LAWS["uscc"]}
    claims, _ = await told(party, await agree(boss, at, shown, company["representation"]))
    assert claims["uscc"] == JIHUA
    assert claims["capacity"]["name"] == company["name"]
    assert claims["capacity"]["role"] == "legal_representative"
    assert company["id"] not in str(claims)
