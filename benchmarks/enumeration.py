"""``python -m benchmarks.enumeration``: does the door tell by time whom the city knows?

1,000 pairs of each question, a known and an unknown one in random order, through the whole
application on SQLite. The two-sided Mann-Whitney test (normal approximation with ties) must not
tell the two apart at 1 in 100. By that very rule one honest run in a hundred fails, so a question
that fails is asked once more, from other addresses, in a city of its own; failing twice counts.
"""

import argparse
import asyncio
import math
import statistics
import sys

from backend.app import City, opened
from benchmarks import parts
from tests.auth import pairs
from tests.auth.pairs import Ask
from tests.conftest import OpenCity

CHANCE = 0.01


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.enumeration", description=__doc__)
    asked.add_argument("--pairs", type=int, default=1000)
    asked.add_argument("--only", choices=[*pairs.ASKS], help="one question only")
    chosen = asked.parse_args()
    count = chosen.pairs
    asks = {chosen.only: pairs.ASKS[chosen.only]} if chosen.only else pairs.ASKS
    failed = 0
    print(f"{'question':34} {'known ms':>9} {'unknown ms':>11} {'p':>7}")
    for name, ask in asks.items():
        for turn in (1, 2):
            known, unknown = asyncio.run(measured(ask, count, turn))
            p = mann_whitney(known, unknown)
            middle = [statistics.median(times) * 1000 for times in (known, unknown)]
            print(f"{name:34} {middle[0]:9.3f} {middle[1]:11.3f} {p:7.3f}")
            if p > CHANCE:
                break
        else:
            failed += 1
    return 1 if failed else 0


async def measured(ask: Ask, count: int, turn: int) -> tuple[list[float], list[float]]:
    """Seconds of the known and of the unknown ones, in a city of their own."""
    with parts.opened("sqlite") as place:
        settings = place.city(f"turn{turn}")
        city = City(settings)
        async with opened(city):
            await pairs.settle(count)
            found = [pair async for pair in pairs.pairs(OpenCity(city, settings), ask, count)]
    for known, unknown in found:
        assert (known.status, known.length) == (unknown.status, unknown.length)
    return [known.seconds for known, _ in found], [unknown.seconds for _, unknown in found]


def mann_whitney(one: list[float], other: list[float]) -> float:
    """The chance that two samples of one thing differ as much as these in their ranks."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, ties, place = 0.0, 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        middle = (place + 1 + end) / 2
        ranks += middle * sum(1 for _, whose in ranked[place:end] if whose == 0)
        ties += (end - place) ** 3 - (end - place)
        place = end
    n, m, total = len(one), len(other), len(ranked)
    u = ranks - n * (n + 1) / 2
    spread = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    z = (u - n * m / 2) / spread if spread else 0.0
    return math.erfc(abs(z) / math.sqrt(2))


if __name__ == "__main__":
    sys.exit(main())
