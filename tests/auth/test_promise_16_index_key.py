"""Promise 16: the key of the look-up keys turns while people come in, and nobody is missed."""

import asyncio
import secrets
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from auth.models import companies, people
from backend.app import City, opened
from backend.kernel import blinds, clock, db, privacy, turning
from backend.kernel.settings import Settings, SettingsError
from tests import city as made
from tests.auth.crowd import Crowd
from tests.auth.test_companies import JIHUA, signed_up
from tests.auth.test_promise_16_stolen_dump import dumped
from tests.conftest import OpenCity

HOME = Path(__file__).parent.parent.parent
SOME = 400
SPREAD = "1.5"
"""Seconds for the new key to reach the other process: it looks once a second."""


async def operator(city: OpenCity, *words: str) -> str:
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend.cli", *words,
        cwd=HOME, env=made.environ(city.settings),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await done.communicate()
    assert done.returncode == 0, said.decode()
    return said.decode()


async def forms() -> dict[str, set[str]]:
    """What stands in every column of look-up keys."""
    return {
        f"{one.table}.{one.name}": {
            row["form"]
            for row in await db.read(
                f"SELECT {one.name} AS form FROM {one.table} WHERE {one.name} IS NOT NULL"
            )
            if not row["form"].startswith("-")
        }
        for one in turning.columns()
    }


async def told_by(settings: Settings) -> bytes:
    """A dump, without what SQLite keeps in the slack of its pages until the next ``VACUUM``."""
    if not db.on_sqlite():
        return await dumped(settings)
    with sqlite3.connect(settings.database_url.removeprefix("sqlite://")) as connection:
        return "\n".join(connection.iterdump()).encode()


def turn(city: OpenCity) -> None:
    """What ``keys --turn-index`` does, and this process hears of it at once."""
    assert city.settings.keys_file is not None
    privacy.turn_index_key(city.settings.keys_file)
    assert privacy.refresh()


@asynccontextmanager
async def going_on(*doings: Callable[[], Awaitable[object]]) -> AsyncIterator[list[int]]:
    """Everybody does what they do again and again; how often each has done it."""
    done, over = [0] * len(doings), asyncio.Event()

    async def again(number: int) -> None:
        while not over.is_set():
            await doings[number]()
            done[number] += 1
            await asyncio.sleep(0)  # a read of SQLite gives way to nobody

    tasks = [asyncio.create_task(again(number)) for number in range(len(doings))]
    try:
        yield done
    finally:
        over.set()
        await asyncio.gather(*tasks)


async def test_promise_16_the_index_key_turns_while_people_come_in(
    city_app: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    tireless = city_app.settings.model_copy(update={"budget_factor": 1000})
    monkeypatch.setattr("backend.kernel.settings._current", tireless)
    crowd = Crowd(SOME)
    await crowd.move_in(city_app.settings)
    one = await made.resident(city_app)
    openid = await one.link_wechat()
    await one.allow_push("a")
    me = made.demo_person(made.TOUR)
    await signed_up(one.http)
    case = await one.submit("fund-rent-withdrawal")
    clerk = await made.clerk(city_app, "chief.gjj")
    visitor = await made.visitor(city_app)

    async def by_phone() -> None:
        n = secrets.randbelow(SOME)
        assert await people.find_account(phone_blind=people.blind_phone(crowd.phones[n]))

    async def by_number() -> None:
        n = secrets.randbelow(SOME)
        blind = people.blind_id_number(crowd.numbers[n])
        assert await people.find_account(id_number_blind=blind)

    async def by_wechat() -> None:
        assert await made.auth.person_by_openid(openid) == one.person_id

    async def by_uscc() -> None:
        assert await companies.find_by_uscc(JIHUA)

    async def search() -> None:
        found = await clerk.post("/api/staff/cases/search", {"q": me["id_number"]})
        assert [row["number"] for row in found["cases"]] == [case["number"]]

    async def push_again() -> None:
        await one.allow_push("a")

    async def newcomer() -> None:
        if (phone := next(newcomers, None)) is not None:
            await (await made.visitor(city_app)).register(made.demo_person(phone))

    newcomers = iter((made.ELDER, "19900000011", "19900000003"))
    before = await forms()
    assert sum(map(len, before.values())) > 4 * SOME
    everybody = (by_phone, by_number, by_wechat, by_uscc, search, push_again, newcomer)
    async with going_on(*everybody) as done:
        assert "index key 2" in await operator(city_app, "keys", "--turn-index")
        said = await operator(city_app, "reindex", SPREAD)
        assert "brought under the newest index key: " in said
    assert min(done) > 3
    after = await forms()
    assert {form[0] for column in after.values() for form in column} == {"g"}
    assert all(after[name] or not before[name] for name in before)
    dump = await told_by(city_app.settings)
    assert not [f for column in before.values() for f in column if f.encode() in dump]
    # all is as it was, and once more: the third key
    await visitor.sign_in(me["phone"])
    assert not blinds.turning
    async with going_on(by_number, search) as done:
        turn(city_app)
        assert await turning.reindex(spread=0, say=print) > SOME
    assert {form[0] for column in (await forms()).values() for form in column} == {"h"}
    assert await turning.reindex(spread=0, say=print) == 0


async def moved(city: OpenCity) -> None:
    """The operator's command was stopped after its first step: nothing is brought yet."""
    turn(city)
    await turning._move(2)


async def test_nobody_gets_two_accounts_while_it_turns(city_app: OpenCity) -> None:
    one = await made.resident(city_app)
    openid = await one.link_wechat()
    await one.allow_push("a")
    await made.resident(city_app, made.ELDER)
    await moved(city_app)
    assert {form[0] for form in (await forms())["auth_person.phone_blind"]}.isdisjoint("g")
    # the same number and phone again: her own account, which nothing but the code opens
    again = await made.visitor(city_app)
    with clock.showing(clock.in_seconds(120)):
        await again.register(made.demo_person(made.TOUR))
    assert again.person_id == one.person_id
    # a phone that is somebody else's is theirs in either form
    with pytest.raises(db.IntegrityError):
        await db.write(people.moving_phone(one.person_id, made.ELDER))
    # the same WeChat account and the same browser once more
    await one.link_wechat()
    await one.allow_push("a")
    assert await made.auth.person_by_openid(openid) == one.person_id
    for table in ("auth_link", "notice_push", "library_person"):
        found = await db.read_one(f"SELECT count(*) AS many FROM {table}")
        assert found is not None
        assert found["many"] == (2 if table == "library_person" else 1), table
    # the operator begins again, and ends
    assert await turning.reindex(spread=0, say=print) > 0
    assert {form[0] for column in (await forms()).values() for form in column} == {"g"}


async def test_a_machine_without_the_new_key_spoils_nothing(city_app: OpenCity) -> None:
    one = await made.resident(city_app)
    await made.resident(city_app, made.ELDER)
    behind = privacy.ring()
    await moved(city_app)
    ahead = privacy.ring()
    before = await forms()
    guest = await made.visitor(city_app)
    assert (await guest.ask("GET", "/readyz")).status_code == 200
    # the same file as before, and no way to the new one
    privacy.use(privacy.KeyRing(behind.active, behind.data, behind.index, behind.named))
    assert (await guest.ask("GET", "/readyz")).status_code == 503
    answer = await guest.ask("POST", "/auth/codes", json={"phone": made.TOUR, "purpose": "sign_in"})
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert (await one.allow_push("a", expect=503))["code"] == "not_ready"
    moving = people.moving_phone(one.person_id, "19900007777")
    with pytest.raises(db.OldIndex):
        async with db.transaction():
            await db.execute(moving.sql, *moving.params)
    assert await forms() == before
    privacy.use(ahead)
    await guest.sign_in(made.TOUR)
    assert (await guest.ask("GET", "/readyz")).status_code == 200


async def test_a_city_does_not_open_with_a_key_file_from_before(parts: Settings) -> None:
    async with opened(City(parts)):
        assert parts.keys_file is not None
        old = parts.keys_file.read_bytes()
        privacy.turn_index_key(parts.keys_file)
        await turning.reindex(spread=0, say=print)
    parts.keys_file.write_bytes(old)
    with pytest.raises(SettingsError, match="keys --turn-index"):
        async with opened(City(parts)):
            pass
