"""The cache goes away: a clear 503, nobody is let in, and it comes back by itself."""

from collections.abc import AsyncIterator

import pytest

from backend.app import City, opened
from backend.kernel import cache
from backend.kernel.settings import Settings
from tests import city as made
from tests.conftest import OpenCity


@pytest.fixture
async def real_city(city_parts: Settings) -> AsyncIterator[OpenCity]:
    """A city on PostgreSQL and Redis; the embedded cache cannot go away alone."""
    city = OpenCity(City(city_parts), city_parts)
    async with opened(city.app), city._clients:
        yield city


async def test_without_the_cache_the_door_says_try_again(real_city: OpenCity) -> None:
    person = await made.resident(real_city)
    real, nowhere = cache.redis(), cache.connect("redis://127.0.0.1:1/0")
    cache.use(nowhere)
    answer = await person.ask("GET", "/api/notices")
    cache.use(real)
    await nowhere.aclose()
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"]
    await person.get("/api/notices")
