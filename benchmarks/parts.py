"""The two sets of parts, and copies of a city that was filled on them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from backend.kernel.settings import Settings
from benchmarks.meter import children
from tests import services
from tests.conftest import ADDRESS

DATABASES = ("sqlite", "postgresql")


class Parts:
    """Where cities are kept, with the servers' own careful settings."""

    def __init__(self, database: str, folder: Path, stack: ExitStack) -> None:
        self.database = database
        self.folder = folder
        if database == "postgresql":
            self._postgres = stack.enter_context(services.postgres(durable=True))
            self._redis = stack.enter_context(services.redis(durable=True))

    def city(self, name: str, *, like: Settings | None = None, **chosen: Any) -> Settings:
        """Settings of an empty city, or of a copy of a closed one; ``chosen`` differ from ours."""
        state = self.folder / name
        if like:
            shutil.copytree(like.state_dir, state)
        else:
            state.mkdir()
        if self.database == "sqlite":
            return _settings(state, database_url=f"sqlite://{state / 'yimen.db'}", **chosen)
        url = self._postgres.create_database(like.database_url if like else None)
        return _settings(state, database_url=url, redis_url=self._redis.fresh(), **chosen)

    def servers(self) -> list[int]:
        """The processes that work for a city beside its own: PostgreSQL's and Redis."""
        if self.database == "sqlite":
            return []
        pid_file = self._postgres.folder / "data" / "postmaster.pid"
        postmaster = int(pid_file.read_text().split()[0])
        return [*children(postmaster), self._redis_pid()]

    def _redis_pid(self) -> int:
        for line in self._redis._say("INFO server").decode().splitlines():
            if line.startswith("process_id:"):
                return int(line.partition(":")[2])
        raise RuntimeError("Redis does not say its process")


def _settings(state: Path, **chosen: Any) -> Settings:
    # sandboxes and the worker are open for filling; the measured server runs without a worker
    ours = {
        "base_url": ADDRESS, "demo": True, "sandboxes": True, "worker": "outside",
        "log_level": "error", "budget_factor": 10_000,
    }  # fmt: skip
    return Settings(state_dir=state, **{**ours, **chosen})


@contextmanager
def opened(database: str) -> Iterator[Parts]:
    """One set of parts; everything is gone afterwards."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="yimen-bench-"))
        yield Parts(database, Path(folder), stack)
