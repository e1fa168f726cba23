"""Promise 21: when a part of the city goes away in the middle of something, nobody gets in by it,
nothing is given twice, and half a minute after it is back everything goes on.

The city is a process of its own, on PostgreSQL and Redis. The parts are cut off at the wire (as a
killed server is), or fall silent (as a broken network is); the device with the signing keys loses
its token.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from auth.usecases.provider import registry
from backend.app import City, opened
from backend.kernel import db
from backend.kernel.settings import Settings
from tests import city as made
from tests import services
from tests.auth.conftest import LIANG
from tests.auth.provider.conftest import BACK, challenge, registration
from tests.conftest import OpenCity, Template, _settings
from tests.services.city import CityProcess
from tests.services.softhsm import token
from tests.services.wire import Wire

Answer = TypeVar("Answer")

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECOVERED_WITHIN = 30.0
ANSWERED_WITHIN = 10.0
VERIFIER = "x" * 43
PHONES = iter(made.demo_person(f"1990000000{n}")["phone"] for n in (2, 3, 4))


@dataclass
class Served:
    """The city, its wires, and who looks into its database."""

    http: httpx2.AsyncClient
    person: httpx2.AsyncClient
    secret: str
    cache: Wire
    database: Wire
    gateway: Wire
    token: Path
    look: asyncpg.Connection

    async def sessions(self) -> int:
        return int(await self.look.fetchval("SELECT count(*) FROM auth_session"))

    async def families(self) -> int:
        sql = "SELECT count(*) FROM auth_grant"
        return int(await self.look.fetchval(sql))

    async def message(self, phone: str) -> list[dict[str, Any]]:
        answer = await self.http.get("/sandbox/sms/messages", params={"phone": phone})
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def code(self, purpose: str = "sign_in") -> str:
        """A code for LIANG, off the phone; the one of a moment ago is forgotten."""
        await self.look.execute("DELETE FROM auth_code")

        async def codes() -> list[str]:
            shown = await self.message(LIANG.phone)
            return [m["params"]["code"] for m in shown if "code" in m["params"]]

        seen = len(await codes())
        asked = await self.http.post("/auth/codes", json={"phone": LIANG.phone, "purpose": purpose})
        assert asked.status_code == 202, asked.text
        return (await until(codes, lambda found: len(found) > seen))[0]

    async def enter(self, code: str) -> httpx2.Response:
        """Try the code at the door."""
        body = {"phone": LIANG.phone, "code": code}
        self.http.cookies.clear()
        return await self.http.post("/auth/sessions", json=body)

    async def granted(self) -> str:
        """An authorization code for the department."""
        asked = {
            "client_id": "rs-portal", "response_type": "code", "scope": "openid",
            "redirect_uri": BACK, "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }  # fmt: skip
        answer = await self.person.get("/auth/authorize", params=asked)
        assert answer.status_code == 303, answer.text
        location = answer.headers["location"]
        if location.startswith("/authorize?"):
            request = parse_qs(urlsplit(location).query)["request"][0]
            page = await self.person.get(f"/auth/authorizations/{request}")
            shown = [one["element"] for one in page.json()["elements"]]
            agreed = await self.person.post(
                f"/auth/authorizations/{request}/agreement", json={"elements": shown}
            )
            location = agreed.json()["location"]
        return parse_qs(urlsplit(location).query)["code"][0]

    async def redeem(self, code: str) -> httpx2.Response:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
            "code_verifier": VERIFIER, "client_id": "rs-portal", "client_secret": self.secret,
        }  # fmt: skip
        return await self.http.post("/auth/token", data=form)


async def until(ask: Callable[[], Awaitable[Answer]], fits: Callable[[Answer], bool]) -> Answer:
    """Ask until the answer fits; the promise leaves half a minute."""
    deadline = time.monotonic() + RECOVERED_WITHIN
    while True:
        answer = await ask()
        if fits(answer):
            return answer
        assert time.monotonic() < deadline, answer
        await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def served(
    city_template: Template,
    postgres_server: services.PostgresServer,
    redis_server: services.RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Served]:
    """A city in which somebody is signed in and a department is registered."""
    folder = tmp_path_factory.mktemp("fails-closed")
    state = folder / "state"
    shutil.copytree(city_template.state, state)
    url = postgres_server.create_database(city_template.database_url)
    plain = _settings(state, database_url=url, redis_url=redis_server.fresh())
    headers, secret = await _somebody_ready(plain)
    device, config = token(folder)
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(Wire(urlsplit(plain.redis_url).port or 0))
        database = await stack.enter_async_context(Wire(urlsplit(url).port or 0))
        process = CityProcess({}, folder / "log")
        gateway = await stack.enter_async_context(Wire(process.port))
        chosen = plain.model_copy(
            update={
                "redis_url": cache.on(plain.redis_url), "database_url": database.on(url),
                "sms_url": f"http://127.0.0.1:{gateway.port}/sandbox/sms", "worker": "inside",
                "signing_keys": device, "database_pool": 3, "parts_timeout": 1.0,
            }
        )  # fmt: skip
        environ = made.environ(chosen, SOFTHSM2_CONF=str(config))
        process = CityProcess(environ, folder / "log", port=process.port)
        await asyncio.to_thread(process.start)
        stack.callback(process.kill)
        look = await asyncpg.connect(url)
        stack.push_async_callback(look.close)
        address = f"http://127.0.0.1:{process.port}"
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=30))
        person = httpx2.AsyncClient(base_url=address, timeout=30, headers=headers)
        await stack.enter_async_context(person)
        yield Served(
            http, person, secret, cache, database, gateway, folder / "tokens", look
        )  # fmt: skip
        assert process.pid  # it never ended


async def _somebody_ready(settings: Settings) -> tuple[dict[str, str], str]:
    city = OpenCity(City(settings), settings)
    async with opened(city.app), city._clients:
        person = await made.resident(city)
        scopes = {"scopes": ["openid"], "legal_basis": None}
        _, secret = await registry.add(registration("rs-portal", **scopes))
        await db.execute("DELETE FROM auth_signing_key")  # the served city has a device for them
        cookie = "; ".join(f"{one.name}={one.value}" for one in person.http.cookies.jar)
        headers = {"Cookie": cookie, "X-CSRF-Token": str(person.http.headers["X-CSRF-Token"])}
        return headers, secret


def gives_nothing(answer: httpx2.Response) -> None:
    """A plain no for now, without anything in it that opens something."""
    assert answer.status_code == 503, (answer.status_code, answer.text)
    assert answer.headers["retry-after"]
    assert "set-cookie" not in answer.headers
    assert not {"access_token", "id_token", "refresh_token", "token"} & set(answer.json())


@pytest.mark.parametrize("part", ["cache", "database"])
@pytest.mark.parametrize("how", ["killed", "silent"])
async def test_promise_21_without_a_part_nobody_gets_in(
    served: Served, part: str, how: str
) -> None:
    wire: Wire = getattr(served, part)
    code = await served.code()
    before = await served.sessions()
    if how == "killed":
        await wire.cut()
    else:
        wire.silence()
    try:
        began = time.monotonic()
        gives_nothing(await served.enter(code))
        assert time.monotonic() - began < ANSWERED_WITHIN
        assert (await served.http.get("/readyz")).status_code == 503
        assert (await served.http.get("/healthz")).status_code == 200
        assert await served.sessions() == before
    finally:
        await wire.mend()
    await until(lambda: served.enter(code), lambda answer: answer.status_code == 201)
    assert await served.sessions() == before + 1
    assert (await served.enter(code)).json()["code"] == "code_wrong"
    assert await served.sessions() == before + 1


async def test_promise_21_without_the_device_no_token_is_signed(served: Served) -> None:
    code, before = await served.granted(), await served.families()
    away = served.token.with_name("away")
    served.token.rename(away)
    try:
        gives_nothing(await served.redeem(code))
        assert await served.families() == before
    finally:
        away.rename(served.token)
    tokens = await until(lambda: served.redeem(code), lambda answer: answer.status_code == 200)
    assert tokens.json()["id_token"]
    assert await served.families() == before + 1
    assert (await served.redeem(code)).json()["error"] == "invalid_grant"


async def test_promise_21_without_the_gateway_the_message_waits_and_comes_once(
    served: Served,
) -> None:
    phone = next(PHONES)
    await served.gateway.cut()
    try:
        asked = {"phone": phone, "purpose": "register"}
        assert (await served.http.post("/auth/codes", json=asked)).status_code == 202
        assert await served.message(phone) == []
        body = {"phone": phone, "code": "000000"}
        assert (await served.http.post("/auth/sessions", json=body)).status_code == 422
    finally:
        await served.gateway.mend()
    await until(lambda: served.message(phone), bool)
    assert len(await served.message(phone)) == 1


@pytest.mark.parametrize("part", ["cache", "database"])
async def test_promise_21_what_is_cut_in_the_middle_is_not_given_twice(
    served: Served, part: str
) -> None:
    wire: Wire = getattr(served, part)
    code, before = await served.granted(), await served.families()
    given: list[int] = []

    async def redeem() -> None:
        answer = await served.redeem(code)
        given.append(answer.status_code)
        if len(given) == 4:
            await wire.cut()

    try:
        await asyncio.gather(*(redeem() for _ in range(24)))
    finally:
        await wire.mend()
    await until(lambda: served.http.get("/readyz"), lambda answer: answer.status_code == 200)
    answer = await until(lambda: served.redeem(code), lambda one: one.status_code != 503)
    given.append(answer.status_code)
    assert given.count(200) <= 1, given
    assert await served.families() <= before + 1
    assert await served.redeem(code) is not None
    tokens = await served.redeem(await served.granted())
    assert tokens.status_code == 200
