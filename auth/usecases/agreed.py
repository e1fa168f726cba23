"""What happens when a second officer has agreed (复核同意) to a change of an account.

Everything is in one write with the agreement, so that of many officers at once one makes it happen
once. Sessions end right after it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from auth.models import changes, events, given_up, links, merges, people
from auth.models import sessions as rows
from auth.models.changes import Asked
from auth.models.links import WechatUser
from auth.models.people import Identity
from auth.rules import merging
from auth.usecases import alerts, counter_family, joining, sessions
from auth.usecases.counter_family import Card, Errand
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db, outbox
from backend.kernel.errors import conflict, not_found

BY_LINK = frozenset({"wechat", "handoff"})
"""Ways into a session that a WeChat account opens by itself, or hands on."""


async def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes into the write, what follows it, and how its failures are told."""

    statements: tuple[db.Statement, ...] = ()
    afterwards: Callable[[], Awaitable[None]] = _nothing
    stale: str = "change_moved"
    taken: str = "change_moved"


NOTHING = Outcome()


async def outcome(asked: Asked, live: Live, visitor: Visitor) -> Outcome:
    """What an agreement to a change comes to.

    Raises:
        Refusal: ``change_moved``.
    """
    ways = {
        "merge": _merge, "part": _part, "untie": _untie, "retie": _retie, "errand": _errand,
    }  # fmt: skip
    return await ways[asked.kind](asked, live, visitor)


async def _merge(asked: Asked, live: Live, visitor: Visitor) -> Outcome:
    said, stays, goes = asked.content, asked.person_id, str(asked.content["goes"])
    card = said["card"]
    await _still(said["card"], goes if said["exchanged"] else stays, new=bool(said["added"]))
    await _still(said["former"], stays if said["exchanged"] else goes)
    document = Identity(
        card["name"], card["number"], "", "real_name", clock.now(), card["document"]
    )
    adding: list[db.Statement] = []
    other = document
    if said["added"]:
        adding.append(
            people.representing(
                goes, name=card["name"], id_number=card["number"], document=card["document"]
            )
        )
    else:
        other = await joining.identity(goes)
    mine = await joining.identity(stays)
    come = await joining.coming(stays, goes) if said["wechat"] else []
    handed = await joining.handing(stays, goes)
    until = clock.now() + merging.UNDO
    openid = await links.find_openid("official", goes) or ""
    both = [(stays, "stays")] + [(goes, "goes")] * (not said["added"])
    statements = (
        *adding,
        *given_up.holding(stays, goes),
        given_up.standing(stays),
        given_up.standing(goes),
        merges.joining(
            asked.id, person_id=stays, gone_id=goes, links=come, until=until,
            bonds=handed.bonds, exchanged=bool(said["exchanged"]),
        ),
        *(given_up.exchanging(stays, mine, goes, other) if said["exchanged"] else ()),
        *(links.moving(link, goes, stays) for link in come),
        given_up.leaving_phone(goes),
        *joining.closing(goes),
        *handed.statements,
        *(_event("merged", one, live, visitor, detail) for one, detail in both),
        *joining.told("merged", stays, f"{asked.id}:stays"),
        *(joining.told("merged", goes, f"{asked.id}:goes", phone=other.phone, openid=openid)
          if other.phone else ()),
        joining.over(asked.id, stays, goes),
        outbox.row_for(  # the registers are asked by the number that counts from now on
            "person.registered", key=f"person.registered:{stays}:{asked.id}",
            payload={"person_id": stays},
        ),
    )  # fmt: skip

    async def afterwards() -> None:
        await joining.put_out(goes)
        await sessions.reload_all("person", stays)

    return Outcome(statements, afterwards)


async def _still(card: dict[str, Any], person_id: str, *, new: bool = False) -> None:
    """A document opens the account it opened when the change was asked for.

    Raises:
        Refusal: ``change_moved``.
    """
    blind = people.blind_document(card["document"], card["number"])
    found = await people.find_account(id_number_blind=blind)
    if (found is None) != new or (found is not None and found.person_id != person_id):
        raise conflict("change_moved")


async def _part(asked: Asked, live: Live, visitor: Visitor) -> Outcome:
    found = await merges.find(asked.target or "")
    if found is None or not found.open or found.person_id != asked.person_id:
        raise conflict("change_moved")
    statements = (
        merges.parting(found.id, live.account_id),
        *await joining.parting(found),
        *(
            _event("merge_undo", one, live, visitor, "undone")
            for one in (found.person_id, found.gone_id)
        ),
    )

    async def afterwards() -> None:
        await joining.left(found)

    return Outcome(statements, afterwards, taken="phone_taken")


async def _untie(asked: Asked, live: Live, visitor: Visitor) -> Outcome:
    person_id, target = asked.person_id, str(asked.target)
    users = [WechatUser(**one) for one in asked.content["links"]]
    if users != [one.user for one in await links.of_account(person_id, target)]:
        raise conflict("change_moved")
    until = clock.now() + merging.TOLD
    statements = (
        links.unlinking_account(person_id, target, expect=len(users)),
        _event("unlinked", person_id, live, visitor, "untied"),
        *joining.told("wechat_untied", person_id, asked.id),
        *(
            alerts.waking(
                person_id, "wechat_untied", until=until, openid=user.openid,
                once=f"wechat_untied:{asked.id}:itself",
            )
            for user in users
            if user.app == "official"
        ),
    )  # fmt: skip

    async def afterwards() -> None:
        for one in await rows.open_of("person", person_id, idle=None):
            if one.via == "miniprogram" or BY_LINK & set(one.methods):
                await sessions.end(one.digest, by="unlinked")

    return Outcome(statements, afterwards)


async def _retie(asked: Asked, live: Live, visitor: Visitor) -> Outcome:
    person_id, former = asked.person_id, str(asked.target)
    if await changes.find(former) is None:
        raise not_found()
    users = [WechatUser(**one) for one in asked.content["links"]]
    statements = (
        given_up.standing(person_id),
        changes.undoing(former, since=clock.now() - merging.UNDO),
        *(links.tying_again(person_id, user) for user in users),
        *(_event("linked", person_id, live, visitor, "retied", user.app) for user in users),
        *joining.told("wechat_retied", person_id, asked.id),
    )
    return Outcome(statements, stale="wechat_linked_elsewhere")


async def _errand(asked: Asked, _live: Live, visitor: Visitor) -> Outcome:
    said = asked.content

    def card(of: str) -> Card:
        return Card(said[of]["name"], said[of]["number"])

    errand = Errand(
        represented=card("card"),
        agent=card("former"),
        relation=said["relation"],
        scope=said["scope"],
        items=said["items"],
        last=date.fromisoformat(said["last"]) if said["last"] else None,
    )
    beginning = await counter_family.agreed_to(errand, clerk_id=asked.clerk_id, visitor=visitor)
    return Outcome(tuple(beginning), taken="rep_exists")


def _event(
    kind: events.EventKind,
    person_id: str,
    live: Live,
    visitor: Visitor,
    detail: str,
    method: str = "counter",
) -> db.Statement:
    return events.happened(
        kind,
        method=method,
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=live.account_id,
        detail=detail,
    )
