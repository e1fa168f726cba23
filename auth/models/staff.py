"""Staff (工作人员): who works at which office, in which roles."""

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from tortoise import fields

from backend.kernel import clock, db

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)


class Staff(db.Table):
    """A member of staff. Names of officials at work are public by law, passwords are not."""

    id = fields.UUIDField(primary_key=True)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60)
    department = fields.CharField(max_length=20)
    department_name = fields.CharField(max_length=60)
    district = fields.CharField(max_length=12)
    roles = fields.TextField()
    password_hash = fields.CharField(max_length=160)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    sensitivity: ClassVar[dict[str, db.Sensitivity]] = {
        "id": "internal", "login": "internal", "name": "internal", "department": "open",
        "department_name": "open", "district": "open", "roles": "internal",
        "password_hash": "sealed", "active": "internal", "created_at": "internal",
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
    )


async def find(login: str) -> Member | None:
    """The member of staff with a login."""
    row = await db.read_one("SELECT * FROM auth_staff WHERE login = $1", login)
    return None if row is None else _member(row)


def beginning_anew(staff_id: str, password_hash: str) -> db.Statement:
    """Another first password for a known member."""
    return db.Statement(
        "UPDATE auth_staff SET password_hash = $1 WHERE id = $2", (password_hash, staff_id)
    )


async def is_active(staff_id: str) -> bool:
    """Whether somebody still works here."""
    row = await db.read_one("SELECT active FROM auth_staff WHERE id = $1", staff_id)
    return row is not None and bool(row["active"])


def keeping(member: Member) -> db.Statement:
    """Insert a member, or bring name, office and roles of a known login up to date.

    The password of a known login stays as it is.
    """
    return db.Statement(
        "INSERT INTO auth_staff (id, login, name, department, district, roles, password_hash, "
        "active, created_at, department_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT (login) DO UPDATE SET name = $3, department = $4, district = $5, roles = $6, "
        "active = $8, department_name = $10",
        (
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
        ),
    )


def is_login(text: str) -> bool:
    """Whether a text can be a login at all."""
    return _LOGIN.fullmatch(text) is not None
