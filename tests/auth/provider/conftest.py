"""A department's own system, as another office would write it: keys of its own and plain HTTP.

Nothing here is shared with the provider but the standards: proofs, challenges and checks are made
by joserfc, the provider's are PyJWT's.
"""

import secrets
import shutil
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from auth.usecases import sessions
from auth.usecases.provider import registry
from backend.kernel import clock, db
from tests.auth.conftest import LIANG, Door
from tests.conftest import ADDRESS, OpenCity, Template
from tests.conftest import _opened as city_opened
from tests.conftest import _settings as city_settings

ISSUER = f"{ADDRESS}/auth"
BACK = "https://rp.example/back?tenant=1"
BYE = "https://rp.example/bye"
LAW = {"id_number": "《社会保险法》第七十四条"}
EVERYTHING = ["openid", "profile", "phone", "real_name", "birthdate", "id_number"]
_ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CIBA = "urn:openid:params:grant-type:ciba"

Key = ECKey | RSAKey | OKPKey


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def challenge(verifier: str) -> str:
    return b64(sha256(verifier.encode()).digest())


def registration(client_id: str, **more: Any) -> dict[str, Any]:
    """What an operator would type for a client."""
    values = {
        "client_id": client_id, "name": "社保网上服务厅", "department": "RS",
        "department_name": "佛山市人力资源和社会保障局", "purpose": "查询和办理您的社会保险",
        "redirect_uris": [BACK, "https://rp.example/other"], "scopes": EVERYTHING,
        "post_logout_redirect_uris": [BYE], "legal_basis": LAW,
        "grants": ["authorization_code", "refresh_token", "device_code", "ciba"], **more,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


@dataclass
class RelyingParty:
    """A registered system with its secret or keys."""

    city: OpenCity
    client_id: str
    secret: str = ""
    key: ECKey | None = None
    dpop_key: ECKey | None = None
    enc_key: ECKey | None = None
    high: bool = False
    verifiers: dict[str, str] = field(default_factory=dict)
    http: httpx2.AsyncClient = field(init=False)

    async def open(self) -> "RelyingParty":
        self.http = await self.city.client()
        return self

    # -- proofs ---------------------------------------------------------------------------------

    def assertion(self, key: Key | None = None, **changed: Any) -> str:
        now = int(clock.now().timestamp())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "iat": now,
                  "exp": now + 60, "jti": secrets.token_hex(16), **changed}  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = key or self.key
        assert key is not None
        alg = {"EC": "ES256", "RSA": "PS256", "OKP": "EdDSA"}[key.key_type]
        header = {"alg": alg, "kid": key.kid} if key.kid else {"alg": alg}
        return jwt.encode(header, claims, key, algorithms=[alg])

    def proof(self, path: str, method: str = "POST", *, key: Key | None = None,
              token: str | None = None, header: dict[str, Any] | None = None,
              **changed: Any) -> str:  # fmt: skip
        key = key or self.dpop_key
        assert key is not None
        alg = {"EC": "ES256", "RSA": "PS256", "OKP": "EdDSA"}[key.key_type]
        claims = {"jti": secrets.token_hex(16), "htm": method, "htu": f"{ISSUER}/{path}",
                  "iat": int(clock.now().timestamp()), **changed}  # fmt: skip
        if token is not None:
            claims.setdefault("ath", b64(sha256(token.encode()).digest()))
        public = {k: v for k, v in key.as_dict(private=False).items() if k not in ("kid", "use")}
        head = {"alg": alg, "typ": "dpop+jwt", "jwk": public, **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, claims, key, algorithms=[alg])

    def proves(self) -> dict[str, str]:
        """The form fields that show who calls."""
        if self.secret:
            return {"client_id": self.client_id, "client_secret": self.secret}
        if self.key is None:
            return {"client_id": self.client_id}
        return {"client_assertion_type": _ASSERTED, "client_assertion": self.assertion()}

    async def post(self, path: str, form: dict[str, Any], **request: Any) -> httpx2.Response:
        """A call to an endpoint of the provider, with every proof the profile asks for."""
        headers = dict(request.pop("headers", {}))
        if self.dpop_key and path in ("token", "par") and "DPoP" not in headers:
            headers["DPoP"] = self.proof(path)
        body = {**self.proves(), **form}
        body = {name: value for name, value in body.items() if value is not None}
        return await self.http.post(f"/auth/{path}", data=body, headers=headers, **request)

    # -- the code flow --------------------------------------------------------------------------

    def request(self, **changed: Any) -> dict[str, Any]:
        """The parameters of an authorization request; None leaves one out."""
        state = changed.get("state") or secrets.token_urlsafe(12)
        verifier = secrets.token_urlsafe(32)
        self.verifiers[state] = verifier
        params = {
            "client_id": self.client_id, "response_type": "code", "redirect_uri": BACK,
            "scope": "openid", "state": state, "nonce": secrets.token_urlsafe(12),
            "code_challenge": challenge(verifier), "code_challenge_method": "S256", **changed,
        }  # fmt: skip
        return {name: value for name, value in params.items() if value is not None}

    async def ask(self, browser: httpx2.AsyncClient, **changed: Any) -> httpx2.Response:
        """Send a browser to the authorization endpoint, as the profile wants it."""
        params = self.request(**changed)
        if self.high:
            pushed = await self.post("par", params)
            assert pushed.status_code == 201, pushed.text
            params = {"client_id": self.client_id, "request_uri": pushed.json()["request_uri"]}
        return await browser.get("/auth/authorize", params=params)

    async def code(self, browser: httpx2.AsyncClient, **changed: Any) -> dict[str, str]:
        """The whole way to a code, agreeing to what is asked; what came back with it."""
        answer = await self.ask(browser, **changed)
        assert answer.status_code == 303, answer.text
        location = answer.headers["location"]
        if location.startswith("/authorize?"):
            location = await agree(browser, location)
        return came_back(location)

    async def redeem(self, back: dict[str, str], **changed: Any) -> httpx2.Response:
        form = {
            "grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK,
            "code_verifier": self.verifiers[back["state"]], **changed,
        }  # fmt: skip
        headers = form.pop("headers", {})
        return await self.post("token", form, headers=headers)

    async def tokens(self, browser: httpx2.AsyncClient, **changed: Any) -> dict[str, Any]:
        """A full sign-in."""
        answer = await self.redeem(await self.code(browser, **changed))
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def refresh(self, token: str, **changed: Any) -> httpx2.Response:
        headers = changed.pop("headers", {})
        form = {"grant_type": "refresh_token", "refresh_token": token, **changed}
        return await self.post("token", form, headers=headers)

    async def userinfo(self, token: str, method: str = "GET", **headers: str) -> httpx2.Response:
        if self.dpop_key:
            headers.setdefault("DPoP", self.proof("userinfo", method, token=token))
        headers.setdefault("Authorization", f"{'DPoP' if self.dpop_key else 'Bearer'} {token}")
        return await self.http.request(method, "/auth/userinfo", headers=headers)

    async def claims(self, token: str) -> dict[str, Any]:
        """The checked claims of an ID token, encrypted or not."""
        if token.count(".") == 4:
            assert self.enc_key is not None
            opened = jwe.decrypt_compact(token, self.enc_key).plaintext
            assert opened is not None
            token = opened.decode()
        keys = KeySet.import_key_set((await self.http.get("/auth/jwks")).json())
        found = jwt.decode(token, keys, algorithms=["ES256", "RS256"])
        assert found.claims["iss"] == ISSUER
        assert found.claims["aud"] == self.client_id
        return dict(found.claims)


def came_back(location: str) -> dict[str, str]:
    """What a browser brought back to the client."""
    assert location.startswith("https://rp.example/"), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def request_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["request"][0]


async def agree(browser: httpx2.AsyncClient, location: str) -> str:
    """Read the consent screen and say yes; where the browser goes."""
    at = f"/auth/authorizations/{request_of(location)}"
    shown = (await browser.get(at)).json()
    body = {"elements": [one["name"] for one in shown["elements"]]}
    answer = await browser.post(f"{at}/agreement", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["location"])


async def standard(city: OpenCity, client_id: str = "rs-portal", **more: Any) -> RelyingParty:
    """A system of the standard profile with a secret."""
    _, secret = await registry.add(registration(client_id, **more))
    return await RelyingParty(city, client_id, secret).open()


async def strict(city: OpenCity, client_id: str = "rs-strict", **more: Any) -> RelyingParty:
    """A system of the high profile (FAPI 2.0)."""
    key, enc = ECKey.generate_key("P-256", {"kid": "s1"}), ECKey.generate_key("P-256")
    sig = {**key.as_dict(private=False), "kid": "s1", "use": "sig", "alg": "ES256"}
    public = {"keys": [sig, {**enc.as_dict(private=False), "use": "enc", "kid": "e1"}]}
    await registry.add(registration(client_id, profile="high", jwks=public, **more))
    party = RelyingParty(city, client_id, key=key, enc_key=enc, high=True,
                         dpop_key=ECKey.generate_key("P-256"))  # fmt: skip
    return await party.open()


@pytest.fixture(params=["std", "high"])
def profile(request: pytest.FixtureRequest) -> str:
    """Both profiles."""
    return str(request.param)


async def party_of(profile: str, door: Door, **more: Any) -> RelyingParty:
    """A relying party of a profile."""
    make = standard if profile == "std" else strict
    return await make(door.city, **more)


def error(answer: httpx2.Response, status: int = 400) -> str:
    """The OAuth error of an answer in its own shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    return str(answer.json()["error"])


async def signed_in(
    city: OpenCity, person_id: str, *, aal: int = 1, method: sessions.Method = "sms"
) -> httpx2.AsyncClient:
    """A browser of a person, signed in this very moment, without the text message."""
    opened = sessions.opening("person", person_id, via="web", method=method, aal=aal)
    await db.write(opened.statement)
    browser = await city.client()
    browser.cookies.set("yimen_session", opened.token, domain="localhost.local")
    shown = (await browser.get("/auth/session")).json()
    assert shown["signed_in"], shown
    browser.headers["X-CSRF-Token"] = shown["csrf_token"]
    return browser


@dataclass
class World:
    """A city in which somebody is signed in, shared by the tests of one file."""

    city: OpenCity
    person_id: str
    browser: httpx2.AsyncClient
    std: RelyingParty
    high: RelyingParty

    async def stranger(self) -> httpx2.AsyncClient:
        """A browser in which nobody is signed in."""
        return await self.city.client()

    async def again(self, aal: int = 1) -> httpx2.AsyncClient:
        """The same person in another browser, signed in just now."""
        return await signed_in(self.city, self.person_id, aal=aal)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world(
    embedded_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A world for a whole file."""
    state = tmp_path_factory.mktemp("world") / "state"
    shutil.copytree(embedded_template.state, state)
    settings = city_settings(state, database_url=f"sqlite://{state / 'yimen.db'}")
    async with city_opened(settings) as city:
        browser = await Door(city).registered(LIANG, password="one that is long")
        row = await db.row("SELECT id FROM auth_person")
        assert row is not None
        yield World(city, str(row["id"]), browser, await standard(city), await strict(city))
