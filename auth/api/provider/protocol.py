"""Discovery, keys, authorization, tokens and what they open."""

from collections.abc import Mapping
from typing import Any

from auth import signing
from auth.api.provider.pages import page, page_style
from auth.api.provider.wire import CORS, LIMIT, TAGS, endpoint, params_of, preflight
from auth.api.visit import live_of, visitor_of
from auth.rules.provider.documents import discovery
from auth.rules.provider.errors import NoRedirect, OAuthError
from auth.usecases.provider import authorizing, reading, redeeming
from auth.usecases.provider.clients import Shown, issuer
from backend.kernel import web
from backend.kernel.web import Call, Reply

KEPT = {**CORS, "Cache-Control": "public, max-age=600"}


def metadata(path: str, name: str) -> web.Route:
    """What this provider can do, at one of the addresses where programs look."""

    async def read(call: Call) -> Reply:
        return Reply(discovery(issuer()), headers=KEPT)

    read.__name__ = name
    return web.route("GET", path, read, tags=TAGS, summary="What this provider can do (服务元数据)")


async def read_jwks(call: Call) -> Reply:
    """The public keys under which tokens are signed."""
    return Reply(await signing.jwks(), headers=KEPT)


async def authorize(call: Call) -> Reply:
    """A department sends a person's browser here; it goes on to our screen, or back."""
    try:
        params = await params_of(call)
        location = await authorizing.begin(params, await live_of(call), visitor_of(call))
    except OAuthError:  # before the address to go back to was proven
        return page(call, "request_broken", status=400)
    except NoRedirect as reason:
        return page(call, reason.code, status=400)
    return Reply(status=303, headers={"Location": location})


async def authorize_by_form(call: Call) -> Reply:
    """The same, sent as a form."""
    return await authorize(call)


async def _push(shown: Shown, call: Call) -> Mapping[str, Any]:
    return await authorizing.push(shown)


async def _redeem(shown: Shown, call: Call) -> Mapping[str, Any]:
    return await redeeming.redeem(shown)


async def _userinfo(shown: Shown, call: Call) -> Mapping[str, Any]:
    return await reading.userinfo(shown, call.address)


async def _introspect(shown: Shown, call: Call) -> Mapping[str, Any]:
    return await reading.introspect(shown)


async def _revoke(shown: Shown, call: Call) -> None:
    await reading.revoke(shown)


PAGES = ("text/html",)
ROUTES = (
    metadata("/auth/.well-known/openid-configuration", "read_openid_configuration"),
    metadata("/auth/.well-known/oauth-authorization-server", "read_server_metadata"),
    metadata("/.well-known/oauth-authorization-server/auth", "read_server_metadata_at_root"),
    web.route("GET", "/auth/jwks", read_jwks, summary="Public signing keys (公钥)", tags=TAGS),
    web.route("GET", "/auth/pages.css", page_style, media_type="text/css", tags=TAGS,
              summary="The look of the provider's own pages"),
    web.route("GET", "/auth/authorize", authorize, actor=web.SIGNED, status=303, refuses=PAGES,
              summary="A department asks who somebody is (授权请求)", tags=TAGS),
    web.route("POST", "/auth/authorize", authorize_by_form, actor=web.SIGNED, raw=True,
              status=303, refuses=PAGES, limit=LIMIT, tags=TAGS,
              summary="The same, by a form (授权请求)"),
    endpoint("par", _push, "push_request", "Push an authorization request (推送授权请求)",
             status=201),
    endpoint("token", _redeem, "redeem_token", "Exchange a code for tokens (换取令牌)"),
    endpoint("userinfo", _userinfo, "read_userinfo", "What the person agreed to give (用户信息)",
             method="GET"),
    endpoint("userinfo", _userinfo, "post_userinfo", "The same, by POST (用户信息)"),
    endpoint("introspect", _introspect, "introspect_token", "Is a token good (令牌校验)"),
    endpoint("revoke", _revoke, "revoke_token", "Take a token back (撤销令牌)"),
    *map(preflight, ("par", "token", "userinfo", "introspect", "revoke")),
)  # fmt: skip
