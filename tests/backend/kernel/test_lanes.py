"""Connections of PostgreSQL that go from hand to hand."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend.kernel.postgres import Lanes
from tests.services import PostgresServer

LANES = 2


@pytest.fixture
async def lanes(postgres_server: PostgresServer) -> AsyncIterator[Lanes]:
    url = postgres_server.create_database()
    opened = Lanes(lambda: asyncpg.connect(url), LANES)
    yield opened
    await opened.close()
    postgres_server.drop(url)


async def _ask(lanes: Lanes, sql: str) -> object:
    async with lanes.lane() as connection:
        return await connection.fetchval(sql)


async def test_many_share_a_few(lanes: Lanes):
    found = await asyncio.gather(*(_ask(lanes, f"SELECT {n}") for n in range(40)))
    assert found == list(range(40))
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    assert await _ask(lanes, count) == LANES


async def test_one_who_goes_away_leaves_a_clean_lane(lanes: Lanes):
    connection = await lanes.take()
    pid = connection.get_server_pid()
    lanes.give(connection)
    asking = asyncio.create_task(_ask(lanes, "SELECT pg_sleep(60)"))
    state = f"SELECT state FROM pg_stat_activity WHERE pid = {pid}"
    while await _ask(lanes, state) != "active":
        pass
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await asyncio.gather(*(_ask(lanes, "SELECT 1") for _ in range(6))) == [1] * 6


async def test_one_who_waits_and_goes_away_holds_up_nobody(lanes: Lanes):
    held = [await lanes.take() for _ in range(LANES)]
    waiting = [asyncio.create_task(_ask(lanes, "SELECT 1")) for _ in range(3)]
    await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0))})
    waiting[0].cancel()
    lanes.give(held.pop())
    waiting[1].cancel()
    assert await waiting[2] == 1
    lanes.give(held.pop())


async def test_a_half_done_transaction_is_not_handed_on(lanes: Lanes):
    connection = await lanes.take()
    await connection.execute("CREATE TABLE door (number int)")
    await connection.execute("BEGIN")
    await connection.execute("INSERT INTO door VALUES (1)")
    lanes.give(connection)
    assert await _ask(lanes, "SELECT count(*) FROM door") == 0


async def test_a_lane_that_the_server_closed_is_replaced(lanes: Lanes):
    first, second = await lanes.take(), await lanes.take()
    lanes.give(second)
    lanes.give(first)
    await _ask(lanes, f"SELECT pg_terminate_backend({second.get_server_pid()}, 5000)")
    found = await asyncio.gather(*(_ask(lanes, f"SELECT {n}") for n in range(4)))
    assert found == [0, 1, 2, 3]


async def test_a_lane_given_back_after_the_end_is_closed(postgres_server: PostgresServer):
    url = postgres_server.create_database()
    lanes = Lanes(lambda: asyncpg.connect(url), 1)
    held = await lanes.take()
    late = asyncio.create_task(_ask(lanes, "SELECT 1"))
    await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0))})
    await lanes.close()
    lanes.give(held)
    assert held.is_closed()
    with pytest.raises(ConnectionError):
        await late
    postgres_server.drop(url)
