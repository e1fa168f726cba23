"""A city with people in it, filled through HTTP as phones and clerks' browsers would.

Readers have a My Space as it is after some use; applicants hand in again and again.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson

from benchmarks.asks import Ask, Told
from tests import city as made
from tests.city import Visitor
from tests.conftest import OpenCity

ITEM = "fund-rent-withdrawal"
CLERK = "chief.gjj"
READERS = ("19900000001", "19900000011", "19900000012", "19900000016")
APPLICANTS = ("19900000015", "19900000004")
GROWING = "19900000003"
CASES_OF_A_READER = 3
MORE = 10

OPERATIONS = {
    "open": "open a pre-filled form",
    "space": "My Space",
    "submit": "submit",
    "step": "a clerk accepts",
}


READS = frozenset({"open", "space"})
"""What may be asked again and again; a write is used up."""


def _cookie(who: Visitor) -> dict[str, str]:
    pairs = "; ".join(f"{one.name}={one.value}" for one in who.http.cookies.jar)
    return {"cookie": pairs}


def _unsafe(who: Visitor) -> dict[str, str]:
    token = str(who.http.headers["X-CSRF-Token"])
    return {**_cookie(who), "x-csrf-token": token, "idempotency-key": made.key()}


def open_form(who: Visitor) -> Ask:
    return Ask("GET", f"/api/items/{ITEM}/application", _cookie(who))


def my_space(who: Visitor) -> Ask:
    return Ask("GET", "/api/space", _cookie(who))


def submit(who: Visitor, body: Any) -> Ask:
    return Ask("POST", "/api/cases", _unsafe(who), orjson.dumps(body), expect=201)


def accept(clerk: Visitor, number: str) -> Ask:
    body = orjson.dumps({"action": "accept", "seq": 1})
    return Ask("POST", f"/api/staff/cases/{number}/actions", _unsafe(clerk), body)


async def _use(who: Visitor, times: int) -> None:
    """Some cases, papers and drafts, as a person has them after some use."""
    cards = (await who.get("/api/items"))["items"]
    mine = [card for card in cards if card["online"] and card["audience"] == "person"]
    others = [card["code"] for card in mine if card["code"] != ITEM]
    for _ in range(times):
        await who.submit(ITEM)
        await who.upload("lease_contract")
    for item in others[:times]:
        await _draft(who, item, {})
    await who.city.work()


async def _draft(who: Visitor, item: str, values: dict[str, Any]) -> None:
    body = {"revision": 0, "values": values, "materials": {}}
    await who.ask("PUT", f"/api/drafts/{item}", json=body)


Recording = Callable[[OpenCity, Sequence[Ask]], Awaitable[Sequence[Told]]]


async def grow(city: OpenCity, record: Recording) -> dict[str, tuple[int, int]]:
    """Statements of each operation, for somebody with a little and with ten times more."""
    who, clerk = await made.resident(city, GROWING), await made.clerk(city, CLERK)
    counts = []
    for times in (1, MORE):
        await _use(who, times)
        number = (await who.submit(ITEM))["number"]
        asks = [open_form(who), my_space(who), submit(who, await who.prepare(ITEM))]
        told = await record(city, [*asks, accept(clerk, number)])
        counts.append([one.statements for one in told])
    return dict(zip(OPERATIONS, zip(*counts, strict=True), strict=True))


async def move_in(city: OpenCity, writes: int) -> dict[str, list[Ask]]:
    """Fill a city, with ``writes`` submissions and as many steps to be asked for."""
    readers = [await made.resident(city, phone) for phone in READERS]
    applicants = [await made.resident(city, phone) for phone in APPLICANTS]
    clerk = await made.clerk(city, CLERK)
    for reader in readers:
        await _use(reader, CASES_OF_A_READER)
        await _draft(reader, ITEM, (await reader.prepare(ITEM))["values"])
    bodies = [await who.prepare(ITEM) for who in applicants]
    numbers = [
        (await who.post("/api/cases", body, expect=201))["number"]
        for who, body in _in_turns(applicants, bodies, writes)
    ]
    await city.work()
    return {
        "open": [open_form(who) for who in readers],
        "space": [my_space(who) for who in readers],
        "submit": [submit(who, body) for who, body in _in_turns(applicants, bodies, writes)],
        "step": [accept(clerk, number) for number in numbers],
    }


def _in_turns(
    who: Sequence[Visitor], bodies: Sequence[Any], count: int
) -> list[tuple[Visitor, Any]]:
    return [(who[n % len(who)], bodies[n % len(who)]) for n in range(count)]
