"""Two officers change an account at a window (窗口账号变更), document in hand.

1. ``look``: the clerk reads a document. Whose account it opens is shown masked: which WeChat
   accounts lead to it, which were untied lately, what became part of it.
2. ``ask_merge``, ``ask``: the clerk asks for one change. Two accounts of one person that are proven
   by different documents become one, with both documents on the table; two are parted again; a
   WeChat account that is not the person's is untied, or tied again. ``ask_errand``: somebody
   without a phone has signed that another may act for them.
3. ``decide``: another officer agrees, or not. Nobody decides about what they asked for. What then
   happens is told in ``agreed``.

Every step is in the person's history and names the officer, every decision in the journal.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from auth.models import acts, changes, events, links, merges, people
from auth.models.acts import Subject
from auth.models.changes import Asked, Kind
from auth.models.merges import Merged
from auth.models.people import Account, Identity
from auth.rules import documents, merging
from auth.rules.documents import Kind as Document
from auth.usecases import agreed, counter_family, document_check, joining
from auth.usecases.counter_family import Errand
from auth.usecases.members import by
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, not_found


@dataclass(frozen=True, slots=True)
class Card:
    """A document as the clerk reads it."""

    document: Document
    number: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A merge that can be taken back, and who the account was that went."""

    merge: Merged
    other: Identity


@dataclass(frozen=True, slots=True)
class Found:
    """An account as a clerk may see it who has a document of its owner in hand."""

    person_id: str
    identity: Identity
    wechat: list[links.Account]
    untied: list[Asked]
    parts: list[Part]


async def look(live: Live, card: Card, visitor: Visitor) -> Found:
    """What can be changed about the account that a document opens.

    Raises:
        Refusal: ``check_input``, ``change_no_account`` (no account under this number and name),
            ``too_many_tries``.
    """
    await knock("counter.clerk", live.account_id)
    account, _ = await _owner(_normal("card", card))
    found = await _found(account)
    await db.write(_event(found.person_id, visitor, live, "looked"))
    return found


async def ask_merge(
    live: Live, current: Card, former: Card, *, wechat: bool, note: str, visitor: Visitor
) -> Asked:
    """Ask for two proven accounts of one person to become one.

    The account of the current document stays. If that has none yet, or one that nobody has signed
    in to, the other account stays and takes the document.

    Raises:
        Refusal: ``check_input``, ``counter_document_over`` (of the current one),
            ``merge_no_account`` (nobody has signed in by either), ``merge_is_one``,
            ``too_many_tries``.
    """
    await knock("counter.clerk", live.account_id)
    now, before = _normal("current", current), _normal("former", former)
    if before.document == "id_card" and now.document != "id_card":  # whoever has one stays it
        raise invalid("check_input", errors=[FieldError("/current/document", "id_card_stays")])
    said, said_before = [
        await document_check.ask(one.document, one.number, one.name) for one in (now, before)
    ]
    if said.over:
        raise not_allowed("counter_document_over")
    mine, other = await _account(now), await _account(before)
    reasons = [said.reason] if said.reason else []
    if said_before.reason:
        reasons.append("former_over" if said_before.over else f"former_{said_before.reason}")
    if other is None or (other.ward and (mine is None or mine.ward)):
        raise not_found("merge_no_account")
    if mine is not None and mine.person_id == other.person_id:
        raise conflict("merge_is_one")
    for card, account in ((now, mine), (before, other)):
        if account is not None and card.name != await _name(account):
            reasons.append("name_changed")
    if now.name != before.name:
        reasons.append("names_differ")
    takes = mine is None or mine.ward
    goes = (mine.person_id if mine else db.new_id()) if takes else other.person_id
    content: dict[str, object] = {
        "card": asdict(now), "former": asdict(before), "goes": goes, "exchanged": takes,
        "added": mine is None, "wechat": wechat, "note": note.strip()[:200],
        "reasons": list(dict.fromkeys(reasons)),
    }  # fmt: skip
    stays = other.person_id if mine is None or takes else mine.person_id
    told = [stays] if mine is None else [stays, goes]
    return await _asking(live, visitor, "merge", stays, content, told=told)


async def ask(
    live: Live, kind: Kind, card: Card, *, target: str, note: str, visitor: Visitor
) -> Asked:
    """Ask for a merge to be taken back, or a WeChat account to be untied or tied again.

    Raises:
        Refusal: ``check_input``, ``change_no_account``, ``not_found`` (nothing of the kind is
            there for this person), ``merge_moving``, ``too_many_tries``.
    """
    await knock("counter.clerk", live.account_id)
    read = _normal("card", card)
    account, reasons = await _owner(read)
    found = await _found(account)
    content: dict[str, object] = {
        "card": asdict(read),
        "note": note.strip()[:200],
        "reasons": reasons,
    }
    since: datetime | None = None
    if kind == "part":
        part = next((one for one in found.parts if one.merge.id == target), None)
        if part is None:
            raise not_found()
        if part.merge.moved is None:
            raise conflict("merge_moving")
        other = part.other
        content["former"] = asdict(Card(other.document, other.id_number, other.name))
    elif kind == "untie":
        held = await links.of_account(found.person_id, target) if db.is_id(target) else []
        if not held:
            raise not_found()
        content["links"] = [asdict(one.user) for one in held]
        since = min(one.linked_at for one in held)
    else:
        tied = next((one for one in found.untied if one.id == target), None)
        if tied is None:
            raise not_found()
        content["links"] = tied.content["links"]
        since = tied.since
    return await _asking(live, visitor, kind, found.person_id, content, target=target, since=since)


async def ask_errand(live: Live, errand: Errand, visitor: Visitor) -> Asked:
    """Ask for what somebody has signed who has no phone: that another may act for them.

    Raises:
        Refusal: those of ``counter_family.check``, ``rep_phone_must_answer``.
    """
    found = await counter_family.signed_for(live, errand)
    if found is None:
        raise not_allowed("rep_phone_must_answer")
    checked, agent_id = found
    content: dict[str, object] = {
        "card": asdict(Card("id_card", checked.represented.number, checked.represented.name)),
        "former": asdict(Card("id_card", checked.agent.number, checked.agent.name)),
        "relation": checked.relation, "scope": sorted(checked.scope), "items": checked.items,
        "last": checked.last.isoformat() if checked.last else None,
        "note": "", "reasons": ["no_phone"],
    }  # fmt: skip
    return await _asking(live, visitor, "errand", agent_id, content)


async def waiting(live: Live) -> list[Asked]:
    """What waits for a second officer like oneself."""
    return await changes.waiting(live.reach)


async def get(live: Live, row: str) -> Asked:
    """A change one has asked for, or that is within one's reach.

    Raises:
        Refusal: ``not_found``.
    """
    asked = await changes.find(row)
    if asked is None or (asked.clerk_id != live.account_id and not live.reach.covers(asked.at)):
        raise not_found()
    return asked


async def decide(live: Live, row: str, *, approve: bool, visitor: Visitor) -> Asked:
    """Another officer agrees, and it happens; or not.

    Raises:
        Refusal: ``not_found``, ``counter_same_officer``, ``counter_decided``, ``change_moved``
            (the account is not any more what was asked about), ``phone_taken``,
            ``wechat_linked_elsewhere``.
    """
    asked = await get(live, row)
    if asked.clerk_id == live.account_id:
        raise not_allowed("counter_same_officer")
    if not await changes.waits(row):
        raise conflict("counter_decided")
    outcome = await agreed.outcome(asked, live, visitor) if approve else agreed.NOTHING
    try:
        await db.write(
            changes.deciding(row, second_id=live.account_id, agreed=approve),
            *acts.done(
                f"{asked.kind}_{'agreed' if approve else 'declined'}",
                Subject("account", row, at=asked.at),
                by=by(live, visitor),
                person_id=asked.person_id,
            ),
            *outcome.statements,
        )
    except db.Stale:
        over = not await changes.waits(row)
        raise conflict("counter_decided" if over else outcome.stale) from None
    except db.IntegrityError:
        raise conflict(outcome.taken) from None
    outbox.nudge()
    await outcome.afterwards()
    decided = await changes.find(row)
    assert decided is not None
    return decided


async def _asking(
    live: Live,
    visitor: Visitor,
    kind: Kind,
    person_id: str,
    content: dict[str, object],
    *,
    target: str | None = None,
    since: datetime | None = None,
    told: list[str] | None = None,
) -> Asked:
    asked = Asked(
        id=db.new_id(), kind=kind, person_id=person_id, target=target, content=content,
        state="asked", clerk_id=live.account_id, asked_at=clock.now(), since=since,
        clerk_name=live.name, at=live.reach,
    )  # fmt: skip
    await db.write(
        changes.asking(asked, until=clock.now() + merging.DECIDED_WITHIN),
        *(_event(one, visitor, live, f"{kind}_asked") for one in told or [person_id]),
    )
    return asked


async def _found(account: Account) -> Found:
    person_id, now = account.person_id, clock.now()
    open_ = [one for one in await merges.of(person_id) if one.open]
    return Found(
        person_id,
        await joining.identity(person_id),
        await links.accounts(person_id),
        await changes.untied(person_id, since=now - merging.UNDO),
        [Part(one, await joining.identity(one.gone_id)) for one in open_],
    )


async def _owner(card: Card) -> tuple[Account, list[str]]:
    """The account that a document opens, and why a second officer should look closely.

    Raises:
        Refusal: ``change_no_account``.
    """
    account = await _account(card)
    if account is None or await _name(account) != card.name:
        raise not_found("change_no_account")
    said = await document_check.ask(card.document, card.number, card.name)
    return account, [said.reason] if said.reason else []


async def _account(card: Card) -> Account | None:
    blind = people.blind_document(card.document, card.number)
    return await people.find_account(id_number_blind=blind)


async def _name(account: Account) -> str:
    """The name in which the document is that an account was found by."""
    return (await joining.identity(account.holder)).name


def _normal(where: str, card: Card) -> Card:
    number = documents.normal_number(card.number)
    name = documents.normal_name(card.document, card.name)
    problems = {
        f"/{where}/number": documents.number_problem(card.document, number, today=clock.today()),
        f"/{where}/name": documents.name_problem(card.document, name),
    }
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)
    return Card(card.document, number, name)


def _event(person_id: str, visitor: Visitor, live: Live, detail: str) -> db.Statement:
    return events.happened(
        "account_change",
        method="counter",
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=live.account_id,
        detail=detail,
    )
