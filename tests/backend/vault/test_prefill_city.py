"""Every form of the city, opened by its demo people: filled in, and fit to be submitted."""

from datetime import timedelta

import pytest

from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db
from backend.kernel.errors import Refusal
from backend.kernel.web import Actor
from backend.library import usecases as library
from backend.vault import usecases as vault
from backend.vault.blanks import blanks_of
from tests.auth.conftest import LIANG, Somebody
from tests.backend.library.conftest import STOPPED, YANG, moved_in
from tests.backend.vault.conftest import JPEG, upload

AYGUL = Somebody("阿依古丽·买买提江·努尔艾力", "650102198809010242", "19900000003")


async def opened(resident, item, lang="zh-CN"):
    form = catalogue.get_form(item, lang=lang)
    return form, await vault.prefill(
        resident.id, form, reader=resident.self, purpose="fill_form", lang=lang
    )


@pytest.mark.parametrize("who", [LIANG, AYGUL, YANG], ids=["liang", "aygul", "yang"])
async def test_what_is_prefilled_passes_the_forms_own_check(door, who):
    resident = await moved_in(door, who)
    share = []
    for card in catalogue.list_items():
        form, found = await opened(resident, card["code"])
        values = {code: one["value"] for code, one in found.prefill.items()}
        seen = blanks_of(form).compiled.examine(values, today=clock.today().isoformat())
        wrong = {e.pointer.split("/")[2] for e in seen.errors if e.code != "required"}
        wrong -= {code for code, one in found.prefill.items() if one["state"] == "to_verify"}
        assert wrong == set() or wrong <= missing_rows(seen), card["code"]
        share.append(found.summary["prefilled"] / found.summary["fields"])
    print(f"{sum(share) / len(share):.0%} of the visible fields are filled in")


def missing_rows(seen):
    return {e.pointer.split("/")[2] for e in seen.errors if e.code == "too_few_rows"}


async def test_the_tours_form(liang):
    _, found = await opened(liang, "school-admission")
    children = found.prefill["children"]
    assert [row[code] for row in children["value"] for code in row if row[code] == "陈乐怡"]
    assert children["source_name"] == "公安人口库"
    assert children["state"] == "verified"
    assert found.prefill["phone"]["grade"] == "B"
    assert found.down == []
    assert found.materials["household_book"] == {
        "state": "satisfied", "by": "fact", "documents": [],
        "note": "公安人口库已有您的信息，不用提交",
    }  # fmt: skip
    assert found.waived() >= {"household_book"}
    assert found.summary["fields"] > found.summary["prefilled"] > 0


async def test_what_follows_from_facts_is_offered_to_verify(liang):
    _, found = await opened(liang, "birth-registration")
    derived = {
        code: (one["value"], one["state"])
        for code, one in found.prefill.items()
        if code in ("mother_name", "father_name", "parents_married", "guardian_relation")
    }
    assert derived == {
        "mother_name": ("梁嘉欣", "to_verify"),
        "father_name": ("陈志强", "to_verify"),
        "parents_married": (True, "to_verify"),
        "guardian_relation": ("mother", "to_verify"),
    }
    assert found.prefill["delivery_phone"]["value"] == LIANG.phone
    assert "child_name" not in found.prefill


async def test_english_changes_the_words_and_nothing_else(liang):
    _, here = await opened(liang, "school-admission")
    _, there = await opened(liang, "school-admission", "en")
    assert there.prefill["children"]["source_name"] == "Population register"
    assert there.materials["household_book"]["note"].startswith("Population register")
    assert [p["value"] for p in here.prefill.values()] == [
        p["value"] for p in there.prefill.values()
    ]


async def test_a_silent_register_is_named_with_its_fields(door):
    sun = await moved_in(door, STOPPED)
    _, found = await opened(sun, "fund-rent-withdrawal")
    silent = {one["source"]: one for one in found.down}
    assert silent["housing_fund"]["source_name"] == "住房公积金系统"
    assert silent["housing_fund"]["state"] == "down"
    assert "fund_account" in silent["housing_fund"]["fields"]
    assert not set(silent["housing_fund"]["fields"]) & set(found.prefill)
    assert found.prefill["name"]["value"] == "孙停停"


async def test_a_paper_kept_from_an_earlier_time_is_used_again(liang):
    before = (await opened(liang, "residence-permit"))[1].materials
    code = next(
        p["code"] for p in catalogue.get_form("residence-permit")["materials"]
        if p["type"] == "photo"
    )  # fmt: skip
    assert before[code] == {"state": "needed", "by": None, "note": "", "documents": []}
    pdf = await upload(liang.browser, kind="photo", filename="not-a-photo.pdf")
    assert (await opened(liang, "residence-permit"))[1].attached() == {}
    assert pdf.status_code == 201
    first = (await upload(liang.browser, JPEG, "photo")).json()
    _, found = await opened(liang, "residence-permit")
    assert found.attached() == {code: [first["id"]]}
    assert found.materials[code]["by"] == "document"
    assert found.materials[code]["documents"] == [first]
    second = (await upload(liang.browser, JPEG, "photo")).json()
    assert (await opened(liang, "residence-permit"))[1].attached() == {
        code: [first["id"], second["id"]]
    }
    await liang.browser.delete(f"/api/documents/{first['id']}")
    await liang.browser.delete(f"/api/documents/{second['id']}")
    assert (await opened(liang, "residence-permit"))[1].attached() == {}


async def test_papers_run_out(liang):
    await upload(liang.browser, JPEG, "photo")
    with clock.showing(clock.now() + timedelta(days=800)):
        _, found = await opened(liang, "residence-permit")
    assert found.attached() == {}


async def test_a_form_is_opened_with_a_fixed_number_of_statements(liang, monkeypatch):
    asked = []
    read, write = db.read, db.write

    async def counted_read(sql, *params):
        asked.append(sql.split()[0])
        return await read(sql, *params)

    async def counted_write(*statements):
        asked.append("WRITE")
        await write(*statements)

    monkeypatch.setattr(db, "read", counted_read)
    monkeypatch.setattr(db, "write", counted_write)
    await opened(liang, "residence-permit")
    assert asked == ["SELECT", "WRITE", "SELECT"]
    for _ in range(10):
        await upload(liang.browser, JPEG, "photo")
    for n in range(10):
        await write(*library.declare(liang.id, {"email": f"a{n}@example.cn"}, case=f"4406{n}"))
    await liang.door.city.work()
    await opened(liang, "residence-permit")  # an element more than before: a line more in the log
    asked.clear()
    await opened(liang, "residence-permit")
    assert asked == ["SELECT", "SELECT"]
    asked.clear()
    await vault.my_space(Actor("person", liang.id))
    assert len(asked) <= 5


async def test_a_stranger_to_the_case_gets_nothing(liang):
    for reader, case in (
        (library.Reader("person", "somebody-else"), None),
        (library.Reader("staff", "clerk.ga", "王", "GA"), None),
        (library.Reader("staff", "clerk.ga", "王"), "440620261123"),
    ):
        with pytest.raises(Refusal) as caught:
            await library.current(
                liang.id, reader=reader, purpose="handle_case", elements=["sex"], case=case
            )
        assert caught.value.code == "not_for_you"
    row = await db.row("SELECT count(*) AS n FROM library_access")
    assert row["n"] == 0
