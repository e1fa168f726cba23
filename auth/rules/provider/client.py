"""A department's system as it is registered (接入应用), and what a registration may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from auth.rules.provider.elements import ELEMENTS, SCOPES

Profile = Literal["std", "high"]
AuthMethod = Literal["client_secret", "private_key_jwt", "none"]

GRANTS = {
    "authorization_code": "authorization_code",
    "refresh_token": "refresh_token",
    "device_code": "urn:ietf:params:oauth:grant-type:device_code",
    "ciba": "urn:openid:params:grant-type:ciba",
}
CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}", re.ASCII)
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
SIGNING = {"EC": "ES256", "OKP": "EdDSA", "RSA": "PS256"}
RSA_LEAST = 2048
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k", "oth"})


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. ``profile`` is ``std`` or ``high`` (FAPI 2.0)."""

    client_id: str
    name: str
    department: str
    department_name: str
    purpose: str
    profile: Profile
    sector: str
    auth_method: AuthMethod
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    scopes: tuple[str, ...] = ("openid",)
    legal_basis: Mapping[str, str] = field(default_factory=dict)
    grants: tuple[str, ...] = ("authorization_code", "refresh_token")
    jwks: Mapping[str, Any] = field(default_factory=lambda: {"keys": []})
    id_token_alg: Literal["RS256", "ES256"] = "ES256"
    encrypt_id_token: bool = False
    place: str = ""
    secret_digest: str = field(default="", repr=False)
    former_digest: str = field(default="", repr=False)
    former_until: datetime | None = None
    enabled: bool = True

    @property
    def high(self) -> bool:
        """Whether the FAPI 2.0 rules hold."""
        return self.profile == "high"

    def signing_keys(self) -> list[dict[str, Any]]:
        """The public keys whose signatures count."""
        return [key for key in self.jwks["keys"] if key.get("use", "sig") == "sig"]

    def encryption_key(self) -> dict[str, Any] | None:
        """The public key to which ID tokens are encrypted."""
        return next((key for key in self.jwks["keys"] if key.get("use") == "enc"), None)


def key_alg(key: Mapping[str, Any], *, high: bool) -> str:
    """The one algorithm that a client's signing key may use."""
    alg = key.get("alg") or SIGNING.get(key.get("kty", ""), "")
    return alg if high or key.get("alg") or key.get("kty") != "RSA" else "RS256"


class Problem(NamedTuple):
    """One thing to mend in a registration: its field (a JSON pointer without the first slash), a
    code that has its text in every locale, and what it is about.
    """

    field: str
    code: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {SENTENCES[self.code].format(what=self.what)}"


# for the operator's command line; screens take the texts of the locales
SENTENCES = {
    "required": "is missing",
    "unknown_field": "no such field",
    "not_an_option": "{what} is unknown",
    "client_id_form": "3 to 60 of a-z 0-9 . _ -",
    "redirect_needed": "the code flow needs at least one",
    "basis_needed": "{what} needs the law that allows it",
    "alg_of_profile": "ES256, or RS256 in the standard profile",
    "method_of_high": "the high profile takes private_key_jwt only",
    "keys_needed": "private_key_jwt needs a public signing key",
    "grants_without_secret": "an app without a secret gets the code flow only",
    "private_key": "holds a private key; register the public half",
    "key_alg": "signing keys use one of {what}",
    "rsa_bits": "an RSA key has at least {what} bits",
    "high_only": "this city takes the high profile only",
    "uri_none": "{what} is no address",
    "uri_character": "{what} has a character that no address has",
    "uri_https": "{what} must begin with https://",
    "uri_host": "{what} names no host, or a user",
    "uri_fragment": "{what} must not have a fragment",
}


def problems(client: Client) -> list[Problem]:
    """Everything that is wrong with a registration."""
    found: list[Problem] = []
    if not CLIENT_ID.fullmatch(client.client_id):
        found.append(Problem("client_id", "client_id_form"))
    people_read = ("name", "department_name", "purpose")
    found += [
        Problem(name, "required") for name in people_read if not getattr(client, name).strip()
    ]
    if not client.sector.strip():  # it decides who knows a person by the same name
        found.append(Problem("sector", "required"))
    given: dict[str, tuple[str, ...]] = {
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "backchannel_logout_uri": tuple(filter(None, [client.backchannel_logout_uri])),
    }
    for name, uris in given.items():
        found += [Problem(name, why, uri) for uri in uris if (why := uri_problem(uri))]
    if "authorization_code" in client.grants and not client.redirect_uris:
        found.append(Problem("redirect_uris", "redirect_needed"))
    found += [Problem("grants", "not_an_option", one) for one in client.grants if one not in GRANTS]
    return found + _scope_problems(client) + _method_problems(client) + _key_problems(client)


def _scope_problems(client: Client) -> list[Problem]:
    unknown = [one for one in client.scopes if one not in SCOPES]
    found = [Problem("scopes", "not_an_option", one) for one in unknown]
    found += [
        Problem(f"legal_basis/{scope}", "basis_needed", scope)
        for scope in client.scopes
        if scope in ELEMENTS and ELEMENTS[scope].basis and not client.legal_basis.get(scope)
    ]
    return found


def _method_problems(client: Client) -> list[Problem]:
    found: list[Problem] = []
    if client.profile not in ("std", "high"):
        found.append(Problem("profile", "not_an_option", client.profile))
    if client.auth_method not in ("client_secret", "private_key_jwt", "none"):
        found.append(Problem("auth_method", "not_an_option", client.auth_method))
    if client.id_token_alg not in (("ES256",) if client.high else ("ES256", "RS256")):
        found.append(Problem("id_token_alg", "alg_of_profile"))
    if client.high and client.auth_method != "private_key_jwt":
        found.append(Problem("auth_method", "method_of_high"))
    if client.auth_method == "private_key_jwt" and not client.signing_keys():
        found.append(Problem("jwks", "keys_needed"))
    if client.auth_method == "none" and set(client.grants) - {"authorization_code"}:
        found.append(Problem("grants", "grants_without_secret"))
    return found


def _key_problems(client: Client) -> list[Problem]:
    found: list[Problem] = []
    allowed = ["ES256", "EdDSA", "PS256"] + ([] if client.high else ["RS256"])
    for key in client.jwks.get("keys", ()):
        if PRIVATE & set(key):
            found.append(Problem("jwks", "private_key"))
        elif key.get("use", "sig") == "sig" and key_alg(key, high=client.high) not in allowed:
            found.append(Problem("jwks", "key_alg", ", ".join(allowed)))
        if key.get("kty") == "RSA" and len(key.get("n", "")) * 6 < RSA_LEAST:
            found.append(Problem("jwks", "rsa_bits", str(RSA_LEAST)))
    return found


def uri_problem(uri: str) -> str | None:
    """Why an address cannot be registered, as a code; None if it can."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return "uri_none"
    if not uri.isascii() or not uri.isprintable() or " " in uri or "\\" in uri or "*" in uri:
        return "uri_character"
    if parts.scheme != "https" and not (parts.scheme == "http" and _host(parts.netloc) in _LOCAL):
        return "uri_https"
    if not parts.hostname or "@" in parts.netloc or port == 0:
        return "uri_host"
    if "#" in uri:
        return "uri_fragment"
    return None


def _host(netloc: str) -> str:
    return netloc if netloc.startswith("[") and netloc.endswith("]") else netloc.rsplit(":", 1)[0]
