"""``python -m benchmarks.sign_ins``: what sign-ins cost, as ratios of CPU time; with ``spike`` how
the door takes a rush, with ``soak`` whether memory stays flat.
"""

import argparse
import sys
import tomllib
from collections.abc import Sequence

from benchmarks import parts
from benchmarks.sign_ins import ratios, soak, spike
from benchmarks.sign_ins.ways import TITLES, WAYS
from benchmarks.table import BUDGETS, print_table


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.sign_ins", description=__doc__)
    asked.add_argument("what", nargs="?", choices=["ratios", "spike", "soak"], default="ratios")
    asked.add_argument("--on", choices=parts.DATABASES, help="one database only")
    asked.add_argument("--only", choices=[*WAYS], help="ratios: one way only")
    asked.add_argument("--rounds", type=int, default=7, help="ratios: turns of each subject")
    asked.add_argument("--quick", action="store_true", help="ratios: two short rounds")
    asked.add_argument("--full", type=float, default=100, help="spike: sign-ins a second")
    asked.add_argument("--passwords", type=float, default=20, help="spike: more, by password")
    asked.add_argument("--seconds", type=float, default=600, help="soak: how long")
    asked.add_argument("--rate", type=float, default=50, help="soak: sign-ins a second")
    chosen = asked.parse_args(words)
    databases = [chosen.on] if chosen.on else list(parts.DATABASES)
    todo = {"ratios": _ratios, "spike": _spike, "soak": _soak}[chosen.what]
    faults = todo(chosen, databases)
    print("\n" + ("\n".join(faults) or f"Sign-ins, {chosen.what}: everything is as promised."))
    return 1 if faults else 0


def _ratios(chosen: argparse.Namespace, databases: Sequence[str]) -> list[str]:
    rounds, count = (2, 20) if chosen.quick else (chosen.rounds, 60)
    ways = [chosen.only] if chosen.only else [*WAYS]
    budgets = tomllib.loads(BUDGETS.read_text())["sign_ins"]
    found = [
        one
        for database in databases
        for one in ratios.measured(database, ways, rounds=rounds, count=count, say=_say)
    ]
    print_table(ratios.HEADS, [one.row(budgets[one.way]) for one in found])
    return [
        f"{TITLES[one.way]} on {one.database}, {one.at_once} at once: {one.ratio:.2f} times the "
        f"bare cost, over the budget of {budgets[one.way]}"
        for one in found
        if one.ratio > budgets[one.way]
    ]


def _spike(chosen: argparse.Namespace, databases: Sequence[str]) -> list[str]:
    found = [
        spike.measured(database, full=chosen.full, passwords=chosen.passwords, say=_say)
        for database in databases
    ]
    print_table(spike.HEADS, [row for rows, _ in found for row in rows])
    return [fault for _, faults in found for fault in faults]


def _soak(chosen: argparse.Namespace, databases: Sequence[str]) -> list[str]:
    found = [
        soak.measured(database, seconds=chosen.seconds, rate=chosen.rate, say=_say)
        for database in databases
    ]
    print_table(soak.HEADS, [row for row, _ in found])
    return [fault for _, faults in found for fault in faults]


def _say(words: str) -> None:
    print(f"{words} …", flush=True)


if __name__ == "__main__":
    sys.exit(main())
