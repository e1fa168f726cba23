"""Opens HTTP clients on sandboxes in process, and closes them."""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest_asyncio
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis
from starlette.types import ASGIApp

Wire = Callable[[ASGIApp], httpx2.AsyncClient]


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Wire]:
    opened: list[httpx2.AsyncClient] = []

    def open_on(app: ASGIApp) -> httpx2.AsyncClient:
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://sandbox.invalid"
        )
        opened.append(client)
        return client

    yield open_on
    for client in opened:
        await client.aclose()


@pytest_asyncio.fixture
async def redis() -> AsyncIterator[Redis]:
    client = FakeAsyncRedis()
    yield client
    await client.aclose()
