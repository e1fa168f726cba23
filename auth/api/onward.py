"""From WeChat into the browser (在浏览器中继续), and into WeChat's own browser (公众号登录)."""

import re
from typing import Annotated
from urllib.parse import urlencode

from pydantic import StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.door import AuthorizeUrl, WechatReturn
from auth.api.visit import needed_live, visitor_of
from auth.rules import cookies
from auth.rules import handoffs as rules
from auth.usecases import official, onward
from backend.kernel import settings, web
from backend.kernel.errors import Refusal
from backend.kernel.web import Call, Reply, Schema

_PAGE = re.compile(r"/(?![/\\])[\x21-\x7e]*", re.ASCII)
Secret = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class OnwardLink(Schema):
    """A link that opens the browser signed in, once, for some seconds."""

    url: str
    expires_in: int


class OnwardSecret(Schema):
    """What stands after the ``#`` of such a link."""

    secret: Secret


class OnwardOwner(Schema):
    """Whose link it is, masked."""

    name: str


class WechatSignIn(Schema):
    """The page to go on with."""

    next: Annotated[str, StringConstraints(max_length=300)] = "/"


async def offer_link(call: Call) -> OnwardLink:
    """A link into the browser."""
    secret = await onward.offer(await needed_live(call))
    return OnwardLink(
        url=f"{settings.current().base_url}/onward#{secret}", expires_in=rules.LINK_SECONDS
    )


async def read_link_owner(call: Call) -> OnwardOwner:
    """Whose link this is; nothing is used up."""
    return OnwardOwner(name=await onward.whose(call.body.secret, visitor_of(call)))


async def enter_by_link(call: Call) -> Reply:
    """Sign this browser in by a link."""
    visitor = visitor_of(call)
    return await signed_in(await onward.enter(call.body.secret, visitor), visitor)


async def begin_wechat_sign_in(call: Call) -> Reply:
    """Ask WeChat who this is."""
    visitor = visitor_of(call)
    go_on = call.body.next if _PAGE.fullmatch(call.body.next) else "/"
    url = await official.begin(visitor, go_on=go_on)
    # the state belongs to the browser with this cookie
    cookie = cookies.device(visitor.device_token, secure=settings.current().secure)
    return Reply(AuthorizeUrl(authorize_url=url), headers={"Set-Cookie": cookie})


async def finish_wechat_sign_in(call: Call) -> Reply:
    """WeChat sends the browser back. A browser wants a page, so even a refusal is one.

    Where somebody goes on who was let in is decided by the page ``/entered``, as for every way in.
    """
    query: WechatReturn = call.query
    visitor = visitor_of(call)
    try:
        entered = await official.enter(code=query.code, state=query.state, visitor=visitor)
    except Refusal as refusal:
        wanted = await official.page_wanted(query.state, visitor)
        return _see_other(_with_next("/sign-in", wanted, wechat=refusal.code))
    reply = await signed_in(entered.token, visitor)
    return _see_other(_with_next("/entered", entered.next), reply)


def _with_next(page: str, wanted: str, **told: str) -> str:
    """A page of the app that leads on to the one that was wanted."""
    query = told if wanted == "/" else {**told, "next": wanted}
    return f"{page}?{urlencode(query)}" if query else page


def _see_other(address: str, reply: Reply | None = None) -> Reply:
    given = reply or Reply()
    return Reply(status=303, headers={**given.headers, "Location": address}, cookies=given.cookies)


TAGS = ("auth",)
ROUTES = (
    web.route("POST", "/auth/onward", offer_link, actor=web.PERSON, returns=OnwardLink, status=201,
              summary="A link into the browser (在浏览器中继续)", tags=TAGS),
    web.route("POST", "/auth/onward/owner", read_link_owner, body=OnwardSecret,
              returns=OnwardOwner, summary="Whose link this is (链接属于谁)", tags=TAGS),
    web.route("POST", "/auth/onward/sessions", enter_by_link, body=OnwardSecret,
              returns=SessionView, status=201, summary="Sign in by a link (用链接登录)", tags=TAGS),
    web.route("POST", "/auth/wechat", begin_wechat_sign_in, body=WechatSignIn,
              returns=AuthorizeUrl, summary="Begin to sign in by WeChat (微信登录)", tags=TAGS),
    web.route("GET", "/auth/wechat/callback", finish_wechat_sign_in, query=WechatReturn,
              status=303, summary="WeChat comes back (微信登录回调)", tags=TAGS),
)  # fmt: skip
