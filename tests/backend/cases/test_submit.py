"""Submitting through HTTP: checked at once, kept once, whatever happens on the way."""

import asyncio
from typing import Any

from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db
from tests.auth.conftest import HUANG
from tests.backend.cases.conftest import ITEM, PDF, Town, new_key


async def count(table: str) -> int:
    row = await db.row(f"SELECT count(*) AS n FROM {table}")
    assert row is not None
    return int(row["n"])


async def test_a_retry_returns_the_first_case(town: Town) -> None:
    liang = await town.citizen()
    body, key = await liang.application(), new_key()
    first = await liang.post("/api/cases", body, key)
    again = await liang.post("/api/cases", body, key)
    assert first.status_code == again.status_code == 201
    assert first.json()["number"] == again.json()["number"]
    assert await count("case_case") == 1


async def test_a_double_click_makes_one_case(town: Town) -> None:
    liang = await town.citizen()
    body, key = await liang.application(), new_key()
    answers = await asyncio.gather(*(liang.post("/api/cases", body, key) for _ in range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["number"] for a in answers}) == 1
    assert await count("case_case") == await count("case_action") == 1
    told = await db.rows("SELECT key FROM outbox WHERE kind = 'notices.tell'")
    assert len(told) == 1


async def test_two_tabs_with_one_draft_make_one_case(town: Town) -> None:
    liang = await town.citizen()
    body = await liang.application()
    draft = {"revision": 0, "values": body["values"], "materials": body["materials"]}
    assert (await liang.browser.put(f"/api/drafts/{ITEM}", json=draft)).status_code == 200
    answers = await asyncio.gather(*(liang.post("/api/cases", body) for _ in range(5)))
    codes = sorted(a.status_code for a in answers)
    assert codes == [201, 409, 409, 409, 409]
    refused = next(a for a in answers if a.status_code == 409)
    assert refused.json()["code"] == "already_submitted"
    assert (await liang.get("/api/drafts"))["drafts"] == []


async def test_keys_belong_to_the_person_who_uses_them(town: Town) -> None:
    liang, huang = await town.citizen(), await town.citizen(HUANG)
    key = new_key()
    one = await liang.post("/api/cases", await liang.application(), key)
    other = await huang.post("/api/cases", await huang.application(), key)
    assert one.status_code == other.status_code == 201, other.text
    assert one.json()["number"] != other.json()["number"]


async def test_all_errors_at_once_and_the_draft_stays(town: Town) -> None:
    liang = await town.citizen()
    draft = {"revision": 0, "values": {"phone": "12"}, "materials": {}}
    await liang.browser.put(f"/api/drafts/{ITEM}", json=draft)
    version = catalogue.version_of(ITEM)
    body = {"item": ITEM, "version": version, "values": {"phone": "12", "odd": 1},
            "materials": {}, "declarations": []}  # fmt: skip
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 422
    found = {e["pointer"]: e["code"] for e in answer.json()["errors"]}
    assert found["/values/phone"] == "format"
    assert found["/values/odd"] == "unknown_field"
    assert found["/values/residence_kind"] == "required"
    assert found["/materials/photo"] == "material_missing"
    assert found["/declarations/truth"] == "declaration_missing"
    assert len((await liang.get("/api/drafts"))["drafts"]) == 1
    assert await count("case_case") == 0


async def test_hidden_answers_are_not_kept(town: Town) -> None:
    liang = await town.citizen()
    body = await liang.application()
    assert body["values"]["apply_by_agent"] is False
    body["values"]["agent_name"] = "李四"
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 201, answer.text
    assert "agent_name" not in answer.json()["values"]


async def test_an_older_form_version_is_told_and_nothing_lost(town: Town) -> None:
    liang = await town.citizen()
    body = await liang.application()
    answer = await liang.post("/api/cases", {**body, "version": body["version"] + 1})
    assert answer.status_code == 409
    assert answer.json()["code"] == "form_changed"
    assert answer.json()["version"] == body["version"]


async def test_papers_of_others_cannot_be_handed_in(town: Town) -> None:
    liang, huang = await town.citizen(), await town.citizen(HUANG)
    body = await liang.application()
    body["materials"]["photo"] = [await huang.upload("photo")]
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/materials/photo/0",
            "code": "document_unknown",
            "detail": answer.json()["errors"][0]["detail"],
        }
    ]


async def test_a_paper_must_be_of_a_type_that_the_material_takes(town: Town) -> None:
    liang = await town.citizen()
    body = await liang.application()
    body["materials"]["photo"] = [await liang.upload("photo", PDF)]
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/materials/photo/0", "document_unfit")


async def test_wrong_types_unknown_items_and_missing_keys(town: Town) -> None:
    liang = await town.citizen()
    body = await liang.application()
    for wrong in (
        {**body, "values": "all"}, {**body, "materials": {"photo": "x"}}, {**body, "extra": 1},
        {**body, "version": "newest"}, {k: v for k, v in body.items() if k != "declarations"}, [],
    ):  # fmt: skip
        answer = await liang.post("/api/cases", wrong)
        assert answer.status_code == 422, answer.text
    assert (await liang.post("/api/cases", {**body, "item": "nothing"})).status_code == 404
    no_key = await liang.browser.post("/api/cases", json=body)
    assert no_key.json()["code"] == "key_missing"
    big = {**body, "values": {**body["values"], "phone": 2**80}}
    assert (await liang.post("/api/cases", big)).status_code == 422
    assert await count("case_case") == 0


async def test_numbers_are_of_the_day_and_cannot_be_guessed(town: Town) -> None:
    liang = await town.citizen()
    numbers = {(await liang.submits())["number"] for _ in range(3)}
    assert len(numbers) == 3
    assert {n[:12] for n in numbers} == {f"4406{clock.today():%Y%m%d}"}
    assert {len(n) for n in numbers} == {20}


async def test_cases_of_others_do_not_exist(town: Town) -> None:
    liang, huang = await town.citizen(), await town.citizen(HUANG)
    number = (await liang.submits())["number"]
    unknown = number[:-1] + str((int(number[-1]) + 1) % 10)

    async def asked(path: str, *, post: bool = False) -> tuple[int, dict[str, Any]]:
        answer = await (huang.post(path, {}) if post else huang.browser.get(path))
        problem = answer.json()
        problem.pop("request_id")
        return answer.status_code, problem

    for part in ("", "/clock", "/log"):
        assert await asked(f"/api/cases/{number}{part}") == (
            await asked(f"/api/cases/{unknown}{part}")
        )
    for part in ("/correction", "/withdrawal"):
        foreign = await asked(f"/api/cases/{number}{part}", post=True)
        assert foreign == await asked(f"/api/cases/{unknown}{part}", post=True)
        assert foreign[0] == 404
    assert (await liang.case(number))["status"] == "submitted"


async def test_the_list_pages_without_gaps(town: Town) -> None:
    liang = await town.citizen()
    made = [(await liang.submits())["number"] for _ in range(23)]
    first = await liang.get("/api/cases")
    second = await liang.get("/api/cases", cursor=first["next"])
    assert [one["number"] for one in first["cases"] + second["cases"]] == made[::-1]
    assert second["next"] is None
    assert (await liang.browser.get("/api/cases", params={"cursor": "x"})).status_code == 422


async def test_what_was_typed_is_offered_the_next_time(town: Town) -> None:
    liang = await town.citizen()
    body = await liang.application()
    body["values"]["email"] = "liang@example.cn"
    if "email" not in {
        f["code"] for s in catalogue.get_form(ITEM)["sections"] for f in s["fields"]
    }:
        body["values"].pop("email")
    answer = await liang.post("/api/cases", body)
    assert answer.status_code == 201, answer.text
    await town.city.work()
    again = await liang.get(f"/api/items/{ITEM}/application")
    assert {one["grade"] for one in again["prefill"].values()} >= {"A", "D"}
