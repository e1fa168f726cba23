"""Working days (工作日): the State Council's tables, the law of counting, and no guessing."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue import holidays
from backend.catalogue.holidays import (
    NoCalendar,
    add_working_days,
    check_tables,
    is_working_day,
    working_days_between,
)

DAYS = st.dates(date(2004, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),  # a Monday
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 7), False),  # its last day off, a Wednesday
        (date(2026, 10, 10), True),  # a Saturday worked for it
        (date(2025, 1, 28), False),  # New Year's Eve
        (date(2025, 1, 26), True),  # a Sunday worked for it
        (date(2024, 2, 29), True),
    ],
)
def test_the_announced_tables(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 11, 23), 20, date(2026, 12, 21)),
    ],
)
def test_counting_skips_what_is_off_and_counts_what_is_made_up(
    start: date, n: int, end: date
) -> None:
    assert add_working_days(start, n) == end
    assert working_days_between(start, end) == n
    assert working_days_between(end, start) == -n


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_more_days_end_later(day: date, fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    assert add_working_days(day, fewer) <= add_working_days(day, more)
    assert add_working_days(add_working_days(day, fewer), more) == add_working_days(
        day, fewer + more
    )


@given(DAYS, st.integers(0, 30), st.integers(1, 40))
def test_a_later_start_ends_no_earlier(day: date, later: int, n: int) -> None:
    end = add_working_days(day, n)
    assert end <= add_working_days(day + timedelta(days=later), n)
    assert is_working_day(end)


def test_no_date_is_promised_in_a_year_without_a_table() -> None:
    with pytest.raises(NoCalendar) as refusal:
        add_working_days(date(2026, 12, 30), 5)
    assert refusal.value.year == 2027
    assert (refusal.value.code, refusal.value.params) == ("no_calendar", {"year": 2027})
    with pytest.raises(NoCalendar):
        is_working_day(date(2003, 12, 31))


def test_nobody_counts_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 11, 23), -1)


# An invented year far away: no table of a real coming year may be made up.
TABLE = """year: 2090
announced: 国办发明电〔2089〕9号
holidays:
  - {name: 元旦, from: 2089-12-31, until: 2090-01-02}
workdays:
  - 2090-01-07
"""


def test_an_operator_loads_a_later_table(tmp_path: Path) -> None:
    (tmp_path / "2090.yaml").write_text(TABLE, "utf-8")
    assert list(check_tables(tmp_path)) == []
    years, moved = holidays._tables(tmp_path)
    assert {2026, 2090} <= years
    assert moved[date(2089, 12, 31)] is False
    assert moved[date(2090, 1, 7)] is True


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("year: 2090", "year: 2091", 1, "'year' is 2091, the file is 2090.yaml; make them agree"),
        ("国办发明电〔2089〕9号", "猜的", 2, "'announced' must name the State Council's notice"),
        ("2090-01-07", "2090-02-30", 6, "not a day such as 2004-01-17"),
        ("2090-01-07", "2095-01-07", 6, "days must lie in 2090"),
        ("until: 2090-01-02", "until: 2089-12-01", 4, "days must lie in 2090 and be in order"),
    ],
)
def test_a_faulty_table_promises_nothing(
    tmp_path: Path, before: str, after: str, line: int, message: str
) -> None:
    (tmp_path / "2090.yaml").write_text(TABLE.replace(before, after), "utf-8")
    faults = list(check_tables(tmp_path))
    assert (faults[0].line, faults[0].message.startswith(message)) == (line, True)
    assert 2090 not in holidays._tables(tmp_path)[0]
