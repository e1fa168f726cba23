"""``make bench``: measure the hot operations, print the table, fail when one is over budget; then
sign-ins (``benchmarks/sign_ins``): their cost, a rush, a soak.
"""

import argparse
import asyncio
import pickle
import statistics
import sys
import tomllib
from collections.abc import Sequence

from backend.app import City, opened
from backend.kernel.settings import Settings
from backend.kernel.sqlite import PRAGMAS
from benchmarks import parts, people, servers
from benchmarks.asks import Ask, Record, Told
from benchmarks.measure import Sizes, compare
from benchmarks.people import OPERATIONS
from benchmarks.recorder import record
from benchmarks.sign_ins.__main__ import main as sign_ins
from benchmarks.table import BUDGETS, Result, print_results, verdict
from tests.conftest import OpenCity

QUICK = Sizes(rounds=2, reads=100, writes=40)


def main() -> int:
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--on", choices=parts.DATABASES, help="one database only")
    asked.add_argument("--only", choices=[*OPERATIONS], help="one operation only")
    asked.add_argument("--rounds", type=int, default=7, help="turns of each subject")
    asked.add_argument("--quick", action="store_true", help="two short rounds, for trying out")
    chosen = asked.parse_args()
    if sys.platform != "linux":
        print("The benchmarks read CPU time as Linux gives it; run them there.")
        return 2
    sizes = QUICK if chosen.quick else Sizes(chosen.rounds, reads=400, writes=160)
    operations = [chosen.only] if chosen.only else [*OPERATIONS]
    results = [
        result
        for database in ([chosen.on] if chosen.on else parts.DATABASES)
        for result in measured(database, operations, sizes)
    ]
    budgets = tomllib.loads(BUDGETS.read_text())
    print_results(results, budgets)
    status = verdict(results, budgets)
    if chosen.only is None:
        where = ["--on", chosen.on] if chosen.on else []
        much = ["--quick"] if chosen.quick else ["--rounds", str(chosen.rounds)]
        status |= sign_ins(["ratios", *much, *where])
        status |= sign_ins(["spike", *where])
        status |= sign_ins(["soak", "--seconds", "20" if chosen.quick else "60", *where])
    return status


def measured(database: str, operations: Sequence[str], sizes: Sizes) -> list[Result]:
    """Fill a city on one database, record, measure."""
    with parts.opened(database) as place:
        _say(database, "filling a city")
        filled = place.city("filled")
        grown, plan = asyncio.run(_fill(filled, sizes.all_writes))
        asks = {name: plan[name] for name in operations}
        names = ("record", "served", "first", "bare")
        copies = {name: place.city(name, like=filled) for name in names}
        _say(database, "recording what it says to its database")
        told = asyncio.run(_record(copies["record"], asks))
        kept = place.folder / "told"
        kept.write_bytes(
            pickle.dumps(Record([one for name in operations for one in told[name]], PRAGMAS))
        )
        results, number = [], 0
        log = place.folder / "log"
        with (
            servers.product(copies["served"], log.with_suffix(".served"), remembers=True) as served,
            servers.product(copies["first"], log.with_suffix(".first"), remembers=False) as first,
            servers.bare(kept, copies["bare"].database_url, log.with_suffix(".bare")) as bare,
            servers.on_core(-1),
        ):
            for name in operations:
                _say(database, OPERATIONS[name])
                wires = [(ask.wire(number + n), ask.expect) for n, ask in enumerate(asks[name])]
                number += len(wires)
                found = asyncio.run(
                    compare(
                        (served, first), bare, wires, place.servers,
                        sizes=sizes, reads=name in people.READS,
                    )
                )  # fmt: skip
                statements = statistics.mode(one.statements for one in told[name])
                results += [
                    Result(budget, title, database, statements, grown[name], seen)
                    for (budget, title), seen in zip(_titles(name), found, strict=True)
                ]
        return results


async def _fill(
    settings: Settings, writes: int
) -> tuple[dict[str, tuple[int, int]], dict[str, list[Ask]]]:
    city = OpenCity(City(settings), settings)
    async with opened(city.app), city._clients:
        return await people.grow(city, record), await people.move_in(city, writes)


async def _record(settings: Settings, asks: dict[str, list[Ask]]) -> dict[str, list[Told]]:
    city = OpenCity(City(settings), settings)
    async with opened(city.app), city._clients:
        for name in asks.keys() & people.READS:
            await record(city, asks[name])  # what only the first reading of a day writes
        return {name: await record(city, some) for name, some in asks.items()}


def _titles(name: str) -> Sequence[tuple[str, str]]:
    """Line of the budgets and title, as served and by a product that remembers nothing."""
    title = OPERATIONS[name]
    return ((name, title), (f"{name}_first", f"{title}, for the first time"))


def _say(database: str, words: str) -> None:
    print(f"{database}: {words} …", flush=True)


if __name__ == "__main__":
    sys.exit(main())
