"""What happens without anybody asking: two tables, the outbox and the clock.

``OUTBOX`` names the use case for every kind of row; ``CLOCK`` the jobs that come round.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from auth import signing
from auth.usecases import alerts, audit, codes, market, raising, representing
from auth.usecases.provider import leaving
from auth.usecases.sweep import sweep_door
from backend.cases import usecases as cases
from backend.cases.usecases import joining
from backend.kernel import cache, clock, log, outbox, privacy, settings
from backend.kernel.outbox import models as outbox_rows
from backend.kernel.reseal import reseal
from backend.library import usecases as library
from backend.notices import account
from backend.notices import usecases as notices
from backend.vault import usecases as vault

OUTBOX: Mapping[str, outbox.Handler] = {
    "person.registered": vault.open_space,
    "company.registered": vault.open_companys_space,
    "library.pull": library.pull,
    "library.learn": library.learn,
    "vault.scan": vault.scan,
    "auth.sms": codes.send,
    "auth.alert": alerts.send,
    "auth.logout": leaving.tell,
    "person.merged": joining.join,
    "person.parted": joining.part,
    "person.told": account.tell,
    "account.webpush": account.send_webpush,
    "account.wechat": account.send_wechat,
    "notices.tell": notices.tell,
    "notices.webpush": notices.send_webpush,
    "notices.wechat": notices.send_wechat,
}


async def take_up_keys() -> None:
    """See whether the key file holds a new key."""
    privacy.refresh()


async def sweep_outbox() -> None:
    """Forget what was carried out a month ago."""
    await outbox_rows.sweep(clock.now() - timedelta(days=30))


# name: (use case, seconds between runs). Of many workers one runs a job in each round.
CLOCK: Mapping[str, tuple[Callable[[], Awaitable[object]], int]] = {
    "sweep_outbox": (sweep_outbox, 3600),
    "sweep_door": (sweep_door, 3600),
    "sweep_cache": (cache.sweep, 60),
    "take_up_keys": (take_up_keys, 60),
    "reseal": (reseal, 86400),
    "keep_audit_log": (audit.keep, 20),
    "rotate_signing_keys": (signing.rotate_due, 3600),
    "ask_silent_registers": (raising.ask_silent_again, 600),
    "lapse_assurances": (raising.lapse, 3600),
    "lapse_representations": (representing.lapse, 3600),
    "check_companies": (market.check_all, 600),
    "scan_overdue": (vault.scan_overdue, 600),
    "deem_accepted": (cases.deem_accepted, 600),
    "give_due_dates": (cases.give_due_dates, 3600),
}


async def _round(name: str, job: Callable[[], Awaitable[object]], seconds: int) -> None:
    while True:
        try:
            if await cache.once(f"clock:{name}", seconds=max(1, seconds - 1)):
                await job()
        except Exception as error:  # one failing job must not stop the others
            log.failure("clock.failed", error, job=name)
        await asyncio.sleep(seconds)


@asynccontextmanager
async def running() -> AsyncIterator[outbox.Dispatcher]:
    """The worker at work beside whatever the caller does."""
    dispatcher = outbox.Dispatcher(OUTBOX, lease=settings.current().outbox_lease)
    tasks = [asyncio.create_task(dispatcher.run(), name="outbox")]
    tasks += [
        asyncio.create_task(_round(name, job, seconds), name=name)
        for name, (job, seconds) in CLOCK.items()
    ]
    try:
        yield dispatcher
    finally:
        dispatcher.stop()
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
