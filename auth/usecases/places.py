"""Enrol the machines and screens of halls (场所登记), so that a phone can say where one stands.

1. An administrator names a place and gets a code: ten letters, one use, ten minutes.
2. Whoever stands before the machine types it at ``/staff/place``; its browser keeps a token.
3. From then on a QR code shown there says the place's name on the phone, a session opened there
   ends after twenty minutes at the latest, and a window's name is not typed by hand.
4. A machine that is taken away is revoked: its token counts for nothing from that moment.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from auth.models import acts, places
from auth.models.acts import OPERATOR, By, Subject
from auth.models.places import Kind, Known
from auth.rules.staff import Reach
from auth.usecases.members import by
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db
from backend.kernel.errors import FieldError, invalid, not_allowed, not_found

CODE_LIFE = timedelta(minutes=10)
MOST_SECONDS = 20 * 60
"""How long somebody may stay signed in at a machine that everybody uses."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


async def offer(
    live: Live, *, name: str, kind: Kind, at: Reach, visitor: Visitor
) -> tuple[Known, str]:
    """A new place, and the code for its browser.

    Raises:
        Refusal: ``check_input``, ``beyond_your_post``.
    """
    if not name.strip():
        raise invalid("check_input", errors=[FieldError("/name", "required")])
    if not live.reach.covers(at):
        raise not_allowed("beyond_your_post")
    code, until = _code(), clock.now() + CODE_LIFE
    place = Known(db.new_id(), name.strip(), kind, at, "offered", until, None)
    await db.write(
        places.offering(place, code_digest=_digest(code)),
        *acts.done("offered", subject(place), by=by(live, visitor)),
    )
    return place, code


async def offer_again(live: Live, row: str, visitor: Visitor) -> tuple[Known, str]:
    """Another code: the machine was changed, or the time ran out.

    Raises:
        Refusal: ``not_found``.
    """
    place, code = await _get(live, row), _code()
    until = clock.now() + CODE_LIFE
    await db.write(
        places.offering_again(place.id, code_digest=_digest(code), until=until),
        *acts.done("offered", subject(place), by=by(live, visitor)),
    )
    return await _get(live, row), code


async def revoke(live: Live, row: str, visitor: Visitor) -> None:
    """The machine is taken away.

    Raises:
        Refusal: ``not_found``.
    """
    place = await _get(live, row)
    try:
        act = acts.done("revoked", subject(place), by=by(live, visitor))
        await db.write(places.revoking(place.id), *act)
    except db.Stale:  # revoked already
        raise not_found() from None


async def enrol(code: str, visitor: Visitor) -> tuple[Known, str]:
    """The place whose code was typed, and the token for the browser it was typed in.

    Raises:
        Refusal: ``place_code_wrong``, ``too_many_tries``.
    """
    await visitor.knock("place.address")
    digest = _digest("".join(code.split()).replace("-", "").lower())
    place = await places.waiting_for(digest)
    if place is None:
        raise invalid("place_code_wrong", errors=[FieldError("/code", "place_code_wrong")])
    token = secrets.token_urlsafe(32)
    author = By(OPERATOR.staff_id, visitor.via, visitor.address)
    try:
        await db.write(
            places.enrolling(place.id, code_digest=digest, token_digest=_digest(token)),
            *acts.done("enrolled", subject(place), by=author),
        )
    except db.Stale:  # another browser came with it a moment ago
        raise invalid(
            "place_code_wrong", errors=[FieldError("/code", "place_code_wrong")]
        ) from None
    return place, token


async def here(token: str) -> Known | None:
    """The place that a browser stands at, by the token it holds."""
    return await places.with_token(_digest(token)) if len(token) == 43 else None


def subject(place: Known) -> Subject:
    """A place as the journal names it."""
    return Subject("place", place.id, place.said, place.at)


async def _get(live: Live, row: str) -> Known:
    place = await places.find(row)
    if place is None or not live.reach.covers(place.at):
        raise not_found()
    return place


def _code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
