"""At a window the phone says who stands there (窗口亮码认人)."""

import asyncio
from datetime import timedelta
from typing import Any

from backend.kernel import clock, db
from tests import city as made
from tests.auth.conftest import refusal
from tests.city import ELDER, Visitor
from tests.conftest import OpenCity

RENT = "GJJ-ZFTQ"


async def shown(person: Visitor) -> str:
    found: dict[str, Any] = await person.post("/auth/window/codes", expect=201)
    assert len(found["code"]) == 8
    return str(found["code"])


def reading(code: str) -> dict[str, str]:
    return {"code": code, "window": "3号窗口", "purpose": "progress"}


async def read(clerk: Visitor, code: str) -> dict[str, Any]:
    found: dict[str, Any] = await clerk.post("/auth/staff/readings", reading(code), expect=201)
    return found


async def agree(person: Visitor, number: str) -> None:
    prompt = (await person.get("/auth/prompt"))["prompt"]
    body = {"number": number}
    await person.ask("POST", f"/auth/prompts/{prompt['id']}/answer", expect=204, json=body)


async def test_the_window_knows_the_person_who_agreed(city_app: OpenCity) -> None:
    person, clerk = await made.resident(city_app), await made.clerk(city_app, "clerk.gjj")
    assert refusal(await clerk.ask("GET", "/api/staff/window")) == (404, "not_found")
    asked = await read(clerk, await shown(person))
    prompt = (await person.get("/auth/prompt"))["prompt"]
    assert (prompt["kind"], prompt["officer"], prompt["window"], prompt["purpose"]) == (
        "window", "窗口小邓", "3号窗口", "progress",
    )  # fmt: skip
    assert asked["number"] in prompt["numbers"]
    state = f"/auth/staff/readings/{asked['id']}"
    assert (await clerk.get(state))["state"] == "asked"
    assert refusal(await clerk.ask("GET", "/api/staff/window")) == (404, "not_found")
    await agree(person, asked["number"])
    assert (await clerk.get(state))["state"] == "agreed"
    who = await clerk.get("/api/staff/window")
    assert (who["name"], who["id_number"][:4], who["level"]) == ("梁嘉欣", "4406", "real_name")
    assert "*" in who["id_number"]
    # another session of another clerk knows nobody, and does not see the request
    other = await made.clerk(city_app, "clerk.ga")
    assert refusal(await other.ask("GET", "/api/staff/window")) == (404, "not_found")
    assert refusal(await other.ask("GET", state)) == (404, "not_found")
    # the person sees who looked, and what for
    await city_app.work()
    reads = (await person.get("/api/space/reads"))["reads"]
    assert any(one["purpose"] == "在窗口确认身份" for one in reads), reads
    kinds = [r["kind"] for r in await db.rows("SELECT kind FROM auth_event ORDER BY id")]
    assert kinds[-3:] == ["window_read", "handoff_agreed", "signed_in"]
    await clerk.delete("/auth/staff/readings")
    assert refusal(await clerk.ask("GET", "/api/staff/window")) == (404, "not_found")


async def test_a_no_or_a_wrong_number_tells_the_window_nothing(embedded_city: OpenCity) -> None:
    person = await made.resident(embedded_city)
    clerk = await made.clerk(embedded_city, "clerk.gjj")
    for pick in (None, "wrong"):
        asked = await read(clerk, await shown(person))
        prompt = (await person.get("/auth/prompt"))["prompt"]
        wrong = next(one for one in prompt["numbers"] if one != asked["number"])
        body = {"number": wrong if pick else None}
        await person.ask("POST", f"/auth/prompts/{prompt['id']}/answer", json=body)
        assert (await clerk.get(f"/auth/staff/readings/{asked['id']}"))["state"] == "refused"
        assert refusal(await clerk.ask("GET", "/api/staff/window")) == (404, "not_found")


async def test_the_next_person_takes_the_place_of_the_last(embedded_city: OpenCity) -> None:
    first = await made.resident(embedded_city)
    second = await made.resident(embedded_city, ELDER)
    clerk = await made.clerk(embedded_city, "clerk.gjj")
    start = clock.now()
    with clock.showing(start):
        await agree(first, (await read(clerk, await shown(first)))["number"])
        asked = await read(clerk, await shown(second))
        assert refusal(await clerk.ask("GET", "/api/staff/window")) == (404, "not_found")
        await agree(second, asked["number"])
        assert (await clerk.get("/api/staff/window"))["name"] == "黄伯明"
    with clock.showing(start + timedelta(seconds=880)):
        await clerk.get("/api/staff/window")
    with clock.showing(start + timedelta(seconds=901)):
        assert refusal(await clerk.ask("GET", "/api/staff/window")) == (404, "not_found")


async def test_promise_02_digits_are_read_once_and_live_thirty_seconds(city_app: OpenCity) -> None:
    person, start = await made.resident(city_app), clock.now()
    clerks = [await made.clerk(city_app, "clerk.gjj") for _ in range(4)]
    with clock.showing(start):
        code = await shown(person)
        answers = await asyncio.gather(
            *(clerks[n % 4].ask("POST", "/auth/staff/readings", json=reading(code))
              for n in range(100))
        )  # fmt: skip
        assert [a.status_code for a in answers].count(201) == 1
        assert {a.status_code for a in answers} <= {201, 403, 409, 429}
        assert len(await db.rows("SELECT 1 FROM auth_handoff WHERE kind = 'window'")) == 1
        late = await shown(person)
    with clock.showing(start + timedelta(seconds=31)):
        answer = await clerks[0].ask("POST", "/auth/staff/readings", json=reading(late))
        assert refusal(answer)[1] in ("window_code_over", "too_many_tries")
    dump = "".join(str(dict(row)) for row in await db.rows("SELECT * FROM auth_once"))
    assert code not in dump
