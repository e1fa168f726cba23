"""Get an account back when its phone is gone (账号找回).

1. Whoever asks proves themselves as at registration: name and number before the police, the new
   phone before its operator, a third register. Nobody else learns whether there is an account.
2. The former phone is told at once, and so is WeChat, and three days pass (``recovery_delay``).
   Whoever is still signed in, or holds the former phone, stops it with one tap.
3. Then the new phone answers once more, and the account is theirs: everything that opened it
   before (password, PIN, passkeys, WeChat, sessions) is gone, and the former phone hears of it.

A recovery code, written down beforehand, takes the place of the waiting. No clerk can shorten it:
at a window, a changed phone takes the card in hand and a second officer (``counter.py``).
"""

import secrets
from datetime import datetime

from auth.models import events, people, recoveries
from auth.models.recoveries import Waiting
from auth.rules import assurance, identity, recovery
from auth.usecases import alerts, asking, codes, former, register, sessions
from auth.usecases.asking import Claim
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db, privacy, settings
from backend.kernel.errors import FieldError, Refusal, conflict, invalid, not_allowed, not_found
from backend.outside.bank.client import is_card


async def start(
    *,
    name: str,
    id_number: str,
    phone: str,
    code: str,
    recovery_code: str,
    visitor: Visitor,
    bank_card: str = "",
) -> tuple[str | None, datetime]:
    """Begin a recovery: when it is due; with a recovery code, done at once and a session's token.

    Raises:
        Refusal: ``check_input``, ``code_wrong``, ``identity_mismatch``, ``identity_not_found``,
            ``identity_window_only``, ``recovery_window`` (the registers do not agree, or there is
            nothing to recover), ``recovery_not_needed``, ``recovery_code_wrong``, ``phone_taken``.
    """
    claim = Claim(
        identity.normal_name(name), identity.normal_id_number(id_number),
        identity.normal_phone(phone),
    )  # fmt: skip
    card = identity.normal_id_number(bank_card)
    _check_input(claim, card)
    await visitor.knock("recovery.address")
    using = await codes.redeem(phone=claim.phone, purpose="recover", code=code)
    found = await asking.ask_registers(claim, known={}, bank_card=card)
    register.refuse(found)
    owner = await people.find_account(id_number_blind=people.blind_id_number(claim.id_number))
    if not assurance.registers_agree(found) or owner is None or owner.ward:
        raise not_allowed("recovery_window")
    blind = people.blind_phone(claim.phone)
    if privacy.same(owner.phone_blind, blind):
        raise conflict("recovery_not_needed")
    if await people.find_account(phone_blind=blind) is not None:
        raise conflict("phone_taken")
    if recovery_code:
        spent = recoveries.using_code(owner.person_id, recovery.normal(recovery_code))
        try:
            token = await _hand_over(owner.person_id, claim.phone, (using, spent), visitor)
        except db.Stale:
            await _note(owner.person_id, "recovery_failed", visitor)
            raise _code_wrong() from None
        return token, clock.now()
    due = clock.in_seconds(settings.current().recovery_delay)
    starting = recoveries.starting(
        owner.person_id, phone=claim.phone, phone_blind=blind, due_at=due
    )
    try:
        await db.write(
            using,
            starting,
            _event(owner.person_id, "recovery_begun", visitor),
            alerts.telling(owner.person_id, "recovery_started", device=visitor.device),
            alerts.waking(owner.person_id, "recovery_started", until=due),
        )
    except db.Stale:
        raise codes.code_wrong() from None
    waiting = await recoveries.of(owner.person_id)
    return None, waiting.due_at if waiting else due


async def finish(*, phone: str, code: str, visitor: Visitor) -> str:
    """The token of a session in the recovered account, once the waiting is over.

    Raises:
        Refusal: ``code_wrong``, ``recovery_waits`` with what is left, ``recovery_window`` (nothing
            waits for this phone, or it was stopped), ``phone_taken``.
    """
    phone = identity.normal_phone(phone)
    await visitor.knock("recovery.address")
    using = await codes.redeem(phone=phone, purpose="recover", code=code)
    waiting = await recoveries.by_phone(people.blind_phone(phone))
    if waiting is None:
        raise not_allowed("recovery_window")
    left = (waiting.due_at - clock.now()).total_seconds()
    if left > 0:
        raise not_allowed("recovery_waits", hours=int(left // 3600) + 1)
    ending = recoveries.ending(waiting.recovery_id)
    try:
        return await _hand_over(waiting.person_id, phone, (using, ending), visitor)
    except db.Stale:  # used, stopped or finished a moment ago
        raise codes.code_wrong() from None


async def waiting(live: Live) -> Waiting | None:
    """The recovery of one's own account that is under way."""
    return await recoveries.of(live.owner_id)


async def stop(live: Live, visitor: Visitor) -> None:
    """The owner is here: nothing is to be recovered.

    Raises:
        Refusal: ``not_found``.
    """
    found = await recoveries.of(live.owner_id)
    if found is None:
        raise not_found()
    try:
        await db.write(
            recoveries.ending(found.recovery_id),
            _event(live.owner_id, "recovery_stopped", visitor),
            alerts.telling(live.owner_id, "recovery_stopped", device=visitor.device),
        )
    except db.Stale:
        raise not_found() from None


async def new_code(live: Live, visitor: Visitor) -> str:
    """A recovery code to write down, in the place of the last. It is shown once."""
    code = recovery.spelled(secrets.token_bytes(recovery.LENGTH))
    await db.write(
        recoveries.keeping_code(live.owner_id, recovery.normal(code)),
        _event(live.owner_id, "recovery_code", visitor),
        alerts.telling(live.owner_id, "recovery_code_set", device=visitor.device),
    )
    return code


async def change_phone(live: Live, *, phone: str, code: str, visitor: Visitor) -> None:
    """Take another phone number; the former one is told, every other place is signed out.

    Raises:
        Refusal: ``code_wrong``, ``phone_taken``.
    """
    phone = identity.normal_phone(phone)
    using = await codes.redeem(phone=phone, purpose="phone", code=code)
    before = await people.find_identity(live.owner_id)
    if before is None:
        raise not_allowed("not_for_you")
    try:
        await db.write(
            using,
            people.moving_phone(live.owner_id, phone),
            _event(live.owner_id, "phone_changed", visitor),
            alerts.telling(live.owner_id, "phone_changed", phone=before.phone),
            alerts.waking(live.owner_id, "phone_changed", until=former.told_until()),
        )
    except db.Stale:
        raise codes.code_wrong() from None
    except db.IntegrityError:
        raise conflict("phone_taken") from None
    await sessions.end_all("person", live.owner_id, by="phone", but=live.digest)


async def _hand_over(
    person_id: str, phone: str, once: tuple[db.Statement, ...], visitor: Visitor
) -> str:
    before = await people.find_identity(person_id)
    if before is None:
        raise not_allowed("recovery_window")
    opened = sessions.opening(
        "person", person_id, via=visitor.via, method="sms", device=visitor.device
    )
    closing = await former.closing(person_id)
    try:
        await db.write(
            *once,
            people.changing_phone(person_id, phone),  # takes the password along
            *closing.statements,
            opened.statement,
            _event(person_id, "recovered", visitor),
            alerts.telling(person_id, "recovery_done", phone=before.phone),
            closing.telling("recovery_done"),
        )
    except db.IntegrityError:
        raise conflict("phone_taken") from None
    await sessions.end_all("person", person_id, by="recovery", but=opened.digest)
    await sessions.replace_former(visitor.former)
    return opened.token


def _check_input(claim: Claim, card: str) -> None:
    problems = {
        "/name": identity.name_problem(claim.name),
        "/id_number": identity.id_number_problem(claim.id_number, today=clock.today()),
        "/phone": identity.phone_problem(claim.phone),
        "/bank_card": "format" if card and not is_card(card) else None,
    }
    found = [FieldError(pointer, problem) for pointer, problem in problems.items() if problem]
    if found:
        raise invalid("check_input", errors=found)


def _code_wrong() -> Refusal:
    errors = [FieldError("/recovery_code", "recovery_code_wrong")]
    return invalid("recovery_code_wrong", errors=errors)


async def _note(person_id: str, kind: events.EventKind, visitor: Visitor) -> None:
    await db.write(_event(person_id, kind, visitor))


def _event(person_id: str, kind: events.EventKind, visitor: Visitor) -> db.Statement:
    return events.happened(kind, via=visitor.via, address=visitor.address, person_id=person_id)
