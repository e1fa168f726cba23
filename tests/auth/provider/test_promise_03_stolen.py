"""What a thief takes is of no use for long, or of none at all (被盗令牌)."""

from joserfc.jwk import ECKey

from tests.auth.conftest import Door
from tests.auth.provider.conftest import ISSUER, error, standard, strict


async def test_promise_03_a_refresh_token_used_twice_kills_the_family(door: Door) -> None:
    party, browser = await standard(door.city), await door.registered()
    family = [await party.tokens(browser)]
    for _ in range(3):
        family.append((await party.refresh(family[-1]["refresh_token"])).json())
    assert (await party.userinfo(family[-1]["access_token"])).status_code == 200
    assert error(await party.refresh(family[1]["refresh_token"])) == "invalid_grant"
    for one in family:
        assert (await party.userinfo(one["access_token"])).status_code == 401
        assert error(await party.refresh(one["refresh_token"])) == "invalid_grant"
    other = await party.tokens(browser)  # another sign-in is another family
    assert (await party.userinfo(other["access_token"])).status_code == 200


async def test_promise_03_a_bound_token_serves_its_key_alone(door: Door) -> None:
    party, browser = await strict(door.city), await door.registered()
    tokens = await party.tokens(browser)
    thief = ECKey.generate_key("P-256")
    proof = party.proof("userinfo", "GET", token=tokens["access_token"], key=thief)
    assert (await party.userinfo(tokens["access_token"], DPoP=proof)).status_code == 401
    proof = party.proof("token", key=thief)
    stolen = await party.refresh(tokens["refresh_token"], headers={"DPoP": proof})
    assert error(stolen) == "invalid_grant"


async def test_promise_03_an_assertion_is_good_once_and_here_alone(door: Door) -> None:
    party = await strict(door.city)
    form = {**party.request(), "client_assertion": party.assertion()}
    assert (await party.post("par", form)).status_code == 201
    assert error(await party.post("par", form), 401) == "invalid_client"
    for aud in (f"{ISSUER}/token", [ISSUER], f"{ISSUER}/par", "https://elsewhere.example"):
        form["client_assertion"] = party.assertion(aud=aud)
        assert error(await party.post("par", form), 401) == "invalid_client"
