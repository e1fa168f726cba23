"""What somebody who has just signed in, or proved again who they are, is told."""

from typing import Literal

from pydantic import Field

from auth.models import links as link_rows
from auth.models import representations
from auth.rules import cookies
from auth.rules import representation as rules
from auth.rules.representation import SCOPES, Kind, Relation, Role, Scope
from auth.usecases import acting, sessions
from auth.usecases.acting import Capacity
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


class ActingView(Schema):
    """In whose place the session stands. ``id`` is the representation's, and what the header
    ``Yimen-Acting`` says; ``relation`` is who the represented is to the agent; ``until`` is the
    last day. ``over``: it has ended, and another capacity must be chosen.
    """

    id: str
    kind: Kind
    name: str
    role: Role
    relation: Relation | None
    scope: list[Scope]
    items: list[str] | None
    until: str | None
    over: bool


class SessionView(Schema):
    """Who is signed in. ``token`` is for the mini-program, ``csrf_token`` for browsers.

    ``owner`` marks the account, and for whom it acts, and tells nothing of either, so that a shared
    device can keep apart what it stores for two people whose masked names are alike. ``aal`` says
    how sure of them we are. ``acting`` is null in one's own capacity; ``capacities`` counts the
    others for whom one may act now.
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
    acting: ActingView | None = None
    capacities: int = 0


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
    capacity = None if is_staff else await acting.capacity(live)
    return SessionView(
        signed_in=True,
        owner=live.owner(capacity.bond.subject if capacity else None),
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
        acting=acting_view(capacity) if capacity else None,
        capacities=0 if is_staff else await representations.living_of(live.owner_id),
    )


def acting_view(capacity: Capacity) -> ActingView:
    """In whose place somebody stands, as they see it."""
    bond = capacity.bond
    until = rules.last_day(bond.until, clock.CITY_ZONE) if bond.until else None
    return ActingView(
        id=bond.id,
        kind=bond.kind,
        name=capacity.name,
        role=bond.role,
        relation=bond.relation,
        scope=[one for one in SCOPES if one in bond.scope],
        items=None if bond.items is None else sorted(bond.items),
        until=until.isoformat() if until else None,
        over=capacity.over,
    )


def cookie_gone() -> dict[str, str]:
    """The header that takes the browser's token back."""
    return {"Set-Cookie": cookies.gone(secure=settings.current().secure)}
