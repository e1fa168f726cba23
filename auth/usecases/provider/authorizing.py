"""The authorization endpoint (授权): from the department's request to the code it gets back.

A request is kept under a text of its own while the person signs in, proves again or reads the
consent screen; so the page may be reloaded as often as they like. It is used up, together with
the pushed request it came from, in the write that makes the code.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from auth import signing
from auth.models import events
from auth.models.provider import clients, consents, tickets
from auth.models.provider.tickets import Found
from auth.rules.provider import requests
from auth.rules.provider.client import Client
from auth.rules.provider.errors import NoRedirect, OAuthError, invalid_request
from auth.rules.provider.requests import PUSHED, Answer, Asked
from auth.usecases import prove
from auth.usecases.provider import capacity, issuing, redeeming
from auth.usecases.provider.capacity import Told
from auth.usecases.provider.clients import Shown, authenticate, issuer, proven_key
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db
from backend.kernel.errors import conflict, not_allowed, not_found

CODE_SECONDS = 60
PUSHED_SECONDS = 90
ASKED_SECONDS = 600
"""How long somebody may take to sign in and to read what is asked."""
SCREEN = "/authorize"

Need = Literal["sign_in", "again", "step_up", "consent", "none"]


@dataclass(frozen=True, slots=True)
class Screen:
    """What the person is shown: who asks, for what, and what is wanted of them next."""

    client: Client
    asked: Asked
    need: Need
    told: Told


async def push(shown: Shown) -> dict[str, Any]:
    """Keep a pushed authorization request (PAR, RFC 9126).

    Raises:
        OAuthError: what the authorization endpoint would send the browser back with.
    """
    client = await authenticate(shown)
    if "request_uri" in shown.form:
        raise invalid_request("request_uri cannot be pushed")
    jkt = await proven_key(shown)
    try:
        requests.redirect_of(shown.form, client)
    except NoRedirect:
        raise invalid_request("redirect_uri is not registered") from None
    asked = requests.read(shown.form, client, now=clock.now().timestamp(), jkt=jkt)
    text = secrets.token_urlsafe(32)
    await db.write(
        tickets.issuing(
            text,
            "pushed",
            client_id=client.client_id,
            payload=asked.kept(),
            expires_at=clock.in_seconds(PUSHED_SECONDS),
        )
    )
    return {"request_uri": PUSHED + text, "expires_in": PUSHED_SECONDS}


async def begin(params: Mapping[str, str], live: Live | None, visitor: Visitor) -> str:
    """Where the browser goes: back to the client, or to our own screen.

    Raises:
        NoRedirect: it goes nowhere.
    """
    client = await clients.find(params.get("client_id", ""))
    if client is None or not client.enabled:
        raise NoRedirect("client_unknown")
    pushed = params.get("request_uri", "")
    if pushed.startswith(PUSHED):
        asked = await _pushed(pushed.removeprefix(PUSHED), client)
        redirect_uri, state = asked.redirect_uri, asked.state
    else:
        asked = None
        redirect_uri, state = requests.redirect_of(params, client), params.get("state")
    try:
        if asked is None:
            if "request_uri" in params:
                raise OAuthError("request_uri_not_supported", "push the request instead")
            if client.high:
                raise invalid_request("the high profile pushes its requests")
            asked = requests.read(params, client, now=clock.now().timestamp())
        return await _go_on(asked, client, live, visitor)
    except OAuthError as error:
        return _back(redirect_uri, state, error=error.error,
                     error_description=error.description).location  # fmt: skip


async def _pushed(text: str, client: Client) -> Asked:
    found = await tickets.find(text, "pushed")
    if found is None or found.client_id != client.client_id or found.used or found.over:
        raise NoRedirect("request_over")
    asked = requests.with_origin(requests.again(found.payload), found.id)
    if asked.redirect_uri not in client.redirect_uris:  # taken out of the registry meanwhile
        raise NoRedirect("redirect_unknown")
    return asked


async def _go_on(asked: Asked, client: Client, live: Live | None, visitor: Visitor) -> str:
    need = await needed(asked, client, live)
    if need == "none":
        assert live is not None
        told = await capacity.told(asked, live)
        answer, statements = _code(asked, client, live, visitor, told)
        try:
            await db.write(*statements)
        except db.Stale:
            raise NoRedirect("request_over") from None
        return answer.location
    if "none" in asked.prompt:
        raise OAuthError("consent_required" if need == "consent" else "login_required")
    text = secrets.token_urlsafe(32)
    await db.write(
        tickets.issuing(
            text,
            "asked",
            client_id=client.client_id,
            payload=asked.kept(),
            expires_at=clock.in_seconds(ASKED_SECONDS),
        )
    )
    return f"{SCREEN}?request={text}"


async def needed(asked: Asked, client: Client, live: Live | None) -> Need:
    """What stands between a request and its code."""
    if live is None or live.kind != "person":
        return "sign_in"
    if asked.id_token_hint and not await _is_hinted(asked.id_token_hint, client, live):
        return "sign_in"
    again = {"login", "select_account"} & set(asked.prompt) and live.proved < asked.at
    if again or (asked.max_age is not None and asked.at - live.proved > asked.max_age):
        return "again"
    if live.aal < asked.acr:
        return "step_up"
    consent = await consents.find(live.owner_id, client.client_id)
    told = await capacity.told(asked, live)
    if consent is None or not consent.covers(asked.elements, client.purpose, told.id):
        return "consent"
    if told.capacity is not None and told.capacity.over:
        return "consent"
    if "consent" in asked.prompt and consent.given_at.timestamp() < asked.at:
        return "consent"
    return "none"


async def _is_hinted(token: str, client: Client, live: Live) -> bool:
    try:
        claims = await signing.verify_jwt(
            token, typ="JWT", issuer=issuer(), audience=client.client_id, expired=True
        )
    except signing.NotOurs:
        raise invalid_request("id_token_hint") from None
    return bool(claims.get("sub") == issuing.subject(client, live.owner_id))


async def screen(text: str, live: Live | None) -> Screen:
    """What the person sees of a request under way.

    Raises:
        Refusal: ``sign_in_request_over``.
    """
    _, client, asked = await _under_way(text)
    return Screen(
        client, asked, await needed(asked, client, live), await capacity.told(asked, live)
    )


async def agree(
    text: str, elements: tuple[str, ...], acting_by: str | None, live: Live, visitor: Visitor
) -> str:
    """Send the person back with a code. ``elements`` is what the screen said they agree to,
    ``acting_by`` the representation that it named.

    Raises:
        Refusal: ``acting_changed``, ``acting_over``, ``sign_in_first``, ``prove_again``,
            ``no_way_to_prove``, ``consent_missing``, ``sign_in_request_over``.
    """
    found, client, asked = await _under_way(text)
    need = await needed(asked, client, live)
    if need == "sign_in":
        raise not_allowed("sign_in_first")
    if need in ("again", "step_up"):
        raise await prove.again(live, aal=asked.acr or 1, within=asked.max_age or 0)
    told = await capacity.told(asked, live)
    capacity.agreed(told, acting_by)
    more: list[db.Statement] = []
    if need == "consent":
        if set(elements) != set(asked.elements):
            raise not_allowed("consent_missing")
        more = consenting(live.owner_id, client, elements, visitor, told)
    answer, statements = _code(asked, client, live, visitor, told)
    try:
        await db.write(tickets.using(found.id), *statements, *more)
    except db.Stale:
        raise conflict("sign_in_request_over") from None
    return answer.location


def consenting(
    person_id: str,
    client: Client,
    elements: tuple[str, ...],
    visitor: Visitor,
    told: Told,
) -> list[db.Statement]:
    """What a yes writes down."""
    return [
        consents.giving(
            person_id, client.client_id, elements=elements, purpose=client.purpose,
            capacity=told.id,
        ),
        events.happened(
            "consented", via=visitor.via, address=visitor.address, person_id=person_id,
            detail=client.client_id,
        ),
    ]  # fmt: skip


async def refuse(text: str) -> str:
    """Send the person back with their no.

    Raises:
        Refusal: ``sign_in_request_over``.
    """
    found, _, asked = await _under_way(text)
    using = [tickets.using(found.id)]
    if asked.pushed:
        using.append(tickets.using(asked.pushed))
    try:
        await db.write(*using)
    except db.Stale:
        raise conflict("sign_in_request_over") from None
    return _back(asked.redirect_uri, asked.state, error="access_denied").location


async def _under_way(text: str) -> tuple[Found, Client, Asked]:
    found = await tickets.find(text, "asked")
    if found is None:
        raise not_found()
    client = await clients.find(found.client_id)
    if found.used or found.over or client is None or not client.enabled:
        raise conflict("sign_in_request_over")
    return found, client, requests.again(found.payload)


def _code(
    asked: Asked, client: Client, live: Live, visitor: Visitor, told: Told
) -> tuple[Answer, list[db.Statement]]:
    code = secrets.token_urlsafe(32)
    payload = {
        "asked": asked.kept(),
        **redeeming.agreed(
            person_id=live.owner_id, session_id=live.session_id, acr=live.aal,
            methods=live.methods, proved=live.proved, acting_by=told.id,
        ),
    }  # fmt: skip
    statements = [
        tickets.issuing(
            code,
            "code",
            client_id=client.client_id,
            payload=payload,
            expires_at=clock.in_seconds(CODE_SECONDS),
        ),
        events.happened(
            "passed_on",
            via=visitor.via,
            address=visitor.address,
            person_id=live.owner_id,
            detail=client.client_id,
        ),
    ]
    if asked.pushed:
        statements.insert(0, tickets.using(asked.pushed))
    return _back(asked.redirect_uri, asked.state, code=code), statements


def _back(redirect_uri: str, state: str | None, **said: str) -> Answer:
    said = {name: value for name, value in said.items() if value}
    return requests.answer(redirect_uri, state=state, issuer=issuer(), **said)
