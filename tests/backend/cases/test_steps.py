"""Steps through HTTP: keys, order, stale views, corrections, and a log nobody can rewrite."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.cases import usecases as cases
from backend.kernel import clock, db
from tests.backend.cases.conftest import Town, new_key

PHONE = [{"target": "field", "code": "phone", "reason": "打不通"}]


async def test_a_retried_step_is_taken_once(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    key = new_key()
    answers = await asyncio.gather(
        *(clerk.tries(number, "accept", seq=1, key=key) for _ in range(6))
    )
    assert {a.status_code for a in answers} == {200}
    assert {a.json()["seq"] for a in answers} == {2}
    later = await clerk.tries(number, "accept", seq=1, key=key)
    assert later.status_code == 200
    other = await clerk.tries(number, "refuse", seq=2, key=key, reason="不符")
    assert other.json()["code"] == "key_reused"


async def test_of_two_clerks_one_is_told_to_reload(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    answers = await asyncio.gather(
        clerk.tries(number, "accept", seq=1), clerk.tries(number, "refuse", seq=1, reason="不符")
    )
    assert sorted(a.status_code for a in answers) == [200, 409]
    lost = next(a for a in answers if a.status_code == 409)
    assert lost.json()["code"] == "case_moved_on"
    stale = await clerk.tries(number, "pass_pre_review", seq=1)
    assert stale.json()["code"] == "case_moved_on"


async def test_steps_out_of_order_are_refused(town: Town) -> None:
    liang, chief = await town.citizen(), await town.officer("chief.ga")
    number = (await liang.submits())["number"]
    for action, more in (("review", {}), ("decide", {"result": "approve"}), ("close", {})):
        answer = await chief.tries(number, action, seq=1, **more)
        assert answer.json()["code"] == "step_not_now", answer.text
        assert answer.json()["now"] == "submitted"
    unknown = await chief.tries(number, "approve", seq=1)
    assert unknown.status_code == 422
    without = await chief.tries(number, "decide", seq=1)
    assert without.json()["errors"][0]["pointer"] == "/result"


async def test_a_correction_names_what_the_form_has_and_says_why(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    odd = [{"target": "field", "code": "photo", "reason": "x"}, *PHONE]
    answer = await clerk.tries(number, "request_correction", seq=1, items=odd)
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/items/0/code"]
    answer = await clerk.tries(number, "request_correction", seq=1)
    assert answer.json()["errors"][0]["pointer"] == "/items"
    mute = [{"target": "field", "code": "phone", "reason": ""}]
    answer = await clerk.tries(number, "request_correction", seq=1, items=mute)
    assert answer.json()["errors"][0]["pointer"] == "/items/0/reason"


async def test_everything_is_to_be_asked_at_once(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    await clerk.does(number, "request_correction", items=PHONE)
    answer = await liang.post(
        f"/api/cases/{number}/correction", {"values": {"phone": "19900000077"}}
    )
    assert answer.status_code == 200, answer.text
    again = await clerk.tries(number, "request_correction", seq=3, items=PHONE)
    assert again.json()["errors"] == [
        {
            "pointer": "/reason",
            "code": "justification_required",
            "detail": again.json()["errors"][0]["detail"],
        }
    ]
    why = "新号码仍然打不通"
    again = await clerk.tries(number, "request_correction", seq=3, items=PHONE, reason=why)
    assert again.status_code == 200, again.text
    line = (await liang.case(number))["timeline"]
    assert why in [mark["note"] for mark in line]


async def test_an_answer_changes_only_what_was_asked_for(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    case = await liang.submits()
    number = case["number"]
    path = f"/api/cases/{number}/correction"
    early = await liang.post(path, {"values": {"phone": "19900000077"}})
    assert early.json()["code"] == "step_not_now"
    await clerk.does(number, "request_correction", items=PHONE)
    wrong: dict[str, dict[str, Any]] = {
        "/values/name": {"phone": "19900000077", "name": "别人"},
        "/values/phone": {},
        "/values/odd": {"phone": "19900000077", "odd": 1},
    }
    for pointer, values in wrong.items():
        answer = await liang.post(path, {"values": values})
        assert answer.status_code == 422
        assert pointer in [e["pointer"] for e in answer.json()["errors"]]
    bad = await liang.post(path, {"values": {"phone": "1"}})
    assert bad.json()["errors"][0]["code"] == "format"
    key = new_key()
    answers = await asyncio.gather(
        *(liang.post(path, {"values": {"phone": "19900000077"}}, key) for _ in range(4))
    )
    assert {a.status_code for a in answers} == {200}
    log = await liang.get(f"/api/cases/{number}/log")
    assert [a["kind"] for a in log["actions"]].count("answer_correction") == 1


async def test_a_correction_after_acceptance_stops_the_clock(town: Town) -> None:
    liang, chief = await town.citizen(), await town.officer("chief.ga")
    number = (await liang.submits())["number"]
    due = (await chief.does(number, "accept"))["due_on"]
    case = await chief.does(number, "request_correction", items=PHONE)
    assert case["due_on"] is None
    assert case["clock"]["light"] == "none"
    told = await liang.get(f"/api/cases/{number}/clock")
    assert told["status"] == "stopped"
    await liang.post(f"/api/cases/{number}/correction", {"values": {"phone": "19900000077"}})
    case = await liang.case(number)
    assert case["status"] == "accepted"
    assert case["due_on"] == due, "answered on the same day: no day was lost"


async def test_silence_for_five_working_days_is_acceptance(town: Town) -> None:
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)  # a Monday
    with clock.showing(noon):
        liang = await town.citizen()
        silent = (await liang.submits())["number"]
        looked_at = (await liang.submits())["number"]
        asked = (await liang.submits())["number"]
        clerk = await town.officer("clerk.ga")
        await clerk.does(looked_at, "pass_pre_review")
        await clerk.does(asked, "request_correction", items=PHONE)
        assert await cases.deem_accepted() == 0
    with clock.showing(noon + timedelta(days=7)):  # the fifth working day
        assert await cases.deem_accepted() == 0
    with clock.showing(noon + timedelta(days=8)):
        assert await cases.deem_accepted() == 2
        assert await cases.deem_accepted() == 0
        await town.city.work()
    person = await db.row("SELECT person_id FROM case_case LIMIT 1")
    assert person is not None
    rows = await db.rows("SELECT number, status, due_on FROM case_case")
    found = {row["number"]: row for row in rows}
    assert found[silent]["status"] == found[looked_at]["status"] == "accepted"
    assert found[asked]["status"] == "correcting"
    assert str(found[silent]["due_on"]) == "2026-12-07", "ten working days from receipt"
    told = await db.rows("SELECT kind FROM notice WHERE kind = 'case_deemed_accepted'")
    assert len(told) == 2


async def test_no_calendar_no_promise_until_there_is_one(town: Town) -> None:
    with clock.showing(datetime(2026, 12, 29, 4, tzinfo=UTC)):
        liang = await town.citizen()
        case = await liang.submits()
        told = await liang.get(f"/api/cases/{case['number']}/clock")
        assert told["status"] == "no_calendar"
        assert told["due_on"] is None
        assert "2027" in told["lines"][-1]["text"]
        assert await cases.give_due_dates() == 0
        clerk = await town.officer("clerk.ga")
        seen = await clerk.get("/api/staff/cases", light="none")
        assert [one["number"] for one in seen["cases"]] == [case["number"]]


async def test_due_dates_follow_once_there_is_a_calendar(town: Town) -> None:
    liang = await town.citizen()
    number = (await liang.submits())["number"]
    row = await db.row("SELECT due_on FROM case_case WHERE number = $1", number)
    assert row is not None
    await db.execute(
        "UPDATE case_case SET due_on = NULL, amber_on = NULL, yellow_on = NULL WHERE number = $1",
        number,
    )
    assert await cases.give_due_dates() == 1
    again = await db.row("SELECT due_on FROM case_case WHERE number = $1", number)
    assert again is not None
    assert again["due_on"] == row["due_on"]


async def test_a_rewritten_past_shows_in_the_log(town: Town) -> None:
    liang, clerk = await town.citizen(), await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    await clerk.does(number, "accept")
    path = f"/api/cases/{number}/log"
    assert (await liang.get(path))["valid"]
    await db.execute("UPDATE case_action SET actor_id = 'clerk.rs' WHERE seq = 2")
    assert not (await liang.get(path))["valid"]
    await db.execute("UPDATE case_action SET actor_id = 'clerk.ga' WHERE seq = 2")
    assert (await liang.get(path))["valid"]
    await db.execute("DELETE FROM case_action WHERE seq = 2")
    assert not (await liang.get(path))["valid"]


async def test_savings_of_the_whole_city_by_item(town: Town) -> None:
    liang = await town.citizen()
    await liang.submits()
    await liang.submits()
    [line] = await cases.savings()
    assert line["cases"] == 2
    assert 0 < line["fields_supplied"] < line["fields_total"]
