"""Bring the list of staff up to date (工作人员名册)."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.models import events, otps, passkeys, staff
from auth.models.staff import Member
from auth.usecases import passwords, sessions
from backend.kernel import db


async def load_staff(entries: Sequence[Mapping[str, Any]]) -> int:
    """Add or update staff; the number of changed entries.

    An entry has ``login``, ``name``, ``department`` (code), ``department_name``, ``district``
    (GB/T 2260, or empty for the whole city), ``roles`` and ``password``. A known login keeps its
    password. Whoever changes office or roles, or is no longer ``active``, is signed out. With
    ``anew`` somebody who lost phone or passkey begins again: with the entry's password, and with
    a second factor of their first sign-in.

    Raises:
        ValueError: an entry cannot be used; the message names its login.
    """
    changed = 0
    for entry in entries:
        login = str(entry["login"])
        if not staff.is_login(login):
            raise ValueError(f"{login!r}: a login is 2 to 40 of a-z 0-9 . _ -")
        before = await staff.find(login)
        anew = before is None or bool(entry.get("anew"))
        kept = (
            await passwords.hashed(entry["password"])
            if before is None or anew
            else before.password_hash
        )
        member = Member(
            staff_id=before.staff_id if before else db.new_id(),
            login=login,
            name=entry["name"],
            department=entry["department"],
            department_name=entry.get("department_name", entry["department"]),
            district=entry.get("district", ""),
            roles=tuple(sorted(entry["roles"])),
            password_hash=kept,
            active=entry.get("active", True),
        )
        if member == before:
            continue
        event = events.happened(
            "staff_changed",
            via="operator",
            address="",
            staff_id=member.staff_id,
            detail=_what(before, member),
        )
        began: tuple[db.Statement, ...] = ()
        if before is not None and anew:
            began = (
                staff.beginning_anew(member.staff_id, kept),
                otps.removing(member.staff_id),
                passkeys.removing_all("staff", member.staff_id),
            )
        await db.write(staff.keeping(member), *began, event)
        changed += 1
        if before is not None:
            await sessions.end_all("staff", member.staff_id, by="office")
    return changed


def _what(before: Member | None, after: Member) -> str:
    """The word for a change to the list."""
    if before is None:
        return "added"
    if before.active != after.active:
        return "back" if after.active else "left"
    if before.password_hash != after.password_hash:
        return "anew"
    return "roles" if before.roles != after.roles else "office"
