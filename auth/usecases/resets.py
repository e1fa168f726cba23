"""Let a colleague begin again who lost phone, key or password (重置登录方式): it takes two.

1. One administrator asks, and says why. 2. Another one agrees: phone and keys are forgotten, every
session ends, and a starting password appears on the second one's screen, who hands it over. Then
the member chooses a password and ties a second factor anew (``sign_in.by_staff``).

Whoever lost their factor while there is no second administrator goes to the operator, whose
command line does the same (``python -m backend.cli staff reset``).
"""

from dataclasses import replace

from auth.models import acts, resets, staff
from auth.models.acts import OPERATOR
from auth.models.resets import Asked
from auth.models.staff import Member
from auth.usecases import members, passwords, sessions
from auth.usecases.members import Started, by, starting_password
from auth.usecases.sessions import Live
from auth.usecases.staff import START_LIFE, subject_of, without_factors
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db
from backend.kernel.errors import conflict, not_allowed, not_found


async def ask(live: Live, login: str, reason: str, visitor: Visitor) -> None:
    """Ask that a member may begin again.

    Raises:
        Refusal: ``not_found``, ``own_post``, ``reset_waits``.
    """
    member = await members.others(live, login)
    asking = resets.asking(member.staff_id, by=live.account_id, reason=reason.strip())
    act = acts.done("reset_asked", subject_of(member), by=by(live, visitor), detail=reason.strip())
    try:
        await db.write(*asking, *act)
    except db.IntegrityError:
        raise conflict("reset_waits") from None


async def waiting(live: Live) -> list[Asked]:
    """What waits within one's own reach."""
    return [one for one in await resets.waiting() if live.reach.covers(one.at)]


async def decide(live: Live, row: str, *, approve: bool, visitor: Visitor) -> Started | None:
    """Agree, and get the starting password to hand over; or decline.

    Raises:
        Refusal: ``not_found``, ``reset_same_officer``, ``own_post``.
    """
    asked = await resets.find(row)
    if asked is None or not live.reach.covers(asked.at):
        raise not_found()
    if asked.asked_by == live.account_id:
        raise not_allowed("reset_same_officer")
    member = await members.others(live, asked.login)
    deciding = resets.deciding(row, by=live.account_id, approved=approve)
    author, second = by(live, visitor), asked.asked_by
    try:
        if not approve:
            act = acts.done("reset_declined", subject_of(member), by=author, second=second)
            await db.write(deciding, *act)
            return None
        act = acts.done("anew", subject_of(member), by=author, second=second, detail=asked.reason)
        return await _begin_anew(member, deciding, *act)
    except db.Stale:  # somebody else decided a moment ago
        raise not_found() from None


async def by_operator(member: Member) -> Started:
    """The same at the command line, where nobody else is asked."""
    return await _begin_anew(member, *acts.done("anew", subject_of(member), by=OPERATOR))


async def _begin_anew(member: Member, *also: db.Statement) -> Started:
    password = starting_password()
    after = replace(
        member,
        password_hash=await passwords.hashed(password),
        start_until=clock.now() + START_LIFE,
    )
    await db.write(*also, staff.starting(after), *without_factors(member.staff_id))
    await sessions.end_all("staff", member.staff_id, by="office")
    return Started(after, password)
