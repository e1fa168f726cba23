"""Sign in at a machine without a browser of one's own (RFC 8628): kiosks, televisions, terminals.

The machine shows a short code; the person types it into their own phone, sees who asks and where
the machine stands, and decides. What follows goes to the machine that asked and nowhere else.
"""

import secrets
from typing import Any

from auth.models.provider import clients, tickets
from auth.models.provider.tickets import Found
from auth.rules.provider.elements import acr_level
from auth.rules.provider.errors import OAuthError
from auth.rules.provider.requests import Asked, scopes_of
from auth.usecases.provider.clients import Shown, authenticate
from auth.usecases.provider.redeeming import POLL_SECONDS
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, settings
from backend.kernel.errors import not_allowed

DEVICE_SECONDS = 120
"""How long a code on a screen counts: long enough to type, too short to be passed on."""
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word; nothing that looks like a digit."""
PAGE = "/device"


async def begin(shown: Shown) -> dict[str, Any]:
    """Answer a device authorization request.

    Raises:
        OAuthError: as RFC 8628 §3.1 and RFC 6749 §5.2 name them.
    """
    client = await authenticate(shown)
    if "device_code" not in client.grants:
        raise OAuthError("unauthorized_client", "not registered for the device flow")
    asked = Asked(
        client_id=client.client_id,
        redirect_uri="",
        scopes=scopes_of(shown.form.get("scope", ""), client),
        acr=acr_level(shown.form.get("acr_values", "").split()),
        at=clock.now().timestamp(),
    )
    text = secrets.token_urlsafe(32)
    typed = "".join(secrets.choice(LETTERS) for _ in range(8))
    await db.write(
        tickets.issuing(
            text,
            "device",
            client_id=client.client_id,
            payload={"asked": asked.kept(), "code": typed},
            expires_at=clock.in_seconds(DEVICE_SECONDS),
            typed=typed,
        )
    )
    page, shown_code = settings.current().base_url + PAGE, f"{typed[:4]}-{typed[4:]}"
    return {
        "device_code": text,
        "user_code": shown_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?code={shown_code}",
        "expires_in": DEVICE_SECONDS,
        "interval": POLL_SECONDS,
    }


async def find(code: str, person_id: str, visitor: Visitor) -> Found:
    """The request behind a code that somebody typed.

    Raises:
        Refusal: ``device_code_wrong`` (unknown, answered or too late), ``too_many_tries``.
    """
    await visitor.knock("device.address")
    await knock("device.person", person_id)
    bare = "".join(letter for letter in code.upper() if letter in LETTERS)
    found = await tickets.find_typed(bare) if len(bare) == 8 else None
    if found is None or found.used or found.over or found.state != "waiting":
        raise not_allowed("device_code_wrong")
    client = await clients.find(found.client_id)
    if client is None or not client.enabled:
        raise not_allowed("device_code_wrong")
    return found
