"""Sign in on a screen with the phone (扫码登录): a PC, or a machine in a hall.

1. ``start``: the screen's browser gets a request of its own, known by a cookie, and a two-digit
   number. ``draw`` gives it a QR code; each works once and for less than a minute.
2. ``scanned``: the phone, where the person is signed in, opens the code. The request is theirs
   now; another phone with the same code gets nothing.
3. The person picks the number (``prompts.answer``).
4. ``finish`` opens the session, for the browser with the cookie alone.
"""

import re
import secrets
from hashlib import sha256

from auth.models import events, handoffs
from auth.models.handoffs import Request
from auth.rules import handoffs as rules
from auth.usecases import devices, once, places, prompts, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db
from backend.kernel.errors import Refusal, conflict, not_allowed

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def scan_over() -> Refusal:
    """The refusal for a QR code nobody drew, that was used, or is too old."""
    return not_allowed("scan_over")


def screen_over() -> Refusal:
    """The refusal for a browser that has no request of its own, or none that lives."""
    return not_allowed("screen_over")


async def start(visitor: Visitor, place: str = "") -> tuple[str, str]:
    """The browser's token for a new request, and the number to show beside the QR code.

    ``place`` is the name of the enrolled place where the browser stands.

    Raises:
        Refusal: ``too_many_tries``.
    """
    await visitor.knock("scan.address")
    number, offered = rules.numbers()
    token = secrets.token_urlsafe(32)
    asked = {
        "number": number,
        "numbers": offered,
        "device": visitor.device,
        "place": place,
        "address": rules.blurred(visitor.address),
        "network": visitor.network,
    }
    until = clock.in_seconds(rules.SCAN_SECONDS)
    await db.write(
        handoffs.starting(db.new_id(), "scan", asked, until=until, starter_digest=_digest(token))
    )
    return token, number


async def draw(token: str) -> str:
    """The secret of the next QR code of a browser's own request.

    Raises:
        Refusal: ``screen_over``, ``too_many_tries``.
    """
    request = await look(token)
    await knock("scan.browser", request.id)
    return await once.keep("scan", {"request": request.id}, seconds=rules.QR_SECONDS)


async def look(token: str) -> Request:
    """How a browser's own request stands.

    Raises:
        Refusal: ``screen_over``.
    """
    request = await handoffs.started_by(_digest(token)) if _TOKEN.fullmatch(token) else None
    if request is None or request.state == "done":
        raise screen_over()
    return request


async def scanned(live: Live, secret: str, visitor: Visitor) -> prompts.Prompt:
    """Put the request behind a QR code before the person whose phone read it.

    Raises:
        Refusal: ``scan_over``, ``prompt_pending``, ``too_many_tries``.
    """
    await knock("prompt.person", live.owner_id)
    kept = await once.look("scan", secret)
    if kept is None or kept.used:
        raise scan_over()
    return await opened(live, kept, visitor)


async def opened(live: Live, kept: once.Kept, visitor: Visitor) -> prompts.Prompt:
    """The request behind a code, for the first who comes with it.

    Raises:
        Refusal: ``scan_over``, ``prompt_pending``.
    """
    row = kept.value["request"]
    try:
        await db.write(once.using(kept), *handoffs.asking(row, live.owner_id))
    except db.Stale:
        raise scan_over() from None
    except db.IntegrityError:
        raise conflict("prompt_pending") from None
    request = await handoffs.find(row)
    if request is None:
        raise scan_over()
    return prompts.shown(request, visitor)


async def finish(token: str, visitor: Visitor) -> str:
    """The token of the session that the phone agreed to, for the browser that asked.

    Raises:
        Refusal: ``screen_over``, ``screen_refused``, ``screen_waits``.
    """
    request = await look(token)
    if request.state == "refused":
        raise not_allowed("screen_refused")
    if request.state != "agreed":
        raise not_allowed("screen_waits")
    assert request.person_id and request.aal and request.proved_at and request.until
    until = request.until
    if request.asked.get("place"):  # a machine that everybody uses
        until = min(until, clock.in_seconds(places.MOST_SECONDS))
    session = sessions.opening(
        "person",
        request.person_id,
        via="web",
        method="handoff",
        aal=request.aal,
        device=visitor.device,
        handed=sessions.Proof(request.proved_at, until),
    )
    event = events.happened(
        "signed_in",
        method="handoff",
        via=visitor.via,
        address=visitor.address,
        person_id=request.person_id,
    )
    seen = await devices.arriving(request.person_id, visitor)
    try:
        await db.write(handoffs.finishing(request.id), session.statement, event, *seen)
    except db.Stale:
        raise screen_over() from None
    await sessions.replace_former(visitor.former)
    return session.token


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
