"""A post's reach: the department's cases of the own district, and none for who gives out roles."""

import pytest

from auth import demo
from auth.usecases import load_staff
from backend.catalogue import usecases as catalogue
from tests.backend.cases.conftest import Officer, Town

RENT = "fund-rent-withdrawal"
NANHAI, CHANCHENG = "440605", "440604"


def town_of(district: str) -> str:
    """A town or street there, as the form offers it."""
    fields = [f for s in catalogue.get_form(RENT)["sections"] for f in s["fields"]]
    options = next(f["options"] for f in fields if f["code"] == "residence_region")
    return next(o["value"] for o in options if o["value"].startswith(district))


async def officer(town: Town, login: str, **post: str) -> Officer:
    """A clerk of the fund whose post names more than the office."""
    (clerk,) = [entry for entry in demo.staff() if entry["login"] == "clerk.gjj"]
    await load_staff([{**clerk, "login": login, **post}])
    browser = await town.door.visitor()
    body = {"login": login, "password": demo.PASSWORD}
    answer = await browser.post("/auth/staff/sessions", json=body)
    browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return Officer(browser)


async def numbers(who: Officer) -> list[str]:
    page = await who.get("/api/staff/cases")
    assert page["total"] == len(page["cases"])
    counted = await who.get("/api/staff/summary")
    assert counted["to_pre_review"] == len(page["cases"])
    return [one["number"] for one in page["cases"]]


async def test_a_district_sees_its_own_cases_and_the_office_all(town: Town) -> None:
    person = await town.citizen()
    made = {}
    for district in (NANHAI, CHANCHENG):
        body = await person.application(RENT)
        body["values"]["residence_region"] = town_of(district)
        answer = await person.post("/api/cases", body)
        assert answer.status_code == 201, answer.text
        made[district] = answer.json()["number"]
    here = await officer(town, "clerk.here", district=NANHAI)
    whole = await town.officer("clerk.gjj")
    watcher = await town.officer("supervisor")
    assert await numbers(here) == [made[NANHAI]]
    for one in (whole, watcher):
        assert set(await numbers(one)) == set(made.values())
    foreign = made[CHANCHENG]
    assert (await here.browser.get(f"/api/staff/cases/{foreign}")).status_code == 404
    tried = await here.tries(foreign, "accept", seq=1)
    assert tried.status_code == 404
    # by number and by ID number, too
    for q in (foreign, person.who.id_number):
        found = await here.searches(q)
        assert foreign not in [one["number"] for one in found["cases"]]


async def test_a_corrected_place_moves_the_case_to_the_other_district(town: Town) -> None:
    person = await town.citizen()
    body = await person.application(RENT)
    body["values"]["residence_region"] = town_of(NANHAI)
    number = (await person.post("/api/cases", body)).json()["number"]
    here = await officer(town, "clerk.here", district=NANHAI)
    there = await officer(town, "clerk.there", district=CHANCHENG)
    asked = [{"target": "field", "code": "residence_region", "reason": "和登记的不一样"}]
    await here.does(number, "request_correction", items=asked)
    values = {**body["values"], "residence_region": town_of(CHANCHENG)}
    answer = await person.post(
        f"/api/cases/{number}/correction", {"values": values, "materials": body["materials"]}
    )
    assert answer.status_code == 200, answer.text
    assert await numbers(here) == []
    assert await numbers(there) == [number]


async def test_a_matter_of_no_place_is_every_districts(town: Town) -> None:
    person = await town.citizen()
    number = (await person.submits("property-records-query"))["number"]
    here = await officer(town, "clerk.here", department="BDC", district=NANHAI)
    assert await numbers(here) == [number]


@pytest.mark.parametrize("path", ["/api/staff/summary", "/api/staff/cases"])
async def test_who_gives_out_roles_sees_no_cases(town: Town, path: str) -> None:
    admin = await town.officer("admin")
    answer = await admin.browser.get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_for_you")
