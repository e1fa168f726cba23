"""A department signs somebody in: the whole way, in both profiles, on both sets of parts."""

from tests.auth.conftest import LIANG, Door
from tests.auth.provider.conftest import EVERYTHING, ISSUER, party_of


async def test_a_person_signs_in_at_a_department(door: Door, profile: str) -> None:
    party = await party_of(profile, door)
    browser = await door.registered()
    back = await party.code(browser, scope=" ".join(EVERYTHING), nonce="n-1")
    assert back["iss"] == ISSUER
    answer = await party.redeem(back)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    claims = await party.claims(tokens["id_token"])
    assert (claims["nonce"], claims["acr"], claims["amr"]) == ("n-1", "urn:yimen:aal:1", ["sms"])
    told = (await party.userinfo(tokens["access_token"])).json()
    assert told["sub"] == claims["sub"]
    assert told["id_number"] == LIANG.id_number
    assert told["real_name"] == LIANG.name
    assert told["birthdate"] == "1990-05-12"
    assert told["phone_number"] == f"+86{LIANG.phone}"
    # the next time nobody has to be asked
    again = await party.ask(browser, scope="openid phone")
    assert again.headers["location"].startswith("https://rp.example/back?tenant=1&code=")
    # and the person sees who had what
    events = (await browser.get("/auth/events")).json()["events"]
    seen = {one["kind"]: one["about"] for one in events}
    for kind in ("consented", "passed_on", "data_given"):
        assert seen[kind] == "社保网上服务厅（佛山市人力资源和社会保障局）"
    renewed = (await party.refresh(tokens["refresh_token"])).json()
    assert (await party.userinfo(renewed["access_token"])).status_code == 200
