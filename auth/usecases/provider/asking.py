"""Ask a person on their own phone (CIBA, poll mode): the window asks, the phone answers.

Whether somebody has an account is nobody's business: a request for an unknown person is answered
like any other and waits until it runs out. A person sees one request at a time, and no more than
a few in ten minutes, so that nobody says yes to have peace.
"""

import secrets
from typing import Any

from auth import signing
from auth.models import people
from auth.models.provider import grants, tickets
from auth.rules import identity
from auth.rules.provider.client import Client
from auth.rules.provider.elements import acr_level
from auth.rules.provider.errors import OAuthError, invalid_request
from auth.rules.provider.requests import Asked, scopes_of
from auth.usecases.provider.clients import Shown, authenticate, issuer
from auth.usecases.provider.redeeming import POLL_SECONDS
from auth.usecases.visitor import knock
from backend.kernel import clock, db
from backend.kernel.errors import Refusal

ASKING_SECONDS = 120
_LONGEST_MESSAGE = 40
_HINTS = ("login_hint", "login_hint_token", "id_token_hint")


async def begin(shown: Shown) -> dict[str, Any]:
    """Answer a backchannel authentication request.

    Raises:
        OAuthError: as CIBA Core §13 names them.
    """
    client = await authenticate(shown)
    if "ciba" not in client.grants:
        raise OAuthError("unauthorized_client", "not registered for CIBA")
    form = shown.form
    if "request" in form:
        raise invalid_request("signed requests are not supported")
    scopes = scopes_of(form.get("scope", ""), client)
    if "openid" not in scopes:
        raise OAuthError("invalid_scope", "openid is missing")
    hints = [name for name in _HINTS if name in form]
    if len(hints) != 1:
        raise invalid_request("exactly one hint")
    message = form.get("binding_message", "")
    if len(message) > _LONGEST_MESSAGE or not message.isprintable():
        raise OAuthError("invalid_binding_message", f"at most {_LONGEST_MESSAGE} characters")
    seconds = _seconds(form.get("requested_expiry"))
    person_id = await _hinted(hints[0], form[hints[0]], client)
    asked = Asked(
        client_id=client.client_id,
        redirect_uri="",
        scopes=scopes,
        acr=acr_level(form.get("acr_values", "").split()),
        at=clock.now().timestamp(),
    )
    text = secrets.token_urlsafe(32)
    await db.write(
        tickets.issuing(
            text,
            "ciba",
            client_id=client.client_id,
            payload={"asked": asked.kept(), "message": message},
            expires_at=clock.in_seconds(seconds),
            person_id=person_id,
        )
    )
    return {"auth_req_id": text, "expires_in": seconds, "interval": POLL_SECONDS}


def _seconds(asked: str | None) -> int:
    if asked is None:
        return ASKING_SECONDS
    if not asked.isascii() or not asked.isdigit() or not 0 < len(asked) < 7 or int(asked) == 0:
        raise invalid_request("requested_expiry")
    return min(int(asked), ASKING_SECONDS)


async def _hinted(kind: str, hint: str, client: Client) -> str | None:
    """Who is meant; None for nobody we know, and for somebody who has been asked too often."""
    if kind == "login_hint_token":
        raise OAuthError("invalid_request", "login_hint_token is not supported")
    if kind == "id_token_hint":
        return await _of_token(hint, client)
    phone, number = identity.normal_phone(hint), identity.normal_id_number(hint)
    is_phone = identity.phone_problem(phone) is None
    try:
        await knock("ciba.person", phone if is_phone else number)
    except Refusal:
        return None
    found = (
        await people.find_account(phone_blind=people.blind_phone(phone))
        if is_phone
        else await people.find_account(id_number_blind=people.blind_id_number(number))
    )
    return None if found is None else found.person_id


async def _of_token(hint: str, client: Client) -> str | None:
    try:
        claims = await signing.verify_jwt(
            hint, typ="JWT", issuer=issuer(), audience=client.client_id, expired=True
        )
    except signing.NotOurs:
        raise invalid_request("id_token_hint") from None
    person_id = await grants.person_of(str(claims.get("sub", "")), client.client_id)
    try:
        await knock("ciba.person", person_id or "nobody")
    except Refusal:
        return None
    return person_id
