"""Registers fill a person's facts after registration, however badly they behave."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from auth import client as auth
from backend.catalogue import usecases as catalogue
from backend.catalogue.rules.kinds import check_of
from backend.kernel import clock, db, outbox, privacy
from backend.library import rules, sources
from backend.library import usecases as library
from tests.auth.conftest import HUANG, LIANG
from tests.backend.library.conftest import REFUSED, STOPPED, YANG, moved_in


async def count(table, person_id):
    row = await db.row(f"SELECT count(*) AS n FROM {table} WHERE person_id = $1", person_id)
    return int(row["n"])


async def test_registration_fills_the_library_by_itself(liang):
    facts = await liang.facts()
    assert facts["name"] == "梁嘉欣"
    assert facts["phone"] == LIANG.phone
    assert [child["name"] for child in facts["children"]] == ["陈乐怡", "陈乐天"]
    assert facts["months_paid"] == 171
    assert facts["property_count"] == 0
    assert await liang.states() == dict.fromkeys(library.SOURCES, "ok")


async def test_where_a_value_comes_from(liang):
    found = await library.current(
        liang.id, reader=liang.self, purpose="test", elements=["phone", "sex", "fund_balance"]
    )
    said = {e: (f.source, f.grade, f.trusted, f.expired) for e, f in found.items()}
    assert said == {
        "phone": ("identity", "B", True, False),
        "sex": ("population", "A", True, False),
        "fund_balance": ("housing_fund", "A", True, False),
    }


async def test_every_fact_of_every_demo_person_fits_the_dictionary(door):
    """Registers and forms speak the same language, or a pre-filled form cannot be submitted."""
    today = clock.today().isoformat()
    for who in (LIANG, HUANG):
        resident = await moved_in(door, who)
        for element, value in (await resident.facts()).items():
            entry = catalogue.element(element)
            rows = value if entry["type"] == "list" else [{element: value}]
            kinds = entry["columns"] if entry["type"] == "list" else {element: entry}
            for row in rows:
                for column, one in row.items():
                    assert check_of(kinds[column])(one, today) is None, f"{element} {column}"


async def test_a_register_that_holds_nothing_says_so(door):
    yang = await moved_in(door, YANG)
    assert await yang.states() == {
        "population": "ok", "residence": "none", "social_security": "none",
        "education": "none", "housing_fund": "none", "real_estate": "ok",
    }  # fmt: skip


async def test_a_register_that_is_down_is_marked_and_asked_again(door):
    sun = await moved_in(door, STOPPED)
    states = await sun.states()
    assert states["population"] == "ok"
    assert {s for s, state in states.items() if state == "down"} == {
        "social_security", "education", "housing_fund", "real_estate",
    }  # fmt: skip
    now = clock.now()
    for _ in range(8):
        now += timedelta(hours=1)
        with clock.showing(now):
            await door.city.work()
    rows = await db.rows("SELECT state, attempts, error FROM outbox WHERE kind = 'library.pull'")
    assert {row["state"] for row in rows} == {"done"}
    assert max(row["attempts"] for row in rows) == library.ASKED_IN_A_ROW
    assert {row["error"] for row in rows} == {"", "outside_down"}
    await library.ask_again(sun.id, ["education"])
    assert (await sun.states())["education"] == "waiting"


async def test_a_register_that_refuses_is_an_operators_matter(door):
    sun = await moved_in(door, REFUSED)
    assert (await sun.states())["education"] == "down"
    rows = await db.rows("SELECT error FROM outbox WHERE state = 'dead'")
    assert "education_refused" in {row["error"] for row in rows}


async def test_an_answer_about_somebody_else_is_not_kept(liang, monkeypatch):
    before = await liang.facts()
    other = dataclasses.replace(await auth.identity(liang.id), id_number=HUANG.id_number)

    async def mixed_up(whom):
        return await sources._population(sources.Whom(whom.name, other.id_number))

    monkeypatch.setattr(sources, "ASK", {**sources.ASK, "population": mixed_up})
    await library.ask_again(liang.id, ["population"])
    await liang.door.city.work()
    assert await liang.facts() == before
    assert (await liang.states())["population"] == "down"


async def test_a_replayed_pull_adds_nothing(liang):
    before = await count("library_assertion", liang.id), await count("library_facts", liang.id)
    for attempt in (1, 2):
        for source in library.SOURCES:
            payload = {"person_id": liang.id, "source": source}
            await library.pull(outbox.Job("x", "library.pull", "k", payload, attempt))
    after = await count("library_assertion", liang.id), await count("library_facts", liang.id)
    assert after == before


async def test_two_pulls_at_once_lose_nothing(liang):
    await db.execute("DELETE FROM library_facts WHERE person_id = $1", liang.id)
    await db.execute("DELETE FROM library_assertion WHERE person_id = $1", liang.id)
    jobs = [
        outbox.Job("x", "library.pull", "k", {"person_id": liang.id, "source": source}, 1)
        for source in library.SOURCES * 2
    ]
    await asyncio.gather(*(library.pull(job) for job in jobs))
    assert len(await liang.facts()) >= 25
    await the_documents_are_the_fold_of_the_log(liang.id)


async def the_documents_are_the_fold_of_the_log(person_id):
    from backend.library import models

    held = await models.documents(person_id)
    documents = {e: entries for one in held.values() for e, entries in one.document.items()}
    assert documents == rules.fold(await library.history(person_id))


async def test_the_documents_are_the_fold_of_the_log(liang):
    await the_documents_are_the_fold_of_the_log(liang.id)
    later = clock.now() + timedelta(days=2)
    with clock.showing(later):
        await library.ask_again(liang.id)
        await liang.door.city.work()
    await the_documents_are_the_fold_of_the_log(liang.id)


async def test_what_a_register_no_longer_holds_is_withdrawn(liang, monkeypatch):
    async def alone(whom):
        answer = await sources._population(whom)
        facts = {k: v for k, v in answer.facts.items() if not k.startswith("spouse")}
        return sources.Answer({**facts, "marital_status": "divorced"})

    monkeypatch.setattr(sources, "ASK", {**sources.ASK, "population": alone})
    await library.ask_again(liang.id, ["population"])
    await liang.door.city.work()
    facts = await liang.facts()
    assert facts["marital_status"] == "divorced"
    assert "spouse_name" not in facts


async def test_what_a_person_declares_is_kept_below_what_an_office_says(liang):
    said = {
        "email": "liang@example.cn", "sex": "male", "name": "别人", "remark": "只用于这一次",
        "children.name": "甲", "emergency_contact": "", "bank_name": "工商银行",
    }  # fmt: skip
    for _ in range(2):
        await db.write(*library.declare(liang.id, said, case="440620261123"))
        await liang.door.city.work()
    facts = await library.current(liang.id, reader=liang.self, purpose="test", elements=None)
    assert (facts["email"].value, facts["email"].grade) == ("liang@example.cn", "D")
    assert facts["email"].source_ref == "440620261123"
    assert not facts["email"].trusted
    assert facts["sex"].value == "female"
    assert facts["name"].value == "梁嘉欣"
    assert not {"remark", "emergency_contact", "children.name"} & facts.keys()
    log = await library.history(liang.id)
    assert [one.value for one in log if one.element == "email"] == ["liang@example.cn"]


async def test_a_result_is_kept_with_its_end(liang):
    await db.write(
        *library.certify(
            liang.id, {"residence_permit_number": "440604202600012345"}, case="4406",
            valid_until={"residence_permit_number": "2027-01-31"},
        )
    )  # fmt: skip
    await liang.door.city.work()
    wanted = ["residence_permit_number"]
    found = await library.current(liang.id, reader=liang.self, purpose="test", elements=wanted)
    fact = found["residence_permit_number"]
    assert (fact.grade, fact.source, fact.valid_until) == ("A", "case", "2027-01-31")
    with clock.showing(clock.now() + timedelta(days=400)):
        found = await library.current(liang.id, reader=liang.self, purpose="t", elements=wanted)
    assert found["residence_permit_number"].expired
    assert not found["residence_permit_number"].trusted


async def test_older_keys_still_open_what_they_sealed(liang):
    before = await liang.facts()
    ring = privacy.ring()
    new = privacy.KeyRing(
        active=2,
        data={**ring.data, 2: privacy.AESGCM(b"2" * 32)},
        index=ring.index,
        named=ring.named,
    )
    privacy.use(new)
    assert await liang.facts() == before
    await db.write(*library.declare(liang.id, {"email": "a@example.cn"}, case="4406"))
    await liang.door.city.work()
    privacy.use(dataclasses.replace(new, data={2: new.data[2]}))
    with pytest.raises(privacy.SealBroken):
        await liang.facts("sex")
    assert (await liang.facts("email"))["email"] == "a@example.cn"


async def test_nothing_personal_is_kept_in_the_open(liang):
    words = ("梁嘉欣", LIANG.id_number, LIANG.phone, "陈乐怡", "祖庙", "男", "female")
    for table in ("person", "facts", "assertion", "access", "feed"):
        for row in await db.rows(f"SELECT * FROM library_{table}"):
            shown = " ".join(
                bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v)
                for v in dict(row).values()
            )
            assert not [word for word in words if word in shown], table
