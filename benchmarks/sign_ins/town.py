"""A filled city served as operators serve it: worker inside, on every core there is."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.app import City, opened
from backend.kernel.settings import Settings
from benchmarks import parts
from benchmarks.sign_ins import people
from benchmarks.sign_ins.ways import WAYS, Town, Way
from tests.city import environ
from tests.services.city import CityProcess

RESIDENTS = 1000
"""Enough that no one of them wears out the limits of their own account within an hour."""


@contextmanager
def served(
    database: str, say: Callable[[str], None], **chosen: object
) -> Iterator[tuple[CityProcess, Town]]:
    """A running city and who lives in it; ``chosen`` are settings."""
    with parts.opened(database) as place:
        say(f"{database}: filling a city with {RESIDENTS} people")
        settings = place.city("served", trust_proxy=True, worker="inside", **chosen)
        town = asyncio.run(_settle(settings))
        quiet = environ(settings, YIMEN_LOG_LEVEL="error")
        with CityProcess(quiet, place.folder / "log") as process:
            yield process, town
        complaints = [one for one in (place.folder / "log").read_text().splitlines() if "{" in one]
        print("\n".join(complaints[:5]))


async def _settle(settings: Settings) -> Town:
    async with opened(City(settings)):
        return await people.settle(RESIDENTS)


def mixed(town: Town) -> Iterator[Way]:
    """Sign-ins without a password: hand-offs and code flows with either signature in turns.

    The residents come in turns too, so that nobody's session is left to idle out.
    """
    names = itertools.cycle(("handoff", "code_es256", "handoff", "code_rs256"))
    for who, name in zip(itertools.cycle(town.residents), names, strict=False):
        yield WAYS[name](town, who)


def memory(pid: int) -> tuple[float, float]:
    """What a process holds in memory by itself, and of files it has mapped (SQLite's), in MB."""
    said = Path(f"/proc/{pid}/status").read_text()
    found = {name: int(text.split()[0]) / 1000
             for name, _, text in (line.partition(":") for line in said.splitlines())
             if name in ("RssAnon", "RssFile")}  # fmt: skip
    return found["RssAnon"], found["RssFile"]
