"""A clean city for every test, on both sets of parts.

1. ``parts`` gives ``Settings``, once embedded (SQLite, in-process cache, folder) and once as a
   city (PostgreSQL, Redis): a test that asks for it runs twice.
2. The tables are made once per run, by the city's own start, into a template; each test gets a
   copy: of a file, or of a database.
3. ``city_app`` opens the application in this process and hands out HTTP clients. Its worker runs
   when the test says ``await city_app.work()``, so nothing waits and nothing depends on luck.

4. ``browser`` is Debian's Chromium, one for the whole run; ``chromium`` and ``playwright`` are for
   those who start one of their own (a profile that stays, flags of its own).

The two servers start only when a test first needs them, and go with the run (``tests/services``).
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from backend import worker
from backend.app import City, opened
from backend.kernel import outbox
from backend.kernel.settings import Settings
from tests import services

pytest_plugins = ["tests.guards", "tests.thrift"]

ADDRESS = "http://localhost:8000"

BROWSING = ("browser", "journeys", "miniprogram", "relying_parties")
"""The folders in which ``make test`` looks for tests that drive a browser (``.ci/check.py``)."""

# on a busy machine a page may take its time
expect.set_options(timeout=15_000)

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, which ``make test`` finds or installs."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert found, "Chromium is missing: run `make test`, or set CHROMIUM to its path."
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one Playwright of this process; it keeps an event loop, so its tests run last."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium without a window; open a context of your own in it."""
    window = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
    yield window
    window.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser is marked and comes last: its event loop lets in no other."""
    for item in items:
        if {"playwright", "chromium"} & set(getattr(item, "fixturenames", ())):
            if item.path.relative_to(item.config.rootpath / "tests").parts[0] not in BROWSING:
                raise pytest.UsageError(f"{item.nodeid} drives a browser: move it to {BROWSING}")
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[services.PostgresServer]:
    """A real PostgreSQL server."""
    with services.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[services.RedisServer]:
    """A real Redis server."""
    with services.redis() as server:
        yield server


@dataclass(frozen=True)
class Template:
    """A city that was opened and closed once; ``state`` holds its keys and blobs."""

    state: Path
    database_url: str


@pytest.fixture(scope="session")
def embedded_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """An SQLite file with every table."""
    state = tmp_path_factory.mktemp("embedded-template")
    url = f"sqlite://{state / 'yimen.db'}"
    _open_once(_settings(state, database_url=url))
    return Template(state, url)


@pytest.fixture(scope="session")
def city_template(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: services.PostgresServer,
    redis_server: services.RedisServer,
) -> Template:
    """A PostgreSQL database with every table."""
    state = tmp_path_factory.mktemp("city-template")
    url = postgres_server.create_database()
    _open_once(_settings(state, database_url=url, redis_url=redis_server.fresh()))
    return Template(state, url)


@pytest.fixture(params=["embedded", "city"])
def parts(request: pytest.FixtureRequest) -> Settings:
    """Settings of a clean city: the test runs once on each set of parts."""
    fixture = "embedded_parts" if request.param == "embedded" else "city_parts"
    settings: Settings = request.getfixturevalue(fixture)
    return settings


@pytest.fixture
def embedded_parts(tmp_path: Path, embedded_template: Template) -> Settings:
    """Settings of a clean city on SQLite, for what only an embedded city does."""
    state = tmp_path / "state"
    shutil.copytree(embedded_template.state, state)
    return _settings(state, database_url=f"sqlite://{state / 'yimen.db'}")


@pytest.fixture
def city_parts(
    tmp_path: Path,
    city_template: Template,
    postgres_server: services.PostgresServer,
    redis_server: services.RedisServer,
) -> Iterator[Settings]:
    """Settings of a clean city on PostgreSQL and Redis."""
    state = tmp_path / "state"
    shutil.copytree(city_template.state, state)
    url = postgres_server.create_database(city_template.database_url)
    yield _settings(state, database_url=url, redis_url=redis_server.fresh())
    postgres_server.drop(url)


@dataclass
class OpenCity:
    """The application, open in this process."""

    app: City
    settings: Settings
    _clients: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def client(self, **headers: str) -> httpx2.AsyncClient:
        """A new visitor with cookies of their own; keyword arguments become headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx2.ASGITransport(app=self.app)
        visitor = httpx2.AsyncClient(transport=transport, base_url=ADDRESS, headers=named)
        return await self._clients.enter_async_context(visitor)

    async def work(self) -> int:
        """Carry out everything that is due in the outbox; the number of rows carried out."""
        dispatcher = outbox.Dispatcher(worker.OUTBOX)
        total = 0
        while done := await dispatcher.run_due():
            total += done
        return total


@pytest.fixture
async def city_app(parts: Settings) -> AsyncIterator[OpenCity]:
    """The city, open, on each set of parts."""
    async with _opened(parts) as city:
        yield city


@pytest.fixture
async def embedded_city(embedded_parts: Settings) -> AsyncIterator[OpenCity]:
    """The city, open, on SQLite alone: for tests in which storage plays no part."""
    async with _opened(embedded_parts) as city:
        yield city


class _opened:  # noqa: N801
    def __init__(self, settings: Settings) -> None:
        self._stack = AsyncExitStack()
        self._city = OpenCity(City(settings), settings)

    async def __aenter__(self) -> OpenCity:
        await self._stack.enter_async_context(opened(self._city.app))
        await self._stack.enter_async_context(self._city._clients)
        return self._city

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


def _settings(state: Path, **chosen: Any) -> Settings:
    return Settings(
        state_dir=state, base_url=ADDRESS, demo=True, sandboxes=True, worker="outside", **chosen
    )


def _open_once(settings: Settings) -> None:
    async def open_and_close() -> None:
        async with opened(City(settings)):
            pass

    # in a thread of its own, since an event loop may be running in this one
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, open_and_close()).result()
