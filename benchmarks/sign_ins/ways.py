"""The ways in (登录方式), each a whole sign-in of one to four requests.

A way is a generator: it yields what is asked and is sent the answer, so that the same code is
walked in process while it is recorded and over the wire while it is measured.
"""

import itertools
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from benchmarks.asks import Ask
from benchmarks.sign_ins.strict import Strict

BACK = "https://rp.example/back"
SCOPES = ("profile", "phone")
PASSWORD = "a password of their own"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


class Astray(Exception):
    """The city sent somebody elsewhere than back, say because their session idled out."""


Way = Generator[Ask, Answer, None]


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody with an account, signed in on one device, and with a browser known to the city."""

    phone: str
    session: str = field(repr=False)
    csrf: str = field(repr=False)
    device: str = field(repr=False)


_addresses = itertools.count(1)


def _from() -> dict[str, str]:
    """Every sign-in comes from an address of its own: the limits by address count apart."""
    place = next(_addresses)
    return {"x-forwarded-for": f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"}


def by_password(who: Resident) -> Way:
    """密码登录: one request."""
    body = orjson.dumps({"account": who.phone, "password": PASSWORD})
    known = {"cookie": f"yimen_device={who.device}"}
    yield Ask("POST", "/auth/sessions", {**_from(), **known}, body, expect=201)


def by_hand_off(who: Resident) -> Way:
    """在浏览器中继续: a link from where one is signed in, a look whose it is, and in."""
    at = _from()
    giver = {"cookie": f"yimen_session={who.session}", "x-csrf-token": who.csrf}
    given = yield Ask("POST", "/auth/onward", {**at, **giver}, expect=201)
    body = orjson.dumps({"secret": orjson.loads(given.body)["url"].partition("#")[2]})
    taker = {**at, "cookie": f"yimen_device={who.device}"}
    yield Ask("POST", "/auth/onward/owner", taker, body)
    yield Ask("POST", "/auth/onward/sessions", taker, body, expect=201)


def by_code_flow(who: Resident, client_id: str, secret: str) -> Way:
    """A department's system (OpenID Connect): to us and back, code for tokens, who it is."""
    verifier, asked = _request(client_id)
    browser = {**_from(), "cookie": f"yimen_session={who.session}"}
    sent = yield Ask("GET", f"/auth/authorize?{urlencode(asked)}", browser, expect=303)
    proof = b64encode(f"{client_id}:{secret}".encode()).decode()
    head = {"authorization": f"Basic {proof}", **FORM}
    given = yield Ask("POST", "/auth/token", head, urlencode(_redeemed(sent, verifier)).encode())
    token = orjson.loads(given.body)["access_token"]
    yield Ask("GET", "/auth/userinfo", {"authorization": f"Bearer {token}"})


def by_high_profile(who: Resident, client: Strict) -> Way:
    """The same in the high profile (FAPI 2.0): the request pushed, every call proven by a
    signature, the tokens bound, the phone number inside the ID token, which is encrypted for it.
    """
    verifier, asked = _request(client.client_id)
    asked["claims"] = '{"id_token":{"phone_number":null}}'
    form = urlencode({**asked, **client.asserts()}).encode()
    pushed = yield Ask("POST", "/auth/par", {**_from(), **FORM}, form, expect=201)
    uri = orjson.loads(pushed.body)["request_uri"]
    query = urlencode({"client_id": client.client_id, "request_uri": uri})
    browser = {**_from(), "cookie": f"yimen_session={who.session}"}
    sent = yield Ask("GET", f"/auth/authorize?{query}", browser, expect=303)
    form = urlencode({**_redeemed(sent, verifier), **client.asserts()}).encode()
    given = yield Ask("POST", "/auth/token", {**FORM, **client.proof("POST", "token")}, form)
    token = orjson.loads(given.body)["access_token"]
    bound = {"authorization": f"DPoP {token}", **client.proof("GET", "userinfo", token=token)}
    yield Ask("GET", "/auth/userinfo", bound)


def _request(client_id: str) -> tuple[str, dict[str, str]]:
    """A verifier, and the authorization request that it will prove."""
    verifier = secrets.token_urlsafe(32)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    return verifier, {
        "client_id": client_id, "response_type": "code", "redirect_uri": BACK,
        "scope": " ".join(("openid", *SCOPES)), "state": secrets.token_urlsafe(12),
        "nonce": secrets.token_urlsafe(12), "code_challenge": challenge,
        "code_challenge_method": "S256",
    }  # fmt: skip


def _redeemed(sent: Answer, verifier: str) -> dict[str, str]:
    """The form that turns what came back into tokens."""
    back = sent.headers["location"]
    if not back.startswith(f"{BACK}?code="):
        raise Astray(back.partition("?")[0])
    (code,) = parse_qs(urlsplit(back).query)["code"]
    return {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
        "code_verifier": verifier,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """Who lives there, and the departments' clients: signing algorithm -> secret, and one of the
    high profile.
    """

    residents: Sequence[Resident]
    secrets: dict[str, str] = field(repr=False)
    strict: Strict

    def ways(self, name: str) -> Iterator[Way]:
        """Sign-ins of one kind without end, the residents in turn."""
        for who in itertools.cycle(self.residents):
            yield WAYS[name](self, who)


WAYS: dict[str, Callable[[Town, Resident], Way]] = {
    "handoff": lambda town, who: by_hand_off(who),
    "code_es256": lambda town, who: by_code_flow(who, "es256", town.secrets["ES256"]),
    "code_rs256": lambda town, who: by_code_flow(who, "rs256", town.secrets["RS256"]),
    "code_high": lambda town, who: by_high_profile(who, town.strict),
    "password": lambda town, who: by_password(who),
}
TITLES = {
    "handoff": "hand-off from WeChat to the browser",
    "code_es256": "code flow, ID token ES256",
    "code_rs256": "code flow, ID token RS256 of 3072 bits",
    "code_high": "code flow, high profile",
    "password": "password (Argon2id)",
}
