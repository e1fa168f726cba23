"""One value, read with as little ado as possible: the same as redis-py reads."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvloop
from redis.asyncio import Redis

from backend.kernel import cache, glance
from backend.kernel.errors import Refusal
from tests.services import RedisServer


@pytest.fixture(params=["memory", "redis"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    url = "memory://"
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        url = server.fresh()
    opened = cache.connect(url)
    cache.use(opened)
    yield opened
    cache.use(None)
    await opened.aclose()


async def test_it_sees_what_is_kept_changed_and_gone(client: Redis):
    assert await cache.get("door") is None
    await cache.put("door", b"open\r\n$3\r\n\x00", seconds=60)
    assert await cache.get("door") == b"open\r\n$3\r\n\x00"
    await cache.put("door", b"", seconds=60)
    assert await cache.get("door") == b""
    await cache.drop("door")
    assert await cache.get("door") is None


async def test_what_ran_out_is_not_there(client: Redis):
    await client.set("value:door", b"open", pxat=1)
    assert await cache.get("door") is None


async def _granted(name: str, times: int) -> bool:
    try:
        await cache.limit(name, "somebody", times=times, seconds=3600)
    except Refusal:
        return False
    return True


async def test_of_a_hundred_tries_at_once_as_many_count_as_may(client: Redis):
    assert sum(await asyncio.gather(*(_granted("door", 5) for _ in range(100)))) == 5
    with pytest.raises(Refusal) as refused:
        await cache.limit("door", "somebody", times=5, seconds=3600)
    assert 700 <= int(refused.value.params["seconds"]) <= 720  # one of five an hour comes back
    await client.delete("limit:door:somebody")
    assert await _granted("door", 5)


async def test_counting_by_glance_and_by_script_are_one(client: Redis):
    """Whoever counts, the next one goes on from there: after a cut line redis-py counts on."""
    by = {True: cache._glance, False: None}
    for place in range(5):
        cache._glance = by[place % 2 == 0]
        assert await _granted("door", 5)
    for glances in (True, False):
        cache._glance = by[glances]
        assert not await _granted("door", 5)
    cache._glance = by[True]


async def test_of_a_hundred_with_one_name_one_is_the_first(client: Redis):
    tries = await asyncio.gather(*(cache.once("proof", seconds=60) for _ in range(100)))
    assert sum(tries) == 1
    by = cache._glance
    cache._glance = None  # by redis-py the name is taken, too, and what it takes is taken here
    assert not await cache.once("proof", seconds=60)
    assert await cache.once("another", seconds=60)
    cache._glance = by
    assert not await cache.once("another", seconds=60)
    assert 50 < await client.ttl("once:proof") <= 60
    await client.set("once:old", b"1", pxat=1)
    assert await cache.once("old", seconds=60)


async def test_a_server_that_forgot_the_script_hears_it_again(redis_server: RedisServer):
    client = cache.connect(redis_server.fresh())
    cache.use(client)
    for _ in range(2):
        await client.script_flush()
        assert await _granted("door", 5)
        assert await _granted("door", 5)
    cache.use(None)
    await client.aclose()


async def test_the_embedded_cache_lets_go_of_what_ran_out():
    client = cache.connect("memory://")
    cache.use(client)
    for n in range(100):
        await client.set(f"value:{n}", b"open", pxat=1)
    await cache.put("door", b"open", seconds=60)
    kept = client.connection_pool.connection_kwargs["server"].dbs[0]._dict
    await cache.sweep()
    assert [*kept] == [b"value:door"]
    cache.use(None)
    await client.aclose()


async def test_a_crowd_waits_its_turn_and_nobody_is_turned_away(client: Redis):
    """redis-py's plain pool raises above a hundred at once."""
    kept = await asyncio.gather(
        *(cache.put_if_absent(f"crowd {n}", b"here", seconds=60) for n in range(500))
    )
    assert kept == [True] * 500


async def test_many_at_once_get_their_own(client: Redis):
    big = b"x" * 100_000
    await asyncio.gather(*(cache.put(str(n), b"%d" % n + big, seconds=60) for n in range(50)))
    found = await asyncio.gather(*(cache.get(str(n)) for n in range(60)))
    assert found == [b"%d" % n + big for n in range(50)] + [None] * 10


async def test_it_comes_back_after_the_line_was_cut(redis_server: RedisServer):
    client = cache.connect(redis_server.fresh())
    cache.use(client)
    await cache.put("door", b"open", seconds=60)
    assert await cache.get("door") == b"open"
    await client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    answers = await asyncio.gather(*(cache.get("door") for _ in range(5)))
    assert answers == [b"open"] * 5
    cache.use(None)
    await client.aclose()


async def test_one_who_goes_away_takes_nobody_elses_answer(redis_server: RedisServer):
    client = cache.connect(redis_server.fresh())
    wire = glance.into(client)
    assert wire is not None
    await client.set("a", b"1")
    await client.set("b", b"2")
    assert await wire.get("a") == b"1"
    first, second = asyncio.create_task(wire.get("a")), asyncio.create_task(wire.get("b"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == b"2"
    wire.close()
    await client.aclose()


async def test_where_nobody_answers_it_says_so():
    client = cache.connect("redis://127.0.0.1:1/0")
    wire = glance.into(client)
    assert wire is not None
    with pytest.raises(glance.Lost):
        await wire.get("door")
    await client.aclose()


def test_it_gets_through_on_the_servers_own_event_loop(redis_server: RedisServer):
    """The server runs on uvloop, whose transports descend from nothing of asyncio's."""

    async def look() -> tuple[bytes | None, str]:
        client = cache.connect(redis_server.fresh())
        cache.use(client)
        await cache.put("door", b"open", seconds=60)
        line = glance.into(client)
        assert line is not None
        try:
            return await line.get("value:door"), type(line).__name__
        finally:
            line.close()
            cache.use(None)
            await client.aclose()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(look()) == (b"open", "Wire")
