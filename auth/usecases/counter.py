"""Prove a person at a window (窗口核验), with any document that the city takes.

1. ``open_check``: the clerk has the card or passport in hand and reads it. Its register is asked.
2. What does not fit (the register says otherwise or nothing, another name, another phone) takes a
   second officer: ``decide``. Nobody decides about their own check.
3. ``finish``: the person confirms with the code that came to their phone, or by signing if the
   phone is their account's already. Then the account is theirs, under that document.

Every step is recorded for the person and the officers, and the person is told by text message; of
a phone that was replaced the former one is told, too.
"""

import contextlib
from dataclasses import replace
from datetime import date, timedelta

from auth.models import acts, counter, events, people, recoveries
from auth.models import assurance as proofs
from auth.models.acts import Subject
from auth.models.counter import Seen
from auth.models.people import Account, Identity
from auth.rules import assurance, documents, identity
from auth.rules.documents import Kind
from auth.usecases import alerts, codes, document_check, former, sessions
from auth.usecases.members import by
from auth.usecases.raising import message
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox, privacy
from backend.kernel.errors import FieldError, Refusal, conflict, invalid, not_allowed, not_found

LIFE = timedelta(hours=2)
"""How long the person may stand at the window."""


async def open_check(
    live: Live,
    *,
    document: Kind,
    number: str,
    name: str,
    phone: str,
    valid_until: date | None,
    note: str,
    visitor: Visitor,
) -> Seen:
    """Ask the document's register and send the person's phone a code.

    Raises:
        Refusal: ``check_input``, ``counter_minor``, ``counter_document_over`` (expired or
            revoked), ``phone_taken`` (another proven person's), ``too_many_tries``.
    """
    number, name = documents.normal_number(number), documents.normal_name(document, name)
    phone = identity.normal_phone(phone)
    _check_input(document, number, name, phone)
    today = clock.today()
    if valid_until is not None and valid_until < today:
        raise not_allowed("counter_document_over")
    if document == "id_card" and identity.age(number, today=today) < identity.ADULT_FROM:
        raise not_allowed("counter_minor", age=identity.ADULT_FROM)
    await knock("counter.clerk", live.account_id)
    said = await document_check.ask(document, number, name)
    if said.over:
        raise not_allowed("counter_document_over")
    owner, _ = await _accounts(document, number, phone)
    reasons = [said.reason] if said.reason else []
    # a document that came along with another account may well be in another name
    if owner is not None and owner.name != name and not owner.by_former:
        reasons.append("name_changed")
    if (
        owner is not None
        and not owner.ward
        and not privacy.same(owner.phone_blind, people.blind_phone(phone))
    ):
        reasons.append("phone_changed")
    ends = min((day for day in (valid_until, said.until) if day), default=None)
    row = db.new_id()
    seen = Seen(
        id=row, document=document, number=number, name=name, phone=phone, valid_until=ends,
        reasons=tuple(reasons), note=note.strip()[:200], state="second" if reasons else "ready",
        clerk_id=live.account_id, second_id=None, created_at=clock.now(), clerk_name=live.name,
    )  # fmt: skip
    await codes.request(phone=phone, purpose="counter", visitor=visitor)
    await db.write(
        counter.opening(row, seen, clerk_id=live.account_id, expires_at=clock.now() + LIFE),
        _recorded(live, visitor, "opened", owner),
    )
    return seen


async def decide(live: Live, row: str, *, approve: bool, visitor: Visitor) -> Seen:
    """Another officer approves or declines what does not fit.

    Raises:
        Refusal: ``not_found``, ``counter_same_officer``, ``counter_decided``.
    """
    seen = await get_check(live, row)
    if seen.clerk_id == live.account_id:
        raise not_allowed("counter_same_officer")
    detail = "approved" if approve else "declined"
    owner = await people.find_account(
        id_number_blind=people.blind_document(seen.document, seen.number)
    )
    if approve:  # the first code may be too old by now
        with contextlib.suppress(Refusal):
            await codes.request(phone=seen.phone, purpose="counter", visitor=visitor)
    try:
        await db.write(
            counter.deciding(row, second_id=live.account_id, approved=approve),
            *acts.done(
                detail,
                Subject("check", row, at=seen.at),
                by=by(live, visitor),
                person_id=owner.person_id if owner else None,
            ),
        )
    except db.Stale:
        raise conflict("counter_decided") from None
    return replace(seen, state="approved" if approve else "declined", second_id=live.account_id)


async def finish(live: Live, row: str, *, code: str, signed: bool, visitor: Visitor) -> Seen:
    """The person confirms, and the account is theirs.

    Raises:
        Refusal: ``not_found``, ``counter_needs_second``, ``counter_declined``, ``counter_decided``,
            ``counter_phone_must_answer``, ``code_wrong``, ``phone_taken``.
    """
    seen = await _find(row)
    if seen.clerk_id != live.account_id:
        raise not_found()
    if seen.state == "second":
        raise not_allowed("counter_needs_second")
    if seen.state == "declined":
        raise not_allowed("counter_declined")
    if seen.state == "done":
        raise conflict("counter_decided")
    owner, mine = await _accounts(seen.document, seen.number, seen.phone)
    if signed:
        if owner is None or not privacy.same(owner.phone_blind, people.blind_phone(seen.phone)):
            raise not_allowed("counter_phone_must_answer")
        using = []
    else:
        using = [await codes.redeem(phone=seen.phone, purpose="counter", code=code)]
    account = owner or mine
    person_id = account.person_id if account else db.new_id()
    before = await people.find_identity(person_id) if owner else None
    moved = before is not None and before.phone != seen.phone
    writes = _entering(person_id, seen, owner=owner, mine=mine, moved=moved)
    way: assurance.Way = "counter_override" if seen.reasons else "counter"
    until = assurance.lasts_until(way, clock.today(), document_until=seen.valid_until)
    event = events.happened(
        "assured",
        method="override" if seen.reasons else "counter",
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=live.account_id,
    )
    try:
        await db.write(
            *using,
            *writes,
            counter.finishing(row, person_id),  # after the person's row, which it points to
            *proofs.proving(
                person_id, way, level="verified", until=until,
                clerk_id=seen.clerk_id, second_id=seen.second_id,
            ),
            outbox.row_for(
                "person.registered",
                key=f"person.registered:{person_id}",
                payload={"person_id": person_id},
            ),
            message(seen.phone, "counter_done", key=f"counter:{row}"),
            *(await _moving(live, person_id, before, row, visitor) if before and moved else ()),
            event,
        )  # fmt: skip
    except db.Stale:  # the same check, or its code, a moment ago
        raise conflict("counter_decided") from None
    except db.IntegrityError:  # somebody took the phone or the number a moment ago
        raise conflict("phone_taken") from None
    outbox.nudge()
    if moved:  # whoever holds the former phone is out, of WeChat and passkeys as well
        await sessions.end_all("person", person_id, by="counter")
    await sessions.reload_all("person", person_id)
    return replace(seen, state="done")


async def _moving(
    live: Live, person_id: str, before: Identity, row: str, visitor: Visitor
) -> tuple[db.Statement, ...]:
    """The former phone is void, and with it whatever its holder could have set up."""
    closing = await former.closing(person_id)
    event = events.happened(
        "phone_changed",
        method="counter",
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=live.account_id,
    )
    others = [recoveries.dropping(person_id), closing.telling("phone_changed")]
    if before.phone:  # a child whom only their parents' accounts spoke for has none
        others.append(
            alerts.telling(person_id, "phone_changed", phone=before.phone, once=f"{row}:old")
        )
    return (*closing.statements, event, *others)


def _entering(
    person_id: str, seen: Seen, *, owner: Account | None, mine: Account | None, moved: bool
) -> list[db.Statement]:
    if owner is None and mine is None:
        return [
            people.adding(
                person_id,
                name=seen.name,
                id_number=seen.number,
                phone=seen.phone,
                password_hash=None,
                level="verified",
                document=seen.document,
            )
        ]
    writes = []
    if moved:
        if mine is not None:  # an account that only claimed to be somebody
            writes.append(people.giving_up_phone(mine.person_id))
        writes.append(people.changing_phone(person_id, seen.phone))
    if owner is None or not owner.by_former:
        writes.append(
            people.owning(person_id, document=seen.document, number=seen.number, name=seen.name)
        )
    return writes


async def _accounts(
    document: Kind, number: str, phone: str
) -> tuple[Account | None, Account | None]:
    """The account of the document, and an unproven one of the phone.

    Raises:
        Refusal: ``phone_taken``.
    """
    owner = await people.find_account(id_number_blind=people.blind_document(document, number))
    mine = await people.find_account(phone_blind=people.blind_phone(phone))
    if mine is not None and (owner is None or mine.person_id != owner.person_id):
        if not mine.claimed:
            raise conflict("phone_taken")
    else:
        mine = None
    return owner, mine


def _check_input(document: Kind, number: str, name: str, phone: str) -> None:
    problems = {
        "/number": documents.number_problem(document, number, today=clock.today()),
        "/name": documents.name_problem(document, name),
        "/phone": identity.phone_problem(phone),
    }
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)


async def get_check(live: Live, row: str) -> Seen:
    """A check of one's own, or one that waits for somebody like oneself.

    Raises:
        Refusal: ``not_found``.
    """
    seen = await _find(row)
    if seen.clerk_id != live.account_id and not live.reach.covers(seen.at):
        raise not_found()
    return seen


async def _find(row: str) -> Seen:
    seen = await counter.find(row)
    if seen is None:
        raise not_found()
    return seen


def _recorded(live: Live, visitor: Visitor, detail: str, owner: Account | None) -> db.Statement:
    """An officer's step; whose document it is sees it in their history, if they have an account."""
    return events.happened(
        "counter",
        method="counter",
        via=visitor.via,
        address=visitor.address,
        person_id=owner.person_id if owner else None,
        staff_id=live.account_id,
        detail=detail,
    )
