"""Bring the list of staff up to date (工作人员名册)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from auth.models import acts, otps, passkeys, staff
from auth.models.acts import OPERATOR, By, Subject
from auth.models.staff import Member
from auth.rules import staff as rules
from auth.rules.staff import Reach
from auth.usecases import passwords, sessions
from backend.kernel import clock, db

START_LIFE = timedelta(days=3)
"""How long a starting password is good."""


async def load_staff(entries: Sequence[Mapping[str, Any]], *, only_new: bool = False) -> int:
    """Add or update staff; the number of changed entries.

    An entry has ``login``, ``name``, ``department`` (code), ``department_name``, ``district``
    (GB/T 2260, or empty for the whole city), ``hall``, ``roles`` and ``password`` (``starting``: it
    has to be replaced within three days). A known login keeps its password, and with ``only_new``
    everything. Whoever changes office or roles, or is no longer ``active``, is signed out. With
    ``anew`` somebody who lost phone or passkey begins again: with the entry's password, and with a
    second factor of their first sign-in.

    Raises:
        ValueError: an entry cannot be used; the message names its login.
    """
    changed = 0
    for entry in entries:
        login = str(entry["login"])
        before = await staff.find(login)
        if only_new and before is not None:
            continue
        anew = before is None or bool(entry.get("anew"))
        post = _post(login, entry)
        kept = before.password_hash if before is not None and not anew else ""
        member = Member(
            staff_id=before.staff_id if before else db.new_id(),
            login=login,
            name=entry["name"],
            department=post.department,
            department_name=entry.get("department_name", post.department),
            district=post.district,
            roles=tuple(sorted(entry["roles"])),
            password_hash=kept or await passwords.hashed(entry["password"]),
            active=entry.get("active", True),
            hall=post.hall,
            start_until=_until(before, entry, anew=anew),
        )
        if member == before:
            continue
        began: tuple[db.Statement, ...] = ()
        if before is not None and anew:
            began = (
                staff.beginning_anew(member.staff_id, member.password_hash),
                *without_factors(member.staff_id),
            )
        act = acts.done(_what(before, member), subject_of(member))
        await db.write(staff.keeping(member), *began, *act)
        changed += 1
        if before is not None:
            await sessions.end_all("staff", member.staff_id, by="office")
    return changed


async def set_active(member: Member, *, active: bool, by: By = OPERATOR) -> None:
    """Shut a member out at once, or let them in again."""
    if member.active == active:
        return
    after = replace(member, active=active)
    act = acts.done(_what(member, after), subject_of(after), by=by)
    await db.write(staff.keeping(after), *act)
    await sessions.end_all("staff", member.staff_id, by="office")


def _until(before: Member | None, entry: Mapping[str, Any], *, anew: bool) -> datetime | None:
    if before is not None and not anew:
        return before.start_until
    return clock.now() + START_LIFE if entry.get("starting") else None


def without_factors(staff_id: str) -> tuple[db.Statement, ...]:
    """Forget phone and keys of a member of staff, who ties new ones at the next sign-in."""
    return otps.removing(staff_id), passkeys.removing_all("staff", staff_id)


def subject_of(member: Member) -> Subject:
    """A member of staff as the journal names them."""
    return Subject("staff", member.login, member.name, member.reach)


def _post(login: str, entry: Mapping[str, Any]) -> Reach:
    if not staff.is_login(login):
        raise ValueError(f"{login!r}: a login is 2 to 40 of a-z 0-9 . _ -")
    post = Reach(entry["department"], entry.get("district", ""), entry.get("hall", ""))
    if found := rules.problems(entry["roles"], post):
        raise ValueError(f"{login}: " + ", ".join(f"{name}: {code}" for name, code in found))
    return post


def _what(before: Member | None, after: Member) -> str:
    """The word for a change to the list."""
    if before is None:
        return "added"
    if before.active != after.active:
        return "back" if after.active else "left"
    if before.password_hash != after.password_hash:
        return "anew"
    return "roles" if before.roles != after.roles else "office"
