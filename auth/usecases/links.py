"""Tie a WeChat account to the person, and untie it (微信绑定).

The official account comes by web authorisation, with a state that works once and only for the
session that asked. The mini-program comes by ``wx.login``; somebody it does not know yet gets a
ticket, and the sign-in that brings the ticket back ties the account.
"""

import secrets
from dataclasses import asdict
from hashlib import sha256

from auth.models import events, links
from auth.models.links import WechatUser
from auth.rules import limits
from auth.usecases import alerts, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import cache, db, log, privacy, settings
from backend.kernel.errors import Refusal, conflict, not_allowed, not_found, outside_down
from backend.outside.wechat.client import MiniProgram, OfficialAccount
from backend.outside.wire import Down

CALLBACK = "/auth/links/wechat/callback"


async def begin(person_id: str, session_id: str) -> str:
    """Where the person's browser goes to let WeChat tell who they are there."""
    await knock("link.person", person_id)
    state = secrets.token_urlsafe(32)
    await cache.put(_state(state), session_id.encode(), seconds=limits.STATE_SECONDS)
    redirect_uri = settings.current().base_url + CALLBACK
    return OfficialAccount.from_settings().authorize_url(redirect_uri=redirect_uri, state=state)


async def finish(live: Live, *, code: str, state: str, visitor: Visitor) -> None:
    """Tie the WeChat account that came back with a code.

    Raises:
        Refusal: ``link_state_over`` (another session's, used or too old), ``link_refused``,
            ``link_snapshot``, ``wechat_down``, ``wechat_linked_elsewhere``.
    """
    if await cache.take(_state(state)) != live.session_id.encode():
        raise not_allowed("link_state_over")
    try:
        user = await OfficialAccount.from_settings().exchange_code(code)
    except Down as down:
        raise refused(down) from None
    if user.snapshot:
        raise not_allowed("link_snapshot")
    await _keep(live.owner_id, WechatUser("official", user.openid, user.unionid), visitor)


async def remove(live: Live, visitor: Visitor) -> None:
    """Forget every WeChat account of a person and sign its phones out, but for this one."""
    person_id = live.owner_id
    event = events.happened(
        "unlinked", via=visitor.via, address=visitor.address, person_id=person_id
    )
    telling = alerts.telling(person_id, "wechat_unlinked", device=visitor.device)
    await db.write(links.unlinking(person_id), event, telling)
    await sessions.end_all("person", person_id, by="unlinked", via="miniprogram", but=live.digest)


async def remove_account(live: Live, link_id: str, visitor: Visitor) -> None:
    """Forget one WeChat account of a person, in every app that knows it.

    Raises:
        Refusal: ``not_found``.
    """
    known = {one.id: one for one in await links.accounts(live.owner_id)}
    if link_id not in known:
        raise not_found()
    event = events.happened(
        "unlinked", via=visitor.via, address=visitor.address, person_id=live.owner_id
    )
    telling = alerts.telling(live.owner_id, "wechat_unlinked", device=visitor.device)
    await db.write(links.unlinking_account(live.owner_id, link_id), event, telling)
    if "miniprogram" in known[link_id].apps:
        await sessions.end_all(
            "person", live.owner_id, by="unlinked", via="miniprogram", but=live.digest
        )


async def enter_miniprogram(code: str, visitor: Visitor) -> tuple[str | None, str | None]:
    """A session's token for a linked WeChat account, or a ticket for one nobody has linked.

    Raises:
        Refusal: ``link_refused``, ``wechat_down``, ``too_many_tries``.
    """
    await visitor.knock("wechat.address")
    try:
        found = await MiniProgram.from_settings().open_session(code)
    except Down as down:
        raise refused(down) from None
    user = WechatUser("miniprogram", found.openid, found.unionid)
    person_id = await whose(user, visitor)
    if person_id is None:
        return None, await _ticket(user)
    opened = sessions.opening(
        "person", person_id, via="miniprogram", method="wechat", device=visitor.device
    )
    event = events.happened(
        "signed_in",
        method="wechat",
        via="miniprogram",
        address=visitor.address,
        person_id=person_id,
    )
    await db.write(opened.statement, event)
    return opened.token, None


async def whose(user: WechatUser, visitor: Visitor) -> str | None:
    """The person whose WeChat account this is; known in one app, known in all of them."""
    person_id = await links.find_person(user.app, user.openid)
    if person_id is not None:
        if user.unionid:
            await db.write(links.knowing(user))
        return person_id
    person_id = await links.find_by_unionid(user.unionid)
    if person_id is not None:
        event = events.happened(
            "linked",
            method=user.app,
            via=visitor.via,
            address=visitor.address,
            person_id=person_id,
            detail="unionid",
        )
        await db.write(links.joining(person_id, user), event)
    return person_id


async def peek(ticket: str | None, visitor: Visitor) -> WechatUser | None:
    """The WeChat account behind a ticket, which stays good: the code may yet be mistyped.

    Only the mini-program may bring one. In a browser it could be somebody else's, put there to
    tie their WeChat to the person who signs in.

    Raises:
        Refusal: ``link_ticket_over``.
    """
    if not ticket:
        return None
    kept = await cache.get(_ticket_name(ticket)) if visitor.via == "miniprogram" else None
    if kept is None:
        raise not_allowed("link_ticket_over")
    return WechatUser(**privacy.unseal_json(kept, at="auth.ticket", row=_ticket_name(ticket)))


async def tie(
    person_id: str, user: WechatUser | None, ticket: str | None, visitor: Visitor
) -> None:
    """Tie the account behind a ticket after the sign-in that brought it. The first to come wins.

    The sign-in stands even when the account has been linked to somebody else meanwhile.
    """
    if user is None or ticket is None or await cache.take(_ticket_name(ticket)) is None:
        return
    try:
        await _keep(person_id, user, visitor)
    except Refusal as refusal:
        log.warning("link.not_made", reason=refusal.code)


async def _keep(person_id: str, user: WechatUser, visitor: Visitor) -> None:
    event = events.happened(
        "linked", method=user.app, via=visitor.via, address=visitor.address, person_id=person_id
    )
    telling = alerts.telling(person_id, "wechat_linked", device=visitor.device)
    try:
        await db.write(*links.linking(person_id, user), event, telling)
    except (db.IntegrityError, db.Stale):
        raise conflict("wechat_linked_elsewhere") from None


async def _ticket(user: WechatUser) -> str:
    ticket = secrets.token_urlsafe(32)
    name = _ticket_name(ticket)
    sealed = privacy.seal_json(asdict(user), at="auth.ticket", row=name)
    await cache.put(name, sealed, seconds=limits.TICKET_SECONDS)
    return ticket


def refused(down: Down) -> Refusal:
    """What WeChat's failure means for the person."""
    if down.permanent:
        return not_allowed("link_refused")
    return outside_down("wechat_down", retry_after=down.retry_after or 30)


def _state(state: str) -> str:
    return "auth.state:" + sha256(state.encode()).hexdigest()


def _ticket_name(ticket: str) -> str:
    return "auth.ticket:" + sha256(ticket.encode()).hexdigest()
