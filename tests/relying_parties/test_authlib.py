"""Authlib's client signs people in, in both profiles (promise 1).

Authlib knows neither PAR nor DPoP nor device flow nor CIBA as a client: those it sends as plain
requests, with its own client authentication, and proofs made by joserfc.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.relying_parties.conftest import BACK, Party, Signed

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CIBA = "urn:openid:params:grant-type:ciba"


class Department:
    """A department's system on Authlib."""

    def __init__(self, signed: Signed, party: Party, *, high: bool) -> None:
        self.signed, self.high = signed, high
        self.issuer = f"{signed.city.address}/auth"
        self.told: dict[str, Any] = signed.city.http.get(
            "/auth/.well-known/openid-configuration"
        ).json()
        self.dpop_key = ECKey.generate_key("P-256") if high else None
        how: dict[str, Any] = {"client_secret": party.secret}
        if high:
            assert party.sig
            how = {"client_secret": party.sig,
                   "token_endpoint_auth_method": "private_key_jwt"}  # fmt: skip
        self.client = OAuth2Client(
            client_id=party.client_id, redirect_uri=BACK, scope="openid profile phone",
            code_challenge_method="S256", trust_env=False, **how,
        )  # fmt: skip
        if high:
            # the issuer alone is the audience that the high profile takes
            self.client.register_client_auth_method(
                PrivateKeyJWT(self.issuer, headers={"kid": "sig"}, alg="ES256")
            )

    def proof(self, url: str, method: str = "POST", token: str = "") -> dict[str, str]:
        """A DPoP header, in the high profile."""
        if self.dpop_key is None:
            return {}
        claims: dict[str, Any] = {
            "jti": secrets.token_hex(16),
            "htm": method,
            "htu": url,
            "iat": int(time()),
        }
        if token:
            digest = urlsafe_b64encode(sha256(token.encode()).digest())
            claims["ath"] = digest.decode().rstrip("=")
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.dpop_key.as_dict(private=False)}
        return {"DPoP": jwt.encode(header, claims, self.dpop_key)}

    def post(self, endpoint: str, form: dict[str, str]) -> dict[str, Any]:
        """A call with Authlib's client authentication."""
        url = self.told[endpoint]
        auth = self.client.client_auth(self.client.token_endpoint_auth_method)
        answer = self.client.request(
            "POST", url, data=form, auth=auth, withhold_token=True, headers=self.proof(url)
        )
        assert answer.status_code in (200, 201), answer.text
        return answer.json()  # type: ignore[no-any-return]

    def claims(self, id_token: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(self.signed.city.http.get("/auth/jwks").json())
        return dict(jwt.decode(id_token, keys, algorithms=["ES256", "RS256"]).claims)

    def userinfo(self, token: str) -> dict[str, Any]:
        url = self.told["userinfo_endpoint"]
        kind = "DPoP" if self.high else "Bearer"
        headers = {"Authorization": f"{kind} {token}", **self.proof(url, "GET", token)}
        answer = self.client.request("GET", url, headers=headers, withhold_token=True)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def agree(self, url: str) -> str:
        """The person follows a link and says yes; where the browser comes back to."""
        http = self.signed.http
        http.headers["X-CSRF-Token"] = self.signed.csrf
        location: str = http.get(url).headers["location"]
        if not location.startswith("/authorize?"):
            return location
        at = f"/auth/authorizations/{parse_qs(urlsplit(location).query)['request'][0]}"
        shown = http.get(at).json()["elements"]
        body = {"elements": [one["name"] for one in shown]}
        return str(http.post(f"{at}/agreement", json=body).json()["location"])

    def confirm(self, code: str = "") -> None:
        """The person says yes on their phone."""
        http = self.signed.http
        http.headers["X-CSRF-Token"] = self.signed.csrf
        one = (
            http.post("/auth/approvals/codes", json={"code": code}).json()
            if code
            else http.get("/auth/approvals").json()["approvals"][0]
        )
        body = {"agree": True, "elements": [e["name"] for e in one["elements"]]}
        assert http.post(f"/auth/approvals/{one['id']}/answer", json=body).status_code == 204


@pytest.fixture(params=["std", "high"])
def office(
    request: pytest.FixtureRequest, parties: dict[str, Party], signed: Signed
) -> Iterator[Department]:
    """A department in each profile."""
    found = Department(signed, parties[f"authlib-{request.param}"], high=request.param == "high")
    yield found
    found.client.close()


def test_promise_01_authlib(office: Department) -> None:
    verifier = secrets.token_urlsafe(32)
    endpoint = office.told["authorization_endpoint"]
    url, state = office.client.create_authorization_url(
        endpoint, code_verifier=verifier, nonce="n-0S6"
    )
    if office.high:
        asked = {name: one[0] for name, one in parse_qs(urlsplit(url).query).items()}
        pushed = office.post("pushed_authorization_request_endpoint", asked)
        url = f"{endpoint}?client_id={office.client.client_id}&request_uri={pushed['request_uri']}"
    back = office.agree(url)
    tokens = office.client.fetch_token(
        office.told["token_endpoint"], authorization_response=back, state=state,
        code_verifier=verifier, headers=office.proof(office.told["token_endpoint"]),
    )  # fmt: skip
    claims = office.claims(tokens["id_token"])
    assert (claims["nonce"], claims["iss"]) == ("n-0S6", office.issuer)
    told = office.userinfo(tokens["access_token"])
    assert (told["sub"], told["name"]) == (claims["sub"], "梁*欣")
    renewed = office.client.refresh_token(
        office.told["token_endpoint"], refresh_token=tokens["refresh_token"],
        headers=office.proof(office.told["token_endpoint"]),
    )  # fmt: skip
    assert office.userinfo(renewed["access_token"])["sub"] == claims["sub"]


def test_promise_01_authlib_device_flow_and_ciba(office: Department) -> None:
    started = office.post("device_authorization_endpoint", {"scope": "openid"})
    office.confirm(started["user_code"])
    form = {"grant_type": DEVICE, "device_code": started["device_code"]}
    first = office.post("token_endpoint", form)
    asked = {"scope": "openid", "id_token_hint": first["id_token"], "binding_message": "3-47"}
    window = office.post("backchannel_authentication_endpoint", asked)
    office.confirm()
    form = {"grant_type": CIBA, "auth_req_id": window["auth_req_id"]}
    second = office.post("token_endpoint", form)
    assert office.claims(first["id_token"])["sub"] == office.claims(second["id_token"])["sub"]
