"""The FAPI 2.0 Security Profile modules of the conformance suite, one test each."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from backend.kernel import clock
from tests.auth.provider.conftest import (
    BACK,
    ISSUER,
    RelyingParty,
    World,
    agree,
    came_back,
    error,
    request_of,
    strict,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def pushed(party: RelyingParty, **changed: Any) -> str:
    """The request_uri of a pushed request."""
    answer = await party.post("par", party.request(**changed))
    assert answer.status_code == 201, answer.text
    assert answer.json()["expires_in"] <= 600
    return str(answer.json()["request_uri"])


async def test_happy_flow(world: World) -> None:
    back = await world.high.code(world.browser, nonce="n" * 64, state="s" * 1000)
    assert (back["iss"], back["state"]) == (ISSUER, "s" * 1000)
    tokens = (await world.high.redeem(back)).json()
    assert tokens["token_type"] == "DPoP"
    claims = await world.high.claims(tokens["id_token"])
    assert claims["nonce"] == "n" * 64
    assert (await world.high.userinfo(tokens["access_token"])).json() == {"sub": claims["sub"]}


@pytest.mark.parametrize(
    ("case", "changed"),
    [
        ("htm", {"htm": "GET"}),
        ("htu", {"htu": f"{ISSUER}/par"}),
        ("old", {"iat": -300}),
        ("future", {"iat": 60}),
        ("no iat", {"iat": None}),
        ("no jti", {"jti": None}),
        ("empty jti", {"jti": ""}),
        ("typ", {"header": {"typ": "JWT"}}),
        ("no jwk", {"header": {"jwk": None}}),
        ("alg none", {"none": True}),
        ("another key", {"other": True}),
        ("no kind of key", {"header": {"jwk": {"kty": ["EC"]}}}),
        ("no point", {"header": {"jwk": {"kty": "EC", "crv": "P-256", "x": ["a"], "y": "b"}}}),
        ("private key", {"private": True}),
        ("symmetric key", {"header": {"jwk": OctKey.generate_key(256).as_dict(private=True)}}),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_dpop_negative(world: World, case: str, changed: dict[str, Any]) -> None:
    back = await world.high.code(world.browser)
    claims, header = dict(changed), dict(changed.get("header", {}))
    claims.pop("header", None)
    now = int(clock.now().timestamp())
    if isinstance(claims.get("iat"), int):
        claims["iat"] += now
    if claims.pop("other", None):
        header["jwk"] = ECKey.generate_key("P-256").as_dict(private=False)
    if claims.pop("private", None):
        assert world.high.dpop_key is not None
        header["jwk"] = world.high.dpop_key.as_dict(private=True)
    unsigned = claims.pop("none", None)
    proof = world.high.proof("token", header=header, **claims)
    if unsigned:
        proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUifQ." + proof.split(".")[1] + "."
    answer = await world.high.redeem(back, headers={"DPoP": proof})
    assert error(answer) == "invalid_dpop_proof"
    assert error(await world.high.redeem(back, headers={"DPoP": ""})) == "invalid_dpop_proof"
    assert (await world.high.redeem(back)).status_code == 200


async def test_dpop_proof_replay(world: World) -> None:
    tokens = await world.high.tokens(world.browser)
    token = tokens["access_token"]
    proof = world.high.proof("userinfo", "GET", token=token)
    assert (await world.high.userinfo(token, DPoP=proof)).status_code == 200
    replayed = await world.high.userinfo(token, DPoP=proof)
    assert error(replayed, 401) == "invalid_dpop_proof"
    assert replayed.headers["www-authenticate"].startswith("DPoP ")


async def test_check_dpop_proof_nbf_exp(world: World) -> None:
    now = int(clock.now().timestamp())
    for times, good in (
        ({"nbf": now - 5, "exp": now + 60}, True),
        ({"exp": now - 60}, False),
        ({"nbf": now + 600}, False),
    ):
        token = (await world.high.tokens(world.browser))["access_token"]
        proof = world.high.proof("userinfo", "GET", token=token, **times)
        assert ((await world.high.userinfo(token, DPoP=proof)).status_code == 200) is good


@pytest.mark.parametrize("off", [-10, 10])
async def test_dpop_iat_ten_seconds_off_is_accepted(world: World, off: int) -> None:
    back = await world.high.code(world.browser)
    proof = world.high.proof("token", iat=int(clock.now().timestamp()) + off)
    assert (await world.high.redeem(back, headers={"DPoP": proof})).status_code == 200


@pytest.mark.parametrize("key", [RSAKey.generate_key(2048), OKPKey.generate_key("Ed25519")],
                         ids=["PS256", "EdDSA"])  # fmt: skip
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_dpop_other_algorithms(world: World, key: RSAKey | OKPKey) -> None:
    form = world.high.request()
    proof = {"DPoP": world.high.proof("par", key=key)}
    uri = (await world.high.post("par", form, headers=proof)).json()["request_uri"]
    params = {"client_id": world.high.client_id, "request_uri": uri}
    await world.high.code(world.browser)
    back = came_back(
        (await world.browser.get("/auth/authorize", params=params)).headers["location"]
    )
    proof = {"DPoP": world.high.proof("token", key=key)}
    assert (await world.high.redeem(back, headers=proof)).status_code == 200


async def test_dpop_auth_code_binding(world: World) -> None:
    """The key at the pushed request is the key of the code."""
    back = await world.high.code(world.browser)
    other = world.high.proof("token", key=ECKey.generate_key("P-256"))
    assert error(await world.high.redeem(back, headers={"DPoP": other})) == "invalid_grant"
    assert (await world.high.redeem(back)).status_code == 200


async def test_dpop_jkt_mismatch(world: World) -> None:
    answer = await world.high.post("par", world.high.request(dpop_jkt="x" * 43))
    assert error(answer) == "invalid_dpop_proof"


async def test_dpop_jkt_in_the_request_binds(world: World) -> None:
    assert world.high.dpop_key is not None
    jkt = world.high.dpop_key.thumbprint()
    form = world.high.request(dpop_jkt=jkt)
    answer = await world.high.post("par", form, headers={"DPoP": ""})
    params = {"client_id": world.high.client_id, "request_uri": answer.json()["request_uri"]}
    await world.high.code(world.browser)
    back = came_back(
        (await world.browser.get("/auth/authorize", params=params)).headers["location"]
    )
    other = world.high.proof("token", key=ECKey.generate_key("P-256"))
    assert error(await world.high.redeem(back, headers={"DPoP": other})) == "invalid_grant"
    assert (await world.high.redeem(back)).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [{"code_challenge": None}, {"code_challenge_method": "plain"}, {"code_challenge": "short"}],
    ids=["required", "plain", "short"],
)
async def test_par_ensure_pkce(world: World, changed: dict[str, Any]) -> None:
    answer = await world.high.post("par", world.high.request(**changed))
    assert error(answer) == "invalid_request"


async def test_par_incorrect_verifier(world: World) -> None:
    back = await world.high.code(world.browser)
    wrong = await world.high.redeem(back, code_verifier=secrets.token_urlsafe(32))
    assert error(wrong) == "invalid_grant"


async def test_par_attempt_reuse_request_uri(world: World) -> None:
    await world.high.code(world.browser)
    uri = await pushed(world.high)
    params = {"client_id": world.high.client_id, "request_uri": uri}
    first = await world.browser.get("/auth/authorize", params=params)
    assert "code" in came_back(first.headers["location"])
    second = await world.browser.get("/auth/authorize", params=params)
    assert (second.status_code, second.headers.get("location")) == (400, None)


async def test_expired_request_uri(world: World) -> None:
    uri = await pushed(world.high)
    params = {"client_id": world.high.client_id, "request_uri": uri}
    with clock.showing(clock.now() + timedelta(seconds=91)):
        answer = await world.browser.get("/auth/authorize", params=params)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


async def test_request_uri_survives_a_reload_before_authentication(world: World) -> None:
    uri = await pushed(world.high)
    params = {"client_id": world.high.client_id, "request_uri": uri}
    stranger = await world.stranger()
    first = await stranger.get("/auth/authorize", params=params)
    second = await stranger.get("/auth/authorize", params=params)
    assert first.headers["location"].startswith("/authorize?request=")
    assert second.headers["location"].startswith("/authorize?request=")
    browser = await world.again()
    shown = f"/auth/authorizations/{request_of(second.headers['location'])}"
    assert [(await browser.get(shown)).status_code for _ in "12"] == [200, 200]
    assert "code" in came_back(await agree(browser, second.headers["location"]))
    # the other tab asks for the same thing, which has been given
    late = f"/auth/authorizations/{request_of(first.headers['location'])}/agreement"
    assert (await browser.post(late, json={"elements": []})).status_code == 409


async def test_request_uri_of_another_client(world: World) -> None:
    params = {"client_id": world.std.client_id, "request_uri": await pushed(world.high)}
    answer = await world.browser.get("/auth/authorize", params=params)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


async def test_par_rejects_request_uri_in_the_form(world: World) -> None:
    form = world.high.request(request_uri=await pushed(world.high))
    assert error(await world.high.post("par", form)) == "invalid_request"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_par_rejects_invalid_http_verb(world: World, method: str) -> None:
    assert (await world.high.http.request(method, "/auth/par")).status_code == 405


@pytest.mark.parametrize(
    ("case", "aud"),
    [
        ("token endpoint", f"{ISSUER}/token"),
        ("par endpoint", f"{ISSUER}/par"),
        ("array", [ISSUER]),
        ("array with others", [ISSUER, f"{ISSUER}/token"]),
        ("slash", f"{ISSUER}/"),
        ("none", None),
    ],
)
async def test_client_assertion_audience(world: World, case: str, aud: Any) -> None:
    form = {**world.high.request(), "client_assertion": world.high.assertion(aud=aud)}
    assert error(await world.high.post("par", form), 401) == "invalid_client"


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": -60}, {"exp": 7200}, {"exp": None}, {"nbf": 600}, {"iat": 600}, {"jti": None},
        {"iss": "someone"}, {"sub": "someone"}, {"exp": "text"},
    ],
    ids=str,
)  # fmt: skip
async def test_client_assertion_negative(world: World, changed: dict[str, Any]) -> None:
    now = int(clock.now().timestamp())
    told = {k: v + now if isinstance(v, int) else v for k, v in changed.items()}
    if told.get("exp") == "text":
        told["exp"] = str(now + 60)
    form = {**world.high.request(), "client_assertion": world.high.assertion(**told)}
    assert error(await world.high.post("par", form), 401) == "invalid_client"


async def test_client_assertion_under_another_key(world: World) -> None:
    stolen = world.high.assertion(ECKey.generate_key("P-256", {"kid": "s1"}))
    form = {**world.high.request(), "client_assertion": stolen}
    assert error(await world.high.post("par", form), 401) == "invalid_client"


async def test_client_assertion_jti_reuse(world: World) -> None:
    form = {**world.high.request(), "client_assertion": world.high.assertion()}
    assert (await world.high.post("par", form)).status_code == 201
    assert error(await world.high.post("par", form), 401) == "invalid_client"


async def test_attempt_reuse_authorization_code_after_one_second(world: World) -> None:
    back = await world.high.code(world.browser)
    tokens = (await world.high.redeem(back)).json()
    with clock.showing(clock.now() + timedelta(seconds=1)):
        assert error(await world.high.redeem(back)) == "invalid_grant"
        assert (await world.high.userinfo(tokens["access_token"])).status_code == 401


async def test_attempt_to_use_expired_auth_code(world: World) -> None:
    back = await world.high.code(world.browser)
    with clock.showing(clock.now() + timedelta(seconds=61)):
        assert error(await world.high.redeem(back)) == "invalid_grant"


async def test_ensure_holder_of_key_required(world: World) -> None:
    back = await world.high.code(world.browser)
    assert error(await world.high.redeem(back, headers={"DPoP": ""})) == "invalid_dpop_proof"
    token = (await world.high.redeem(back)).json()["access_token"]
    as_bearer = {"Authorization": f"Bearer {token}", "DPoP": ""}
    assert error(await world.high.userinfo(token, **as_bearer), 401) == "invalid_token"
    for proof in (
        world.high.proof("userinfo", "GET", token=token, key=ECKey.generate_key("P-256")),
        world.high.proof("userinfo", "GET", token="another"),
        "",
    ):
        assert (await world.high.userinfo(token, DPoP=proof)).status_code == 401


async def test_matching_key_in_authorization_request(world: World) -> None:
    """A code that came by one client's request is of no use to another client."""
    back = await world.high.code(world.browser)
    other = await strict(world.city, "rs-second")
    other.verifiers = world.high.verifiers
    assert error(await other.redeem(back)) == "invalid_grant"


@pytest.mark.parametrize("kind", ["code id_token", "token", "id_token", "none"])
async def test_response_types_other_than_code_fail(world: World, kind: str) -> None:
    answer = await world.high.post("par", world.high.request(response_type=kind))
    assert error(answer) == "unsupported_response_type"


async def test_authorization_request_without_par_fails(world: World) -> None:
    answer = await world.browser.get("/auth/authorize", params=world.high.request())
    assert came_back(answer.headers["location"])["error"] == "invalid_request"


async def test_user_rejects_authentication(world: World) -> None:
    party = await strict(world.city, "refused-strict")
    location = (await party.ask(world.browser)).headers["location"]
    at = f"/auth/authorizations/{request_of(location)}/refusal"
    back = came_back((await world.browser.post(at)).json()["location"])
    assert (back["error"], back["iss"]) == ("access_denied", ISSUER)


async def test_refresh_token(world: World) -> None:
    """FAPI 2.0 §5.3.2.1: a bound refresh token does not rotate, and serves its key alone."""
    tokens = await world.high.tokens(world.browser)
    renewed = (await world.high.refresh(tokens["refresh_token"])).json()
    assert "refresh_token" not in renewed
    assert renewed["token_type"] == "DPoP"
    assert (await world.high.userinfo(renewed["access_token"])).status_code == 200
    other = {"DPoP": world.high.proof("token", key=ECKey.generate_key("P-256"))}
    stolen = await world.high.refresh(tokens["refresh_token"], headers=other)
    assert error(stolen) == "invalid_grant"
    assert (await world.high.refresh(tokens["refresh_token"])).status_code == 200


async def test_identity_goes_into_an_id_token_only_encrypted(world: World) -> None:
    wanted = '{"id_token":{"id_number":null,"name":null}}'
    tokens = await world.high.tokens(world.browser, claims=wanted)
    assert tokens["id_token"].count(".") == 4
    claims = await world.high.claims(tokens["id_token"])
    assert claims["id_number"] == "440604199005120222"
    open_one = (await world.std.tokens(world.browser, claims=wanted))["id_token"]
    claims = await world.std.claims(open_one)
    assert (claims["name"], "id_number" in claims) == ("梁*欣", False)


async def test_redirect_uri_must_be_registered_at_par(world: World) -> None:
    for wrong in (None, BACK + "x"):
        answer = await world.high.post("par", world.high.request(redirect_uri=wrong))
        assert error(answer) == "invalid_request"
