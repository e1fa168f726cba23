"""Acting for somebody else (代办): everything is the represented's, and says who did it."""

from uuid import UUID

import pytest

from auth.models import bonds
from backend.cases.usecases import acting
from backend.kernel import db
from tests.auth.conftest import HUANG, LIANG, refusal
from tests.backend.cases.acting import Agent, agent_for, agent_of_company
from tests.backend.cases.conftest import Town, keyed
from tests.backend.channels.test_official_account import WeChat
from tests.city import Visitor

CARD = "social-security-card"
PERMIT = "residence-permit"
INSURANCE, HIRING = "employee-insurance", "employment-registration"
JIHUA = {
    "uscc": "91440604MA4UJ7K218", "name": "佛山市禅城区季华文化传播有限公司",
    "representative": LIANG.name,
}  # fmt: skip


async def test_the_form_the_draft_and_the_case_are_the_represented_s(town: Town) -> None:
    huang = await town.citizen(HUANG)
    liang = await agent_for(town, LIANG, HUANG)
    opened = await liang.get(f"/api/items/{CARD}/application", form="1")
    assert opened["prefill"]["name"]["value"] == HUANG.name
    assert opened["prefill"]["id_number"]["value"] == HUANG.id_number
    assert opened["prefill"]["agent_id_number"]["value"] == LIANG.id_number
    assert opened["materials"]["agent_id_card"] == {
        "state": "satisfied", "by": "fact", "note": "统一身份认证已有您的信息，不用提交",
        "documents": [],
    }  # fmt: skip
    body = {"revision": 0, "values": {"remark": "由女儿代填"}, "materials": {}}
    saved = await liang.browser.put(f"/api/drafts/{CARD}", json=body)
    assert saved.status_code == 200, saved.text
    (line,) = (await huang.get("/api/drafts"))["drafts"]
    assert line["item"]["code"] == CARD
    newer = {**body, "values": {"remark": "我自己改"}}
    clash = await huang.browser.put(f"/api/drafts/{CARD}", json=newer)
    assert refusal(clash) == (409, "draft_changed")

    case = await liang.submits(CARD)
    agent = {"name": "梁*欣", "role": "family", "role_name": "家人"}
    assert case["agent"] == agent
    assert case["timeline"][0]["by"] == "梁*欣（家人）代办"
    (card,) = (await huang.get("/api/cases"))["cases"]
    assert (card["number"], card["agent"]) == (case["number"], agent)
    assert (await huang.get("/api/space"))["cases"][0]["agent"] == agent
    log = await huang.get(f"/api/cases/{case['number']}/log")
    assert log["valid"]
    assert log["actions"][0]["actor"] == f"person:{liang.id}"
    assert (await huang.get("/api/drafts"))["drafts"] == []

    await liang.stands_for(None)
    assert (await liang.get("/api/cases"))["cases"] == []
    assert (await liang.get("/api/space"))["cases"] == []
    answer = await liang.browser.get(f"/api/cases/{case['number']}")
    assert refusal(answer) == (409, "case_of_other")
    assert answer.json()["representation"] == liang.bond
    liang.papers.clear()
    own = (await liang.submits(CARD))["number"]
    assert refusal(await huang.browser.get(f"/api/cases/{own}")) == (404, "not_found")
    await liang.stands_for(liang.bond)
    assert await liang.refused("GET", f"/api/cases/{own}") == (409, "case_of_oneself")
    await db.write(bonds.ending(liang.bond, by="principal"))
    await liang.stands_for(None)
    answer = await liang.browser.get(f"/api/cases/{case['number']}")
    assert refusal(answer) == (404, "not_found")


async def test_the_office_sees_both_and_both_see_the_office(town: Town) -> None:
    huang = await town.citizen(HUANG)
    liang = await agent_for(town, LIANG, HUANG)
    number = (await liang.submits(CARD))["number"]
    clerk = await town.officer("clerk.rs")
    seen = await clerk.get(f"/api/staff/cases/{number}")
    assert (seen["applicant"]["name"], seen["applicant"]["kind"]) == (HUANG.name, "person")
    assert seen["applicant"]["agent"] == {
        "name": LIANG.name, "id_number": LIANG.id_number, "phone": LIANG.phone,
        "role": "family", "role_name": "家人",
    }  # fmt: skip
    assert seen["timeline"][0]["by"] == "梁*欣（家人）代办"
    (queued,) = (await clerk.get("/api/staff/cases"))["cases"]
    assert queued["applicant"] == "黄*明"
    await liang.stands_for(None)
    for person in (huang, liang):
        reads = (await person.get("/api/space/reads"))["reads"]
        by_office = [one for one in reads if one["purpose"] == "办理申请"]
        assert [one["case"] for one in by_office] == [number]
        assert "陈" not in by_office[0]["reader"]
    purposes = [
        one["purpose"]
        for one in (await huang.get("/api/space/reads"))["reads"]
        if one["reader"] == "梁*欣（家人）代办"
    ]
    assert "预填申请表" in purposes
    assert "提交申请" in purposes


async def test_a_correction_is_answered_and_a_case_taken_back_by_the_agent(town: Town) -> None:
    huang = await town.citizen(HUANG)
    liang = await agent_for(town, LIANG, HUANG)
    number = (await liang.submits(CARD))["number"]
    chief = await town.officer("chief.rs")
    items = [{"target": "field", "code": "phone", "reason": "打不通"}]
    await chief.does(number, "request_correction", items=items)
    answer = await liang.post(
        f"/api/cases/{number}/correction", {"values": {"phone": "19900000002"}}
    )
    assert answer.status_code == 200, answer.text
    answer = await liang.post(f"/api/cases/{number}/withdrawal", {"reason": "先不办了"})
    assert answer.status_code == 200, answer.text
    case = await huang.case(number)
    by = [mark["by"] for mark in case["timeline"]]
    assert (
        by
        == ["梁*欣（家人）代办", "佛山市人力资源和社会保障局（社会保险基金管理局）"]
        + ["梁*欣（家人）代办"] * 2
    )
    assert (await huang.get(f"/api/cases/{number}/log"))["valid"]


async def test_both_are_told_and_the_agent_as_long_as_they_act(town: Town) -> None:
    huang = await town.citizen(HUANG)
    liang = await agent_for(town, LIANG, HUANG)
    number = (await liang.submits(CARD))["number"]
    await town.city.work()
    shown = (await liang.get("/api/notices"))["notices"]  # of whom they act for
    assert [one["title"] for one in shown] == ["已提交：社会保障卡申领"]
    await liang.stands_for(None)
    own = (await liang.get("/api/notices"))["notices"]
    assert [(one["title"], one["case"]) for one in own] == [
        ("代黄*明办理 · 已提交：社会保障卡申领", number)
    ]
    await db.write(bonds.ending(liang.bond, by="principal"))
    chief = await town.officer("chief.rs")
    await chief.does(number, "accept")
    await town.city.work()
    assert len((await liang.get("/api/notices"))["notices"]) == 1
    assert len((await huang.get("/api/notices"))["notices"]) == 2


async def test_an_agent_for_one_service_sees_what_it_needs(town: Town) -> None:
    huang = await town.citizen(HUANG)
    kept = await huang.upload("photo")
    other = await huang.upload("lease_contract")
    case = (await huang.submits("resident-pension"))["number"]
    await town.city.work()
    liang = await agent_for(town, LIANG, HUANG, items=[CARD])
    answer = await liang.browser.get(f"/api/items/{PERMIT}/application")
    assert refusal(answer) == (403, "beyond_scope")
    assert answer.json()["item"] == "居住证申领"
    body = {"revision": 0, "values": {}, "materials": {}}
    for method, path, sent in (
        ("PUT", f"/api/drafts/{PERMIT}", {"json": body}),
        ("DELETE", f"/api/drafts/{PERMIT}", {}),
        ("GET", "/api/space/facts/properties", {}),
        ("GET", "/api/space/reads", {}),
        ("POST", "/api/space/refresh", {}),
    ):
        assert await liang.refused(method, path, **sent) == (403, "beyond_scope"), path
    application = {
        "item": PERMIT, "version": 1, "values": {}, "materials": {}, "declarations": []
    }  # fmt: skip
    answer = await liang.post("/api/cases", application)
    assert refusal(answer) == (403, "beyond_scope")
    for path in (f"/api/cases/{case}", f"/api/cases/{case}/log", f"/api/documents/{other}/content"):
        assert await liang.refused("GET", path) == (404, "not_found"), path
    assert (await liang.get("/api/cases"))["cases"] == []
    assert (await liang.get("/api/notices"))["notices"] == []
    space = await liang.get("/api/space")
    assert (space["cases"], space["drafts"], space["reads"], space["unread"]) == ([], [], [], 0)
    held = {fact["element"] for group in space["facts"] for fact in group["facts"]}
    assert "name" in held
    assert not held & {"properties", "fund_account", "property_count"}
    assert [one["id"] for one in space["documents"]] == [kept]
    assert [one["id"] for one in (await liang.get("/api/documents"))["documents"]] == [kept]
    mine = (await liang.submits(CARD))["number"]
    assert [one["number"] for one in (await liang.get("/api/cases"))["cases"]] == [mine]
    await town.city.work()
    assert [one["case"] for one in (await liang.get("/api/notices"))["notices"]] == [mine]
    assert (await liang.get("/api/space"))["unread"] == 1
    answer = await liang.browser.post("/api/notices/read", json={"ids": "all"})
    assert answer.status_code == 204
    assert (await huang.get("/api/notices"))["unread"] == 2  # he has not seen them himself


async def test_whoever_may_only_look_may_only_look(town: Town) -> None:
    huang = await town.citizen(HUANG)
    number = (await huang.submits(CARD))["number"]
    liang = await agent_for(town, LIANG, HUANG, scope="view")
    case = await liang.case(number)
    assert (case["may"], case["timeline"][0]["by"]) == ([], "申请人")
    assert (await huang.case(number))["timeline"][0]["by"] == "本人"
    for method, path in (
        ("POST", f"/api/cases/{number}/withdrawal"), ("DELETE", f"/api/drafts/{CARD}"),
        ("GET", f"/api/items/{CARD}/application"), ("POST", "/api/documents"),
    ):  # fmt: skip
        assert await liang.refused(method, path, headers=keyed()) == (403, "beyond_scope"), path


async def test_nothing_is_kept_that_is_done_when_it_is_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The representation ends between the door and the write: the write looks once more."""
    huang = await town.citizen(HUANG)
    liang = await agent_for(town, LIANG, HUANG)
    body = await liang.application(CARD)
    applicant_of = acting.applicant_of

    async def a_moment_too_late(asker):  # type: ignore[no-untyped-def]
        await db.write(bonds.ending(liang.bond, by="principal"))
        return await applicant_of(asker)

    monkeypatch.setattr(acting, "applicant_of", a_moment_too_late)
    answer = await liang.post("/api/cases", body)
    assert refusal(answer) == (403, "acting_over")
    assert (await huang.get("/api/cases"))["cases"] == []
    assert await liang.refused("GET", "/api/cases") == (403, "acting_over")


async def test_a_company_s_matter_is_a_company_s(town: Town) -> None:
    liang, _ = await agent_of_company(town, LIANG, **JIHUA)
    body = {"revision": 0, "values": {}, "materials": {}}
    assert await liang.refused("GET", f"/api/items/{CARD}/application") == (403, "for_people")
    assert await liang.refused("PUT", f"/api/drafts/{CARD}", json=body) == (403, "for_people")
    await liang.stands_for(None)
    for item in (INSURANCE, HIRING):
        path = f"/api/items/{item}/application"
        assert await liang.refused("GET", path) == (403, "for_companies")
        application = {
            "item": item, "version": 1, "values": {}, "materials": {}, "declarations": []
        }  # fmt: skip
        answer = await liang.post("/api/cases", application)
        assert refusal(answer) == (403, "for_companies")


async def test_a_company_s_forms_are_filled_from_its_register(town: Town) -> None:
    huang, company = await agent_of_company(town, HUANG, **JIHUA)
    space = await huang.get("/api/space")
    assert space["person"]["kind"] == "legal_person"
    assert space["person"]["name"] == JIHUA["name"]
    assert [one["source"] for one in space["sources"]] == ["market"]
    opened = await huang.get(f"/api/items/{HIRING}/application")
    assert [(one["source"], one["state"]) for one in opened["down"]] == [("market", "waiting")]
    await town.city.work()
    facts = {f["element"]: f for g in (await huang.get("/api/space"))["facts"] for f in g["facts"]}
    assert facts["legal_representative"]["value"] == LIANG.name
    assert facts["legal_representative"]["source_name"] == "市场主体登记库"
    assert facts["uscc"]["value"] == JIHUA["uscc"]
    assert "phone" not in facts

    for item in (INSURANCE, HIRING):
        opened = await huang.get(f"/api/items/{item}/application", form="1")
        known = {code: one["value"] for code, one in opened["prefill"].items()}
        assert (known["handler_name"], known["handler_phone"]) == (HUANG.name, HUANG.phone)
        assert known["registered_address"].startswith("佛山市禅城区季华五路")
        assert opened["materials"]["company_licence"]["by"] == "fact"
        case = await huang.submits(item)
        assert case["agent"] == {"name": "黄*明", "role": "agent", "role_name": "单位经办人"}
    clerk = await town.officer("clerk.rs")
    seen = await clerk.get(f"/api/staff/cases/{case['number']}")
    assert seen["applicant"]["kind"] == "legal_person"
    assert (seen["applicant"]["name"], seen["applicant"]["id_number"]) == (
        JIHUA["name"], JIHUA["uscc"]
    )  # fmt: skip
    assert seen["applicant"]["agent"]["phone"] == HUANG.phone
    found = (await clerk.searches(JIHUA["uscc"]))["cases"]
    assert [one["applicant"] for one in found] == [JIHUA["name"]] * 2
    assert {row["person_id"] for row in await db.rows("SELECT person_id FROM case_case")} in (
        {company}, {UUID(company)}
    )  # fmt: skip
    await town.city.work()
    told = (await huang.get("/api/notices"))["notices"]
    assert len(told) == 2
    read = await huang.browser.post("/api/notices/read", json={"ids": [told[0]["id"]]})
    assert read.status_code == 204
    assert (await huang.get("/api/space"))["unread"] == 1
    await huang.stands_for(None)
    assert JIHUA["name"] in (await huang.get("/api/notices"))["notices"][0]["title"]


async def test_a_register_of_companies_that_is_down_blocks_no_form(town: Town) -> None:
    liang, _ = await agent_of_company(
        town, LIANG, uscc="91440604098765200U", name="佛山市停停商贸有限公司",
        representative=LIANG.name,
    )  # fmt: skip
    await liang.get("/api/space")
    await town.city.work()
    opened = await liang.get(f"/api/items/{INSURANCE}/application", form="1")
    assert opened["prefill"]["company_name"]["value"] == "佛山市停停商贸有限公司"
    assert opened["prefill"]["company_name"]["source_name"] == "统一身份认证"
    (silent,) = opened["down"]
    assert (silent["source"], silent["state"]) == ("market", "down")
    assert "registered_address" in silent["fields"]


async def test_a_mother_applies_for_her_child(town: Town) -> None:
    """The form is filled from the child's own registers, and says who the mother is."""
    mother = await town.citizen(LIANG)
    children = (await mother.get("/auth/representations/children"))["children"]
    body = {"child": children[0]["child"], "consent": True}
    bond = (await mother.browser.post("/auth/representations/children", json=body)).json()["id"]
    await town.city.work()
    agent = Agent(mother.browser, LIANG)
    await agent.stands_for(bond)
    opened = await agent.get("/api/items/school-transfer/application", form="1")
    known = {code: one["value"] for code, one in opened["prefill"].items()}
    child = ("陈乐怡", "440604201509060446")
    assert (known["name"], known["id_number"]) == child
    assert (known["child_name"], known["child_id_number"]) == child
    assert (known["child_sex"], known["child_birth_date"]) == ("female", "2015-09-06")
    assert known["student_number"]
    assert known["student_number"] != LIANG.id_number
    assert known["household_region"] == "440604"
    guessed = {"guardian_relation": "mother", "phone": LIANG.phone}
    for code, value in guessed.items():
        assert (known[code], opened["prefill"][code]["state"]) == (value, "to_verify")
    space = await agent.get("/api/space")
    assert (space["person"]["kind"], space["person"]["name"]) == ("person", "陈*怡")
    enrolling = await agent.get("/api/items/school-admission/application", form="1")
    (row,) = enrolling["prefill"]["children"]["value"]
    assert (row["children_name"], row["children_relation"]) == ("陈乐怡", "daughter")
    assert enrolling["prefill"]["children"]["source_name"] == "公安人口库"
    case = await agent.submits("school-transfer")
    assert case["agent"]["role_name"] == "监护人"
    clerk = await town.officer("clerk.jy")
    seen = await clerk.get(f"/api/staff/cases/{case['number']}")
    assert seen["applicant"]["name"] == "陈乐怡"
    assert seen["applicant"]["phone"] == ""
    assert seen["applicant"]["agent"]["phone"] == LIANG.phone
    await town.city.work()
    await agent.stands_for(None)
    (told,) = (await agent.get("/api/notices"))["notices"]
    assert told["title"].startswith("代陈*怡办理 · 已提交")


async def test_a_company_s_space_is_filled_when_it_signs_up(town: Town) -> None:
    boss = await town.citizen(LIANG)
    answer = await boss.browser.post("/auth/legal-persons", json={"uscc": JIHUA["uscc"]})
    assert answer.status_code == 201, answer.text
    await town.city.work()
    agent = Agent(boss.browser, LIANG)
    await agent.stands_for(answer.json()["representation"])
    opened = await agent.get(f"/api/items/{HIRING}/application")
    assert opened["prefill"]["registered_address"]["source"] == "market"
    assert opened["down"] == []


async def test_the_chat_tells_an_agent_of_what_they_handed_in(town: Town) -> None:
    await town.citizen(HUANG)
    liang = await agent_for(town, LIANG, HUANG)
    number = (await liang.submits(CARD))["number"]
    await liang.stands_for(None)
    visitor = Visitor(town.city, liang.browser)
    await visitor.link_wechat()
    chat = WeChat(visitor)
    for asked in ("进度", number):
        assert "代黄*明办理 · 社会保障卡申领" in await chat.say(asked), asked
    await db.write(bonds.ending(liang.bond, by="principal"))
    assert "还没有办件" in await chat.say("办件")
    assert "社会保障卡" not in await chat.say(f"{number}?")
