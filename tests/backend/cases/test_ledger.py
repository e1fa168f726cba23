"""Time as a ledger: due dates, stops, lights and the explanation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.rules import (
    IN_HAND,
    OVER,
    Act,
    ClockStatus,
    Deadline,
    Light,
    Status,
    Step,
    deadline,
    explain,
    fold,
    light,
    working_days,
)
from tests.backend.cases.test_life import lives

HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)}
MAKE_UP = {date(2026, 9, 27), date(2026, 10, 10)}
LAST = date(2026, 12, 31)


def add(day: date, count: int) -> date | None:
    """The demo calendar: weekends, one week of holidays, two make-up days, nothing after 2026."""
    if count == 0:
        return day
    while count:
        day += timedelta(days=1)
        if day > LAST:
            return None
        works = day in MAKE_UP or (day.weekday() < 5 and day not in HOLIDAYS)
        count -= works
    return day


def life(*acts: tuple[Act, date]) -> list[Step]:
    return [
        Step(seq, act, datetime(on.year, on.month, on.day, 4, tzinfo=UTC), on)
        for seq, (act, on) in enumerate(acts, 1)
    ]


MONDAY = date(2026, 9, 21)


def test_five_working_days_to_answer() -> None:
    limit = deadline(fold(life((Act.SUBMIT, MONDAY))), promised_days=20, add=add)
    # 27 September is a Sunday on which everybody works
    assert limit == Deadline(date(2026, 9, 27), date(2026, 9, 25), date(2026, 9, 27))


def test_the_promised_days_skip_holidays_and_count_make_up_days() -> None:
    steps = life((Act.SUBMIT, MONDAY), (Act.ACCEPT, MONDAY))
    limit = deadline(fold(steps), promised_days=11, add=add)
    assert limit is not None
    assert limit.due_on == date(2026, 10, 10)
    assert limit.amber_on == date(2026, 10, 9)
    assert limit.yellow_on == date(2026, 10, 9), "ten of eleven days"


def test_a_correction_stops_the_time_until_the_answer() -> None:
    steps = life(
        (Act.SUBMIT, MONDAY),
        (Act.ACCEPT, MONDAY),
        (Act.REQUEST_CORRECTION, date(2026, 9, 23)),
    )
    assert deadline(fold(steps), promised_days=5, add=add) is None
    steps = life(
        (Act.SUBMIT, MONDAY),
        (Act.ACCEPT, MONDAY),
        (Act.REQUEST_CORRECTION, date(2026, 9, 23)),
        (Act.ANSWER_CORRECTION, date(2026, 10, 12)),
    )
    limit = deadline(fold(steps), promised_days=5, add=add)
    assert limit is not None
    assert limit.due_on == date(2026, 10, 15), "two days were used, three remain"


def test_time_used_up_before_a_stop_does_not_come_back() -> None:
    steps = life(
        (Act.SUBMIT, MONDAY),
        (Act.ACCEPT, MONDAY),
        (Act.REQUEST_CORRECTION, date(2026, 9, 29)),
        (Act.ANSWER_CORRECTION, date(2026, 10, 12)),
    )
    limit = deadline(fold(steps), promised_days=3, add=add)
    assert limit is not None
    assert limit.due_on == date(2026, 9, 24)


def test_an_answer_before_acceptance_starts_the_five_days_anew() -> None:
    steps = life(
        (Act.SUBMIT, MONDAY),
        (Act.REQUEST_CORRECTION, date(2026, 9, 22)),
        (Act.ANSWER_CORRECTION, date(2026, 10, 12)),
    )
    limit = deadline(fold(steps), promised_days=3, add=add)
    assert limit is not None
    assert limit.due_on == date(2026, 10, 19)


def test_without_a_calendar_no_date_is_promised_and_the_explanation_says_so() -> None:
    steps = life((Act.SUBMIT, date(2026, 12, 28)), (Act.ACCEPT, date(2026, 12, 28)))
    assert deadline(fold(steps), promised_days=20, add=add) is None
    told = explain(steps, promised_days=20, add=add, today=date(2026, 12, 29))
    assert told.status is ClockStatus.NO_CALENDAR
    assert told.due_on is None
    assert told.lines[-1].code == "no_calendar"
    assert light(None, date(2026, 12, 29)) is Light.NONE


def test_done_at_once_is_due_on_the_day() -> None:
    steps = life((Act.SUBMIT, MONDAY), (Act.ACCEPT, MONDAY))
    limit = deadline(fold(steps), promised_days=0, add=add)
    assert limit == Deadline(MONDAY, MONDAY, MONDAY)


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        (date(2026, 9, 21), Light.GREEN),
        (date(2026, 9, 24), Light.GREEN),
        (date(2026, 9, 25), Light.AMBER),
        (date(2026, 9, 26), Light.AMBER),
        (date(2026, 9, 27), Light.YELLOW),
        (date(2026, 9, 28), Light.RED),
    ],
)
def test_the_lights(today: date, shown: Light) -> None:
    limit = deadline(fold(life((Act.SUBMIT, MONDAY))), promised_days=20, add=add)
    assert light(limit, today) is shown


@given(lives(), st.integers(0, 30))
def test_no_due_date_lies_before_acceptance(steps: list[Step], days: int) -> None:
    state = fold(steps)
    limit = deadline(state, promised_days=days, add=add)
    if limit is None:
        return
    assert state.status not in OVER
    assert limit.amber_on <= limit.due_on
    assert limit.due_on >= state.received_on or state.accepted_on is not None
    if state.accepted_on is not None:
        assert limit.due_on >= state.accepted_on


@given(lives(), st.integers(1, 30))
def test_a_stop_never_makes_a_due_date_earlier(steps: list[Step], days: int) -> None:
    state = fold(steps)
    if state.status not in IN_HAND or state.accepted_on is None:
        return
    limit = deadline(state, promised_days=days, add=add)
    straight = add(state.accepted_on, days)
    if limit is not None and straight is not None:
        assert limit.due_on >= straight


@given(lives(), st.integers(0, 30), st.integers(0, 120))
def test_every_life_can_be_explained(steps: list[Step], days: int, later: int) -> None:
    today = steps[-1].on + timedelta(days=later)
    told = explain(steps, promised_days=days, add=add, today=today)
    state = fold(steps)
    limit = deadline(state, promised_days=days, add=add)
    if state.status in OVER:
        limit = deadline(fold(steps[:-1]), promised_days=days, add=add)
    assert told.due_on == (limit.due_on if limit else None)
    assert (told.status is ClockStatus.STOPPED) == (state.status is Status.CORRECTING)
    assert told.lines[0].code == "received"
    assert [line.on for line in told.lines] == sorted(line.on for line in told.lines)


@given(st.dates(date(2026, 1, 1), date(2026, 11, 1)), st.dates(date(2026, 1, 1), date(2026, 11, 1)))
def test_working_days_count_both_ways(one: date, other: date) -> None:
    there, back = working_days(add, one, other), working_days(add, other, one)
    assert there is not None
    assert back is not None
    assert there == -back
    if other > one:
        assert there == sum(
            day in MAKE_UP or (day.weekday() < 5 and day not in HOLIDAYS)
            for day in (one + timedelta(days=n) for n in range(1, (other - one).days + 1))
        )


def test_the_explanation_reads_like_a_ledger() -> None:
    steps = life(
        (Act.SUBMIT, MONDAY),
        (Act.ACCEPT, date(2026, 9, 22)),
        (Act.REQUEST_CORRECTION, date(2026, 9, 24)),
        (Act.ANSWER_CORRECTION, date(2026, 9, 29)),
    )
    told = explain(steps, promised_days=5, add=add, today=date(2026, 9, 30))
    assert told.due_on == date(2026, 10, 9)
    assert [(line.on.day, line.code, line.days_left) for line in told.lines] == [
        (21, "received", 5),
        (22, "accepted", 5),
        (24, "stopped", 3),
        (29, "resumed", 3),
        (30, "today", 2),
        (1, "days_off", None),
        (9, "due", 0),
    ]
    assert told.lines[5].params == {"until": "2026-10-07", "days": 7}
