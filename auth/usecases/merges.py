"""Two accounts of one person become one (账号合并), and are parted again (拆分).

Somebody who registered with a relative's phone, and later with their own, has an account whose
number only claims to be theirs, and another in which it was proven. The first can join the second:

1. ``offer``: signed in to the account that is to go, proven lately, the person gets a code.
2. ``look`` and ``merge``: signed in to the one that stays, proven lately, they type it. Name and
   number must be the same. WeChat comes along where there is none yet and the person wants it:
   nobody must be talked into letting a stranger's WeChat in. Phone, password, PIN, passkeys and
   sessions of the other are closed, departments' grants end, and what it kept (papers, drafts,
   messages) follows by ``person.merged``.
3. From then on the other's id leads to this one. Departments know a person by the account that
   stays: where somebody signed in with the other, they are a new person to that department.
4. For thirty days two officers can part them again: the person stands at the window, one officer
   asks, another decides (``undo``, ``decide``). What went over goes back.

Both histories keep every step, and both phones are told.
"""

from dataclasses import dataclass, field
from datetime import datetime

from auth.models import events, links, merges, people
from auth.models.merges import Merged
from auth.models.people import Identity
from auth.rules import documents, merging
from auth.usecases import alerts, joining, once, window
from auth.usecases.once import Kept
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox, privacy
from backend.kernel.errors import Refusal, conflict, not_allowed, not_found


@dataclass(frozen=True, slots=True)
class Other:
    """The account that would go, masked, and how many WeChat accounts could come along."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    phone: str = field(repr=False)
    wechat: int


def code_over() -> Refusal:
    """The refusal for a code nobody gave, that was used or is too old."""
    return not_allowed("merge_code_over")


async def offer(live: Live) -> str:
    """A code with which another account takes this one in.

    Raises:
        Refusal: ``merge_stays``: this one is proven, so it is the one that stays.
    """
    await knock("merge.person", live.owner_id)
    if not (await joining.identity(live.owner_id)).level == "registered" or not await people.claims(
        live.owner_id
    ):
        raise not_allowed("merge_stays")
    value = {"person": live.owner_id}
    return await once.keep("merge", value, seconds=merging.CODE_SECONDS, draw=merging.code)


async def look(live: Live, code: str) -> Other:
    """Which account a code would bring in; nothing is used up.

    Raises:
        Refusal: ``merge_code_over``, ``merge_not_same``, ``real_name_first``, ``too_many_tries``.
    """
    kept, other = await _fitting(live, code)
    come = await joining.coming(live.owner_id, kept.value["person"])
    return Other(
        privacy.mask_name(other.name),
        documents.masked(other.id_number),
        privacy.mask_phone(other.phone),
        len(come),
    )


async def merge(live: Live, code: str, visitor: Visitor, *, with_wechat: bool) -> None:
    """Take the other account in, and only if the person says so what opens it.

    Raises:
        Refusal: as ``look``.
    """
    kept, other = await _fitting(live, code)
    mine, gone, row = live.owner_id, str(kept.value["person"]), db.new_id()
    come = await joining.coming(mine, gone) if with_wechat else []
    until = clock.now() + merging.UNDO
    try:
        await db.write(
            once.using(kept),
            merges.joining(row, person_id=mine, gone_id=gone, links=come, until=until),
            *(links.moving(link, gone, mine) for link in come),
            people.giving_up_phone(gone),
            *joining.closing(gone),
            _event("merged", mine, visitor, detail="stays"),
            _event("merged", gone, visitor, detail="goes"),
            alerts.telling(mine, "merged", once=f"merge:{row}:stays"),
            alerts.telling(gone, "merged", phone=other.phone, once=f"merge:{row}:goes"),
            joining.over(row, mine, gone),
        )
    except (db.Stale, db.IntegrityError):  # used, proven or taken in a moment ago
        raise code_over() from None
    outbox.nudge()
    await joining.put_out(gone)


async def mine(live: Live) -> list[Merged]:
    """Which accounts became part of one's own."""
    return await merges.of(live.owner_id)


async def at_window(clerk: Live) -> list[Merged]:
    """What can be parted of the account of whoever stands at a clerk's window."""
    person_id = await window.present(clerk.session_id)
    found = await merges.of(person_id) if person_id else []
    return [one for one in found if one.open]


async def waiting(clerk: Live) -> list[Merged]:
    """What other officers of one's own office want to part."""
    return [one for one in await merges.asked(clerk.department) if one.asked_by != clerk.account_id]


async def undo(clerk: Live, row: str, visitor: Visitor) -> None:
    """Ask for a merge of the person at the window to be taken back.

    Raises:
        Refusal: ``not_found``, ``merge_moving`` (the other houses are not done yet, or another
            officer has asked).
    """
    found = next((one for one in await at_window(clerk) if one.id == row), None)
    if found is None:
        raise not_found()
    event = _event("merge_undo", found.person_id, visitor, staff=clerk.account_id, detail="asked")
    try:
        await db.write(merges.asking(row, clerk.account_id), event)
    except db.Stale:
        raise conflict("merge_moving") from None


async def decide(clerk: Live, row: str, *, approve: bool, visitor: Visitor) -> None:
    """Another officer parts the two accounts, or leaves them as they are.

    Raises:
        Refusal: ``not_found``, ``counter_same_officer``, ``counter_decided``, ``phone_taken`` (the
            other account's phone belongs to somebody else by now).
    """
    found = await merges.find(row)
    if found is None or found.asked_by is None or found.department != clerk.department:
        raise not_found()
    if found.asked_by == clerk.account_id:
        raise not_allowed("counter_same_officer")
    detail = "undone" if approve else "left"
    event = _event("merge_undo", found.person_id, visitor, staff=clerk.account_id, detail=detail)
    parting: tuple[db.Statement, ...] = ()
    if approve:
        parting = (
            *await joining.parting(found),
            _event("merge_undo", found.gone_id, visitor, staff=clerk.account_id, detail=detail),
        )
    try:
        await db.write(merges.deciding(row, clerk.account_id, undo=approve), event, *parting)
    except db.Stale:
        raise conflict("counter_decided") from None
    except db.IntegrityError:
        raise conflict("phone_taken") from None
    outbox.nudge()
    if approve:
        await joining.left(found)


async def _fitting(live: Live, code: str) -> tuple[Kept, Identity]:
    await knock("merge.person", live.owner_id)
    me = await joining.identity(live.owner_id)
    if me.level == "registered":
        raise not_allowed("real_name_first")
    kept = await once.look("merge", merging.normal(code))
    if kept is None or kept.used:
        raise code_over()
    other = await joining.identity(str(kept.value["person"]))
    same = (other.document, other.id_number, other.name) == (me.document, me.id_number, me.name)
    if not same or kept.value["person"] == live.owner_id:
        raise not_allowed("merge_not_same")
    return kept, other


def _event(
    kind: events.EventKind,
    person_id: str,
    visitor: Visitor,
    *,
    detail: str,
    staff: str | None = None,
) -> db.Statement:
    return events.happened(
        kind,
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=staff,
        detail=detail,
    )


def undo_until(one: Merged) -> datetime | None:
    """Until when officers can part a merge; None when it is over."""
    return one.until if one.open else None
