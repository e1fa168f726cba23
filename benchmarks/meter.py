"""CPU time of processes, in nanoseconds: what stays true on a machine that others use too."""

import time
from collections.abc import Iterable
from pathlib import Path


def spent(pid: int) -> int:
    """All CPU time of a process so far, its threads included, those that have ended too (Linux)."""
    return time.clock_gettime_ns(
        (~pid << 3) | 2
    )  # the clock of another process: clock_getcpuclockid


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == parent:
            found.append(int(stat.parent.name))
    return found


class Meter:
    """What some processes spend between two readings; one that ends in between counts no more."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def lap(self, pids: Iterable[int]) -> int:
        """CPU time since the reading before, of processes that were there then."""
        total = 0
        for pid in pids:
            try:
                now = spent(pid)
            except OSError:
                continue
            total += now - self._last.get(pid, now)
            self._last[pid] = now
        return total
