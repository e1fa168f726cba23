"""What every endpoint of this house asks first: who stands there, and is anybody signed in."""

import re
import secrets

from auth.models.places import Known
from auth.rules import cookies, devices
from auth.usecases import places, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import settings
from backend.kernel.errors import Refusal
from backend.kernel.web import Call

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


def visitor_of(call: Call, *, miniprogram: bool = False) -> Visitor:
    """Who stands at the door, and the token their browser already holds."""
    device = devices.label(call.request.headers.get("user-agent", ""))
    if miniprogram or call.request.headers.get("x-yimen-client") == "miniprogram":
        return Visitor(call.address, "miniprogram", device=device)
    held = call.request.cookies.get(cookies.name(secure=settings.current().secure), "")
    token = call.request.cookies.get(cookies.device_name(secure=settings.current().secure), "")
    if not _TOKEN.fullmatch(token):
        token = secrets.token_urlsafe(24)
    return Visitor(call.address, "web", held, device, token)


async def needed_live(call: Call) -> Live:
    """The session of a request to a route that only signed-in people reach.

    Raises:
        Refusal: ``session_over``.
    """
    live = await sessions.find_in(call.request.scope["headers"])
    if live is None:
        raise sessions.session_over()
    return live


async def live_of(call: Call) -> Live | None:
    """The session of a request; one that ended is none."""
    try:
        return await sessions.find_in(call.request.scope["headers"])
    except Refusal:
        return None


async def place_of(call: Call) -> Known | None:
    """The enrolled place at which the browser of a request stands."""
    name = cookies.place_name(secure=settings.current().secure)
    return await places.here(call.request.cookies.get(name, ""))
