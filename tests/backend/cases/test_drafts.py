"""Drafts through HTTP: they may be wrong, they follow the person, two devices never lose a word."""

import asyncio
from typing import Any

import pytest

from backend.kernel import db
from tests.auth.conftest import HUANG
from tests.backend.cases.conftest import ITEM, Citizen, Town

PATH = f"/api/drafts/{ITEM}"


def body(revision: int = 0, **values: Any) -> dict[str, Any]:
    return {"revision": revision, "values": values, "materials": {}}


async def put(citizen: Citizen, content: dict[str, Any], path: str = PATH) -> Any:
    return await citizen.browser.put(path, json=content)


async def test_a_draft_may_be_wrong_in_every_field_and_is_found_again(town: Town) -> None:
    liang = await town.citizen()
    answer = await put(liang, body(phone="12", residence_since="昨天", nonsense=[1, {"a": None}]))
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == 1
    opened = await liang.get(f"/api/items/{ITEM}/application")
    assert opened["draft"]["revision"] == 1
    assert opened["draft"]["values"]["residence_since"] == "昨天"
    assert opened["draft"]["updated_at"] == answer.json()["updated_at"]
    [listed] = (await liang.get("/api/drafts"))["drafts"]
    assert listed["item"]["code"] == ITEM
    assert 0 < listed["filled"] <= listed["total"]


async def test_a_draft_survives_the_session(town: Town) -> None:
    liang = await town.citizen()
    await put(liang, body(phone="19900000001"))
    assert (await liang.browser.delete("/auth/session")).status_code == 204
    lost = await put(liang, body(1, phone="19900000002"))
    assert lost.status_code == 401
    browser = await town.door.visitor()
    code = await town.door.code(liang.who.phone, "sign_in")
    again = await browser.post("/auth/sessions", json={"phone": liang.who.phone, "code": code})
    assert again.status_code == 201, again.text
    found = (await browser.get(f"/api/items/{ITEM}/application")).json()
    assert found["draft"]["values"] == {"phone": "19900000001"}


async def test_the_same_content_again_is_fine_whatever_its_revision(town: Town) -> None:
    liang = await town.citizen()
    first = await put(liang, body(phone="1"))
    again = await put(liang, body(phone="1"))
    assert again.status_code == 200
    assert again.json() == first.json()


async def test_a_stale_revision_gets_the_present_content_to_merge(town: Town) -> None:
    liang = await town.citizen()
    await put(liang, body(phone="1"))
    await put(liang, body(1, phone="2"))
    stale = await put(liang, body(1, phone="3"))
    assert stale.status_code == 409
    problem = stale.json()
    assert problem["code"] == "draft_changed"
    assert problem["current"]["revision"] == 2
    assert problem["current"]["values"] == {"phone": "2"}
    merged = await put(liang, body(2, phone="3"))
    assert merged.json()["revision"] == 3


async def test_a_revision_of_a_draft_that_is_gone(town: Town) -> None:
    liang = await town.citizen()
    stale = await put(liang, body(4, phone="3"))
    assert stale.status_code == 409
    assert stale.json()["current"] is None


async def test_two_devices_at_the_same_moment_make_one_draft(town: Town) -> None:
    liang = await town.citizen()
    answers = await asyncio.gather(*(put(liang, body(phone=str(n))) for n in range(6)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 5
    answers = await asyncio.gather(*(put(liang, body(1, phone=f"x{n}")) for n in range(6)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 5
    assert len((await liang.get("/api/drafts"))["drafts"]) == 1


async def test_papers_of_others_are_unknown(town: Town) -> None:
    liang, huang = await town.citizen(), await town.citizen(HUANG)
    foreign, own = await huang.upload("photo"), await liang.upload("photo")
    content = {"revision": 0, "values": {}, "materials": {"photo": [own, foreign]}}
    answer = await put(liang, content)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/materials/photo/1"]
    content["materials"] = {"photo": [own]}
    assert (await put(liang, content)).status_code == 200
    nowhere = {**content, "materials": {"photo": [db.new_id()]}}
    assert (await put(liang, {**nowhere, "revision": 1})).json()["errors"][0]["code"] == (
        "document_unknown"
    )


async def test_drafts_of_others_do_not_exist(town: Town) -> None:
    liang, huang = await town.citizen(), await town.citizen(HUANG)
    await put(liang, body(phone="1"))
    assert (await huang.get("/api/drafts"))["drafts"] == []
    assert (await huang.get(f"/api/items/{ITEM}/application"))["draft"] is None
    assert (await huang.browser.delete(PATH)).status_code == 204
    assert len((await liang.get("/api/drafts"))["drafts"]) == 1


async def test_a_draft_is_thrown_away_once_or_twice(town: Town) -> None:
    liang = await town.citizen()
    await put(liang, body(phone="1"))
    for _ in range(2):
        assert (await liang.browser.delete(PATH)).status_code == 204
    assert (await liang.get("/api/drafts"))["drafts"] == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"values": {}, "materials": {}}, 422, "check_input"),
        ({"revision": -1, "values": {}, "materials": {}}, 422, "check_input"),
        ({"revision": 0, "values": [], "materials": {}}, 422, "check_input"),
        ({"revision": 0, "values": {}, "materials": {"photo": ["no-id"]}}, 422, "check_input"),
        ({"revision": 0, "values": {"n": 2**70}, "materials": {}}, 422, "check_input"),
        ({"revision": 0, "values": {"n": "长" * 90_000}, "materials": {}}, 422, "draft_too_large"),
        ({"revision": 0, "values": {"n": "x" * 600_000}, "materials": {}}, 413, "body_too_large"),
        ({"revision": 0, "values": {}, "materials": {}, "who": 1}, 422, "check_input"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    town: Town, content: dict[str, Any], status: int, code: str
) -> None:
    liang = await town.citizen()
    answer = await put(liang, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await liang.get("/api/drafts"))["drafts"] == []


async def test_an_unknown_item_and_a_missing_session(town: Town) -> None:
    liang = await town.citizen()
    assert (await put(liang, body(), "/api/drafts/no-such-item")).status_code == 404
    assert (await liang.browser.get("/api/items/no-such-item/application")).status_code == 404
    nobody = await town.door.visitor()
    for path in (f"/api/items/{ITEM}/application", "/api/drafts", "/api/space", "/api/cases"):
        assert (await nobody.get(path)).json()["code"] == "sign_in_first"
    assert (await nobody.put(PATH, json=body())).status_code == 401


async def test_the_form_comes_along_when_asked_for(town: Town) -> None:
    liang = await town.citizen()
    with_form = await liang.get(f"/api/items/{ITEM}/application", form="1")
    assert with_form["form"]["item"] == ITEM
    assert "form" not in await liang.get(f"/api/items/{ITEM}/application")
