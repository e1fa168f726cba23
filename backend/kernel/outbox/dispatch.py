"""Carries rows out: leases, bounded concurrency, backoff with jitter, dead letters."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from backend.kernel import clock, log, metrics
from backend.kernel.errors import Refusal
from backend.kernel.outbox import models
from backend.kernel.outbox.models import GiveUp, Job

Handler = Callable[[Job], Awaitable[None]]

LEASE_SECONDS = 60
LOOK_EVERY = 0.5
MAX_ATTEMPTS = 12
FIRST_WAIT = 2.0
LONGEST_WAIT = 3600.0


def wait_before(attempt: int) -> timedelta:
    """How long after a failed attempt the next one comes: doubling, half of it random."""
    full = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
    return timedelta(seconds=full / 2 + random.uniform(0, full / 2))


class Dispatcher:
    """Takes rows from the outbox and gives each to the handler of its kind."""

    def __init__(self, handlers: Mapping[str, Handler], *, at_once: int = 16) -> None:
        self._handlers = handlers
        self._at_once = at_once
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let rows in hand finish, then return from ``run``."""
        self._stopping.set()
        models.nudge()

    async def run(self) -> None:
        """Work until stopped."""
        nudged = models.nudges()
        while not self._stopping.is_set():
            nudged.clear()
            try:
                worked = await self.run_due()
            except Exception as error:  # the database may be away; the rows are not lost
                log.failure("outbox.unreachable", error)
                worked = 0
            if not worked:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(nudged.wait(), LOOK_EVERY)

    async def run_due(self) -> int:
        """Carry out what is due now; the number of rows taken."""
        jobs = await models.lease(self._at_once * 4, seconds=LEASE_SECONDS)
        gate = asyncio.Semaphore(self._at_once)
        await asyncio.gather(*(self._carry(job, gate) for job in jobs))
        return len(jobs)

    async def _carry(self, job: Job, gate: asyncio.Semaphore) -> None:
        async with gate:
            handler = self._handlers.get(job.kind)
            if handler is None:
                await models.bury(job, error="no_handler")
                return
            try:
                async with asyncio.timeout(LEASE_SECONDS * 0.8):
                    await handler(job)
            except GiveUp as verdict:
                await models.bury(job, error=verdict.code)
                metrics.outbox_jobs.labels(job.kind, "dead").inc()
            except Exception as error:
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
