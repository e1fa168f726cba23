"""Prove again who one is (再次验证), in the middle of something that must not be done by a thief.

1. A route that declares ``fresh`` refuses with ``prove_again`` and names the ways this person has.
2. The proof raises the session and turns its token (``sessions.raise_to``).
3. The page repeats the request that was refused.

Each way is counted apart and by session, so that a stranger without the session cannot wear out
any of them, and a thief with it leaves the owner every way at the front door.
"""

from auth.models import events, links, otps, passkeys, people, pins, staff
from auth.models.sessions import Method
from auth.rules import factors
from auth.usecases import codes, passwords, sessions
from auth.usecases import otps as otp_codes
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import db, web
from backend.kernel.errors import FieldError, Refusal, invalid, not_allowed


async def means(
    kind: str, owner_id: str, *, methods: tuple[str, ...] = (), aal: int = 0, via: str = ""
) -> web.Means:
    """The ways in which somebody can prove themselves, and how far each would lift a session.

    ``owner_id`` is a person's id or a member of staff's login, ``methods`` and ``aal`` what the
    session has shown already, ``via`` the channel it came by. A face is one more way in the
    mini-program and never raises ``best``: nobody may be left with no other way than their face
    (《人脸识别技术应用安全管理办法》第十条).
    """
    account_id, ways, rests = owner_id, ["sms"], []
    if kind == "staff":
        member = await staff.find(owner_id)
        if member is None:
            return web.Means()
        account_id, ways = member.staff_id, ["pwd"]
        if await otps.find(member.staff_id):
            ways.append("otp")
    else:
        left = await pins.tries_left(owner_id)
        if left:
            ways.insert(0, "pin")
        elif left is not None:
            rests.append("pin")
        if await people.find_password(owner_id):
            ways.append("pwd")
    best = factors.reached([*ways, *rests])
    if via == "miniprogram" and await _has_face(owner_id):
        ways.append("face")
    lifts = {way: max(aal, factors.reached((*methods, way))) for way in ways}
    if keys := await passkeys.of("staff" if kind == "staff" else "person", account_id):
        best = 2 if all(key.movable for key in keys) else 3
        lifts = {"passkey": max(aal, best), **lifts}
    return web.Means(lifts, best)


async def again(live: Live, *, aal: int, within: int) -> Refusal:
    """The refusal that asks somebody to prove themselves, as the web layer's own does.

    ``within`` is in seconds. ``no_way_to_prove`` when nothing they have leads as high as ``aal``.
    """
    found = await means(live.kind, live.owner_id, methods=live.methods, aal=live.aal, via=live.via)
    ways = found.reaching(aal)
    if not ways:
        return not_allowed("no_way_to_prove")
    return not_allowed("prove_again", aal=aal, within=within, ways=ways)


async def send_code(live: Live, visitor: Visitor) -> None:
    """Send a code to the person's own phone.

    Raises:
        Refusal: ``too_many_tries``.
    """
    phone = await _phone(live)
    await codes.request(phone=phone, purpose="prove", visitor=visitor)


async def by_code(live: Live, code: str, visitor: Visitor) -> str:
    """The session's new token, for a code from the person's own phone.

    Raises:
        Refusal: ``code_wrong``, ``session_over``, ``too_many_tries``.
    """
    await knock("prove.session", f"sms {live.session_id}")
    phone = await _phone(live)
    try:
        using = await codes.redeem(phone=phone, purpose="prove", code=code)
    except Refusal as refusal:
        await failed(live, "sms", visitor)
        raise invalid(refusal.code, errors=[FieldError("/secret", refusal.code)]) from None
    return await raised(live, "sms", visitor, also=(using,))


async def by_password(live: Live, password: str, visitor: Visitor) -> str:
    """The session's new token, for the password of its owner.

    Raises:
        Refusal: ``password_wrong``, ``session_over``, ``too_many_tries``.
    """
    await knock("prove.session", f"pwd {live.session_id}")
    if live.kind == "person":
        kept = await people.find_password(live.owner_id)
    else:
        member = await staff.find(live.owner_id)
        kept = member.password_hash if member and member.active else None
    if not await passwords.fits(password, kept):
        await failed(live, "pwd", visitor)
        raise invalid("password_wrong", errors=[FieldError("/secret", "password_wrong")])
    return await raised(live, "pwd", visitor)


async def with_present(live: Live, given: str | None, kept: str | None, visitor: Visitor) -> None:
    """Whoever changes a password names the present one (现在的密码); for the first there is none.

    Raises:
        Refusal: ``check_input``: it is missing or wrong; ``too_many_tries``.
    """
    if kept is None:
        return
    if not given:
        raise invalid("check_input", errors=[FieldError("/present", "required")])
    await knock("prove.session", f"present {live.session_id}")
    if not await passwords.fits(given, kept):
        await failed(live, "pwd", visitor)
        raise invalid("check_input", errors=[FieldError("/present", "password_wrong")])


async def by_otp(live: Live, given: str, visitor: Visitor) -> str:
    """The session's new token, for a one-time password of a member of staff.

    Raises:
        Refusal: ``otp_wrong``, ``session_over``, ``too_many_tries``.
    """
    await knock("prove.session", f"otp {live.session_id}")
    enrolled = await otps.find(live.account_id) if live.kind == "staff" else None
    try:
        if enrolled is None:
            raise otp_codes.otp_wrong()
        await db.write(otp_codes.using(enrolled, given))
    except (Refusal, db.Stale):
        await failed(live, "otp", visitor)
        raise invalid("otp_wrong", errors=[FieldError("/secret", "otp_wrong")]) from None
    return await raised(live, "otp", visitor)


async def raised(
    live: Live,
    method: Method,
    visitor: Visitor,
    *,
    aal: int = 0,
    also: tuple[db.Statement, ...] = (),
) -> str:
    """The new token of a session whose owner has just shown ``method``; ``aal`` if it tells more.

    Raises:
        Refusal: ``session_over``.
    """
    reached = max(aal, factors.reached((*live.methods, method)))
    event = events.happened(
        "proved", method=method, via=visitor.via, address=visitor.address, **owner(live)
    )
    return await sessions.raise_to(live, reached, method, also=(*also, event))


async def failed(live: Live, method: Method, visitor: Visitor) -> None:
    """Record a proof that failed."""
    await db.write(
        events.happened(
            "prove_failed", method=method, via=visitor.via, address=visitor.address, **owner(live)
        )
    )


def owner(live: Live) -> dict[str, str]:
    """Whose event it is."""
    return {f"{live.kind}_id": live.account_id}


async def _has_face(person_id: str) -> bool:
    """Whether WeChat could check a person's face: it needs its own account and an ID card."""
    if await links.find_openid("miniprogram", person_id) is None:
        return False
    found = await people.find_identity(person_id)
    return found is not None and found.document == "id_card"


async def _phone(live: Live) -> str:
    found = await people.find_identity(live.owner_id) if live.kind == "person" else None
    if found is None:
        raise not_allowed("not_for_you")
    return found.phone
