"""Send a code to a phone, and take it back once (短信验证码).

The answer is the same for a phone with an account and for one without: a code goes out to either.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from auth.models import codes, people
from auth.models.codes import Purpose
from auth.rules import identity, limits
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox
from backend.kernel.errors import FieldError, Refusal, invalid, not_allowed, outside_down
from backend.kernel.outbox import GiveUp, Job
from backend.outside.sms.client import Sms
from backend.outside.wire import Down

TEMPLATES: dict[Purpose, str] = {
    "register": "register_code",
    "sign_in": "sign_in_code",
    "prove": "prove_code",
    "recover": "recover_code",
    "phone": "phone_code",
    "counter": "counter_code",
}


async def request(*, phone: str, purpose: Purpose, visitor: Visitor) -> None:
    """Make a code, in the place of the last one, and have it sent after the commit.

    Raises:
        Refusal: ``check_input`` (not a phone), ``too_many_tries``.
    """
    phone = identity.normal_phone(phone)
    if problem := identity.phone_problem(phone):
        raise invalid("check_input", errors=[FieldError("/phone", problem)])
    await visitor.knock("code.address")
    blind = people.blind_phone(phone)
    now = clock.now()
    last = await codes.issued_at(phone_blind=blind, purpose=purpose)
    if last is not None:
        _refuse_before(last + timedelta(seconds=limits.RESEND_SECONDS), now)
    await knock("code.phone.hour", phone)
    await knock("code.phone.day", phone)
    code_id, code = db.new_id(), f"{secrets.randbelow(1_000_000):06d}"
    expires_at = now + timedelta(seconds=limits.CODE_SECONDS)
    payload = {
        "phone": phone,
        "template": TEMPLATES[purpose],
        "params": {"code": code, "minutes": str(limits.CODE_SECONDS // 60)},
        "expires_at": expires_at.isoformat(),
    }
    try:
        await db.write(
            codes.issuing(
                code_id,
                phone_blind=blind,
                purpose=purpose,
                code=code,
                expires_at=expires_at,
                none_since=now - timedelta(seconds=limits.RESEND_SECONDS),
            ),
            outbox.row_for("auth.sms", key=f"auth.sms:{code_id}", payload=payload),
        )
    except db.Stale:  # another request for the same phone was a moment faster
        _refuse_before(now + timedelta(seconds=limits.RESEND_SECONDS), now)


def _refuse_before(instant: datetime, now: datetime) -> None:
    wait = int((instant - now).total_seconds()) + ((instant - now).microseconds > 0)
    if wait > 0:
        raise not_allowed("too_many_tries", retry_after=wait, seconds=wait)


async def redeem(*, phone: str, purpose: Purpose, code: str) -> db.Statement:
    """Check a code; the statement that uses it up goes into the caller's write.

    Every call counts as one of the code's tries, right or wrong, so that one message can carry
    five questions to the population register at most.

    Raises:
        Refusal: ``code_wrong``, whatever is amiss with it.
    """
    claim = await codes.claim(
        phone_blind=people.blind_phone(phone), purpose=purpose, most=limits.CODE_TRIES
    )
    if claim is None:
        raise code_wrong()
    if not hmac.compare_digest(claim.digest, codes.digest(claim.code_id, normal_code(code))):
        raise code_wrong()
    return codes.using(claim.code_id)


def code_wrong() -> Refusal:
    """Wrong, used, expired, tried too often or never sent: one answer for all."""
    return invalid("code_wrong", errors=[FieldError("/code", "code_wrong")])


def normal_code(code: str) -> str:
    """The code without blanks, in half-width digits."""
    return identity.normal_phone(code)


async def send(job: Job) -> None:
    """Outbox handler: hand a message to the gateway, as long as its code lives.

    Raises:
        GiveUp: the code is too old, or the gateway will never take the message.
        Refusal: ``sms_down``; the outbox tries again.
    """
    if clock.now() >= db.as_time(job.payload["expires_at"]):
        raise GiveUp("code_expired")
    try:
        await Sms.from_settings().send(
            phone=job.payload["phone"],
            template=job.payload["template"],
            params=job.payload["params"],
            key=job.key,
        )
    except Down as down:
        if down.permanent:
            raise GiveUp(down.detail or down.reason) from None
        raise outside_down("sms_down", retry_after=down.retry_after) from None
