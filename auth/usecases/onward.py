"""Go on in the browser (在浏览器中继续): signed in inside WeChat, signed in outside it.

1. ``offer`` gives whoever is signed in a link that works once, for two minutes. Its secret stands
   after the ``#``, which browsers send to no server.
2. The browser shows whose link it is (``whose``) before anything happens: a stranger's link must
   not make somebody type into the stranger's account.
3. ``enter`` opens the session: no surer, no fresher and no longer than the one that gave it.
4. A link that comes a second time, from another browser, was in other hands too: what it gave is
   taken back, and the owner is told.
"""

from datetime import UTC, datetime

from auth.models import events
from auth.models import sessions as rows
from auth.rules import handoffs as rules
from auth.usecases import alerts, devices, once, sessions
from auth.usecases.once import Kept
from auth.usecases.prompts import SUREST
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import db
from backend.kernel.errors import Refusal, not_allowed


def link_over() -> Refusal:
    """The refusal for a link nobody gave, that was used, or is too old."""
    return not_allowed("onward_over")


async def offer(live: Live) -> str:
    """The secret of a link into the browser.

    Raises:
        Refusal: ``too_many_tries``.
    """
    await knock("onward.person", live.owner_id)
    value = {
        "person": live.owner_id,
        "name": live.name,
        "giver": live.session_id,
        "aal": min(live.aal, SUREST),
        "proved": live.proved,
        "until": live.expires,
    }
    return await once.keep("link", value, seconds=rules.LINK_SECONDS)


async def whose(secret: str, visitor: Visitor) -> str:
    """The masked name of the person whose link it is; using nothing up.

    Raises:
        Refusal: ``onward_over``, ``too_many_tries``.
    """
    kept = await _kept(secret, visitor)
    if kept.used:
        raise link_over()
    return str(kept.value["name"])


async def enter(secret: str, visitor: Visitor) -> str:
    """The token of the browser's new session.

    Raises:
        Refusal: ``onward_over``, ``too_many_tries``.
    """
    kept = await _kept(secret, visitor)
    if kept.used:
        await _replayed(kept, visitor)
        raise link_over()
    return await redeem(kept, visitor)


async def redeem(kept: Kept, visitor: Visitor) -> str:
    """The session behind a link, for the first who comes with it.

    Raises:
        Refusal: ``onward_over``.
    """
    value = kept.value
    opened = sessions.opening(
        "person",
        value["person"],
        via="web",
        method="handoff",
        aal=value["aal"],
        device=visitor.device,
        handed=sessions.Proof(
            datetime.fromtimestamp(value["proved"], UTC),
            datetime.fromtimestamp(value["until"], UTC),
        ),
    )
    event = events.happened(
        "signed_in",
        method="link",
        via=visitor.via,
        address=visitor.address,
        person_id=value["person"],
    )
    seen = await devices.arriving(value["person"], visitor)
    using = once.using(kept, gave=opened.session_id)
    try:
        await db.write(using, rows.standing(value["giver"]), opened.statement, event, *seen)
    except db.Stale:  # used a moment ago, or the session that gave it has ended
        raise link_over() from None
    await sessions.replace_former(visitor.former)
    return opened.token


async def _kept(secret: str, visitor: Visitor) -> Kept:
    await visitor.knock("onward.address")
    kept = await once.look("link", secret)
    if kept is None:
        raise link_over()
    return kept


async def _replayed(kept: Kept, visitor: Visitor) -> None:
    """Take back what a link gave, unless it is the same browser that came twice."""
    digest = await rows.digest_of(kept.gave) if kept.gave else None
    if digest is None or sessions.is_token_of(visitor.former, digest):
        return
    person_id = kept.value["person"]
    event = events.happened(
        "handoff_replay", via=visitor.via, address=visitor.address, person_id=person_id
    )
    telling = alerts.telling(person_id, "link_replayed", once=f"replay:{kept.id}")
    await sessions.end(digest, by="replay", also=(event, telling))
