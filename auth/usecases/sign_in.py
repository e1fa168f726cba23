"""Sign in (登录): a person by code or password, a member of staff by password."""

from auth.models import events, people, staff
from auth.models.staff import Member
from auth.rules import documents, identity
from auth.rules import passwords as rules
from auth.usecases import codes, devices, links, otps, passwords, sessions
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, settings
from backend.kernel.errors import FieldError, Refusal, invalid, not_allowed


async def by_code(*, phone: str, code: str, ticket: str | None, visitor: Visitor) -> str:
    """The token of a new session for the person with this phone.

    Raises:
        Refusal: ``check_input``, ``code_wrong``, ``link_ticket_over``, ``too_many_tries``; and
            ``phone_without_account`` for those who have shown that the phone is theirs.
    """
    await visitor.knock("sign_in.address")
    phone = identity.normal_phone(phone)
    if problem := identity.phone_problem(phone):
        raise invalid("check_input", errors=[FieldError("/phone", problem)])
    wechat = await links.peek(ticket, visitor)
    account = await people.find_account(phone_blind=people.blind_phone(phone))
    person_id = account.person_id if account else None
    try:
        using = await codes.redeem(phone=phone, purpose="sign_in", code=code)
    except Refusal:
        await _failed("code", visitor, person_id=person_id)
        raise
    if account is None:
        raise not_allowed("phone_without_account")
    opened = sessions.opening(
        "person", account.person_id, via=visitor.via, method="sms", device=visitor.device
    )
    event = events.happened(
        "signed_in", method="code", via=visitor.via, address=visitor.address, person_id=person_id
    )
    try:
        seen = await devices.arriving(account.person_id, visitor)
        await db.write(using, opened.statement, event, *seen)
    except db.Stale:  # somebody used the same code a moment ago
        raise codes.code_wrong() from None
    await sessions.replace_former(visitor.former)
    await links.tie(account.person_id, wechat, ticket, visitor)
    return opened.token


async def by_password(*, account: str, password: str, ticket: str | None, visitor: Visitor) -> str:
    """The token of a new session for the person with this phone or document's number.

    Raises:
        Refusal: ``sign_in_failed`` whether account or password is wrong, after the same work;
            ``link_ticket_over``, ``too_many_tries``.
    """
    await visitor.knock("sign_in.address")
    number = documents.normal_number(account)
    phone = identity.normal_phone(account)
    is_phone = identity.phone_problem(phone) is None
    await _knock_password("person", phone if is_phone else number, visitor)
    wechat = await links.peek(ticket, visitor)
    found = (
        await people.find_account(phone_blind=people.blind_phone(phone))
        if is_phone
        else await people.find_by_number(number)
    )
    person_id = found.person_id if found else None
    if not await passwords.fits(password, found.password_hash if found else None) or found is None:
        await _failed("password", visitor, person_id=person_id)
        raise not_allowed("sign_in_failed")
    opened = sessions.opening(
        "person", found.person_id, via=visitor.via, method="pwd", device=visitor.device
    )
    event = events.happened(
        "signed_in",
        method="password",
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
    )
    await db.write(opened.statement, event, *await devices.arriving(found.person_id, visitor))
    await sessions.replace_former(visitor.former)
    await links.tie(found.person_id, wechat, ticket, visitor)
    return opened.token


async def by_staff(
    *, login: str, password: str, otp: str | None, new_password: str | None = None, visitor: Visitor
) -> str:
    """The token of a new session for a member of staff.

    Where the city asks for a second factor (``staff_second_factor``), the password alone opens
    nothing; a passkey opens the door by itself (``passkeys.sign_in``). Somebody who begins comes
    with the password that was handed over and with one of their own, which counts from then on.

    Raises:
        Refusal: ``staff_sign_in_failed``, ``too_many_tries``; with the right password
            ``start_over``, ``start_password``, ``check_input``, ``second_factor_needed``,
            ``second_factor_enrol``, ``otp_wrong``.
    """
    await visitor.knock("sign_in.address")
    login = login.lower()
    await _knock_password("staff", login, visitor)
    member = await staff.find(login) if staff.is_login(login) else None
    kept = member.password_hash if member and member.active else None
    if not await passwords.fits(password, kept) or member is None:
        await _failed("password", visitor, staff_id=member.staff_id if member else None)
        raise not_allowed("staff_sign_in_failed")
    if member.start_until is not None:
        _check_start(member, password, new_password)
    shown: tuple[db.Statement, ...] = ()
    if settings.current().staff_second_factor or otp is not None:
        shown = await otps.factor(member, otp)
    opened = sessions.opening(
        "staff",
        member.staff_id,
        via=visitor.via,
        method="pwd",
        also="otp" if shown else None,
        aal=2 if shown else 1,
        device=visitor.device,
    )
    event = events.happened(
        "signed_in",
        method="otp" if shown else "password",
        via=visitor.via,
        address=visitor.address,
        staff_id=member.staff_id,
    )
    chosen: tuple[db.Statement, ...] = ()
    if member.start_until is not None and new_password is not None:
        chosen = (staff.choosing(member, await passwords.hashed(new_password)),)
    try:
        await db.write(*shown, *chosen, opened.statement, event)
    except (db.Stale, db.IntegrityError):  # the same one-time password a moment ago
        raise otps.otp_wrong() from None
    await sessions.replace_former(visitor.former)
    return opened.token


def _check_start(member: Member, given: str, new_password: str | None) -> None:
    """Whether a password that was handed over may become one's own."""
    assert member.start_until is not None
    if clock.now() >= member.start_until:
        raise not_allowed("start_over")
    if new_password is None:
        raise not_allowed("start_password")
    problem = rules.problem(new_password, own=(member.login, member.name))
    if new_password == given:
        problem = "password_same"
    if problem:
        raise invalid("check_input", errors=[FieldError("/new_password", problem)])


async def _knock_password(kind: str, account: str, visitor: Visitor) -> None:
    await knock("password.pair", f"{kind} {account} {visitor.address}")
    await knock("password.account", f"{kind} {account}")


async def _failed(
    method: str, visitor: Visitor, *, person_id: str | None = None, staff_id: str | None = None
) -> None:
    """Record a failed try, for an unknown account too: both answers take the same time."""
    await db.write(
        events.happened(
            "sign_in_failed",
            method=method,
            via=visitor.via,
            address=visitor.address,
            person_id=person_id,
            staff_id=staff_id,
        )
    )
