"""Staff (工作人员): who works at which office, in which roles.

Department, district and hall are those of the post: what they name binds every role (see
``auth.rules.staff``), what they leave empty is everywhere.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import orjson
from tortoise import fields

from auth.rules.staff import Reach
from backend.kernel import clock, db

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)


class Staff(db.Table):
    """A member of staff. Names of officials at work are public by law, passwords are not.

    ``start_until``: the password is one that an administrator handed over; it opens nothing but
    the way to a password of one's own, and only until then.
    """

    id = fields.UUIDField(primary_key=True)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60)
    department = fields.CharField(max_length=20)
    department_name = fields.CharField(max_length=60)
    district = fields.CharField(max_length=12)
    hall = fields.CharField(max_length=40, db_default="")
    roles = fields.TextField()
    password_hash = fields.CharField(max_length=160)
    start_until = fields.DatetimeField(null=True)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "login": "internal", "name": "internal", "department": "open",
        "department_name": "open", "district": "open", "hall": "open", "roles": "internal",
        "password_hash": "sealed", "start_until": "internal", "active": "internal",
        "created_at": "internal",
    }  # fmt: skip

    class Meta:
        table = "auth_staff"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as sign-in needs to know them."""

    staff_id: str
    login: str
    name: str
    department: str
    department_name: str
    district: str
    roles: tuple[str, ...]
    password_hash: str = field(repr=False)
    active: bool
    hall: str = ""
    start_until: datetime | None = None

    @property
    def reach(self) -> Reach:
        """Where this member's roles hold."""
        return Reach(self.department, self.district, self.hall)


def _member(row: Any) -> Member:
    return Member(
        staff_id=str(row["id"]),
        login=row["login"],
        name=row["name"],
        department=row["department"],
        department_name=row["department_name"],
        district=row["district"],
        roles=tuple(orjson.loads(row["roles"])),
        password_hash=row["password_hash"],
        active=bool(row["active"]),
        hall=row["hall"],
        start_until=db.as_time(row["start_until"]) if row["start_until"] else None,
    )


async def find(login: str) -> Member | None:
    """The member of staff with a login."""
    row = await db.read_one("SELECT * FROM auth_staff WHERE login = $1", login)
    return None if row is None else _member(row)


def beginning_anew(staff_id: str, password_hash: str) -> db.Statement:
    """Another first password for a known member."""
    return db.Statement(
        "UPDATE auth_staff SET password_hash = $1, start_until = NULL WHERE id = $2",
        (password_hash, staff_id),
    )


async def is_active(staff_id: str) -> bool:
    """Whether somebody still works here."""
    row = await db.read_one("SELECT active FROM auth_staff WHERE id = $1", staff_id)
    return row is not None and bool(row["active"])


_INSERT = (
    "INSERT INTO auth_staff (id, login, name, department, district, roles, password_hash, "
    "active, created_at, department_name, hall, start_until) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
)
_KEEP = (
    f"{_INSERT} ON CONFLICT (login) DO UPDATE SET name = $3, department = $4, district = $5, "
    "roles = $6, active = $8, department_name = $10, hall = $11"
)


def adding(member: Member) -> db.Statement:
    """Insert a member; a login that somebody has is an ``IntegrityError``."""
    return db.Statement(_INSERT, _values(member))


def keeping(member: Member) -> db.Statement:
    """Insert a member, or bring name, office and roles of a known login up to date.

    The password of a known login stays as it is.
    """
    return db.Statement(_KEEP, _values(member))


def _values(member: Member) -> tuple[Any, ...]:
    return (
        member.staff_id,
        member.login,
        member.name,
        member.department,
        member.district,
        orjson.dumps(sorted(member.roles)).decode(),
        member.password_hash,
        member.active,
        clock.now(),
        member.department_name,
        member.hall,
        member.start_until,
    )


def choosing(member: Member, password_hash: str) -> db.Statement:
    """A password of one's own. ``Stale`` unless the one before is still the one it was."""
    return db.Statement(
        "UPDATE auth_staff SET password_hash = $1, start_until = NULL "
        "WHERE id = $2 AND password_hash = $3",
        (password_hash, member.staff_id, member.password_hash),
        expect=1,
    )


def starting(member: Member) -> db.Statement:
    """A starting password, in the place of any before it."""
    return db.Statement(
        "UPDATE auth_staff SET password_hash = $1, start_until = $2 WHERE id = $3",
        (member.password_hash, member.start_until, member.staff_id),
    )


async def everybody() -> list[Member]:
    """All members, by login."""
    return [_member(row) for row in await db.read("SELECT * FROM auth_staff ORDER BY login")]


@dataclass(frozen=True, slots=True)
class Listed:
    """A member as the list of staff shows them: ``otp`` and ``passkeys`` are second factors."""

    member: Member
    otp: bool
    passkeys: int


_LISTED = (
    "SELECT s.*, EXISTS (SELECT 1 FROM auth_otp o WHERE o.staff_id = s.id) AS otp, "
    "(SELECT count(*) FROM auth_passkey p WHERE p.staff_id = s.id) AS passkeys "
    "FROM auth_staff s "
)


def _listed(row: Any) -> Listed:
    return Listed(_member(row), bool(row["otp"]), int(row["passkeys"]))


async def within(reach: Reach, *, q: str, after: str, most: int) -> list[Listed]:
    """Those whose post lies within a reach, by login; ``q`` is part of a login or a name."""
    found = await db.read(
        _LISTED + "WHERE $1 IN ('', s.department) AND $2 IN ('', s.district) "
        "AND $3 IN ('', s.hall) AND ($4 = '' OR s.login LIKE $5 OR s.name LIKE $5) "
        "AND s.login > $6 ORDER BY s.login LIMIT $7",
        reach.department,
        reach.district,
        reach.hall,
        q,
        f"%{q}%",
        after,
        most,
    )
    return [_listed(row) for row in found]


async def one_listed(login: str) -> Listed | None:
    """One member as the list shows them."""
    row = await db.row(_LISTED + "WHERE s.login = $1", login)
    return None if row is None else _listed(row)


async def halls() -> list[str]:
    """The halls that somebody works at."""
    found = await db.read("SELECT DISTINCT hall FROM auth_staff WHERE hall <> '' ORDER BY hall")
    return [row["hall"] for row in found]


def is_login(text: str) -> bool:
    """Whether a text can be a login at all."""
    return _LOGIN.fullmatch(text) is not None
