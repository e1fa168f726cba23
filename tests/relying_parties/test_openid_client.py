"""npm openid-client, certified by the OpenID Foundation, signs people in (promise 1)."""

from typing import Any

import pytest

from tests.relying_parties.conftest import BACK, BYE, Party, Signed, run


@pytest.mark.parametrize(
    ("name", "alg", "method"),
    [("node-rs256", "RS256", "ClientSecretBasic"), ("node-es256", "ES256", "ClientSecretPost")],
)
def test_promise_01_standard_profile(
    parties: dict[str, Party], signed: Signed, name: str, alg: str, method: str
) -> None:
    got = run("sign_in.mjs", {
        **signed.told(), "profile": "std", "client_id": name, "secret": parties[name].secret,
        "alg": alg, "method": method, "redirect_uri": BACK, "bye": BYE,
        "scope": "openid profile id_number",
    })  # fmt: skip
    assert got["userinfo"]["sub"] == got["claims"]["sub"]
    assert got["userinfo"]["id_number"] == "440604199005120222"
    assert (got["type"], got["active"], got["left"]) == (
        "bearer", [True, False], f"{BYE}?state=left",
    )  # fmt: skip
    assert not signed.http.get("/auth/session").json()["signed_in"]


@pytest.mark.parametrize("encrypted", [False, True], ids=["signed", "encrypted"])
def test_promise_01_high_profile(
    parties: dict[str, Party], signed: Signed, encrypted: bool
) -> None:
    party = parties["node-high"]
    assert party.sig and party.enc
    told: dict[str, Any] = {
        **signed.told(), "profile": "high", "client_id": party.client_id, "alg": "ES256",
        "key": party.sig.as_dict(private=True), "redirect_uri": BACK, "bye": BYE,
        "scope": "openid",
    }  # fmt: skip
    if encrypted:
        told |= {"enc_key": party.enc.as_dict(private=True)}
        told |= {"claims": {"id_token": {"id_number": None}}}
    got = run("sign_in.mjs", told)
    assert got["claims"].get("id_number") == ("440604199005120222" if encrypted else None)
    assert (got["type"], got["active"]) == ("dpop", [True, False])


@pytest.mark.parametrize("name", ["node-rs256", "node-high"])
def test_promise_01_device_flow_and_ciba(
    parties: dict[str, Party], signed: Signed, resident: dict[str, Any], name: str
) -> None:
    party, high = parties[name], name == "node-high"
    assert party.sig
    got = run("waiting.mjs", {
        **signed.told(), "profile": "high" if high else "std", "client_id": name,
        "secret": party.secret, "key": party.sig.as_dict(private=True),
        "alg": "ES256" if high else "RS256", "child": resident["child"],
    })  # fmt: skip
    assert got == {
        "place": "祖庙街道政务服务中心", "message": "3-47", "same": True,
        "capacity": ["person", "guardian", "陈*怡"],
        "types": ["dpop", "dpop"] if high else ["bearer", "bearer"],
    }  # fmt: skip
