"""What the cache promises to everybody who shares it, on both sets of parts."""

import asyncio

from backend.kernel import cache
from tests.conftest import OpenCity


async def test_of_many_one_holds_a_name_and_only_the_holder_gives_it_back(
    city_app: OpenCity,
) -> None:
    done = asyncio.Event()

    async def try_it() -> bool:
        async with cache.lock("door", seconds=60) as ours:
            if ours:
                await done.wait()  # until every other one has been refused, and has let go
            return ours

    everybody = [asyncio.create_task(try_it()) for _ in range(100)]
    refused, holder = await asyncio.wait(everybody, return_when=asyncio.FIRST_COMPLETED)
    while len(holder) > 1:
        more, holder = await asyncio.wait(holder, return_when=asyncio.FIRST_COMPLETED)
        refused |= more
    done.set()
    assert [await one for one in holder] == [True]
    assert {await one for one in refused} == {False}

    async with cache.lock("door", seconds=60) as ours:
        assert ours  # given back


async def test_a_lock_that_ran_out_is_not_taken_from_the_next_holder(city_app: OpenCity) -> None:
    async with cache.lock("door", seconds=60) as first:
        await cache.redis().delete("lock:door")  # as after its seconds
        async with cache.lock("door", seconds=60) as second:
            assert first
            assert second
            kept = await cache.redis().get("lock:door")
        await cache.redis().set("lock:door", kept)
    assert await cache.redis().get("lock:door") == kept
