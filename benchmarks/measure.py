"""Two subjects in turns: product, bare, product, bare; medians and how far rounds differ."""

import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.driver import ask_all
from benchmarks.meter import Meter
from benchmarks.servers import Subject

Wire = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is asked in one round, and how often the subjects take turns."""

    rounds: int
    reads: int
    writes: int
    at_once: Sequence[int] = (1, 16)

    @property
    def all_writes(self) -> int:
        """A write can be asked once: each round, the one for warming up too, needs fresh ones."""
        return (self.rounds + 1) * self.writes * len(self.at_once)


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds for one request: of the subject's own CPU, of the servers behind it, waited."""

    own: float
    behind: float
    waited: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operation at one level of concurrency."""

    at_once: int
    product: Cost
    bare: Cost
    low: float
    high: float

    @property
    def ratio(self) -> float:
        """How many times the bare handler's CPU time the product takes."""
        return self.product.own / self.bare.own


async def compare(
    products: Sequence[Subject],
    bare: Subject,
    asks: Sequence[Wire],
    behind: Callable[[], list[int]],
    *,
    sizes: Sizes,
    reads: bool,
) -> list[list[Comparison]]:
    """Ask all subjects the same in turns, at each level of concurrency; a list for each product."""
    source: Iterator[Wire] = itertools.cycle(asks) if reads else iter(asks)
    count = sizes.reads if reads else sizes.writes
    found: list[list[Comparison]] = [[] for _ in products]
    for at_once in sizes.at_once:
        rounds: list[list[Cost]] = []
        for _ in range(sizes.rounds + 1):
            turn = list(itertools.islice(source, count))
            rounds.append([await _cost(s, turn, behind, at_once) for s in (*products, bare)])
        for place, mine in enumerate(found):
            # the first round was for warming up
            mine.append(_summed(at_once, [(costs[place], costs[-1]) for costs in rounds[1:]]))
    return found


async def _cost(
    subject: Subject, turn: Sequence[Wire], behind: Callable[[], list[int]], at_once: int
) -> Cost:
    own, others = Meter(), Meter()
    own.lap([subject.pid])
    others.lap(behind())
    waits = await ask_all(subject.port, turn, at_once=at_once)
    micros = len(turn) * 1000
    return Cost(
        own=own.lap([subject.pid]) / micros,
        behind=others.lap(behind()) / micros,
        waited=statistics.median(waits) * 1e6,
    )


def _summed(at_once: int, costs: Sequence[tuple[Cost, Cost]]) -> Comparison:
    ratios = sorted(product.own / bare.own for product, bare in costs)
    product, bare = (_median([pair[which] for pair in costs]) for which in (0, 1))
    return Comparison(at_once, product, bare, low=ratios[0], high=ratios[-1])


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        own=statistics.median(one.own for one in costs),
        behind=statistics.median(one.behind for one in costs),
        waited=statistics.median(one.waited for one in costs),
    )
