"""The second factor of staff who have no passkey (动态口令)."""

import secrets
from hashlib import sha256

from auth.models import otps
from auth.models.otps import Enrolled
from auth.models.staff import Member
from auth.rules import limits, otp
from auth.usecases.visitor import knock
from backend.kernel import cache, clock, db, privacy, settings
from backend.kernel.errors import FieldError, Refusal, invalid, not_allowed


async def factor(member: Member, given: str | None) -> tuple[db.Statement, ...]:
    """What to write when a member of staff, whose password was right, shows a one-time password.

    Tries are counted here, after the password: whoever does not know it wears out nothing.

    Raises:
        Refusal: ``second_factor_needed``; ``second_factor_enrol`` with a new secret at the first
            sign-in; ``otp_wrong``, ``too_many_tries``.
    """
    enrolled = await otps.find(member.staff_id)
    if given is None:
        if enrolled is None:
            raise await _offer(member)
        raise not_allowed("second_factor_needed")
    await knock("otp.staff", member.staff_id)
    if enrolled is not None:
        return (using(enrolled, given),)
    kept = await cache.get(_name(member))
    secret = privacy.unseal(kept, at="auth.otp", row=member.staff_id) if kept else None
    if secret is None:
        raise await _offer(member)
    return (otps.enrolling(member.staff_id, secret, step=_step(secret, given)),)


def using(enrolled: Enrolled, given: str) -> db.Statement:
    """Check a one-time password; the statement uses it up.

    Raises:
        Refusal: ``otp_wrong``.
    """
    return otps.using(enrolled.otp_id, _step(enrolled.secret, given))


def otp_wrong() -> Refusal:
    """Wrong, or used already."""
    return invalid("otp_wrong", errors=[FieldError("/otp", "otp_wrong")])


def _step(secret: bytes, given: str) -> int:
    step = otp.matching_step(secret, given, now=clock.now().timestamp())
    if step is None:
        raise otp_wrong()
    return step


async def _offer(member: Member) -> Refusal:
    """A secret for the authenticator; a second asking within its time gets the same one."""
    name = _name(member)
    secret = secrets.token_bytes(otp.SECRET_BYTES)
    sealed = privacy.seal(secret, at="auth.otp", row=member.staff_id)
    if not await cache.put_if_absent(name, sealed, seconds=limits.ENROL_SECONDS):
        kept = await cache.get(name)
        if kept is not None:
            secret = privacy.unseal(kept, at="auth.otp", row=member.staff_id)
    refusal = not_allowed("second_factor_enrol")
    issuer = f"一门 {settings.current().city_name}"
    refusal.shown = {
        "otp_secret": otp.text(secret),
        "otp_address": otp.address(secret, login=member.login, issuer=issuer),
    }
    return refusal


def _name(member: Member) -> str:
    """Whoever begins anew has another password, and gets another secret."""
    return f"auth.otp:{member.staff_id}:{sha256(member.password_hash.encode()).hexdigest()[:16]}"
