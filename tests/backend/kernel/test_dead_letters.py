"""A row that keeps failing waits longer each time, lies with the dead, and can be sent again."""

import asyncio
import sys
from datetime import timedelta

from backend import worker
from backend.kernel import clock, db, outbox
from backend.kernel.outbox.dispatch import MAX_ATTEMPTS, wait_before
from backend.kernel.outbox.models import Job
from tests.city import environ
from tests.conftest import OpenCity


async def states() -> dict[str, int]:
    found = await db.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
    return {row["state"]: int(row["n"]) for row in found}


async def command(env: dict[str, str], *words: str) -> tuple[str, int | None]:
    """What ``backend.cli dead`` prints, and its status."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend.cli", "dead", *words, env=env, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await running.communicate()
    return printed.decode(), running.returncode


def test_waits_double_and_never_meet() -> None:
    waits = [wait_before(n) for n in range(1, MAX_ATTEMPTS)]
    assert timedelta(seconds=1) <= waits[0] <= timedelta(seconds=2)
    assert waits[-1] <= timedelta(hours=1)
    assert len({wait_before(5) for _ in range(50)}) > 1, "jitter, or all workers come back at once"


async def test_a_failing_row_is_tried_buried_and_revived(city_app: OpenCity) -> None:
    attempts: list[int] = []
    well = False

    async def carry(job: Job) -> None:
        attempts.append(job.attempt)
        if not well:
            raise ConnectionError

    dispatcher = outbox.Dispatcher({"t": carry})
    await outbox.enqueue("t", key="letter", payload={})
    at = clock.now()
    while (await states()).get("waiting"):
        with clock.showing(at):
            await dispatcher.run_due()
        at += timedelta(hours=2)
    assert attempts == list(range(1, MAX_ATTEMPTS + 1))
    assert await states() == {"dead": 1}

    env = environ(city_app.settings)
    listed, _ = await command(env)
    assert "ConnectionError  letter" in listed
    assert (await command(env, "--revive", "letter"))[1] == 0
    assert (await command(env, "--revive", "x"))[1] == 1
    well = True
    await dispatcher.run_due()
    assert await states() == {"done": 1}


async def test_a_handler_may_give_up_at_once(city_app: OpenCity) -> None:
    async def carry(job: Job) -> None:
        raise outbox.GiveUp("useless")

    await outbox.enqueue("t", key="letter", payload={})
    await outbox.Dispatcher({"t": carry}).run_due()
    assert await states() == {"dead": 1}


async def test_rows_carried_out_long_ago_are_forgotten(city_app: OpenCity) -> None:
    async def carry(job: Job) -> None:
        """Done."""

    await outbox.enqueue("t", key="letter", payload={})
    await outbox.Dispatcher({"t": carry}).run_due()
    await worker.sweep_outbox()
    assert await states() == {"done": 1}
    with clock.showing(clock.in_seconds(31 * 86400)):
        await worker.sweep_outbox()
    assert await states() == {}
