"""A department's system as it is registered (接入应用), and what a registration may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
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


def problems(client: Client) -> list[str]:
    """Everything that is wrong with a registration, in words for the operator."""
    found: list[str] = []
    if not CLIENT_ID.fullmatch(client.client_id):
        found.append("client_id: 3 to 60 of a-z 0-9 . _ -")
    people_read = ("name", "department_name", "purpose")
    found += [f"{name}: is missing" for name in people_read if not getattr(client, name).strip()]
    if not client.sector.strip():
        found.append("sector: is missing; it decides who knows a person by the same name")
    uris = [*client.redirect_uris, *client.post_logout_redirect_uris]
    uris += [client.backchannel_logout_uri] if client.backchannel_logout_uri else []
    found += [f"{uri}: {why}" for uri in uris if (why := uri_problem(uri))]
    if "authorization_code" in client.grants and not client.redirect_uris:
        found.append("redirect_uris: the code flow needs at least one")
    found += [f"grants: {one} is unknown" for one in client.grants if one not in GRANTS]
    return found + _scope_problems(client) + _method_problems(client) + _key_problems(client)


def _scope_problems(client: Client) -> list[str]:
    found = [f"scopes: {scope} is unknown" for scope in client.scopes if scope not in SCOPES]
    found += [
        f"legal_basis: {scope} needs the law that allows it"
        for scope in client.scopes
        if scope in ELEMENTS and ELEMENTS[scope].basis and not client.legal_basis.get(scope)
    ]
    return found


def _method_problems(client: Client) -> list[str]:
    found: list[str] = []
    if client.profile not in ("std", "high"):
        found.append("profile: std or high")
    if client.auth_method not in ("client_secret", "private_key_jwt", "none"):
        found.append("auth_method: client_secret, private_key_jwt or none")
    if client.id_token_alg not in (("ES256",) if client.high else ("ES256", "RS256")):
        found.append("id_token_alg: ES256, or RS256 in the standard profile")
    if client.high and client.auth_method != "private_key_jwt":
        found.append("auth_method: the high profile takes private_key_jwt only")
    if client.auth_method == "private_key_jwt" and not client.signing_keys():
        found.append("jwks: private_key_jwt needs a public signing key")
    if client.auth_method == "none" and set(client.grants) - {"authorization_code"}:
        found.append("grants: an app without a secret gets the code flow only")
    return found


def _key_problems(client: Client) -> list[str]:
    found: list[str] = []
    allowed = ["ES256", "EdDSA", "PS256"] + ([] if client.high else ["RS256"])
    for key in client.jwks.get("keys", ()):
        if PRIVATE & set(key):
            found.append("jwks: holds a private key; register the public half")
        elif key.get("use", "sig") == "sig" and key_alg(key, high=client.high) not in allowed:
            found.append(f"jwks: signing keys use one of {', '.join(allowed)}")
        if key.get("kty") == "RSA" and len(key.get("n", "")) * 6 < RSA_LEAST:
            found.append(f"jwks: an RSA key has at least {RSA_LEAST} bits")
    return found


def uri_problem(uri: str) -> str | None:
    """Why an address cannot be registered; None if it can."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return "is no address"
    if not uri.isascii() or not uri.isprintable() or " " in uri or "\\" in uri or "*" in uri:
        return "has a character that no address has"
    if parts.scheme != "https" and not (parts.scheme == "http" and _host(parts.netloc) in _LOCAL):
        return "must begin with https://"
    if not parts.hostname or "@" in parts.netloc or port == 0:
        return "names no host, or a user"
    if "#" in uri:
        return "must not have a fragment"
    return None


def _host(netloc: str) -> str:
    return netloc if netloc.startswith("[") and netloc.endswith("]") else netloc.rsplit(":", 1)[0]
