"""A member of staff's own account (工作人员账号安全)."""

from typing import Annotated

from pydantic import StringConstraints

from auth.api.visit import needed_live, visitor_of
from auth.models import events
from auth.rules import limits
from auth.usecases import office
from backend.kernel import clock, settings, web
from backend.kernel.web import Call, Reply, Schema

PAGE = 20
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]


class OfficeAccount(Schema):
    """``otp``: an authenticator is tied. ``needed``: the city asks for a second factor."""

    otp: bool
    needed: bool


class OtpOffer(Schema):
    """A new secret: as people type it, and the address that a QR code holds."""

    secret: str
    address: str


class OtpCode(Schema):
    """What the authenticator shows now."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class OwnPassword(Schema):
    """At least eight characters, and the ``present`` one."""

    password: Secret
    present: Secret | None = None


class OfficeEvent(Schema):
    """One thing that happened to one's own account, or by one's own hand."""

    at: str
    kind: str
    method: str
    via: str
    network: str


class OfficeEvents(Schema):
    """Newest first."""

    events: list[OfficeEvent]


async def read_office_account(call: Call) -> OfficeAccount:
    """How one's own account is secured."""
    live = await needed_live(call)
    needed = bool(settings.current().staff_second_factor)
    return OfficeAccount(otp=await office.has_otp(live), needed=needed)


async def begin_own_otp(call: Call) -> OtpOffer:
    """A new secret for one's authenticator."""
    secret, address = await office.begin_otp(await needed_live(call))
    return OtpOffer(secret=secret, address=address)


async def keep_own_otp(call: Call) -> Reply:
    """Tie the authenticator."""
    await office.keep_otp(await needed_live(call), call.body.code, visitor_of(call))
    return Reply(status=204)


async def drop_own_otp(call: Call) -> Reply:
    """Forget the authenticator."""
    await office.drop_otp(await needed_live(call), visitor_of(call))
    return Reply(status=204)


async def set_own_password(call: Call) -> Reply:
    """Another password."""
    live, body = await needed_live(call), call.body
    await office.set_password(live, body.password, visitor_of(call), present=body.present)
    return Reply(status=204)


async def list_office_events(call: Call) -> OfficeEvents:
    """What happened to one's own account lately."""
    live = await needed_live(call)
    return OfficeEvents(
        events=[
            OfficeEvent(
                at=clock.rfc3339(one.at),
                kind=one.kind,
                method=one.method,
                via=one.via,
                network=limits.shown_network(one.address),
            )
            for one in await events.of_staff(live.account_id, most=PAGE)
        ]
    )


TAGS = ("office",)
SURE = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("GET", "/auth/staff/account", read_office_account, actor=web.STAFF,
              returns=OfficeAccount, summary="How one's own account is secured (本人账号安全)",
              tags=TAGS),
    web.route("POST", "/auth/staff/otp", begin_own_otp, actor=web.STAFF, fresh=SURE,
              returns=OtpOffer, status=201, summary="A new authenticator (绑定动态口令)",
              tags=TAGS),
    web.route("PUT", "/auth/staff/otp", keep_own_otp, actor=web.STAFF, fresh=SURE, body=OtpCode,
              status=204, summary="Tie the authenticator (确认动态口令)", tags=TAGS),
    web.route("DELETE", "/auth/staff/otp", drop_own_otp, actor=web.STAFF, fresh=SURE, status=204,
              summary="Forget the authenticator (解除动态口令)", tags=TAGS),
    web.route("PUT", "/auth/staff/password", set_own_password, actor=web.STAFF, fresh=SURE,
              body=OwnPassword, status=204, summary="Another password (修改密码)", tags=TAGS),
    web.route("GET", "/auth/staff/events", list_office_events, actor=web.STAFF,
              returns=OfficeEvents, summary="What happened to one's own account (本人登录记录)",
              tags=TAGS),
)  # fmt: skip
