"""Codes, registration, signing in and out, and the WeChat links."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import StringConstraints

from auth.api.answer import SessionView, cookie_gone, signed_in, view
from auth.api.visit import live_of, visitor_of
from auth.rules import cookies, limits
from auth.usecases import codes, links, sessions, sign_in
from auth.usecases.register import register
from backend.kernel import settings, web
from backend.kernel.errors import FieldError, Refusal, invalid, not_allowed
from backend.kernel.web import Call, Reply, Schema

Typed = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]
Ticket = Annotated[str, StringConstraints(min_length=1, max_length=64)]

SPACE_SETTINGS = "/space/settings"


class CodeRequest(Schema):
    """Which phone, and what for."""

    phone: Typed
    purpose: Literal["register", "sign_in"]


class CodeSent(Schema):
    """Seconds until another code may be asked for, and until this one dies."""

    resend_after: int
    expires_in: int


class Registration(Schema):
    """Name and ID number as on the ID card; ``consent`` is the separate one of PIPL art. 29."""

    name: Typed
    id_number: Typed
    phone: Typed
    code: Typed
    password: Secret | None = None
    bank_card: Annotated[str, StringConstraints(max_length=40)] = ""
    consent: Literal[True]
    link_ticket: Ticket | None = None


class SignIn(Schema):
    """Either ``phone`` and ``code`` or ``account`` (phone or ID number) and ``password``."""

    phone: Typed | None = None
    code: Typed | None = None
    account: Typed | None = None
    password: Secret | None = None
    link_ticket: Ticket | None = None


class StaffSignIn(Schema):
    """A login, its password and, where the city asks for one, a one-time password.

    ``new_password`` is one's own, when ``password`` is the one that was handed over.
    """

    login: Typed
    password: Secret
    otp: Typed | None = None
    new_password: Secret | None = None


class WechatCode(Schema):
    """The one-use code of ``wx.login``."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class WechatReturn(Schema):
    """What WeChat adds to the address it sends the browser back to."""

    code: Annotated[str, StringConstraints(max_length=512)] = ""
    state: Annotated[str, StringConstraints(max_length=128)] = ""


class AuthorizeUrl(Schema):
    """Where the browser goes next."""

    authorize_url: str


async def send_code(call: Call) -> CodeSent:
    """Send a code to a phone, whether or not it has an account."""
    body: CodeRequest = call.body
    await codes.request(phone=body.phone, purpose=body.purpose, visitor=visitor_of(call))
    return CodeSent(resend_after=limits.RESEND_SECONDS, expires_in=limits.CODE_SECONDS)


async def create_registration(call: Call) -> Reply:
    """Register with a real name and be signed in."""
    body: Registration = call.body
    visitor = visitor_of(call)
    token = await register(
        name=body.name,
        id_number=body.id_number,
        phone=body.phone,
        code=body.code,
        password=body.password,
        bank_card=body.bank_card,
        ticket=body.link_ticket,
        visitor=visitor,
    )
    return await signed_in(token, visitor)


async def create_session(call: Call) -> Reply:
    """Sign in as a person."""
    body: SignIn = call.body
    visitor = visitor_of(call)
    by_code = body.phone is not None or body.code is not None
    pair = {"phone": body.phone, "code": body.code}
    other = {"account": body.account, "password": body.password}
    if by_code:
        pair, other = other, pair
    errors = [FieldError(f"/{name}", "required") for name, value in other.items() if value is None]
    errors += [FieldError(f"/{name}", "unknown_field") for name, value in pair.items() if value]
    if errors:
        raise invalid("check_input", errors=errors)
    if by_code:
        assert body.phone is not None and body.code is not None
        token = await sign_in.by_code(
            phone=body.phone, code=body.code, ticket=body.link_ticket, visitor=visitor
        )
    else:
        assert body.account is not None and body.password is not None
        token = await sign_in.by_password(
            account=body.account, password=body.password, ticket=body.link_ticket, visitor=visitor
        )
    return await signed_in(token, visitor)


async def create_staff_session(call: Call) -> Reply:
    """Sign in as a member of staff."""
    visitor = visitor_of(call)
    token = await sign_in.by_staff(
        login=call.body.login,
        password=call.body.password,
        otp=call.body.otp,
        new_password=call.body.new_password,
        visitor=visitor,
    )
    return await signed_in(token, visitor)


async def read_session(call: Call) -> Reply:
    """Who is signed in here, if anybody; never a refusal."""
    live = await live_of(call)
    if live is None:
        held = cookies.name(secure=settings.current().secure) in call.request.cookies
        return Reply(SessionView(signed_in=False), headers=cookie_gone() if held else {})
    return Reply(await view(live, token=None))


async def end_session(call: Call) -> Reply:
    """Sign out, here at once and on every server."""
    live = await live_of(call)
    if live is not None:
        await sessions.sign_out(live, visitor_of(call))
    headers = cookie_gone() | {"Clear-Site-Data": '"cache", "storage"'}
    return Reply(status=204, headers=headers)


async def begin_wechat_link(call: Call) -> AuthorizeUrl:
    """Ask WeChat who the person is there."""
    url = await links.begin(call.actor.id, call.actor.session_id)
    return AuthorizeUrl(authorize_url=url)


async def finish_wechat_link(call: Call) -> Reply:
    """WeChat sends the person's browser back. A browser wants a page, so even a refusal is one."""
    query: WechatReturn = call.query
    told = {"linked": "wechat"}
    try:
        live = await live_of(call)
        if live is None or live.kind != "person":
            raise not_allowed("sign_in_first")
        await links.finish(live, code=query.code, state=query.state, visitor=visitor_of(call))
    except Refusal as refusal:
        told = {"linked": "failed", "code": refusal.code}
    return Reply(status=303, headers={"Location": f"{SPACE_SETTINGS}?{urlencode(told)}"})


async def remove_wechat_link(call: Call) -> Reply:
    """Untie every WeChat account from the person."""
    live = await live_of(call)
    if live is not None:
        await links.remove(live, visitor_of(call))
    return Reply(status=204)


async def create_miniprogram_session(call: Call) -> Reply:
    """Sign in by the WeChat account alone, if it is linked; otherwise get a ticket to link it."""
    visitor = visitor_of(call, miniprogram=True)
    token, ticket = await links.enter_miniprogram(call.body.code, visitor)
    if token is None:
        return Reply(SessionView(signed_in=False, link_ticket=ticket), status=200)
    return await signed_in(token, visitor)


TAGS = ("auth",)
# Who ties a WeChat account to a person lets it in from then on.
LINKING = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("POST", "/auth/codes", send_code, body=CodeRequest, returns=CodeSent, status=202,
              summary="Send a code by text message (发送验证码)", tags=TAGS),
    web.route("POST", "/auth/registrations", create_registration, body=Registration,
              returns=SessionView, status=201, summary="Register with a real name (实名注册)",
              tags=TAGS),
    web.route("POST", "/auth/sessions", create_session, body=SignIn, returns=SessionView,
              status=201, summary="Sign in by code or password (登录)", tags=TAGS),
    web.route("POST", "/auth/staff/sessions", create_staff_session, body=StaffSignIn,
              returns=SessionView, status=201, summary="Sign in as staff (工作人员登录)",
              tags=TAGS),
    web.route("GET", "/auth/session", read_session, returns=SessionView,
              summary="Who is signed in (当前登录)", tags=TAGS),
    web.route("DELETE", "/auth/session", end_session, actor=web.SIGNED_IN, budget="free",
              status=204,
              summary="Sign out (退出登录)", tags=TAGS),
    web.route("POST", "/auth/links/wechat", begin_wechat_link, actor=web.PERSON,
              fresh=LINKING, returns=AuthorizeUrl, summary="Begin to link WeChat (绑定微信)",
              tags=TAGS),
    web.route("GET", "/auth/links/wechat/callback", finish_wechat_link, query=WechatReturn,
              status=303, summary="WeChat comes back (微信授权回调)", tags=TAGS),
    web.route("DELETE", "/auth/links/wechat", remove_wechat_link, actor=web.PERSON,
              fresh=LINKING, status=204, summary="Unlink WeChat (解除微信绑定)", tags=TAGS),
    web.route("POST", "/auth/miniprogram/sessions", create_miniprogram_session, body=WechatCode,
              returns=SessionView, status=201, other_statuses=(200,),
              summary="Sign in from the mini-program (小程序登录)", tags=TAGS),
)  # fmt: skip
