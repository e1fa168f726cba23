"""A rush at the door (一秒突增): from a third of the promised rate to all of it within one second.

The promise is 100 whole sign-ins a second without a password and 20 with one, on two cores that
also hold the database, Redis and whoever asks: nobody is turned away, and 99 of 100 are in within
300 ms, from the moment they wanted to.
"""

import asyncio
from collections.abc import Callable, Sequence

from benchmarks.sign_ins import town as towns
from benchmarks.sign_ins.walker import Walked, Walker, share

CALM_S, RISE_S, FULL_S = 6.0, 1.0, 15.0
PROMISED_MS = 300.0
HEADS = (
    "database",
    "sign-ins",
    "when",
    "a second",
    "count",
    "failed",
    "p50 ms",
    "p99 ms",
    "max ms",
)
PHASES = {
    "calm": (0.0, CALM_S),
    "the rise, and 3 s after": (CALM_S, CALM_S + RISE_S + 3),
    "full": (CALM_S + RISE_S, CALM_S + RISE_S + FULL_S),
}


def times(full: float) -> list[float]:
    """When people begin: a third of ``full`` a second, rising within a second to all of it."""
    found, at, due = [], 0.0, 0.0
    step = 0.001
    while at < CALM_S + RISE_S + FULL_S:
        risen = min(1.0, max(0.0, (at - CALM_S) / RISE_S))
        due += full * (1 / 3 + 2 / 3 * risen) * step
        if due >= 1:
            due -= 1
            found.append(at)
        at += step
    return found


def measured(
    database: str, *, full: float, passwords: float, say: Callable[[str], None]
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Rows of the table, and what broke the promise."""
    with towns.served(database, say) as (process, town):
        say(f"{database}: {full:.0f} sign-ins a second and {passwords:.0f} by password")

        async def rush() -> tuple[list[Walked], list[Walked]]:
            walker = Walker(process.port)
            ways, asked = towns.mixed(town), town.ways("password")
            # sessions read into the cache, keys made, code compiled: what a calm day has done
            await walker.all_of([next(ways) for _ in range(200)], at_once=8)
            await walker.all_of([next(asked) for _ in range(20)], at_once=2)
            found = await asyncio.gather(
                walker.at_times(ways, times(full)), walker.at_times(asked, times(passwords))
            )
            walker.close()
            return found

        plain, hashed = asyncio.run(rush())
    rows, faults = [], []
    for name, rate, walked in (("no password", full, plain), ("password", passwords, hashed)):
        for phase, (since, until) in PHASES.items():
            some = [one for one in walked if since <= one.began < until]
            rows.append(_row(database, name, phase, rate / (3 if phase == "calm" else 1), some))
        failed = [one.failed for one in walked if one.failed]
        if failed:
            faults.append(f"{database}: {len(failed)} sign-ins failed, {name}: {failed[0]}")
        since = PHASES["full"][0]
        if (slow := share([one for one in walked if one.began >= since], 0.99)) > PROMISED_MS:
            faults.append(f"{database}: p99 {slow:.0f} ms at full rate, {name}")
    return rows, faults


def _row(
    database: str, name: str, phase: str, rate: float, walked: Sequence[Walked]
) -> tuple[str, ...]:
    failed = sum(1 for one in walked if one.failed)
    told = (f"{share(walked, part):.0f}" for part in (0.5, 0.99, 1.0))
    return (database, name, phase, f"{rate:.0f}", str(len(walked)), str(failed), *told)
