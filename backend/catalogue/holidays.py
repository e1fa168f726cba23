"""Working days (工作日): the State Council's yearly holiday tables (国务院办公厅节假日安排).

2004 to the last year that ``chinese-calendar`` knows come from that package; an operator adds later
years as ``data/holidays/<year>.yaml``. The table of a year is announced in the preceding last
quarter and may also move days of that December, so a later table overrules an earlier one.
A year without a table has no answer: a promise of a date would be a guess.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from chinese_calendar.constants import holidays as known_holidays
from chinese_calendar.constants import workdays as known_workdays

from backend.catalogue.source import DATA, Fault, Record, Rows, read_file
from backend.kernel.errors import Family, Refusal

_DAY = timedelta(days=1)
_NOTICE = re.compile(r"国办发明电〔\d{4}〕\d+ ?号|国办发〔\d{4}〕\d+ ?号")


class NoCalendar(Refusal):
    """No holiday table for a year: nobody can promise a date in it yet."""

    def __init__(self, year: int) -> None:
        super().__init__("no_calendar", Family.CONFLICT, params={"year": year})
        self.year = year


def is_working_day(day: date) -> bool:
    """Whether offices work on this day of the city. Raises ``NoCalendar``."""
    years, moved = _tables()
    if day.year not in years:
        raise NoCalendar(day.year)
    return moved.get(day, day.weekday() < 5)


@lru_cache(maxsize=2000)  # every case of a day asks the same few questions
def add_working_days(day: date, n: int) -> date:
    """The n-th working day after ``day``, which itself never counts (``n`` = 0 gives ``day``).

    Raises ``NoCalendar`` when the way leads into a year without a table.
    """
    if n < 0:
        raise ValueError("working days are counted forwards")
    while n:
        day += _DAY
        n -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` is before.

    Raises ``NoCalendar``.
    """
    if end < start:
        return -working_days_between(end, start)
    days = (end - start).days
    return sum(is_working_day(start + _DAY * ahead) for ahead in range(1, days + 1))


def check_tables(folder: Path = DATA / "holidays") -> Iterator[Fault]:
    """Faults of the operator's own tables, each with file, line and what to do."""
    for path in sorted(folder.glob("*.yaml")):
        faults: list[Fault] = []
        table = read_file(path, faults)
        yield from faults
        if not faults:
            yield from _table_faults(table, path.stem)


def _table_faults(table: Record, name: str) -> Iterator[Fault]:
    year = table.get("year")
    if str(year) != name or not isinstance(year, int):
        yield table.fault(f"'year' is {year}, the file is {name}.yaml; make them agree", "year")
        return
    if not _NOTICE.fullmatch(str(table.get("announced", ""))):
        yield table.fault(
            "'announced' must name the State Council's notice, such as 国办发明电〔2025〕7号; a "
            "table that was not announced is not law",
            "announced",
        )
    if not table.get("holidays"):
        yield table.fault("the table has no 'holidays'; add them", "holidays")
    for key in ("holidays", "workdays"):
        entries = table.get(key) or Rows()
        for index, entry in enumerate(entries):
            line = entries.lines[index]
            try:
                days = list(_days(entry))
            except (ValueError, KeyError, TypeError):
                yield Fault(table.file, line, "not a day such as 2004-01-17, or from/until days")
                continue
            if not days or any(d.year not in (year, year - 1) for d in days) or len(days) > 20:
                yield Fault(table.file, line, f"days must lie in {year} and be in order")


def _days(entry: str | Record) -> Iterator[date]:
    if isinstance(entry, str):
        yield date.fromisoformat(entry)
        return
    day, until = date.fromisoformat(entry["from"]), date.fromisoformat(entry["until"])
    while day <= until:
        yield day
        day += _DAY


@cache
def _tables(folder: Path = DATA / "holidays") -> tuple[frozenset[int], dict[date, bool]]:
    moved = dict.fromkeys(known_holidays, False) | dict.fromkeys(known_workdays, True)
    years = {day.year for day in known_holidays}
    for path in sorted(folder.glob("*.yaml")):
        if any(_table_faults(table := read_file(path, []), path.stem)):
            continue  # `check` says why; a broken table promises nothing
        years.add(table["year"])
        for key, works in (("holidays", False), ("workdays", True)):
            for entry in table.get(key) or []:
                moved.update(dict.fromkeys(_days(entry), works))
    return frozenset(years), moved
