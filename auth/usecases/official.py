"""Sign in inside WeChat (公众号网页授权): whoever has linked their WeChat account is known there.

1. ``begin`` sends the browser to WeChat with a state that works once, in this browser alone.
2. WeChat sends it back with a code; ``enter`` asks WeChat's server whose it is. A made-up account
   of the snapshot page (快照页) is nobody.
"""

from dataclasses import dataclass
from hashlib import sha256

from auth.models import events
from auth.models.links import WechatUser
from auth.rules import limits
from auth.usecases import devices, links, once, sessions
from auth.usecases.visitor import Visitor
from backend.kernel import db, settings
from backend.kernel.errors import not_allowed
from backend.outside.wechat.client import OfficialAccount
from backend.outside.wire import Down

CALLBACK = "/auth/wechat/callback"


@dataclass(frozen=True, slots=True)
class Entered:
    """A session's token, and the page to go on with."""

    token: str
    next: str


async def begin(visitor: Visitor, *, go_on: str) -> str:
    """Where the browser goes to let WeChat tell who this is.

    Raises:
        Refusal: ``too_many_tries``.
    """
    await visitor.knock("wechat.address")
    value = {"browser": _browser(visitor), "next": go_on}
    state = await once.keep("wechat", value, seconds=limits.STATE_SECONDS)
    redirect_uri = settings.current().base_url + CALLBACK
    return OfficialAccount.from_settings().authorize_url(redirect_uri=redirect_uri, state=state)


async def enter(*, code: str, state: str, visitor: Visitor) -> Entered:
    """The session of the person whose WeChat account came back.

    Raises:
        Refusal: ``link_state_over`` (another browser's, used or too old), ``link_snapshot``,
            ``link_refused``, ``wechat_down``, ``wechat_unknown``.
    """
    kept = await once.look("wechat", state)
    if kept is None or kept.used or kept.value["browser"] != _browser(visitor):
        raise not_allowed("link_state_over")
    try:
        found = await OfficialAccount.from_settings().exchange_code(code)
    except Down as down:
        raise links.refused(down) from None
    if found.snapshot:
        raise not_allowed("link_snapshot")
    person_id = await links.whose(WechatUser("official", found.openid, found.unionid), visitor)
    if person_id is None:
        raise not_allowed("wechat_unknown")
    opened = sessions.opening(
        "person", person_id, via="web", method="wechat", device=visitor.device
    )
    event = events.happened(
        "signed_in", method="official", via="web", address=visitor.address, person_id=person_id
    )
    seen = await devices.arriving(person_id, visitor)
    try:
        await db.write(once.using(kept, gave=opened.session_id), opened.statement, event, *seen)
    except db.Stale:
        raise not_allowed("link_state_over") from None
    await sessions.replace_former(visitor.former)
    return Entered(opened.token, kept.value["next"])


async def page_wanted(state: str, visitor: Visitor) -> str:
    """Where this browser wanted to go when it set out, "/" if it never did."""
    kept = await once.look("wechat", state)
    ours = kept is not None and kept.value["browser"] == _browser(visitor)
    return str(kept.value["next"]) if kept and ours else "/"


def _browser(visitor: Visitor) -> str:
    return sha256(visitor.device_token.encode()).hexdigest()
