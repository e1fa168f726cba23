"""Tokens with the city's signature: who believes which key, and for how long."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from auth import commands, signing
from auth.models import signing_keys
from auth.signing import keys
from auth.signing import pkcs11 as devices
from backend.kernel import clock, db, parts
from backend.kernel.errors import Refusal
from backend.kernel.settings import Settings, SettingsError
from tests.conftest import OpenCity
from tests.services.softhsm import token as new_token

ISSUER, AUDIENCE = "https://city.example/auth", "housing"


def claims(life: int = 300, **more: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "iat": now, "exp": now + life, **more}


async def opened(token: str, **more: Any) -> dict[str, Any]:
    asked = {"typ": "at+jwt", "issuer": ISSUER, "audience": AUDIENCE, **more}
    return await signing.verify_jwt(token, **asked)


def by_a_stranger(token: str, jwks: dict[str, Any] | jwt.PyJWKSet) -> dict[str, Any]:
    """What a relying party does with nothing but a JWKS, which it may have kept for a while."""
    kept = jwks if isinstance(jwks, jwt.PyJWKSet) else jwt.PyJWKSet.from_dict(jwks)
    header = jwt.get_unverified_header(token)
    return dict(
        jwt.decode(
            token,
            kept[header["kid"]],
            algorithms=["ES256", "RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"verify_exp": False, "verify_iat": False},
        )
    )


@pytest.mark.parametrize("alg", keys.ALGS)
async def test_a_token_is_believed_here_and_by_anybody_with_the_jwks(
    city_app: OpenCity, alg: str
) -> None:
    token = await signing.sign_jwt(claims(), typ="at+jwt", alg=alg)
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == (alg, "at+jwt")
    assert (await opened(token))["sub"] == "x"
    assert by_a_stranger(token, await signing.jwks())["sub"] == "x"


async def test_the_jwks_tells_public_halves_only_and_one_algorithm_to_a_key(
    embedded_city: OpenCity,
) -> None:
    published = (await signing.jwks())["keys"]
    assert sorted(key["alg"] for key in published) == ["ES256", "ES256", "RS256", "RS256"]
    assert len({key["kid"] for key in published}) == 4
    for key in published:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert key["use"] == "sig"
        if key["kty"] == "RSA":  # 128 bits of security (ASVS 5.0, 11.2.3)
            assert len(b64_decoded(key["n"])) * 8 >= 3072


async def test_traps_of_jwt_libraries_are_refused(embedded_city: OpenCity) -> None:
    """identity: texts for times, foreign types, swapped algorithms, keys of strangers."""
    good = await signing.sign_jwt(claims(), typ="at+jwt")
    head, body, seal = good.split(".")
    kid = jwt.get_unverified_header(good)["kid"]
    current = await keys.current("token", "ES256")
    rs_kid = (await keys.current("token", "RS256")).kid
    stranger = ec.generate_private_key(ec.SECP256R1())
    strange_rsa = rsa.generate_private_key(65537, 2048)

    def made(payload: dict[str, Any], key: Any, alg: str, **header: Any) -> str:
        return jwt.encode(payload, key, alg, headers={"typ": "at+jwt", "kid": kid, **header})

    tokens = {
        "type of another use": await signing.sign_jwt(claims(), typ="logout+jwt"),
        "no type": await signing.sign_jwt(claims(), typ=""),
        "stranger's key": made(claims(), stranger, "ES256"),
        "stranger's algorithm under our kid": made(claims(), strange_rsa, "RS256"),
        "ES256 under the kid of an RSA key": made(claims(), stranger, "ES256", kid=rs_kid),
        "shared secret": made(claims(), "k" * 64, "HS256"),
        "none": made(claims(), None, "none"),
        "unknown kid": made(claims(), stranger, "ES256", kid="nobody"),
        "two signatures": good + "." + seal,
        "padding": f"{head}.{body}.{seal}==",
        "changed body": f"{head}.{body[:-2]}AA.{seal}",
        "nothing": "",
        "too long": good + "A" * 20_000,
    }
    for what, token in tokens.items():
        with pytest.raises(signing.NotOurs):
            await opened(token)
            pytest.fail(f"believed: {what}")

    async def ours(**changed: Any) -> str:
        """Signed by us, as a mistake of ours might be: what PyJWT alone would let pass."""
        header_part = keys_b64({"alg": "ES256", "typ": "at+jwt", "kid": kid})
        part = header_part + b"." + keys_b64({**claims(), **changed})
        made_seal = await keys.signer().sign(current, part)
        return (part + b"." + b64(made_seal)).decode()

    now = int(clock.now().timestamp())
    for name, changed in {
        "exp as a text": {"exp": str(now + 300)},
        "exp as a fraction": {"exp": now + 300.5},
        "exp is true": {"exp": True},
        "iat as a text": {"iat": str(now)},
        "exp beyond all time": {"exp": 10**18},
        "no exp": {"exp": None},
        "past": {"iat": now - 600, "exp": now - 1},
        "future": {"iat": now + 60},
        "not before": {"nbf": now + 60},
        "two audiences": {"aud": [AUDIENCE, "another"]},
        "another audience": {"aud": "another"},
        "another issuer": {"iss": "https://elsewhere.example"},
    }.items():
        token = await ours(**changed)
        with pytest.raises(signing.NotOurs):
            await opened(token)
            pytest.fail(f"believed: {name}")
    assert await opened(await ours())
    late = await ours(iat=now - 600, exp=now - 1)
    assert await opened(late, expired=True, audience=None)


def b64_decoded(text: str) -> bytes:
    return jwt.utils.base64url_decode(text)


def b64(data: bytes) -> bytes:
    return jwt.utils.base64url_encode(data)


def keys_b64(value: dict[str, Any]) -> bytes:
    return b64(orjson.dumps({k: v for k, v in value.items() if v is not None}))


async def test_no_token_outlives_the_time_its_key_is_served(embedded_city: OpenCity) -> None:
    longest = int(signing.longest_life().total_seconds())
    for wrong in (claims(longest + 1), claims(exp="1900000000"), claims(iat=True)):
        with pytest.raises(ValueError):
            await signing.sign_jwt(wrong, typ="at+jwt")


async def test_promise_23_no_token_fails_while_the_keys_roll_over(city_app: OpenCity) -> None:
    """A relying party may have fetched our keys at any time since an hour before a rotation."""
    start = clock.now()
    longest = signing.longest_life()
    checked = 0
    algs: dict[str, set[str]] = {}
    jwks_seen: list[tuple[Any, jwt.PyJWKSet]] = []
    tokens: list[tuple[Any, str]] = []
    for hour in range(70):
        with clock.showing(start + timedelta(hours=hour)):
            fetched = await signing.jwks()
            jwks_seen.append((clock.now(), jwt.PyJWKSet.from_dict(fetched)))
            for key in fetched["keys"]:
                algs.setdefault(key["kid"], set()).add(key["alg"])
            for alg in keys.ALGS:
                life = int(longest.total_seconds())
                tokens.append((clock.now(), await signing.sign_jwt(claims(life), typ="t", alg=alg)))
            # every living token, by the keys as fetched an hour ago and as fetched now
            await opened(tokens[-2][1], typ="t")
            for at, token in tokens:
                if clock.now() < at + longest:
                    for seen, jwks in jwks_seen[-2:]:
                        if seen >= at - keys.PUBLISHED_BEFORE:
                            by_a_stranger(token, jwks)
                            checked += 1
            if hour % 20 == 10:
                for alg in keys.ALGS:
                    before = await keys.current("token", alg)
                    assert await signing.rotate(alg) != before.kid
    assert checked > 1500
    assert {len(one) for one in algs.values()} == {1}
    assert len(algs) == 4 + 2 * 3  # three rotations of two algorithms


async def test_an_old_key_is_served_for_twice_the_longest_life_and_its_secret_is_gone(
    city_app: OpenCity,
) -> None:
    start = clock.now()
    token = await signing.sign_jwt(claims(), typ="t")
    kid = jwt.get_unverified_header(token)["kid"]
    with clock.showing(start + timedelta(hours=2)):
        await signing.rotate("ES256")
        (row,) = await db.rows("SELECT private FROM auth_signing_key WHERE kid = $1", kid)
        assert row["private"] is None

    async def is_served(after: timedelta) -> bool:
        with clock.showing(start + timedelta(hours=2) + after):
            await signing.rotate_due()
            return kid in {key["kid"] for key in (await signing.jwks())["keys"]}

    assert await is_served(2 * signing.longest_life() - timedelta(seconds=1))
    assert not await is_served(2 * signing.longest_life())
    assert not await db.rows("SELECT 1 FROM auth_signing_key WHERE kid = $1", kid)


async def test_the_clock_rotates_each_month_and_of_many_workers_one(city_app: OpenCity) -> None:
    kids = {alg: (await keys.current("token", alg)).kid for alg in keys.ALGS}
    await signing.rotate_due()
    assert {alg: (await keys.current("token", alg)).kid for alg in keys.ALGS} == kids
    with clock.showing(clock.now() + timedelta(days=30)):
        await asyncio.gather(signing.rotate_due(), signing.rotate_due())
        assert all([(await keys.current("token", alg)).kid != kids[alg] for alg in keys.ALGS])
        for alg in keys.ALGS:
            states = [k.state for k in await signing_keys.served() if k.alg == alg]
            assert sorted(states) == ["current", "next", "old"]


async def test_a_key_that_strangers_know_is_believed_no_more(
    city_app: OpenCity, capsys: pytest.CaptureFixture[str]
) -> None:
    token = await signing.sign_jwt(claims(), typ="at+jwt")
    assert await commands.signing_keys(["rotate", "ES256"]) == 1  # not published for an hour yet
    assert "distrust ES256" in capsys.readouterr().out
    assert await commands.signing_keys(["distrust", "ES256"]) == 0
    with pytest.raises(signing.NotOurs):
        await opened(token)
    assert await opened(await signing.sign_jwt(claims(), typ="at+jwt"))
    assert await commands.signing_keys(["list"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("current") == 3
    assert shown.count("next") == 2
    assert await commands.signing_keys(["burn"]) == 2


# -- keys in a device ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SoftHSM token and its URI."""
    uri, config = new_token(tmp_path_factory.mktemp("softhsm"))
    os.environ["SOFTHSM2_CONF"] = str(config)  # the library reads it when it is first opened
    return uri


async def test_keys_may_live_in_a_device_that_never_gives_them_out(
    embedded_parts: Settings, softhsm: str
) -> None:
    chosen = embedded_parts.model_copy(update={"signing_keys": softhsm})
    async with parts.opened(chosen):
        await db.execute("DELETE FROM auth_signing_key")
        await signing.prepare()
        for row in await db.rows("SELECT private FROM auth_signing_key"):
            assert row["private"] is None
        for alg in keys.ALGS:
            token = await signing.sign_jwt(claims(), typ="at+jwt", alg=alg)
            assert by_a_stranger(token, await signing.jwks())["sub"] == "x"
        assert len(await signing.log_sign(b"a checkpoint")) == 64
        with clock.showing(clock.now() + timedelta(hours=2)):
            kid = await signing.rotate("ES256")
            later = await signing.sign_jwt(claims(), typ="at+jwt")
            assert jwt.get_unverified_header(later)["kid"] == kid
            assert await opened(later)


async def test_a_device_that_is_away_is_a_refusal_and_checking_goes_on(
    embedded_parts: Settings, softhsm: str
) -> None:
    chosen = embedded_parts.model_copy(update={"signing_keys": softhsm})
    async with parts.opened(chosen):
        await db.execute("DELETE FROM auth_signing_key")
        await signing.prepare()
        token = await signing.sign_jwt(claims(), typ="at+jwt")
        wrong = softhsm.replace("token=yimen", "token=taken-away")
        away = chosen.model_copy(update={"signing_keys": wrong})
    async with parts.opened(away):
        with pytest.raises(Refusal, match="signing_away"):
            await signing.sign_jwt(claims(), typ="at+jwt")
        assert await opened(token)


def test_a_device_is_named_whole_or_the_city_does_not_start(tmp_path: Path) -> None:
    for uri in ("pkcs11:", "pkcs11:token=x", "elsewhere", "pkcs11:token=x?module-path=/y.so"):
        with pytest.raises(SettingsError, match="YIMEN_SIGNING_KEYS"):
            devices.device(uri)
