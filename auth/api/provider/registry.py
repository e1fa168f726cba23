"""The client registry (接入应用登记): which departments' systems may ask us, for administrators."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from auth.api.members import ADMINISTRATOR, SURE
from auth.api.visit import needed_live, visitor_of
from auth.models.provider import clients
from auth.rules.provider.client import Client
from auth.rules.staff import Reach
from auth.usecases.members import by
from auth.usecases.provider import registry
from auth.usecases.provider.registry import BadRegistration
from auth.usecases.sessions import Live
from backend.kernel import clock, web
from backend.kernel.errors import FieldError, Refusal, conflict, invalid, not_allowed, not_found
from backend.kernel.web import Call, Reply, Schema

Short = Annotated[str, StringConstraints(max_length=60)]
Uri = Annotated[str, StringConstraints(max_length=400)]
Uris = Annotated[list[Uri], Field(max_length=20)]
Basis = dict[Short, Annotated[str, StringConstraints(max_length=120)]]


class ClientBody(Schema):
    """What is registered of a system. ``sector`` groups those that know a person by one name;
    ``id_token_alg`` null is what the profile brings: RS256 in the standard one, ES256 in the high.
    """

    name: Short
    department: Annotated[str, StringConstraints(max_length=20)]
    department_name: Short
    purpose: Annotated[str, StringConstraints(max_length=60)]
    profile: Literal["std", "high"] = "std"
    sector: Annotated[str, StringConstraints(max_length=100)] = ""
    auth_method: Literal["client_secret", "private_key_jwt", "none"] = "client_secret"
    redirect_uris: Uris = Field(default_factory=list)
    post_logout_redirect_uris: Uris = Field(default_factory=list)
    backchannel_logout_uri: Uri = ""
    scopes: Annotated[list[Short], Field(max_length=12)] = Field(default_factory=list)
    legal_basis: Annotated[Basis, Field(max_length=12)] = Field(default_factory=dict)
    grants: Annotated[list[Short], Field(max_length=4)] = Field(default_factory=list)
    id_token_alg: Literal["RS256", "ES256"] | None = None
    encrypt_id_token: bool = False
    place: Short = ""


class ClientIn(ClientBody):
    """A new system with its keys, if it proves itself by them."""

    client_id: Short
    jwks: dict[str, Any] | None = None


class ClientKeys(Schema):
    """New public keys, for a system that proves itself by them."""

    jwks: dict[str, Any] | None = None


class ClientState(Schema):
    """Whether a system may ask us."""

    enabled: bool


class KeyView(Schema):
    """A registered public key."""

    kid: str
    kty: str
    use: str


class ClientView(ClientBody):
    """A registered system. ``former_until``: till then the secret before the last one counts."""

    client_id: str
    keys: list[KeyView]
    enabled: bool
    former_until: str | None


class ClientSecret(Schema):
    """A system and its secret, shown only now; empty when it proves itself by keys."""

    client: ClientView
    secret: str


class ClientList(Schema):
    """Registered systems, by id."""

    clients: list[ClientView]


async def list_clients(call: Call) -> ClientList:
    """The systems within one's own reach."""
    live = await needed_live(call)
    found = await clients.every()
    return ClientList(clients=[_view(one) for one in found if _within(live, one.department)])


async def read_client(call: Call) -> ClientView:
    """One registered system."""
    return _view(await _get(await needed_live(call), call.path["client_id"]))


async def register_client(call: Call) -> ClientSecret:
    """Let a new system ask us."""
    live, body = await needed_live(call), call.body
    _may(live, body.department)
    registration = {**_registration(body), "client_id": body.client_id}
    if body.jwks is not None:
        registration["jwks"] = _jwks(body.jwks)
    try:
        added = await registry.add(registration, by=by(live, visitor_of(call)), only_new=True)
    except BadRegistration as bad:
        raise _refused(bad) from None
    except registry.Taken:
        raise conflict("client_taken") from None
    return ClientSecret(client=_view(added[0]), secret=added[1])


async def change_client(call: Call) -> ClientSecret:
    """Write a registration anew; a way of proof that needs a secret gets one."""
    live, body = await needed_live(call), call.body
    before = await _get(live, call.path["client_id"])
    _may(live, body.department)
    registration = _registration(body) | {"client_id": before.client_id, "jwks": before.jwks}
    if before.profile == body.profile:
        registration.setdefault("id_token_alg", before.id_token_alg)
    try:
        client, secret = await registry.add(registration, by=by(live, visitor_of(call)))
    except BadRegistration as bad:
        raise _refused(bad) from None
    return ClientSecret(client=_view(client), secret=secret)


async def rotate_client(call: Call) -> ClientSecret:
    """A new secret, or new keys."""
    live = await needed_live(call)
    client = await _get(live, call.path["client_id"])
    jwks = _jwks(call.body.jwks) if call.body.jwks is not None else None
    try:
        secret = await registry.rotate(client.client_id, jwks, by=by(live, visitor_of(call)))
    except BadRegistration as bad:
        raise _refused(bad) from None
    return ClientSecret(client=_view(await _get(live, client.client_id)), secret=secret)


async def switch_client(call: Call) -> Reply:
    """Shut a system out at once, or let it in again."""
    live = await needed_live(call)
    client = await _get(live, call.path["client_id"])
    if client.enabled != call.body.enabled:
        author = by(live, visitor_of(call))
        await registry.disable(client.client_id, enabled=call.body.enabled, by=author)
    return Reply(status=204)


def _within(live: Live, department: str) -> bool:
    return live.reach.covers(Reach(department))


def _may(live: Live, department: str) -> None:
    if not _within(live, department):
        raise not_allowed("beyond_your_post")


async def _get(live: Live, client_id: str) -> Client:
    found = await clients.find(client_id)
    if found is None or not _within(live, found.department):
        raise not_found()
    return found


def _registration(body: ClientBody) -> dict[str, Any]:
    values = body.model_dump(exclude={"client_id", "jwks"})
    if not values["sector"].strip():
        del values["sector"]  # the department's own
    if not values["grants"]:
        del values["grants"]  # what the way of proof allows
    if values["id_token_alg"] is None:
        del values["id_token_alg"]  # what the profile brings
    values["scopes"] = list(dict.fromkeys(["openid", *values["scopes"]]))
    values["legal_basis"] = {k: v.strip() for k, v in values["legal_basis"].items() if v.strip()}
    return values


def _jwks(given: dict[str, Any]) -> dict[str, Any]:
    keys = given.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise invalid("check_input", errors=[FieldError("/jwks", "format")])
    return {"keys": keys}


def _refused(bad: BadRegistration) -> Refusal:
    errors = [FieldError(f"/{one.field}", one.code, {"what": one.what}) for one in bad.problems]
    return invalid("check_input", errors=errors)


def _view(client: Client) -> ClientView:
    return ClientView(
        client_id=client.client_id,
        name=client.name,
        department=client.department,
        department_name=client.department_name,
        purpose=client.purpose,
        profile=client.profile,
        sector=client.sector,
        auth_method=client.auth_method,
        redirect_uris=list(client.redirect_uris),
        post_logout_redirect_uris=list(client.post_logout_redirect_uris),
        backchannel_logout_uri=client.backchannel_logout_uri,
        scopes=[one for one in client.scopes if one != "openid"],
        legal_basis=dict(client.legal_basis),
        grants=list(client.grants),
        id_token_alg=client.id_token_alg,
        encrypt_id_token=client.encrypt_id_token,
        place=client.place,
        keys=[
            KeyView(kid=str(key.get("kid", "")), kty=str(key.get("kty", "")),
                    use=str(key.get("use", "sig")))
            for key in client.jwks.get("keys", ())
        ],
        enabled=client.enabled,
        former_until=clock.rfc3339(client.former_until)
        if client.former_until and client.former_until > clock.now()
        else None,
    )  # fmt: skip


TAGS = ("office",)
ROUTES = (
    web.route("GET", "/auth/staff/clients", list_clients, actor=ADMINISTRATOR, returns=ClientList,
              summary="Registered systems (接入应用)", tags=TAGS),
    web.route("POST", "/auth/staff/clients", register_client, actor=ADMINISTRATOR, fresh=SURE,
              body=ClientIn, returns=ClientSecret, status=201,
              summary="Register a system (登记接入应用)", tags=TAGS),
    web.route("GET", "/auth/staff/clients/{client_id}", read_client, actor=ADMINISTRATOR,
              returns=ClientView, summary="One registered system", tags=TAGS),
    web.route("PUT", "/auth/staff/clients/{client_id}", change_client, actor=ADMINISTRATOR,
              fresh=SURE, body=ClientBody, returns=ClientSecret,
              summary="Write a registration anew (变更登记)", tags=TAGS),
    web.route("POST", "/auth/staff/clients/{client_id}/secret", rotate_client,
              actor=ADMINISTRATOR, fresh=SURE, body=ClientKeys, returns=ClientSecret, status=201,
              summary="A new secret or new keys (更换密钥)", tags=TAGS),
    web.route("PUT", "/auth/staff/clients/{client_id}/state", switch_client, actor=ADMINISTRATOR,
              fresh=SURE, body=ClientState, status=204, summary="Disable or enable (停用、启用)",
              tags=TAGS),
)  # fmt: skip
