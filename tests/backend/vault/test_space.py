"""The space through HTTP: facts, their masks, who read them, and registers asked again."""

from datetime import timedelta

import orjson

from backend.kernel import cache, clock, db
from backend.kernel.web import Actor
from backend.library import usecases as library
from backend.vault import usecases as vault
from tests.auth.conftest import LIANG, refusal
from tests.backend.library.conftest import STOPPED, YANG, moved_in
from tests.backend.vault.conftest import JPEG, upload


async def space_of(person):
    """The space as it goes out."""
    return orjson.loads(orjson.dumps(await vault.my_space(Actor("person", person.id))))


def facts_of(space):
    return {fact["element"]: fact for group in space["facts"] for fact in group["facts"]}


async def test_facts_by_group_with_their_source(liang):
    space = await space_of(liang)
    assert space["person"]["name"] == "梁*欣"
    assert space["person"]["level"] == "real_name"
    assert [g["group"] for g in space["facts"]][:3] == ["identity", "family", "residence"]
    facts = facts_of(space)
    assert facts["sex"]["display"] == "女"
    assert facts["sex"]["source_name"] == "公安人口库"
    assert facts["household_region"]["display"].endswith("禅城区")
    assert {s["state"] for s in space["sources"]} == {"ok"}
    assert LIANG.id_number not in str(space)


async def test_what_is_sensitive_is_masked_until_asked_for(liang):
    facts = facts_of(await space_of(liang))
    phone = facts["phone"]
    assert (phone["value"], phone["display"], phone["sensitive"]) == (None, "199****0001", True)
    assert facts["id_number"]["display"].startswith("4406****")
    assert facts["children"]["display"] == "共 2 条"
    answer = await liang.browser.get("/api/space/facts/phone")
    assert answer.status_code == 200
    assert answer.json()["value"] == LIANG.phone
    assert answer.headers["cache-control"] == "no-store"


async def test_a_fact_that_is_not_there(liang):
    for element in ("no_such_element", "email", "children.name"):
        answer = await liang.browser.get(f"/api/space/facts/{element}")
        assert refusal(answer) == (404, "not_found")


async def test_every_reading_is_seen_by_the_person(liang):
    await liang.browser.get("/api/space/facts/phone")
    await liang.browser.get("/api/space/facts/phone")
    document = (await upload(liang.browser, JPEG, "photo")).json()["id"]
    await liang.browser.get(f"/api/documents/{document}/content")
    await space_of(liang)
    clerk = library.Reader("staff", "clerk.ga", "王小明", "GA")
    for _ in range(2):
        await library.current(
            liang.id, reader=clerk, purpose="handle_case", elements=["sex", "phone"], case="4406"
        )
    reads = (await liang.browser.get("/api/space/reads")).json()["reads"]
    lines = [(r["reader"], r["purpose"], r["elements"], r["case"]) for r in reads]
    by_clerk = ("佛山市公安局 王小明", "办理申请", ["手机号码", "性别"], "4406")
    assert lines[:2] == [by_clerk, by_clerk]
    assert lines[2][:2] == ("本人", "查看我的空间")
    assert lines[3:] == [
        ("本人", "打开材料", ["近期免冠证件照"], None),
        ("本人", "查看完整信息", ["手机号码"], None),
    ]


async def test_a_new_day_is_a_new_line(liang):
    await liang.browser.get("/api/space/facts/sex")
    with clock.showing(clock.now() + timedelta(days=1)):
        await library.current(liang.id, reader=liang.self, purpose="view_fact", elements=["sex"])
    row = await db.row("SELECT count(*) AS n FROM library_access")
    assert row["n"] == 2


async def test_readings_page_by_page(liang):
    clerk = library.Reader("staff", "clerk.ga", "王小明", "GA")
    for number in range(45):
        await library.note_read(
            liang.id, reader=clerk, elements=["sex"], purpose="handle_case", case=str(number)
        )
    seen, cursor = [], None
    for size in (20, 20, 5):
        params = {"cursor": cursor} if cursor else {}
        page = (await liang.browser.get("/api/space/reads", params=params)).json()
        assert len(page["reads"]) == size
        seen += [read["case"] for read in page["reads"]]
        cursor = page["next"]
    assert cursor is None
    assert sorted(seen, key=int) == [str(number) for number in range(45)]
    wrong = await liang.browser.get("/api/space/reads", params={"cursor": "1; DROP"})
    assert refusal(wrong) == (422, "check_input")


async def test_a_missing_space_is_opened_when_looked_at(liang):
    for table in ("facts", "assertion", "feed"):
        await db.execute(f"DELETE FROM library_{table}")
    assert {s["state"] for s in (await space_of(liang))["sources"]} == {"waiting"}
    await liang.door.city.work()
    assert "children" in facts_of(await space_of(liang))


async def test_silent_and_old_sources_are_asked_when_the_person_comes_by(door):
    sun = await moved_in(door, STOPPED)
    now = clock.now()
    with clock.showing(now + timedelta(minutes=11)):
        await vault.my_space(Actor("person", sun.id))
        states = await sun.states()
    assert states["education"] == "waiting"
    assert states["population"] == "ok"
    with clock.showing(now + timedelta(hours=25)):
        await door.city.work()
        await cache.redis().delete(f"once:freshen:{sun.id}")
        await vault.my_space(Actor("person", sun.id))
        assert (await sun.states())["population"] == "waiting"


async def test_a_register_that_holds_nothing_has_answered(door):
    yang = await moved_in(door, YANG)
    sources = {s["source"]: s for s in (await space_of(yang))["sources"]}
    assert (sources["education"]["state"], sources["education"]["holds"]) == ("ok", False)
    assert (sources["population"]["state"], sources["population"]["holds"]) == ("ok", True)


async def test_asking_again_is_limited(liang):
    for _ in range(3):
        answer = await liang.browser.post("/api/space/refresh")
        assert answer.status_code == 202, answer.text
    answer = await liang.browser.post("/api/space/refresh")
    assert refusal(answer) == (429, "too_many_tries")
    assert int(answer.headers["retry-after"]) > 0
    assert set((await liang.states()).values()) == {"waiting"}
    await liang.door.city.work()
    assert set((await liang.states()).values()) == {"ok"}


async def test_readings_need_no_fact_to_be_told(liang):
    """Nothing held, nothing told, nothing to record."""
    assert await library.current(
        liang.id, reader=liang.self, purpose="view_fact", elements=["email"]
    ) == {}  # fmt: skip
    row = await db.row("SELECT count(*) AS n FROM library_access")
    assert row["n"] == 0
