"""The Basic OP modules of the OpenID conformance suite, one test each (auth/CONFORMANCE.md)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, OctKey

from backend.kernel import clock
from tests.auth.provider.conftest import (
    BACK,
    ISSUER,
    World,
    agree,
    came_back,
    error,
    request_of,
    standard,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def view(browser: httpx2.AsyncClient, location: str) -> dict[str, Any]:
    """What the screen of a request under way is told."""
    answer = await browser.get(f"/auth/authorizations/{request_of(location)}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def need(world: World, browser: httpx2.AsyncClient, **changed: Any) -> str:
    """What stands between a request and its code; ``none`` when the code came at once."""
    answer = await world.std.ask(browser, **changed)
    location = answer.headers["location"]
    if location.startswith("https://rp.example/"):
        back = came_back(location)
        return "none" if "code" in back else back["error"]
    return str((await view(browser, location))["need"])


async def agreed(world: World, scope: str = "openid") -> None:
    await world.std.code(world.browser, scope=scope)


async def test_server(world: World) -> None:
    told = (await world.browser.get("/auth/.well-known/openid-configuration")).json()
    assert told["issuer"] == ISSUER
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        assert told[name].startswith(f"{ISSUER}/")
    assert told["response_types_supported"] == ["code"]
    assert told["subject_types_supported"] == ["pairwise"]
    for path in (
        "/auth/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/auth",
    ):
        assert (await world.browser.get(path)).json() == told


async def test_response_type_missing(world: World) -> None:
    back = came_back((await world.std.ask(world.browser, response_type=None)).headers["location"])
    assert (back["error"], back["iss"]) == ("invalid_request", ISSUER)


async def test_id_token_signature(world: World) -> None:
    for alg in ("RS256", "ES256"):
        party = await standard(world.city, f"signed-{alg.lower()}", id_token_alg=alg)
        token = (await party.tokens(world.browser))["id_token"]
        published = (await party.http.get("/auth/jwks")).json()
        found = jwt.decode(token, KeySet.import_key_set(published), algorithms=[alg])
        assert found.header["alg"] == alg
        assert {key["kid"]: key["alg"] for key in published["keys"]}[found.header["kid"]] == alg
        assert not any({"d", "p", "q"} & set(key) for key in published["keys"])
        broken = token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB")
        with pytest.raises(BadSignatureError):
            jwt.decode(broken, KeySet.import_key_set(published), algorithms=[alg])


async def test_userinfo_get(world: World) -> None:
    tokens = await world.std.tokens(world.browser)
    told = await world.std.userinfo(tokens["access_token"])
    assert told.json()["sub"] == (await world.std.claims(tokens["id_token"]))["sub"]


async def test_userinfo_post_header(world: World) -> None:
    tokens = await world.std.tokens(world.browser)
    told = await world.std.userinfo(tokens["access_token"], "POST")
    assert (told.status_code, set(told.json())) == (200, {"sub"})


async def test_userinfo_post_body(world: World) -> None:
    token = (await world.std.tokens(world.browser))["access_token"]
    told = await world.std.http.post("/auth/userinfo", data={"access_token": token})
    assert (told.status_code, set(told.json())) == (200, {"sub"})
    both = await world.std.http.post(
        "/auth/userinfo", data={"access_token": token}, headers={"Authorization": f"Bearer {token}"}
    )
    assert error(both) == "invalid_request"


async def test_userinfo_without_a_token(world: World) -> None:
    answer = await world.std.http.get("/auth/userinfo")
    assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
    answer = await world.std.userinfo("x" * 43)
    assert error(answer, 401) == "invalid_token"


async def test_ensure_request_without_nonce_succeeds_for_code_flow(world: World) -> None:
    tokens = await world.std.tokens(world.browser, nonce=None)
    assert "nonce" not in await world.std.claims(tokens["id_token"])


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("profile", {"name", "assurance", "locale", "zoneinfo"}),
        ("email", set()),
        ("address", set()),
        ("phone", {"phone_number", "phone_number_verified"}),
        (
            "profile email address phone",
            {"name", "assurance", "locale", "zoneinfo", "phone_number", "phone_number_verified"},
        ),
    ],
)
async def test_scope(world: World, scope: str, claims: set[str]) -> None:
    tokens = await world.std.tokens(world.browser, scope=f"openid {scope}")
    told = (await world.std.userinfo(tokens["access_token"])).json()
    assert set(told) == {"sub"} | claims


@pytest.mark.parametrize("display", ["page", "popup"])
async def test_display(world: World, display: str) -> None:
    assert "code" in await world.std.code(world.browser, display=display)


async def test_prompt_login(world: World) -> None:
    await agreed(world)
    assert await need(world, world.browser, prompt="login") == "again"
    with clock.showing(clock.now() + timedelta(seconds=1)):
        answer = await world.std.ask(world.browser, prompt="login")
    location = answer.headers["location"]
    at = f"/auth/authorizations/{request_of(location)}/agreement"
    refused = await world.browser.post(at, json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "prove_again")
    with clock.showing(clock.now() + timedelta(seconds=2)):
        fresh = await world.again()
        back = came_back(await agree(fresh, location))
        tokens = (await world.std.redeem(back)).json()
    first = await world.std.claims((await world.std.tokens(world.browser))["id_token"])
    claims = await world.std.claims(tokens["id_token"])
    assert claims["auth_time"] > first["auth_time"]
    assert claims["sub"] == first["sub"]


async def test_prompt_none_not_logged_in(world: World) -> None:
    assert await need(world, await world.stranger(), prompt="none") == "login_required"


async def test_prompt_none_logged_in(world: World) -> None:
    await agreed(world)
    assert await need(world, world.browser, prompt="none") == "none"


async def test_prompt_none_without_consent(world: World) -> None:
    party = await standard(world.city, "never-agreed")
    back = came_back((await party.ask(world.browser, prompt="none")).headers["location"])
    assert back["error"] == "consent_required"


async def test_prompt_consent(world: World) -> None:
    await agreed(world)
    assert await need(world, world.browser, prompt="consent") == "consent"
    assert "code" in await world.std.code(world.browser, prompt="consent")


async def test_prompt_none_with_others(world: World) -> None:
    assert await need(world, world.browser, prompt="none login") == "invalid_request"


async def test_max_age_1(world: World) -> None:
    await agreed(world)
    with clock.showing(clock.now() + timedelta(seconds=3)):
        assert await need(world, world.browser, max_age="1") == "again"
        fresh = await world.again()
        tokens = await world.std.tokens(fresh, max_age="1")
        assert (await world.std.claims(tokens["id_token"]))["auth_time"] == int(
            clock.now().timestamp()
        )


async def test_max_age_10000(world: World) -> None:
    first = await world.std.claims((await world.std.tokens(world.browser))["id_token"])
    second = await world.std.claims(
        (await world.std.tokens(world.browser, max_age="10000"))["id_token"]
    )
    assert first["auth_time"] == second["auth_time"]


async def test_request_with_unknown_parameter_succeeds(world: World) -> None:
    assert "code" in await world.std.code(world.browser, extra="foobar")


async def test_id_token_hint(world: World) -> None:
    hint = (await world.std.tokens(world.browser))["id_token"]
    assert await need(world, world.browser, prompt="none", id_token_hint=hint) == "none"
    forged = jwt.encode({"alg": "HS256"}, {"sub": "x"}, OctKey.generate_key(256))
    assert await need(world, world.browser, prompt="none", id_token_hint=forged) == (
        "invalid_request"
    )


async def test_login_hint(world: World) -> None:
    answer = await world.std.ask(await world.stranger(), login_hint="19900000001")
    shown = await view(world.browser, answer.headers["location"])
    assert shown["login_hint"] == "19900000001"


@pytest.mark.parametrize("name", ["ui_locales", "claims_locales"])
async def test_locales(world: World, name: str) -> None:
    assert "code" in await world.std.code(world.browser, **{name: "se zh-CN"})


async def test_acr_values(world: World) -> None:
    assert "code" in await world.std.code(world.browser, acr_values="1 2")
    await agreed(world)
    assert await need(world, world.browser, acr_values="urn:yimen:aal:2") == "step_up"
    surer = await world.again(aal=2)
    tokens = await world.std.tokens(surer, acr_values="urn:yimen:aal:3 urn:yimen:aal:2")
    assert (await world.std.claims(tokens["id_token"]))["acr"] == "urn:yimen:aal:2"


async def test_auth_code_reuse(world: World) -> None:
    back = await world.std.code(world.browser)
    first = (await world.std.redeem(back)).json()
    assert error(await world.std.redeem(back)) == "invalid_grant"
    assert error(await world.std.userinfo(first["access_token"]), 401) == "invalid_token"


async def test_auth_code_reuse_after_30_seconds(world: World) -> None:
    back = await world.std.code(world.browser)
    first = (await world.std.redeem(back)).json()
    with clock.showing(clock.now() + timedelta(seconds=30)):
        assert error(await world.std.redeem(back)) == "invalid_grant"
        assert error(await world.std.userinfo(first["access_token"]), 401) == "invalid_token"
        assert error(await world.std.refresh(first["refresh_token"])) == "invalid_grant"


async def test_registered_redirect_uri(world: World) -> None:
    answer = await world.std.ask(world.browser, redirect_uri="https://rp.example/elsewhere")
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert "<h1>这个登录链接不对</h1>" in answer.text
    answer = await world.std.ask(world.browser, redirect_uri=None)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


async def test_ensure_post_request_succeeds(world: World) -> None:
    await agreed(world)
    params = world.std.request()
    headers = {"Origin": "https://rp.example", "Sec-Fetch-Site": "cross-site"}
    answer = await world.browser.post("/auth/authorize", data=params, headers=headers)
    assert "code" in came_back(answer.headers["location"])


async def test_client_secret_basic_and_post(world: World) -> None:
    back = await world.std.code(world.browser)
    form = {
        "grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK,
        "code_verifier": world.std.verifiers[back["state"]],
    }  # fmt: skip
    auth = (world.std.client_id, world.std.secret)
    assert error(await world.std.http.post("/auth/token", data=form), 401) == "invalid_client"
    wrong = await world.std.http.post("/auth/token", data=form, auth=(auth[0], "guess"))
    assert error(wrong, 401) == "invalid_client"
    twice = await world.std.http.post(
        "/auth/token", data={**form, "client_id": auth[0], "client_secret": auth[1]}, auth=auth
    )
    assert error(twice) == "invalid_request"
    good = await world.std.http.post("/auth/token", data=form, auth=auth)
    assert good.status_code == 200


async def test_unsigned_request_object_is_rejected(world: World) -> None:
    assert await need(world, world.browser, request="eyJhbGciOiJub25lIn0.e30.") == (
        "request_not_supported"
    )
    assert await need(world, world.browser, request_uri="https://rp.example/r.jwt") == (
        "request_uri_not_supported"
    )


async def test_claims_essential(world: World) -> None:
    wanted = '{"userinfo":{"name":{"essential":true},"unheard_of":null},"id_token":{"name":null}}'
    tokens = await world.std.tokens(world.browser, claims=wanted)
    told = (await world.std.userinfo(tokens["access_token"])).json()
    assert set(told) == {"sub", "name"}
    assert (await world.std.claims(tokens["id_token"]))["name"] == told["name"] == "梁*欣"
    assert await need(world, world.browser, claims="{") == "invalid_request"


async def test_claims_essential_acr(world: World) -> None:
    wanted = '{"id_token":{"acr":{"essential":true,"values":["urn:yimen:aal:2"]}}}'
    await agreed(world)
    assert await need(world, world.browser, claims=wanted) == "step_up"
    assert await need(world, world.browser, claims=wanted.replace("yimen:aal:2", "x")) == (
        "unmet_authentication_requirements"
    )


async def test_refresh_token(world: World) -> None:
    first = await world.std.tokens(world.browser, scope="openid profile")
    second = (await world.std.refresh(first["refresh_token"], scope="openid")).json()
    assert second["scope"] == "openid"
    one, two = [await world.std.claims(t["id_token"]) for t in (first, second)]
    assert (one["sub"], one["auth_time"]) == (two["sub"], two["auth_time"])
    assert "nonce" not in two
    more = await world.std.refresh(second["refresh_token"], scope="openid phone")
    assert error(more) == "invalid_scope"
    other = await standard(world.city, "other-office")
    assert error(await other.refresh(second["refresh_token"])) == "invalid_grant"
    # the first one again: it was stolen, or the second one is; neither works from now on
    assert error(await world.std.refresh(first["refresh_token"])) == "invalid_grant"
    assert error(await world.std.refresh(second["refresh_token"])) == "invalid_grant"
    assert (await world.std.userinfo(second["access_token"])).status_code == 401


async def test_valid_pkce(world: World) -> None:
    back = await world.std.code(world.browser)
    for wrong in (None, "x" * 43, "short", world.std.verifiers[back["state"]] + "A"):
        assert error(await world.std.redeem(back, code_verifier=wrong)) == "invalid_grant"
    assert (await world.std.redeem(back)).status_code == 200
    assert await need(world, world.browser, code_challenge_method="plain") == "invalid_request"
    assert await need(world, world.browser, code_challenge=None) == "invalid_request"


async def test_user_rejects(world: World) -> None:
    party = await standard(world.city, "refused-office")
    location = (await party.ask(world.browser, state="s t&1")).headers["location"]
    at = f"/auth/authorizations/{request_of(location)}/refusal"
    back = came_back((await world.browser.post(at)).json()["location"])
    assert back == {"tenant": "1", "error": "access_denied", "iss": ISSUER, "state": "s t&1"}
    assert (await world.browser.post(at)).status_code == 409


async def test_a_parameter_that_comes_twice(world: World) -> None:
    answer = await world.browser.get("/auth/authorize?client_id=rs-portal&client_id=rs-portal")
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    answer = await world.std.http.post(
        "/auth/token", content="grant_type=refresh_token&grant_type=refresh_token",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert error(answer) == "invalid_request"


async def test_introspection_and_revocation(world: World) -> None:
    tokens = await world.std.tokens(world.browser, scope="openid phone")
    told = (await world.std.post("introspect", {"token": tokens["access_token"]})).json()
    assert (told["active"], told["scope"], told["client_id"]) == (True, "openid phone", "rs-portal")
    other = await standard(world.city, "curious-office")
    assert (await other.post("introspect", {"token": tokens["access_token"]})).json() == {
        "active": False
    }
    await other.post("revoke", {"token": tokens["refresh_token"]})
    assert (await world.std.userinfo(tokens["access_token"])).status_code == 200
    assert (await world.std.post("revoke", {"token": tokens["access_token"]})).status_code == 200
    assert (await world.std.userinfo(tokens["access_token"])).status_code == 401
    renewed = (await world.std.refresh(tokens["refresh_token"])).json()
    assert (await world.std.post("revoke", {"token": renewed["refresh_token"]})).status_code == 200
    assert (await world.std.userinfo(renewed["access_token"])).status_code == 401
    assert error(await world.std.refresh(renewed["refresh_token"])) == "invalid_grant"
    assert (await world.std.post("revoke", {"token": "nothing"})).status_code == 200


async def test_scripts_of_other_sites_may_call(world: World) -> None:
    headers = {"Origin": "https://rp.example", "Sec-Fetch-Site": "cross-site"}
    asked = await world.std.http.request("OPTIONS", "/auth/token", headers=headers)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    answer = await world.std.post("token", {"grant_type": "nothing"}, headers=headers)
    assert error(answer) == "unsupported_grant_type"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_an_app_without_a_secret_proves_itself_by_pkce_alone(world: World) -> None:
    party = await standard(world.city, "browser-app", auth_method="none", grants=None)
    assert party.secret == ""
    tokens = await party.tokens(world.browser)
    assert "refresh_token" not in tokens
    assert (await party.userinfo(tokens["access_token"])).status_code == 200


async def test_a_disabled_client_is_shut_out_at_once(world: World) -> None:
    from auth.usecases.provider import registry

    party = await standard(world.city, "closing-office")
    tokens, back = await asyncio.gather(party.tokens(world.browser), party.code(world.browser))
    await registry.disable("closing-office")
    assert (await party.userinfo(tokens["access_token"])).status_code == 401
    assert error(await party.redeem(back), 401) == "invalid_client"
    assert (await party.ask(world.browser)).status_code == 400
