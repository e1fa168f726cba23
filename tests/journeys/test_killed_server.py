"""A server is killed in the middle of many submissions: what it has acknowledged is there.

A real server process, real connections, ``kill -9``, on both sets of parts.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from backend.app import City, opened
from backend.kernel.settings import Settings
from tests import city as made
from tests.conftest import OpenCity
from tests.services.city import CityProcess

ITEM = "fund-rent-withdrawal"
SUBMISSIONS = 60
AT_ONCE = 12
KILLED_AFTER = 20


class Server:
    """A server process, and somebody who is signed in to it."""

    def __init__(self, process: CityProcess, http: httpx2.AsyncClient) -> None:
        self.process = process
        self.http = http

    async def submit(self, body: dict[str, Any], key: str) -> str | None:
        """The case's number, once the server has acknowledged it; None when it is gone."""
        try:
            answer = await self.http.post("/api/cases", json=body, headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            return None
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    async def numbers(self) -> list[str]:
        """The numbers of all of the person's cases, page by page."""
        found: list[str] = []
        query: dict[str, str] = {}
        while True:
            answer = await self.http.get("/api/cases", params=query)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += [case["number"] for case in page["cases"]]
            if page["next"] is None:
                return found
            query = {"cursor": page["next"]}


async def test_no_acknowledged_submission_is_lost(parts: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    headers, body = await _somebody_ready(parts)
    keys = [made.key() for _ in range(SUBMISSIONS)]
    acknowledged: dict[str, str] = {}
    ended: list[int | None] = []

    async with _serving(parts, headers, log) as server:
        left = iter(keys)

        async def hand_in() -> None:
            for key in left:
                number = await server.submit(body, key)
                if number is None:
                    return
                acknowledged[key] = number
                if len(acknowledged) == KILLED_AFTER:
                    ended.append(server.process.kill())

        await asyncio.gather(*(hand_in() for _ in range(AT_ONCE)))
    assert ended == [-9]
    assert KILLED_AFTER <= len(acknowledged) < SUBMISSIONS

    async with _serving(parts, headers, log) as server:
        kept = await server.numbers()
        assert len(kept) == len(set(kept))
        assert set(acknowledged.values()) <= set(kept)

        # whoever got no answer asks again, and so do some who got one
        again = {key: await server.submit(body, key) for key in keys}
        assert {key: again[key] for key in acknowledged} == acknowledged
        assert set(kept) <= set(again.values())
        assert sorted(await server.numbers()) == sorted(str(number) for number in again.values())
        assert len(set(again.values())) == SUBMISSIONS


async def _somebody_ready(settings: Settings) -> tuple[dict[str, str], dict[str, Any]]:
    """The headers of a signed-in person, and a submission that passes every check."""
    city = OpenCity(City(settings), settings)
    async with opened(city.app), city._clients:
        person = await made.resident(city)
        body = await person.prepare(ITEM)
        cookie = "; ".join(f"{one.name}={one.value}" for one in person.http.cookies.jar)
        return {"Cookie": cookie, "X-CSRF-Token": str(person.http.headers["X-CSRF-Token"])}, body


@asynccontextmanager
async def _serving(settings: Settings, headers: dict[str, str], log: Path) -> AsyncIterator[Server]:
    """The server as operators start it, and somebody who is signed in to it."""
    with CityProcess(made.environ(settings), log) as process:
        # a request that is under way when the server dies fails at once; none waits for a clock
        address = f"http://127.0.0.1:{process.port}"
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=30) as http:
            yield Server(process, http)
