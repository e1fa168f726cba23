"""The servers of the tests: real, clean, and gone with the run."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.services import programs

HOME = Path(__file__).parent.parent


async def test_a_copy_has_what_its_template_has_and_no_more(postgres_server):
    template = postgres_server.create_database()
    await _execute(template, "CREATE TABLE door (number int)")
    first, second = (postgres_server.create_database(template) for _ in range(2))
    await _execute(first, "INSERT INTO door VALUES (1)")
    assert await _value(first, "SELECT count(*) FROM door") == 1
    assert await _value(second, "SELECT count(*) FROM door") == 0
    for url in (first, second, template):
        postgres_server.drop(url)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(first)


async def test_a_fresh_redis_database_is_empty(redis_server):
    for _ in range(70):  # more than there are, so each comes round again
        async with Redis.from_url(redis_server.fresh()) as redis:
            assert await redis.dbsize() == 0
            await redis.set("door", "open")


def test_servers_do_not_outlive_a_killed_run():
    code = (
        "import signal, sys\n"
        "from tests import services\n"
        "p, r = services.postgres(), services.redis()\n"
        "print(p.port, r.port, p.folder, r.folder, flush=True)\n"
        "signal.pause()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code], cwd=HOME, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout
    *ports, postgres_folder, redis_folder = run.stdout.readline().split()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    gone_by = time.monotonic() + 15
    while any(_answers(int(port)) for port in ports) or any(
        Path(folder).exists() for folder in (postgres_folder, redis_folder)
    ):
        assert time.monotonic() < gone_by, "the servers are still there"
        time.sleep(0.05)


def test_an_unknown_choice_of_servers_is_refused(monkeypatch):
    monkeypatch.setenv("TEST_SERVERS", "cloud")
    with pytest.raises(programs.Missing, match="'machine' or 'wheels'"):
        programs.redis_program()


@pytest.mark.parametrize("choice", ["machine", "wheels"])
def test_what_is_missing_is_said(monkeypatch, choice):
    monkeypatch.setenv("TEST_SERVERS", choice)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(programs, "MACHINE", ())
    monkeypatch.setattr(programs, "_in_wheel", lambda module, pattern: None)
    with pytest.raises(programs.Missing, match="Install Debian's package 'postgresql'"):
        programs.postgres_folder()
    with pytest.raises(programs.Missing, match="Install Debian's package 'redis-server'"):
        programs.redis_program()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def _value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    value = await connection.fetchval(query)
    await connection.close()
    return value
