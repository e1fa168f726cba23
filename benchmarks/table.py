"""What was measured, in a table and in one verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Comparison

BUDGETS = Path(__file__).with_name("budgets.toml")
HEADS = (
    "operation", "database", "at once", "SQL", "10x data", "product µs", "bare µs", "ratio",
    "of rounds", "budget", "servers µs", "bare's", "wait µs", "bare's",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One operation on one database. ``grown``: statements with little data and with ten times.

    ``budget`` names the line of ``budgets.toml``.
    """

    budget: str
    title: str
    database: str
    statements: int
    grown: tuple[int, int]
    comparisons: Sequence[Comparison]


def print_results(results: Sequence[Result], budgets: Mapping[str, float]) -> None:
    """The table, as Markdown."""
    print_table(
        HEADS,
        [_row(one, seen, budgets[one.budget]) for one in results for seen in one.comparisons],
    )


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their heads, as Markdown."""
    rows = [heads, tuple("---" for _ in heads), *rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    print()
    for row in rows:
        print("| " + " | ".join(cell.ljust(widths[n]) for n, cell in enumerate(row)) + " |")


def _row(one: Result, seen: Comparison, budget: float) -> tuple[str, ...]:
    return (
        one.title, one.database, str(seen.at_once), str(one.statements),
        f"{one.grown[0]} → {one.grown[1]}",
        f"{seen.product.own:.0f}", f"{seen.bare.own:.0f}", f"{seen.ratio:.2f}",
        f"{seen.low:.2f}–{seen.high:.2f}", f"{budget:.1f}",
        f"{seen.product.behind:.0f}", f"{seen.bare.behind:.0f}",
        f"{seen.product.waited:.0f}", f"{seen.bare.waited:.0f}",
    )  # fmt: skip


def verdict(results: Sequence[Result], budgets: Mapping[str, float]) -> int:
    """1 if anything is over its budget or asks more of the database as data grow, else 0."""
    faults = []
    for one in results:
        budget = budgets[one.budget]
        faults += [
            f"{one.title} on {one.database}, {seen.at_once} at once: "
            f"{seen.ratio:.2f} times the bare handler, over the budget of {budget}"
            for seen in one.comparisons
            if seen.ratio > budget
        ]
        if one.grown[1] > one.grown[0]:
            faults.append(
                f"{one.title} on {one.database}: {one.grown[0]} statements with little data, "
                f"{one.grown[1]} with ten times more"
            )
    print()
    print("\n".join(faults) or "Everything is within its budget.")
    return 1 if faults else 0
