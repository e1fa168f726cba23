"""A department sends a person to sign out (OpenID Connect RP-Initiated Logout 1.0)."""

import hmac
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from auth.api.answer import cookie_gone
from auth.api.provider.pages import page
from auth.api.provider.wire import LIMIT, TAGS, params_of
from auth.api.visit import live_of, visitor_of
from auth.rules.provider.errors import OAuthError
from auth.usecases import sessions
from auth.usecases.provider import leaving
from auth.usecases.provider.leaving import BadLogout
from backend.kernel import i18n, web
from backend.kernel.web import Call, Reply

_KEPT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


async def sign_out_for_client(call: Call) -> Reply:
    """End the session at once if the ID token is of this session; otherwise ask the person."""
    try:
        params = await params_of(call)
        client, sid = await leaving.hinted_client(
            params.get("id_token_hint", ""), params.get("client_id", "")
        )
        uri = leaving.after_logout(client, params.get("post_logout_redirect_uri", ""))
    except OAuthError:
        return page(call, "request_broken", status=400)
    except BadLogout as bad:
        return page(call, bad.code, status=400)
    live = await live_of(call)
    if live is not None:
        proven = client is not None and leaving.is_session(client, sid, live.session_id)
        sure = hmac.compare_digest(params.get("sure", "").encode(), live.csrf.encode())
        if not proven and not (sure and call.request.method == "POST"):
            return _ask(call, params, live.csrf)
        await sessions.sign_out(live, visitor_of(call))
    if not uri:
        answer = page(call, "signed_out")
        return Reply(answer.body, headers=cookie_gone(), media_type="text/html")
    if "state" in params:
        uri += ("&" if "?" in uri else "?") + urlencode({"state": params["state"]})
    return Reply(status=303, headers={"Location": uri, **cookie_gone()})


async def sign_out_by_form(call: Call) -> Reply:
    """The same, sent as a form."""
    return await sign_out_for_client(call)


def _ask(call: Call, params: Mapping[str, str], csrf: str) -> Reply:
    """Another site's page must not sign a person out: they press the button themselves."""
    kept = {name: params[name] for name in _KEPT if name in params} | {"sure": csrf}
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in kept.items()
    )
    yes, no = (escape(i18n.text(f"pages.sign_out.{part}", call.lang)) for part in ("yes", "no"))
    buttons = f'<button>{yes}</button><a href="/">{no}</a>'
    return page(
        call, "sign_out", form=f'<form method="post" action="/auth/logout">{fields}{buttons}</form>'
    )


PAGES = ("text/html",)
ROUTES = (
    web.route("GET", "/auth/logout", sign_out_for_client, actor=web.SIGNED, media_type="text/html",
              other_statuses=(303,), refuses=PAGES, tags=TAGS,
              summary="Sign out at a department's wish (退出登录)"),
    web.route("POST", "/auth/logout", sign_out_by_form, actor=web.SIGNED, raw=True, limit=LIMIT,
              media_type="text/html", other_statuses=(303,), refuses=PAGES, tags=TAGS,
              summary="The same, by a form (退出登录)"),
)  # fmt: skip
