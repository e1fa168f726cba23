"""The whole way of a case through HTTP: form, draft, submission, office, decision."""

from datetime import date
from typing import Any

from tests.backend.cases.conftest import ITEM, Town, keyed


def kinds(case: dict[str, Any], state: str) -> list[str]:
    return [mark["kind"] for mark in case["timeline"] if mark["state"] == state]


async def test_from_the_form_to_the_decision(town: Town) -> None:
    liang = await town.citizen()
    clerk = await town.officer("clerk.ga")
    body = await liang.application()
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 201, answer.text
    case = answer.json()
    number = case["number"]
    assert case["status"] == "submitted"
    assert case["version"] == body["version"], "labels stay those of the form that was filed"
    assert case["due_on"] is None, "nothing is promised before acceptance"
    assert case["may"] == ["withdraw"]
    assert kinds(case, "current") == ["pre_review"]

    seen = await clerk.get(f"/api/staff/cases/{number}")
    assert seen["applicant"]["name"] == liang.who.name
    assert seen["may"] == ["pass_pre_review", "accept", "refuse", "request_correction"]
    assert seen["clock"]["light"] == "green"
    names = {f["code"]: f for s in seen["sections"] for f in s["fields"]}
    assert names["household_address"]["source_name"] == "公安人口库"
    assert names["household_address"]["grade"] == "A"
    assert not names["household_address"]["changed"]

    await clerk.does(number, "pass_pre_review", note="齐全")
    case = await liang.case(number)
    assert case["status"] == "pre_reviewed"
    asked = [
        {"target": "field", "code": "residence_address", "reason": "请写到房号"},
        {"target": "material", "code": "photo", "reason": "照片不清楚"},
    ]
    await clerk.does(number, "request_correction", items=asked)
    case = await liang.case(number)
    assert case["status"] == "correcting"
    assert case["needs_you"]
    due = date.fromisoformat(case["correction"]["due_on"])
    assert [one["label"] for one in case["correction"]["items"]] == ["现居住地址", "近期免冠证件照"]

    photo = await liang.upload("photo")
    fixed = {"values": {"residence_address": "季华五路32号1504房"}, "materials": {"photo": [photo]}}
    answer = await liang.post(f"/api/cases/{number}/correction", fixed)
    assert answer.status_code == 200, answer.text
    case = answer.json()
    assert case["status"] == "pre_reviewed"
    assert case["values"]["residence_address"] == "季华五路32号1504房"
    assert [one["id"] for one in case["materials"]["photo"]] == [photo]
    assert case["correction"] is None

    case = await clerk.does(number, "accept")
    assert case["status"] == "accepted"
    assert case["due_on"] == case["clock"]["due_on"] is not None
    assert case["may"] == ["request_correction"]
    reviewer = await town.officer("reviewer.ga")
    await reviewer.does(number, "review", note="住址核实无误")
    approver = await town.officer("approver.ga")
    await approver.does(number, "decide", result="approve")
    case = await clerk.does(number, "close")
    assert case["status"] == "closed"
    assert case["may"] == []

    case = await liang.case(number)
    assert case["result"]["decision"] == "approved"
    assert "住址核实无误" not in str(case["timeline"]), "a note between officers"
    assert kinds(case, "waiting") == kinds(case, "current") == []
    log = await liang.get(f"/api/cases/{number}/log")
    assert log["valid"]
    assert [one["kind"] for one in log["actions"]] == [
        "submit", "pass_pre_review", "request_correction", "answer_correction", "accept",
        "review", "approve", "close",
    ]  # fmt: skip
    await town.city.work()
    case = await liang.case(number)
    assert {one["channel"] for one in case["deliveries"]} == {"inbox"}
    assert len(case["deliveries"]) == 8
    told = {one["kind"]: one["body"] for one in (await liang.get("/api/notices"))["notices"]}
    assert "2 处" in told["correction_requested"]
    assert f"{due.month}月{due.day}日" in told["correction_requested"]


async def test_reads_by_the_office_are_in_the_citizen_s_log(town: Town) -> None:
    liang = await town.citizen()
    clerk = await town.officer("clerk.ga")
    case = await liang.submits()
    await clerk.get(f"/api/staff/cases/{case['number']}")
    space = await liang.get("/api/space")
    by_office = [one for one in space["reads"] if one["case"] == case["number"]]
    assert by_office
    assert "姓名" in by_office[0]["elements"]


async def test_my_space_shows_drafts_cases_and_what_was_spared(town: Town) -> None:
    liang = await town.citizen()
    space = await liang.get("/api/space")
    assert space["savings"]["fields_total"] == 0
    case = await liang.submits()
    draft = {"revision": 0, "values": {"phone": "19900000001"}, "materials": {}}
    answer = await liang.browser.put(f"/api/drafts/{ITEM}", json=draft)
    assert answer.status_code == 200, answer.text
    space = await liang.get("/api/space")
    assert [one["number"] for one in space["cases"]] == [case["number"]]
    assert [one["item"]["code"] for one in space["drafts"]] == [ITEM]
    assert 0 < space["savings"]["fields_supplied"] < space["savings"]["fields_total"]
    assert space["person"]["name"] == "梁*欣"


async def test_what_the_applicant_changed_is_flagged(town: Town) -> None:
    liang = await town.citizen()
    clerk = await town.officer("clerk.ga")
    body = await liang.application()
    body["values"]["household_address"] = "另一处地址1号"
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 201, answer.text
    seen = await clerk.get(f"/api/staff/cases/{answer.json()['number']}")
    names = {f["code"]: f for s in seen["sections"] for f in s["fields"]}
    assert names["household_address"]["changed"]
    assert not names["name"]["changed"]


async def test_refusal_ends_the_case_with_its_reason(town: Town) -> None:
    liang = await town.citizen()
    clerk = await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    answer = await clerk.tries(number, "refuse", seq=1)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason"
    await clerk.does(number, "refuse", reason="不属于本部门职权范围")
    case = await liang.case(number)
    assert case["status"] == "refused"
    assert case["timeline"][-1]["note"] == "不属于本部门职权范围"
    assert case["may"] == []
    again = await liang.post(f"/api/cases/{number}/withdrawal", {})
    assert again.json()["code"] == "step_not_now"


async def test_the_clock_explains_itself_in_words(town: Town) -> None:
    liang = await town.citizen()
    clerk = await town.officer("clerk.ga")
    number = (await liang.submits())["number"]
    told = await liang.get(f"/api/cases/{number}/clock")
    assert told["status"] == "receiving"
    assert "第三十二条" in told["lines"][0]["text"]
    await clerk.does(number, "accept")
    told = await liang.get(f"/api/cases/{number}/clock")
    assert told["status"] == "running"
    assert told["lines"][-1]["days_left"] == 0
    english = await liang.browser.get(
        f"/api/cases/{number}/clock", headers={"Accept-Language": "en"}
    )
    assert "art. 42" in str(english.json()["lines"])


async def test_a_withdrawn_case_stays_readable(town: Town) -> None:
    liang = await town.citizen()
    number = (await liang.submits())["number"]
    key = keyed()
    for _ in range(2):
        answer = await liang.browser.post(
            f"/api/cases/{number}/withdrawal", json={"reason": "资料写错了"}, headers=key
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == "withdrawn"
    log = await liang.get(f"/api/cases/{number}/log")
    assert len(log["actions"]) == 2
