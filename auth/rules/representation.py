"""Who may act for whom, how far and how long (代办规则).

A company acts through people (民法典 art. 61, 170), a child through its parents (art. 23, 27), and
an adult through whom they have named (委托代理, art. 161 to 165). Whoever is named is named for
something, for a time, and either side ends it when they like (art. 173).
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

Kind = Literal["person", "legal_person"]
Role = Literal["guardian", "family", "legal_representative", "manager", "agent", "viewer"]
Scope = Literal["view", "apply", "manage"]
Relation = Literal["child", "parent", "spouse"]
"""Who the represented is to the agent."""
State = Literal["asked", "living", "ended"]
Side = Literal["agent", "principal"]
Proof = Literal["register", "agreement", "counter", "market"]
"""By what it was proven: the police's household, both sides' word, a window, the market register.
"""

SCOPES: tuple[Scope, ...] = ("view", "apply", "manage")
BY_ROLE: dict[Role, frozenset[Scope]] = {
    "guardian": frozenset({"view", "apply"}),
    "family": frozenset({"view", "apply"}),
    "legal_representative": frozenset(SCOPES),
    "manager": frozenset(SCOPES),
    "agent": frozenset({"view", "apply"}),
    "viewer": frozenset({"view"}),
}
"""The most that a role may do; somebody of the family may be allowed less."""

LONGEST = 365
"""Days that anybody can be named for, counted from today."""
USUAL_TIME = timedelta(days=92)
"""For how long, when nobody says otherwise: three months."""
ANSWERED_WITHIN = timedelta(days=14)
"""How long an invitation waits."""
MOST_ITEMS = 50
ADULT_AT = 18
"""Years at which parents cease to act for a child (民法典 art. 17)."""

_ITEM = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def scope_text(scope: Iterable[str]) -> str:
    """A scope as the table keeps it."""
    held = set(scope)
    return " ".join(one for one in SCOPES if one in held)


def items_problem(items: Iterable[str] | None) -> str | None:
    """Why these services cannot be named: ``required`` for none, ``too_many_rows``, ``format``."""
    if items is None:
        return None
    named = list(items)
    if not named:
        return "required"
    if len(named) > MOST_ITEMS:
        return "too_many_rows"
    return None if all(_ITEM.fullmatch(one) for one in named) else "format"


def last_day_problem(last: date, *, today: date) -> str | None:
    """``too_small`` for a day that is over, ``too_large`` beyond the longest time."""
    if last < today:
        return "too_small"
    return "too_large" if last > today + timedelta(days=LONGEST) else None


def ends_after(last: date, zone: tzinfo) -> datetime:
    """The first instant after a last day, in UTC: SQLite compares instants as text."""
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def last_day(until: datetime, zone: tzinfo) -> date:
    """The last day of what ends at an instant."""
    return (until.astimezone(zone) - timedelta(microseconds=1)).date()


def birthday(born: date, years: int) -> date:
    """The day on which somebody has lived that many years; born on 29 February: 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def guarded_until(born: date, *, today: date) -> date:
    """The last day on which a parent acts for a child without asking the register again.

    At most a year, and never on the day that makes the child an adult. A day before ``today`` for
    somebody who is grown up.
    """
    return min(today + timedelta(days=LONGEST), birthday(born, ADULT_AT) - timedelta(days=1))
