"""Promise 9: the door never tells whom the city knows, by status, length, headers or limits.

How long the answers take is measured by ``python -m benchmarks.enumeration``: a clock on a busy
machine is no test.
"""

import pytest

from tests.auth.conftest import HUANG, LIANG, STRANGER, Door
from tests.auth.pairs import ASKS, once, pairs, settle, somebody
from tests.conftest import OpenCity

PAIRS = 25


@pytest.mark.parametrize("name", ASKS)
async def test_promise_09_known_and_unknown_look_the_same(
    embedded_city: OpenCity, name: str
) -> None:
    await settle(PAIRS)
    async for known, unknown in pairs(embedded_city, ASKS[name], PAIRS):
        looks = [(told.status, told.length, told.code, told.headers) for told in (known, unknown)]
        assert looks[0] == looks[1]
        assert known.status in (202, 403, 422)


@pytest.mark.parametrize("name", ASKS)
async def test_promise_09_the_limits_bite_alike(embedded_city: OpenCity, name: str) -> None:
    await settle(1)
    series = [
        [
            (told.status, told.code)
            for turn in range(13)
            if (told := await once(embedded_city, ASKS[name], who, address=address))
        ]
        for who, address in (
            (somebody(0, known=True), "10.0.0.1"),
            (somebody(0, known=False), "10.0.0.2"),
        )
    ]
    assert series[0] == series[1]


async def test_promise_09_registering_as_another_tells_nothing(door: Door) -> None:
    """Right name and number, an own phone and its code: an account, or none, look the same."""
    await door.registered(LIANG)
    told = []
    for who, phone in ((LIANG, STRANGER), (HUANG, "19900009998")):
        browser = await door.visitor()
        body = {**who.body, "phone": phone, "code": await door.code(phone, "register")}
        answer = await browser.post("/auth/registrations", json=body)
        session = answer.json()
        browser.headers["X-CSRF-Token"] = session["csrf_token"]
        page = (await browser.get("/auth/assurance")).json()
        told.append((
            answer.status_code, len(answer.content), session["level"], page["troubles"],
            page["ways"],
        ))  # fmt: skip
    assert told[0] == told[1]
