"""Carries rows out: leases, bounded concurrency, backoff with jitter, dead letters."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from backend.kernel import clock, log, metrics
from backend.kernel.errors import Refusal
from backend.kernel.outbox import models
from backend.kernel.outbox.models import GiveUp, Job

Handler = Callable[[Job], Awaitable[None]]

LOOK_EVERY = 0.5
MAX_ATTEMPTS = 12
FIRST_WAIT = 2.0
LONGEST_WAIT = 3600.0


def wait_before(attempt: int) -> timedelta:
    """How long after a failed attempt the next one comes: doubling, half of it random."""
    full = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
    return timedelta(seconds=full / 2 + random.uniform(0, full / 2))  # noqa: S311 - jitter, no secret


class Dispatcher:
    """Takes rows from the outbox and gives each to the handler of its kind.

    ``lease`` is how many seconds a row stays with this worker before another may take it; a
    handler gets four fifths of it, so that no row is ever in two hands.
    """

    def __init__(
        self, handlers: Mapping[str, Handler], *, at_once: int = 16, lease: int = 30
    ) -> None:
        self._handlers = handlers
        self._at_once = at_once
        self._lease = lease
        self._stopping = False
        self._running: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Let rows in hand finish, then return from ``run``."""
        self._stopping = True
        models.nudge()

    async def run(self) -> None:
        """Work until stopped."""
        nudged = models.nudges()
        while not self._stopping:
            nudged.clear()
            try:
                full = await self._take_more()
            except Exception as error:  # noqa: BLE001 - the database may be away; no row is lost
                log.failure("outbox.unreachable", error)
                full = False
            if not full or self._running:
                await self._rest(nudged)
        await asyncio.gather(*self._running)

    async def run_due(self) -> int:
        """Carry out all that is due now, whatever follows from it included; how many rows."""
        count = 0
        while True:
            await self._take_more()
            if not self._running:
                return count
            count += len(self._running)
            await asyncio.gather(*self._running)

    async def _take_more(self) -> bool:
        """Lease rows for the free hands; whether more may be due."""
        free = self._at_once - len(self._running)
        if free * 2 < self._at_once:
            return True
        jobs = await models.lease(free, seconds=self._lease)
        for job in jobs:
            task = asyncio.create_task(self._carry(job), name=job.kind)
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(jobs) == free

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.failure("outbox.not_kept", error)  # its lease runs out and it comes again

    async def _rest(self, nudged: asyncio.Event) -> None:
        """Until a row is finished, somebody nudges, or it is time to look again."""
        woken = asyncio.create_task(nudged.wait())
        await asyncio.wait(
            {woken, *self._running}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED
        )
        woken.cancel()

    async def _carry(self, job: Job) -> None:
        handler = self._handlers.get(job.kind)
        if handler is None:
            # Perhaps a newer release enqueued it: leave it to a worker that knows the kind.
            await self._failed(job, LookupError(job.kind))
            return
        try:
            async with asyncio.timeout(self._lease * 0.8):
                await handler(job)
        except GiveUp as verdict:
            await models.bury(job, error=verdict.code)
            metrics.outbox_jobs.labels(job.kind, "dead").inc()
        except Exception as error:  # noqa: BLE001 - whatever it was, the row waits and tries again
            await self._failed(job, error)
        else:
            await models.finish([job])
            metrics.outbox_jobs.labels(job.kind, "done").inc()

    async def _failed(self, job: Job, error: Exception) -> None:
        name = error.code if isinstance(error, Refusal) else type(error).__name__
        if not isinstance(error, Refusal):
            log.failure("outbox.failed", error, kind=job.kind, attempt=job.attempt)
        if job.attempt >= MAX_ATTEMPTS:
            await models.bury(job, error=name)
            metrics.outbox_jobs.labels(job.kind, "dead").inc()
            log.warning("outbox.dead", kind=job.kind, reason=name)
            return
        due_at = clock.now() + wait_before(job.attempt)
        await models.put_back(job, error=name, due_at=due_at)
        metrics.outbox_jobs.labels(job.kind, "retried").inc()
