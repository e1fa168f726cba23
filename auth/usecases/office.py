"""A member of staff's own account (工作人员账号安全): second factor and password."""

import secrets

from auth.models import events, otps, passkeys, staff
from auth.models.events import EventKind
from auth.rules import limits, otp
from auth.rules import passwords as rules
from auth.usecases import passwords, prove, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import cache, clock, db, privacy, settings
from backend.kernel.errors import FieldError, invalid, not_allowed

AT = "auth.otp.new"


async def has_otp(live: Live) -> bool:
    """Whether an authenticator is tied to the account."""
    return await otps.find(live.account_id) is not None


async def begin_otp(live: Live) -> tuple[str, str]:
    """A new secret for an authenticator: as people type it, and as a QR code holds it."""
    secret = secrets.token_bytes(otp.SECRET_BYTES)
    sealed = privacy.seal(secret, at=AT, row=live.session_id)
    await cache.put(f"{AT}:{live.session_id}", sealed, seconds=limits.ENROL_SECONDS)
    issuer = f"一门 {settings.current().city_name}"
    return otp.text(secret), otp.address(secret, login=live.owner_id, issuer=issuer)


async def keep_otp(live: Live, code: str, visitor: Visitor) -> None:
    """Tie the authenticator that shows this code, in the place of any before it.

    Raises:
        Refusal: ``otp_wrong``, ``otp_begin_again``, ``too_many_tries``.
    """
    await knock("otp.staff", live.account_id)
    kept = await cache.get(f"{AT}:{live.session_id}")
    if kept is None:
        raise not_allowed("otp_begin_again")
    secret = privacy.unseal(kept, at=AT, row=live.session_id)
    step = otp.matching_step(secret, code, now=clock.now().timestamp())
    if step is None:
        raise invalid("otp_wrong", errors=[FieldError("/code", "otp_wrong")])
    enrolling = otps.enrolling(live.account_id, secret, step=step)
    try:
        await db.write(
            otps.removing(live.account_id), enrolling, _happened("otp_set", live, visitor)
        )
    except db.IntegrityError:  # another window tied one a moment ago
        raise not_allowed("otp_begin_again") from None
    await cache.drop(f"{AT}:{live.session_id}")


async def drop_otp(live: Live, visitor: Visitor) -> None:
    """Forget the authenticator.

    Raises:
        Refusal: ``second_factor_kept`` for the last of staff who must have one.
    """
    asked = settings.current().staff_second_factor
    if asked and not await passkeys.of("staff", live.account_id):
        raise not_allowed("second_factor_kept")
    await db.write(otps.removing(live.account_id), _happened("otp_removed", live, visitor))


async def set_password(live: Live, password: str, visitor: Visitor, *, present: str | None) -> None:
    """Another password in the place of the ``present`` one; every other place is signed out.

    Raises:
        Refusal: ``check_input``, ``too_many_tries``, ``session_over`` when it was changed a moment
            ago.
    """
    member = await staff.find(live.owner_id)
    if member is None:
        raise not_allowed("not_for_you")
    await prove.with_present(live, present, member.password_hash, visitor)
    if problem := rules.problem(password, own=(member.login, member.name)):
        raise invalid("check_input", errors=[FieldError("/password", problem)])
    choosing = staff.choosing(member, await passwords.hashed(password))
    try:
        await db.write(choosing, _happened("password_set", live, visitor))
    except db.Stale:
        raise sessions.session_over() from None
    await sessions.end_all("staff", live.account_id, by="password", but=live.digest)


def _happened(kind: EventKind, live: Live, visitor: Visitor) -> db.Statement:
    return events.happened(kind, via=visitor.via, address=visitor.address, **prove.owner(live))
