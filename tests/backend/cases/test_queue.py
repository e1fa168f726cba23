"""The office's queue: order, filters, lights, pages, and a number of statements that stays."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.kernel import clock, db, sqlite
from tests.auth.conftest import HUANG, LIANG, Somebody
from tests.backend.cases.conftest import ITEM, Town, new_key

OUYANG = Somebody("欧阳婉清", "440604200111200264", "19900000004")
MONDAY = datetime(2026, 11, 2, 2, tzinfo=UTC)


async def test_what_is_due_first_is_at_the_top_and_lights_shine(town: Town) -> None:
    numbers = []
    for day, who in ((0, LIANG), (1, HUANG), (3, OUYANG)):
        with clock.showing(MONDAY + timedelta(days=day)):
            numbers.append((await (await town.citizen(who)).submits())["number"])
    monday, tuesday, thursday = numbers
    with clock.showing(MONDAY + timedelta(days=8)):  # one late, one on its last day
        clerk = await town.officer("clerk.ga")
        page = await clerk.get("/api/staff/cases")
        assert [one["number"] for one in page["cases"]] == [monday, tuesday, thursday]
        assert [one["light"] for one in page["cases"]] == ["red", "yellow", "green"]
        assert [one["days_left"] for one in page["cases"]] == [-1, 0, 2]
        assert [one["applicant"] for one in page["cases"]] == ["梁*欣", "黄*明", "欧*清"]
        for light, number in (("red", monday), ("yellow", tuesday), ("green", thursday)):
            found = await clerk.get("/api/staff/cases", light=light)
            assert [one["number"] for one in found["cases"]] == [number]
        assert (await clerk.get("/api/staff/summary"))["overdue"] == 1
    with clock.showing(MONDAY + timedelta(days=9)):
        clerk = await town.officer("clerk.ga")
        found = await clerk.get("/api/staff/cases", light="amber")
        assert [one["number"] for one in found["cases"]] == [thursday]


async def test_the_queue_pages_without_gaps_while_cases_move(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    body = await liang.application()
    made = set()
    for _ in range(35):
        answer = await liang.post("/api/cases", body)
        made.add(answer.json()["number"])
    first = await clerk.get("/api/staff/cases")
    assert first["total"] == 35
    gone = first["cases"][0]["number"]
    await clerk.does(gone, "refuse", reason="不符")
    second = await clerk.get("/api/staff/cases", cursor=first["next"])
    shown = [one["number"] for one in first["cases"] + second["cases"]]
    assert set(shown) == made
    assert shown.count(gone) == 2, "it moved to the end, where what is over lies"
    filtered = await clerk.get("/api/staff/cases", status="submitted,pre_reviewed")
    assert filtered["total"] == 34
    assert (await clerk.get("/api/staff/summary"))["done_today"] == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"status": "dancing"}, 422), ({"light": "blue"}, 422), ({"cursor": "x"}, 422),
        ({"cursor": "2026-11-23_x"}, 422), ({"cursor": "99_" + "0" * 8}, 422),
        ({"page": "2"}, 422), ({"status": ""}, 200),
        ({"q": "44060420000101000X"}, 422),  # an address is written down: numbers go into a body
    ],
)  # fmt: skip
async def test_odd_questions(town: Town, query: dict[str, str], status: int) -> None:
    clerk = await town.officer("clerk.ga")
    answer = await clerk.browser.get("/api/staff/cases", params=query)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["cases"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"q": "x" * 60}, 422), ({"q": ""}, 422), ({}, 422), ({"q": "' OR 1=1 --"}, 200),
        ({"q": "44060420000101000X"}, 200), ({"q": "1", "cursor": "x"}, 422),
    ],
)  # fmt: skip
async def test_odd_searches(town: Town, body: dict[str, str], status: int) -> None:
    clerk = await town.officer("clerk.ga")
    answer = await clerk.browser.post("/api/staff/cases/search", json=body)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["cases"] == []


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every SQL statement that goes to the database."""
    said: list[str] = []
    rows, execute, run = db.rows, db.execute, sqlite._run_batch

    async def counted_rows(sql: str, *params: Any) -> Any:
        said.append(sql)
        return await rows(sql, *params)

    async def counted_execute(sql: str, *params: Any) -> int:
        said.append(sql)
        return await execute(sql, *params)

    def counted_batch(connection: Any, batch: Any) -> Any:
        said.extend(one.sql for statements in batch for one in statements)
        return run(connection, batch)

    class Reader:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def execute(self, sql: str, params: Any) -> Any:
            said.append(sql)
            return self.inner.execute(sql, params)

        def close(self) -> None:
            self.inner.close()

    with monkeypatch.context() as patch:
        patch.setattr(db, "rows", counted_rows)
        patch.setattr(db, "execute", counted_execute)
        patch.setattr(sqlite, "_run_batch", counted_batch)
        if db._reader is not None:
            patch.setattr(db, "_reader", Reader(db._reader))
        yield said


def short(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()[:60]


async def test_statements_do_not_grow_with_the_data(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    body = await liang.application()

    async def measured() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        draft = {"revision": 0, "values": body["values"], "materials": body["materials"]}
        saved = await liang.browser.put(f"/api/drafts/{ITEM}", json=draft)
        assert saved.status_code == 200, saved.text
        with counting(monkeypatch) as found["open a form"]:
            await liang.get(f"/api/items/{ITEM}/application")
        with counting(monkeypatch) as found["my space"]:
            await liang.get("/api/space")
        with counting(monkeypatch) as found["submit"]:
            number = (await liang.post("/api/cases", body, new_key())).json()["number"]
        with counting(monkeypatch) as found["follow"]:
            await liang.case(number)
        with counting(monkeypatch) as found["clerk's step"]:
            await clerk.tries(number, "accept", seq=1)
        with counting(monkeypatch) as found["queue"]:
            await clerk.get("/api/staff/cases")
        with counting(monkeypatch) as found["list"]:
            await liang.get("/api/cases")
        return found

    for _ in range(2):
        await measured()  # the first reading of a day writes its row
        await town.city.work()
    few = await measured()
    for _ in range(20):
        await liang.post("/api/cases", body, new_key())
    await town.city.work()
    many = await measured()
    for what, statements in few.items():
        assert list(map(short, many[what])) == list(map(short, statements)), what
    # reads and the members of the one write together
    at_most = {
        "open a form": 3, "my space": 8, "submit": 9, "follow": 4, "clerk's step": 6, "queue": 2,
        "list": 1,
    }  # fmt: skip
    assert {what: len(said) for what, said in few.items() if len(said) > at_most[what]} == {}
