"""What somebody who has just signed in, or proved again who they are, is told."""

from typing import Literal

from pydantic import Field

from auth.models import links as link_rows
from auth.rules import cookies
from auth.usecases import sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, settings
from backend.kernel.web import Reply, Schema


class Department(Schema):
    """An office by code and name."""

    code: str
    name: str


class StaffView(Schema):
    """The member of staff who is signed in."""

    name: str
    login: str
    department: Department
    district: str
    hall: str
    roles: list[str]


class Links(Schema):
    """Which other accounts lead to this person."""

    wechat: bool = False


class SessionView(Schema):
    """Who is signed in. ``token`` is for the mini-program, ``csrf_token`` for browsers.

    ``owner`` marks the account and tells nothing of it, so that a shared device can keep apart
    what it stores for two people whose masked names are alike. ``aal`` says how sure of
    them we are.
    """

    signed_in: bool
    owner: str | None = None
    kind: Literal["person", "staff"] | None = None
    name: str | None = None
    level: Literal["registered", "real_name", "verified"] | None = None
    aal: int | None = None
    csrf_token: str | None = None
    token: str | None = None
    expires_at: str | None = None
    idle_seconds: int | None = None
    staff: StaffView | None = None
    links: Links = Field(default_factory=Links)
    link_ticket: str | None = None


async def signed_in(token: str, visitor: Visitor) -> Reply:
    """A new token's way to its owner: into a cookie, or into the mini-program's answer."""
    live = await sessions.find(token, via=visitor.via)
    if live is None:
        raise sessions.session_over()
    if visitor.via == "miniprogram":
        return Reply(await view(live, token=token))
    chosen = settings.current()
    cookie = cookies.holding(token, secure=chosen.secure, seconds=chosen.session_absolute)
    known = cookies.device(visitor.device_token, secure=chosen.secure)
    return Reply(await view(live, token=None), headers={"Set-Cookie": cookie}, cookies=(known,))


async def view(live: Live, *, token: str | None) -> SessionView:
    """What a session's owner is told about it."""
    office = Department(code=live.department, name=live.department_name)
    is_staff = live.kind == "staff"
    return SessionView(
        signed_in=True,
        owner=live.owner,
        kind=live.kind,
        name=live.name,
        level=None if is_staff else live.level,
        aal=live.aal,
        csrf_token=live.csrf if live.via == "web" else None,
        token=token,
        expires_at=clock.rfc3339(live.expires_at),
        idle_seconds=live.idle,
        staff=StaffView(
            name=live.name,
            login=live.owner_id,
            department=office,
            district=live.district,
            hall=live.hall,
            roles=list(live.roles),
        )
        if is_staff
        else None,
        links=Links(wechat=not is_staff and await link_rows.any_of(live.owner_id)),
    )


def cookie_gone() -> dict[str, str]:
    """The header that takes the browser's token back."""
    return {"Set-Cookie": cookies.gone(secure=settings.current().secure)}
