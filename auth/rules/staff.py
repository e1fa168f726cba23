"""Roles of staff (岗位职责) and how far each reaches: by department, district and hall.

A member of staff has one post: the office, district and hall they work at. Their roles hold there
and nowhere else. What a post leaves empty is everywhere: a reviewer of an office without a
district reviews for the whole city, a supervisor without an office watches over all of them.

Who gives out roles handles no cases (三员分立): an administrator has no other role, and nobody
changes their own post.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

_DISTRICT = re.compile(r"[0-9]{6}", re.ASCII)
MOST_HALL = 40


@dataclass(frozen=True, slots=True)
class Reach:
    """Where something holds, or lies: what is empty is everywhere, or nowhere in particular."""

    department: str = ""
    district: str = ""
    hall: str = ""

    def covers(self, other: "Reach") -> bool:
        """Whether all that is named here is the same there."""
        return (
            self.department in ("", other.department)
            and self.district in ("", other.district)
            and self.hall in ("", other.hall)
        )


NOWHERE = Reach()


class Duty(NamedTuple):
    """What a role is for. ``needs``: what its post has to name. ``alone``: beside no other."""

    needs: frozenset[str] = frozenset()
    alone: bool = False


AN_OFFICE = frozenset({"department"})
ROLES: dict[str, Duty] = {
    "clerk": Duty(AN_OFFICE),  # 窗口人员: accepts cases, checks people at the window
    "reviewer": Duty(AN_OFFICE),  # 审查人员: reviews cases and what a clerk could not settle
    "approver": Duty(AN_OFFICE),  # 决定人员: decides
    "supervisor": Duty(),  # 监督人员: sees all within the post, does the second look, reads the log
    "administrator": Duty(alone=True),  # 管理员: staff, clients, enrolled places; sees no cases
}
ADMINISTRATOR, SUPERVISOR = "administrator", "supervisor"


def problems(roles: Collection[str], post: Reach) -> list[tuple[str, str]]:
    """What is wrong with a post: field and code of its text."""
    found: list[tuple[str, str]] = []
    if not roles:
        found.append(("roles", "role_needed"))
    if any(role not in ROLES for role in roles):
        found.append(("roles", "not_an_option"))
    elif len(set(roles)) > 1 and any(ROLES[role].alone for role in roles):
        found.append(("roles", "administrator_alone"))
    elif not post.department and any("department" in ROLES[role].needs for role in roles):
        found.append(("department", "department_needed"))
    if post.district and not _DISTRICT.fullmatch(post.district):
        found.append(("district", "format"))
    if len(post.hall) > MOST_HALL:
        found.append(("hall", "too_long"))
    return found
