"""What administrators do with the list of staff (人员管理).

1. An administrator sees and changes whoever works within their own post's reach, never themselves.
2. Somebody new, or somebody who begins again, gets a starting password: shown once, good for three
   days, and for nothing but choosing a password of one's own (``sign_in.by_staff``).
3. Whoever changes post or is locked is signed out at once. Every act is in the journal.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from auth.models import acts, staff
from auth.models.acts import By
from auth.models.staff import Listed, Member
from auth.rules import staff as rules
from auth.rules.staff import Reach
from auth.usecases import passwords, sessions
from auth.usecases.sessions import Live
from auth.usecases.staff import START_LIFE, set_active, subject_of
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db
from backend.kernel.errors import FieldError, conflict, invalid, not_allowed, not_found

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


@dataclass(frozen=True, slots=True)
class Post:
    """What an administrator writes down of a member."""

    name: str
    department: str
    department_name: str
    district: str
    hall: str
    roles: Sequence[str]

    @property
    def reach(self) -> Reach:
        """Where the roles are to hold."""
        return Reach(self.department, self.district, self.hall)


@dataclass(frozen=True, slots=True)
class Started:
    """A member with the starting password to hand over; it is kept nowhere."""

    member: Member
    password: str = field(repr=False)


def by(live: Live, visitor: Visitor) -> By:
    """Whose act it is."""
    return By(live.account_id, visitor.via, visitor.address)


def starting_password() -> str:
    """Sixteen letters and digits in groups of four: 79 bits, easily read out and typed."""
    drawn = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(drawn[n : n + 4]) for n in range(0, 16, 4))


async def get(live: Live, login: str) -> Listed:
    """A member within the administrator's reach.

    Raises:
        Refusal: ``not_found``, the same for an unknown login and one outside the reach.
    """
    found = await staff.one_listed(login)
    if found is None or not live.reach.covers(found.member.reach):
        raise not_found()
    return found


async def add(live: Live, login: str, post: Post, visitor: Visitor) -> Started:
    """Somebody new.

    Raises:
        Refusal: ``check_input``, ``beyond_your_post``, ``login_taken``.
    """
    login = login.strip().lower()
    wrong = "format" if login else "required"
    errors = [] if staff.is_login(login) else [FieldError("/login", wrong)]
    _check(live, post, errors)
    password = starting_password()
    member = Member(
        staff_id=db.new_id(),
        login=login,
        name=post.name.strip(),
        department=post.department,
        department_name=post.department_name,
        district=post.district,
        roles=tuple(sorted(set(post.roles))),
        password_hash=await passwords.hashed(password),
        active=True,
        hall=post.hall.strip(),
        start_until=clock.now() + START_LIFE,
    )
    try:
        await db.write(staff.adding(member), *_done("added", live, member, visitor))
    except db.IntegrityError:
        raise conflict("login_taken") from None
    return Started(member, password)


async def change(live: Live, login: str, post: Post, visitor: Visitor) -> Member:
    """Another name, office, district, hall or other roles; the member is signed out.

    Raises:
        Refusal: ``not_found``, ``own_post``, ``check_input``, ``beyond_your_post``.
    """
    before = await others(live, login)
    _check(live, post, [])
    after = replace(
        before,
        name=post.name.strip(),
        department=post.department,
        department_name=post.department_name,
        district=post.district,
        hall=post.hall.strip(),
        roles=tuple(sorted(set(post.roles))),
    )
    if after == before:
        return before
    act = "roles" if before.roles != after.roles else "office"
    detail = f"{_told(before)} → {_told(after)}"
    await db.write(staff.keeping(after), *_done(act, live, after, visitor, detail))
    await sessions.end_all("staff", before.staff_id, by="office")
    return after


async def lock(live: Live, login: str, *, active: bool, visitor: Visitor) -> None:
    """Shut a member out at once, or let them in again.

    Raises:
        Refusal: ``not_found``, ``own_post``.
    """
    await set_active(await others(live, login), active=active, by=by(live, visitor))


async def others(live: Live, login: str) -> Member:
    """A colleague within the administrator's reach; nobody changes their own post.

    Raises:
        Refusal: ``not_found``, ``own_post``.
    """
    member = (await get(live, login)).member
    if member.staff_id == live.account_id:
        raise not_allowed("own_post")
    return member


def _check(live: Live, post: Post, errors: list[FieldError]) -> None:
    if not post.name.strip():
        errors.append(FieldError("/name", "required"))
    errors += [
        FieldError(f"/{name}", code) for name, code in rules.problems(post.roles, post.reach)
    ]
    if errors:
        raise invalid("check_input", errors=errors)
    if not live.reach.covers(post.reach):
        raise not_allowed("beyond_your_post")


def _told(member: Member) -> str:
    """A post in one line of codes."""
    post = (member.department, member.district, member.hall)
    return " ".join(filter(None, (",".join(member.roles), *post)))


def _done(
    act: str, live: Live, member: Member, visitor: Visitor, detail: str = ""
) -> tuple[db.Statement, db.Statement]:
    return acts.done(
        act,
        subject_of(member),
        by=by(live, visitor),
        detail=detail or _told(member),
    )
