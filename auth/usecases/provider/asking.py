"""Ask a person on their own phone (CIBA, poll mode): the window asks, the phone answers.

Somebody who stands there shows the digits of their phone (窗口亮码): the department's own system
sends them as ``login_hint_token``, which is good once. Somebody who is only named by a phone, a
number or an earlier ID token is woken by a notice, since nothing is open in their hand.

Whether somebody has an account is nobody's business: a request for an unknown person is answered
like any other and waits until it runs out. A person sees one request at a time, and no more than
a few in ten minutes, so that nobody says yes to have peace.
"""

import re
import secrets
from datetime import datetime
from typing import Any

from auth import signing
from auth.models import events, people
from auth.models.provider import grants, tickets
from auth.rules import documents, identity
from auth.rules.provider.client import Client
from auth.rules.provider.elements import acr_level
from auth.rules.provider.errors import OAuthError, invalid_request
from auth.rules.provider.requests import Asked, scopes_of
from auth.usecases import alerts, once
from auth.usecases.once import Kept
from auth.usecases.provider.clients import Shown, authenticate, issuer
from auth.usecases.provider.redeeming import POLL_SECONDS
from auth.usecases.visitor import knock
from backend.kernel import clock, db, outbox
from backend.kernel.errors import Refusal

ASKING_SECONDS = 120
_LONGEST_MESSAGE = 40
_DIGITS = re.compile(r"[0-9]{8}", re.ASCII)
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
    kept = await _shown(form[hints[0]], client) if hints[0] == "login_hint_token" else None
    person_id = kept.value["person"] if kept else await _hinted(hints[0], form[hints[0]], client)
    asked = Asked(
        client_id=client.client_id,
        redirect_uri="",
        scopes=scopes,
        acr=acr_level(form.get("acr_values", "").split()),
        at=clock.now().timestamp(),
    )
    text, until = secrets.token_urlsafe(32), clock.in_seconds(seconds)
    issuing = tickets.issuing(
        text,
        "ciba",
        client_id=client.client_id,
        payload={"asked": asked.kept(), "message": message},
        expires_at=until,
        person_id=person_id,
    )
    try:
        await db.write(issuing, *_beside(person_id, kept, client, until))
    except db.Stale:  # the digits were read a moment ago
        raise _token_over() from None
    outbox.nudge()
    return {"auth_req_id": text, "expires_in": seconds, "interval": POLL_SECONDS}


def _seconds(asked: str | None) -> int:
    if asked is None:
        return ASKING_SECONDS
    if not asked.isascii() or not asked.isdigit() or not 0 < len(asked) < 7 or int(asked) == 0:
        raise invalid_request("requested_expiry")
    return min(int(asked), ASKING_SECONDS)


def _beside(
    person_id: str | None, kept: Kept | None, client: Client, until: datetime
) -> tuple[db.Statement, ...]:
    """What goes with a request: the digits are used up and the reading is the person's to see, or
    the phone is woken.
    """
    if kept is not None:
        event = events.happened(
            "window_read",
            via="department",
            address="",
            person_id=kept.value["person"],
            detail=client.client_id,
        )
        return once.using(kept), event
    return () if person_id is None else (alerts.waking(person_id, "window_asks", until=until),)


def _token_over() -> OAuthError:
    return OAuthError("expired_login_hint_token", "not shown now, or read already")


async def _shown(digits: str, client: Client) -> Kept:
    """What the digits on a phone stand for."""
    try:
        await knock("window.client", client.client_id)
    except Refusal:
        raise _token_over() from None
    kept = await once.look("window", digits) if _DIGITS.fullmatch(digits) else None
    if kept is None or kept.used:
        raise _token_over()
    return kept


async def _hinted(kind: str, hint: str, client: Client) -> str | None:
    """Who is meant; None for nobody we know, and for somebody who has been asked too often."""
    if kind == "id_token_hint":
        return await _of_token(hint, client)
    phone, number = identity.normal_phone(hint), documents.normal_number(hint)
    is_phone = identity.phone_problem(phone) is None
    try:
        await knock("ciba.person", phone if is_phone else number)
    except Refusal:
        return None
    found = (
        await people.find_account(phone_blind=people.blind_phone(phone))
        if is_phone
        else await people.find_by_number(number)
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
