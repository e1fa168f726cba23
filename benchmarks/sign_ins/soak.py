"""A long day at the door (浸泡测试): steady sign-ins, and the memory of the serving process.

What is kept for a while must have had its while before memory can be flat: sessions idle out after
two minutes here instead of 15 (later only if the residents come round less often), so that an
embedded city's cache is as full as it gets after three.
SQLite keeps up to 16 MB of pages for each of its two connections, which some 7,000 sign-ins fill.
Counted is what the process holds by itself: SQLite also maps its file, which grows with every
sign-in, up to 256 MB that the system takes back when it needs them.

The growth is the slope (least squares) over the second half of the run. What it comes to in an hour
is worked out from that, and is a measurement only if the run was that long.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from benchmarks.sign_ins import town as towns
from benchmarks.sign_ins.walker import Walked, Walker, share

IDLE_S = 120
HEADS = (
    "database", "seconds", "sign-ins", "failed", "p99 ms", "MB at the start", "at half",
    "at the end", "and of files", "second half, MB/h", "KB per 1000 sign-ins",
)  # fmt: skip
JUDGED_S = 400
"""A shorter run ends before everything has had its while: it shows that nobody is refused."""
MOST_PER_HOUR = 0.10
"""Growth of the second half, worked out for an hour, as a share of what is held at half time."""


def measured(
    database: str, *, seconds: float, rate: float, say: Callable[[str], None]
) -> tuple[tuple[str, ...], list[str]]:
    """The row of the table, and whether memory grew."""
    idle = max(IDLE_S, math.ceil(4 * towns.RESIDENTS / rate))
    with towns.served(database, say, session_idle=idle) as (process, town):
        say(f"{database}: {rate:.0f} sign-ins a second, one in ten by password, {seconds:.0f} s")
        held: list[tuple[float, float]] = []
        mapped = [0.0]

        async def watch() -> None:
            began = time.perf_counter()
            while True:
                own, mapped[0] = towns.memory(process.pid)
                held.append((time.perf_counter() - began, own))
                await asyncio.sleep(1)

        async def day() -> list[Walked]:
            walker, watching = Walker(process.port), asyncio.create_task(watch())
            plain, hashed = (
                [n / some for n in range(int(seconds * some))] for some in (rate * 0.9, rate * 0.1)
            )
            found = await asyncio.gather(
                walker.at_times(towns.mixed(town), plain),
                walker.at_times(town.ways("password"), hashed),
            )
            watching.cancel()
            walker.close()
            return [*found[0], *found[1]]

        walked = asyncio.run(day())
    half = held[len(held) // 2 :]
    hourly = slope(half) * 3600
    failed = [one.failed for one in walked if one.failed]
    row = (
        database, f"{seconds:.0f}", str(len(walked)), str(len(failed)),
        f"{share(walked, 0.99):.0f}", f"{held[0][1]:.1f}", f"{half[0][1]:.1f}",
        f"{half[-1][1]:.1f}", f"{mapped[0]:.1f}", f"{hourly:+.1f}",
        f"{hourly * 1000 / (rate * 3.6):+.0f}",
    )  # fmt: skip
    faults = [f"{database}: {len(failed)} failed: {failed[0]}"] if failed else []
    if seconds >= JUDGED_S and hourly > MOST_PER_HOUR * half[0][1]:
        faults.append(f"{database}: memory grows by {hourly:.1f} MB an hour")
    return row, faults


def slope(points: Sequence[tuple[float, float]]) -> float:
    """MB a second, by least squares."""
    middle = [sum(one[n] for one in points) / len(points) for n in (0, 1)]
    spread = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread if spread else 0.0
