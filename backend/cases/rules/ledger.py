"""Time as a ledger (办理时限): which days count, what stops them, and by which article.

All limits are in working days (行政许可法 art. 82: statutory holidays do not count); the day on
which something happens is not counted, counting starts on the next one (民法典 art. 201):

- 5 days to accept, refuse or say once what is missing; else the case counts as accepted from
  receipt (art. 32). An answered correction starts these days anew.
- The promised days to decide, from acceptance (art. 42: at most 20, or as the item states).
  A correction after acceptance stops them until the answer (art. 32, 45).
- 10 days to hand the decision over (art. 44).

The calendar comes in as one function ``add(day, n)``: the n-th working day after ``day``, or None
for a year whose calendar nobody has loaded. Then no date is promised.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from backend.cases.rules.life import (
    BEFORE_ACCEPTANCE,
    DECIDED,
    IN_HAND,
    OVER,
    Act,
    State,
    Status,
    Step,
    advance,
)

Add = Callable[[date, int], date | None]

ACCEPT_DAYS = 5
DELIVERY_DAYS = 10
ANSWER_DAYS = 15
YELLOW_SHARE = 0.9


class Light(StrEnum):
    """How a case stands against its limit (预警、黄牌、红牌)."""

    GREEN = "green"
    AMBER = "amber"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"


class ClockStatus(StrEnum):
    """What the clock of a case is doing."""

    RECEIVING = "receiving"
    RUNNING = "running"
    STOPPED = "stopped"
    DELIVERING = "delivering"
    OVER = "over"
    NO_CALENDAR = "no_calendar"


class Deadline(NamedTuple):
    """The day by which the office must act, and the days from which the lights change."""

    due_on: date
    amber_on: date
    yellow_on: date


class Line(NamedTuple):
    """One line of the explanation. ``code`` has its sentence in the locale files."""

    on: date
    code: str
    params: dict[str, object]
    days_left: int | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole explanation of a due date."""

    status: ClockStatus
    due_on: date | None
    lines: list[Line] = field(default_factory=list)


def working_days(add: Add, after: date, until: date) -> int | None:
    """How many working days lie after one day up to and with another (negative backwards)."""
    if until < after:
        back = working_days(add, until, after)
        return None if back is None else -back
    count, day = 0, after
    while True:
        following = add(day, 1)
        if following is None:
            return None
        if following > until:
            return count
        count, day = count + 1, following


def is_working_day(add: Add, day: date) -> bool:
    """Whether a day counts."""
    return add(day - timedelta(days=1), 1) == day


def _deadline(add: Add, start: date, left: int, total: int) -> Deadline | None:
    """``left`` of ``total`` working days remain after ``start``."""
    used = total - left
    due = add(start, left) if left else start
    amber = add(start, left - 1) if left > 1 else start
    yellow_after = max(0, ceil(total * YELLOW_SHARE) - used)
    yellow = add(start, yellow_after) if yellow_after else start
    if due is None or amber is None or yellow is None:
        return None
    return Deadline(due, amber, yellow)


def _remaining(add: Add, state: State, days: int) -> tuple[date, int] | None:
    """From which day how many of the promised days remain, all stops taken off."""
    assert state.accepted_on is not None
    start, left = state.accepted_on, days
    for stop in state.stops:
        used = working_days(add, start, stop.asked_on)
        if used is None:
            return None
        if used >= left or stop.answered_on is None:
            break  # the time was used up before the stop, or the stop lasts
        start, left = stop.answered_on, left - used
    return start, left


def deadline(state: State, *, promised_days: int, add: Add) -> Deadline | None:
    """By when the office must take its next step; None while it waits, after the end, or when
    nobody has loaded the calendar.
    """
    if state.status in BEFORE_ACCEPTANCE:
        return _deadline(add, state.received_on, ACCEPT_DAYS, ACCEPT_DAYS)
    if state.status in IN_HAND:
        found = _remaining(add, state, promised_days)
        return None if found is None else _deadline(add, *found, promised_days)
    if state.status in DECIDED:
        assert state.decided_on is not None
        return _deadline(add, state.decided_on, DELIVERY_DAYS, DELIVERY_DAYS)
    return None


def light(limit: Deadline | None, today: date) -> Light:
    """Red when over, yellow from 90 % of the time used, amber on the last day but one."""
    if limit is None:
        return Light.NONE
    if today > limit.due_on:
        return Light.RED
    if today >= limit.yellow_on:
        return Light.YELLOW
    return Light.AMBER if today >= limit.amber_on else Light.GREEN


def explain(steps: Sequence[Step], *, promised_days: int, add: Add, today: date) -> Ledger:
    """Why this due date, line by line, in the order of time.

    After the end ``due_on`` is the date that held last.
    """
    lines: list[Line] = []
    before: State | None = None
    state: State | None = None
    for step in steps:
        before, state = state, advance(state, step)
        line = _line(before, state, step, promised_days, add)
        if line is not None:
            lines.append(line)
    assert state is not None
    limit = deadline(state, promised_days=promised_days, add=add)
    status = _clock_status(state, limit)
    if status is ClockStatus.OVER:
        assert before is not None  # nothing ends with its first step
        held = deadline(before, promised_days=promised_days, add=add)
        return Ledger(status, held.due_on if held else None, lines)
    if limit is None:
        if status is ClockStatus.NO_CALENDAR:
            lines.append(Line(today, "no_calendar", {"year": today.year + 1}, None, False))
        return Ledger(status, None, lines)
    lines += _days_off(state, limit.due_on, add)
    left = working_days(add, today, limit.due_on)
    counts = is_working_day(add, today)
    code = "today" if today <= limit.due_on else "today_late"
    lines.append(Line(today, code, {"due": limit.due_on.isoformat()}, left, counts))
    lines.append(Line(limit.due_on, "due", {}, 0, is_working_day(add, limit.due_on)))
    lines.sort(key=lambda line: line.on)  # stable: steps of one day keep their order
    return Ledger(status, limit.due_on, lines)


def _clock_status(state: State, limit: Deadline | None) -> ClockStatus:
    if state.status in OVER:
        return ClockStatus.OVER
    if state.status is Status.CORRECTING:
        return ClockStatus.STOPPED
    if limit is None:
        return ClockStatus.NO_CALENDAR
    if state.status in BEFORE_ACCEPTANCE:
        return ClockStatus.RECEIVING
    return ClockStatus.DELIVERING if state.status in DECIDED else ClockStatus.RUNNING


_ENDS = {Act.CLOSE: "closed", Act.REFUSE: "refused", Act.WITHDRAW: "withdrawn"}


def _line(
    before: State | None, state: State, step: Step, promised_days: int, add: Add
) -> Line | None:
    in_hand = state.accepted_on is not None
    match step.kind:
        case Act.SUBMIT:
            said = Line(step.on, "received", {"days": ACCEPT_DAYS}, ACCEPT_DAYS, False)
        case Act.ACCEPT:
            said = Line(step.on, "accepted", {"days": promised_days}, promised_days, False)
        case Act.DEEM_ACCEPT:
            params = {"days": promised_days, "from": state.received_on.isoformat()}
            said = Line(step.on, "deemed_accepted", params, promised_days, False)
        case Act.REQUEST_CORRECTION if in_hand:
            said = Line(step.on, "stopped", {}, _left(add, state, promised_days), False)
        case Act.REQUEST_CORRECTION:
            said = Line(step.on, "asked_before", {}, None, False)
        case Act.ANSWER_CORRECTION if in_hand:
            said = Line(step.on, "resumed", {}, _left(add, state, promised_days), False)
        case Act.ANSWER_CORRECTION:
            said = Line(step.on, "received_again", {"days": ACCEPT_DAYS}, ACCEPT_DAYS, False)
        case Act.APPROVE | Act.DENY:
            assert before is not None
            left = _left(add, before, promised_days, step.on)
            said = Line(step.on, "decided", {"days": DELIVERY_DAYS}, left, True)
        case Act.CLOSE | Act.REFUSE | Act.WITHDRAW:
            said = Line(step.on, _ENDS[step.kind], {}, None, False)
        case _:  # a pre-review and a review change nothing about the time
            return None
    return said


def _left(add: Add, state: State, days: int, on: date | None = None) -> int | None:
    """Promised days left on a day (or at the last stop), negative when over."""
    found = _remaining(add, state, days)
    if found is None:
        return None
    start, left = found
    if on is None:
        last = state.stops[-1]
        on = last.asked_on if last.answered_on is None else max(start, last.answered_on)
    used = working_days(add, start, on)
    return None if used is None else left - used


def _days_off(state: State, due_on: date, add: Add) -> Iterable[Line]:
    """The weekends and holidays inside the running stretch, one line for each run of them."""
    start = {True: state.decided_on, False: state.accepted_on}[state.status in DECIDED]
    if state.stops and state.status in IN_HAND:
        start = state.stops[-1].answered_on or start
    day = (start or state.received_on) + timedelta(days=1)
    while day < due_on:
        following = add(day - timedelta(days=1), 1)
        if following is None:
            return
        if following > day:
            until = following - timedelta(days=1)
            params = {"until": until.isoformat(), "days": (following - day).days}
            yield Line(day, "days_off", params, None, False)
        day = following + timedelta(days=1)
