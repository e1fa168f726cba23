"""Machines in halls: named by an administrator, enrolled once, told on the phone, revoked."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth import demo
from auth.usecases import load_staff
from auth.usecases.places import MOST_SECONDS
from backend.kernel import clock, db
from tests.auth.conftest import Door, refusal
from tests.auth.test_members import journal, sign_in, staff

PLACES, OWN = "/auth/staff/places", "/auth/places/own"
KIOSK = {
    "name": "3号自助机",
    "kind": "kiosk",
    "department": "",
    "district": "440605",
    "hall": "南海大厅",
}


async def offered(admin: httpx2.AsyncClient, **more: str) -> dict[str, Any]:
    answer = await admin.post(PLACES, json={**KIOSK, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def enrolled(door: Door, code: str) -> httpx2.AsyncClient:
    machine = await door.visitor()
    answer = await machine.post(OWN, json={"code": code.upper()})
    assert answer.status_code == 201, answer.text
    return machine


async def scanned(machine: httpx2.AsyncClient, phone: httpx2.AsyncClient) -> dict[str, Any]:
    """The phone reads the machine's QR code, sees who asks, and picks the number."""
    number = (await machine.post("/auth/screens")).json()["number"]
    code = (await machine.post("/auth/screens/own/codes")).json()["code"]
    prompt: dict[str, Any] = (await phone.post("/auth/scans", json={"code": code})).json()
    path = f"/auth/prompts/{prompt['id']}/answer"
    assert (await phone.post(path, json={"number": number})).status_code == 204
    assert (await machine.post("/auth/screens/own/session")).status_code == 201
    return prompt


async def test_the_phone_says_at_which_machine_one_stands(door: Door) -> None:
    admin, phone = await staff(door, "admin"), await door.registered()
    offer = await offered(admin)
    machine = await enrolled(door, offer["code"])
    assert (await machine.get(OWN)).json() == {"name": "南海大厅 3号自助机", "kind": "kiosk"}
    assert "yimen_place" not in str(dict(phone.cookies))
    start = clock.now()
    with clock.showing(start):
        prompt = await scanned(machine, phone)
        assert prompt["place"] == "南海大厅 3号自助机"
        session = (await machine.get("/auth/session")).json()
        assert session["signed_in"]
        assert session["expires_at"] == clock.rfc3339(start + timedelta(seconds=MOST_SECONDS))
    # a browser of nobody's says nothing of a place, and lives as long as the phone
    other = await door.visitor()
    assert (await other.get(OWN)).json() == {"name": "", "kind": ""}
    assert (await scanned(other, phone))["place"] == ""
    # gone at once
    path = f"{PLACES}/{offer['place']['id']}"
    assert (await admin.delete(path)).status_code == 204
    assert (await machine.get(OWN)).json()["name"] == ""
    assert (await scanned(machine, phone))["place"] == ""
    assert refusal(await admin.delete(path)) == (404, "not_found")
    acts = [(act, by) for act, by, _ in await journal(admin, offer["place"]["id"])]
    assert acts == [("revoked", "管理员老简"), ("enrolled", ""), ("offered", "管理员老简")]


async def test_a_code_works_once_and_for_ten_minutes(door: Door) -> None:
    admin = await staff(door, "admin")
    code = (await offered(admin))["code"]
    machines = [await door.visitor() for _ in range(10)]
    answers = await asyncio.gather(
        *(machine.post(OWN, json={"code": code}) for machine in machines)
    )
    assert sorted(one.status_code for one in answers) == [201] + [422] * 9
    assert refusal(await machines[0].post(OWN, json={"code": code})) == (422, "place_code_wrong")
    late = (await offered(admin, name="4号自助机"))["code"]
    with clock.showing(clock.now() + timedelta(minutes=10, seconds=1)):
        answer = await machines[0].post(OWN, json={"code": late})
        assert refusal(answer) == (422, "place_code_wrong")
    kept = str([dict(row) for row in await db.rows("SELECT * FROM auth_place")])
    assert code.replace("-", "") not in kept


async def test_another_machine_takes_the_place_over(small_door: Door) -> None:
    admin = await staff(small_door, "admin")
    offer = await offered(admin)
    former = await enrolled(small_door, offer["code"])
    again = (await admin.post(f"{PLACES}/{offer['place']['id']}/codes")).json()
    assert (await former.get(OWN)).json()["name"]  # until the other one is there
    machine = await enrolled(small_door, again["code"])
    assert (await machine.get(OWN)).json()["name"]
    assert (await former.get(OWN)).json()["name"] == ""


async def test_guessing_codes_is_counted(small_door: Door) -> None:
    visitor = await small_door.visitor()
    tries = [await visitor.post(OWN, json={"code": f"guess-{n:05}"}) for n in range(25)]
    assert (tries[0].status_code, tries[-1].status_code) == (422, 429)


async def test_a_window_is_called_what_the_administrator_called_it(small_door: Door) -> None:
    admin, clerk = await staff(small_door, "admin"), await staff(small_door, "clerk.gjj")
    phone = await small_door.registered()
    code = (await offered(admin, name="3号窗口", kind="window"))["code"]
    assert (await clerk.post(OWN, json={"code": code})).status_code == 201
    digits = (await phone.post("/auth/window/codes")).json()["code"]
    body = {"code": digits, "window": "随便写的", "purpose": "progress"}
    assert (await clerk.post("/auth/staff/readings", json=body)).status_code == 201
    prompt = (await phone.get("/auth/prompt")).json()["prompt"]
    assert prompt["window"] == "南海大厅 3号窗口"


async def test_who_may_enrol_places_and_where(small_door: Door) -> None:
    admin = await staff(small_door, "admin")
    hall = await staff(small_door, "admin.hall", district="440605", hall="南海大厅")
    await load_staff(demo.staff(), only_new=True)
    mine, foreign = await offered(hall), await offered(admin, hall="禅城大厅")
    shown = (await hall.get(PLACES)).json()["places"]
    assert [one["id"] for one in shown] == [mine["place"]["id"]]
    path = f"{PLACES}/{foreign['place']['id']}"
    assert refusal(await hall.delete(path)) == (404, "not_found")
    assert refusal(await hall.post(f"{path}/codes")) == (404, "not_found")
    wider = await hall.post(PLACES, json={**KIOSK, "hall": ""})
    assert refusal(wider) == (403, "beyond_your_post")
    assert refusal(await hall.post(PLACES, json={**KIOSK, "name": " "})) == (422, "check_input")
    for login in ("clerk.ga", "chief.ga", "supervisor"):
        browser = await sign_in(small_door, login, demo.PASSWORD)
        for method, at in (
            ("GET", PLACES), ("POST", PLACES), ("DELETE", path), ("POST", f"{path}/codes"),
        ):  # fmt: skip
            assert refusal(await browser.request(method, at)) == (403, "not_for_you"), (login, at)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "é"])
async def test_a_made_up_token_is_no_place(small_door: Door, token: str) -> None:
    from auth.usecases import places

    assert await places.here(token) is None
