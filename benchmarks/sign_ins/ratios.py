"""CPU time of a sign-in: the product and, in turns, the bare cost of its cryptography and SQL."""

import asyncio
import itertools
import pickle
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.app import City, opened
from backend.kernel.settings import Settings
from backend.kernel.sqlite import PRAGMAS
from benchmarks import parts, servers
from benchmarks.asks import Ask, Record
from benchmarks.meter import Meter
from benchmarks.servers import Subject
from benchmarks.sign_ins import people
from benchmarks.sign_ins.recording import Said, record
from benchmarks.sign_ins.walker import Walked, Walker, retold, share
from benchmarks.sign_ins.ways import TITLES, Town, Way
from tests.conftest import OpenCity

RESIDENTS = 120
AT_ONCE = (1, 16)
HEADS = (
    "sign-in", "database", "at once", "requests", "SQL", "product µs", "bare µs", "ratio",
    "of rounds", "budget", "per CPU-second", "requests", "servers µs", "bare's", "p50 ms", "p99 ms",
)  # fmt: skip
TOLD_BY_A_PROXY = {"trust_proxy": True}
"""Each sign-in comes from an address of its own, told as a proxy tells it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU for one sign-in: the subject's own, and of the servers behind it."""

    own: float
    behind: float
    walked: Sequence[Walked]


@dataclass(frozen=True, slots=True)
class Measured:
    """One way on one database at one level of concurrency."""

    way: str
    database: str
    at_once: int
    requests: int
    statements: int
    rounds: Sequence[tuple[Cost, Cost]]

    @property
    def product(self) -> float:
        return statistics.median(product.own for product, _ in self.rounds)

    @property
    def bare(self) -> float:
        return statistics.median(bare.own for _, bare in self.rounds)

    @property
    def ratio(self) -> float:
        """How many times the bare cost the product takes."""
        return self.product / self.bare

    def row(self, budget: float) -> tuple[str, ...]:
        """A line of the table."""
        each = sorted(product.own / bare.own for product, bare in self.rounds)
        behind = [statistics.median(pair[n].behind for pair in self.rounds) for n in (0, 1)]
        # what a machine spends for it, wherever it is spent
        a_second = 1e6 / (self.product + behind[0])
        walked = [one for product, _ in self.rounds for one in product.walked]
        return (
            TITLES[self.way], self.database, str(self.at_once), str(self.requests),
            str(self.statements), f"{self.product:.0f}", f"{self.bare:.0f}", f"{self.ratio:.2f}",
            f"{each[0]:.2f}–{each[-1]:.2f}", f"{budget:.1f}", f"{a_second:.0f}",
            f"{a_second * self.requests:.0f}", f"{behind[0]:.0f}", f"{behind[1]:.0f}",
            f"{share(walked, 0.5):.1f}", f"{share(walked, 0.99):.1f}",
        )  # fmt: skip


def measured(
    database: str, ways: Sequence[str], *, rounds: int, count: int, say: Callable[[str], None]
) -> list[Measured]:
    """Fill a city, record, measure."""
    with parts.opened(database) as place:
        say(f"{database}: filling a city")
        filled = place.city("filled", **TOLD_BY_A_PROXY)
        town = asyncio.run(_settle(filled))
        copies = {
            name: place.city(name, like=filled, **TOLD_BY_A_PROXY)
            for name in ("record", "product", "bare")
        }
        say(f"{database}: recording what a sign-in does")
        needed = (rounds + 1) * count * len(AT_ONCE)
        said = asyncio.run(_record(copies["record"], town, ways, needed))
        kept = place.folder / "told"
        told = [one for name in ways for way in said[name] for _, one in way]
        kept.write_bytes(pickle.dumps(Record(told, PRAGMAS)))
        numbers = itertools.count()
        log = place.folder / "log"
        found = []
        with (
            servers.product(copies["product"], log.with_suffix(".product"), remembers=True) as ours,
            servers.bare(kept, copies["bare"].database_url, log.with_suffix(".bare")) as bare,
            servers.on_core(-1),
        ):
            for name in ways:
                say(f"{database}: {TITLES[name]}")
                again = iter([_numbered(one, numbers) for one in said[name]])
                pairs = asyncio.run(
                    _compare(ours, bare, town.ways(name), again, place.servers, rounds, count)
                )
                requests = len(said[name][-1])
                statements = sum(one.statements for _, one in said[name][-1])
                found += [
                    Measured(name, database, at_once, requests, statements, pairs[at_once])
                    for at_once in AT_ONCE
                ]
        return found


async def _settle(settings: Settings) -> Town:
    async with opened(City(settings)):
        return await people.settle(RESIDENTS)


async def _record(
    settings: Settings, town: Town, ways: Sequence[str], needed: int
) -> Mapping[str, list[Said]]:
    city = OpenCity(City(settings), settings)
    async with opened(city.app):
        for name in ways:  # what only a first time does: keys made, sessions read into the cache
            await record(city, itertools.islice(town.ways(name), RESIDENTS))
        return {
            name: await record(city, itertools.islice(town.ways(name), needed)) for name in ways
        }


def _numbered(said: Said, numbers: Iterator[int]) -> list[tuple[Ask, int]]:
    return [(ask, next(numbers)) for ask, _ in said]


async def _compare(
    product: Subject,
    bare: Subject,
    ways: Iterator[Way],
    said: Iterator[Sequence[tuple[Ask, int]]],
    behind: Callable[[], list[int]],
    rounds: int,
    count: int,
) -> dict[int, list[tuple[Cost, Cost]]]:
    walkers = Walker(product.port), Walker(bare.port)
    found: dict[int, list[tuple[Cost, Cost]]] = {}
    await walkers[0].all_of([next(ways) for _ in range(RESIDENTS)], at_once=AT_ONCE[-1])
    for at_once in AT_ONCE:
        costs = []
        for _ in range(rounds + 1):
            ours = [next(ways) for _ in range(count)]
            theirs = [retold(next(said)) for _ in range(count)]
            costs.append((
                await _cost(product, walkers[0], ours, behind, at_once),
                await _cost(bare, walkers[1], theirs, behind, at_once),
            ))  # fmt: skip
        found[at_once] = costs[1:]  # the first round was for warming up
    for walker in walkers:
        walker.close()
    return found


async def _cost(
    subject: Subject,
    walker: Walker,
    ways: Sequence[Way],
    behind: Callable[[], list[int]],
    at_once: int,
) -> Cost:
    own, others = Meter(), Meter()
    own.lap([subject.pid])
    others.lap(behind())
    walked = await walker.all_of(ways, at_once=at_once)
    failed = [one.failed for one in walked if one.failed]
    if failed:
        raise RuntimeError(f"{subject.name}: {len(failed)} of {len(walked)} failed: {failed[0]}")
    micros = len(walked) * 1000
    return Cost(own.lap([subject.pid]) / micros, others.lap(behind()) / micros, walked)
