"""A PostgreSQL server for one run, and clean databases copied from a template."""

import asyncio
import itertools
import os
import shutil
import subprocess
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

import asyncpg

from tests.services.process import CouldNotStart, Kept, free_port, own_folder, unprivileged
from tests.services.programs import postgres_folder

T = TypeVar("T")

USER = "yimen"
COMMON = {"listen_addresses": "127.0.0.1", "max_connections": "200", "timezone": "UTC"}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "2GB",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
CAREFUL = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB"}


class PostgresServer:
    """A server on a free port of this machine, without a password, gone with the run."""

    def __init__(self, *, durable: bool) -> None:
        programs = postgres_folder()
        reachable = _reachable(programs)
        folder = own_folder("postgres", in_memory=reachable and not durable)
        try:
            if not reachable:
                programs = _copied(programs, folder / "installed")
            data = folder / "data"
            _initialise(programs / "initdb", data, durable=durable)
            self.port = free_port()
            settings = COMMON | (CAREFUL if durable else FORGETFUL)
            settings |= {"port": str(self.port), "unix_socket_directories": str(folder)}
            flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            self._kept = Kept(
                [programs / "postgres", "-D", data, *flags],
                folder=folder,
                stop="QUIT" if not durable else "INT",
                ready=lambda: _says_ready(data / "postmaster.pid"),
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._names = (f"city_{number}" for number in itertools.count(1))
        self._forgetful = not durable
        self._desk = _Desk(self.url("postgres"))

    def url(self, database: str) -> str:
        """The address of a database, as Tortoise and asyncpg read it."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str | None = None) -> str:
        """Make a database, empty or as a copy of the one at the address ``template``.

        Nobody may be connected to the template. Returns the new address.
        """
        name = next(self._names)
        source = _name_of(template) if template else "template0"
        # copying files costs a third of logging every page; before 15 nothing else was known
        how = "STRATEGY file_copy" if self._forgetful and self._desk.version() >= 15 else ""
        self._desk.say(f'CREATE DATABASE "{name}" TEMPLATE "{source}" {how}')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database and put out whoever is still connected to it."""
        self._desk.say(f'DROP DATABASE IF EXISTS "{_name_of(url)}" WITH (FORCE)')

    @property
    def folder(self) -> Path:
        """Where the server keeps its files."""
        return self._kept.folder

    def close(self) -> None:
        self._desk.close()
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Desk:
    """The one connection through which databases are made and dropped.

    In a thread of its own, since the caller may stand inside a running event loop.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None
        self._closed = False

    def say(self, statement: str) -> None:
        self._run(self._say(statement))

    def version(self) -> int:
        return self._run(self._version())

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._run(self._leave())
            self._thread.submit(self._runner.close).result()
            self._thread.shutdown()

    def _run(self, job: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._runner.run, job).result()

    async def _open(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url)
        return self._connection

    async def _say(self, statement: str) -> None:
        await (await self._open()).execute(statement)

    async def _version(self) -> int:
        major: int = (await self._open()).get_server_version().major
        return major

    async def _leave(self) -> None:
        if self._connection is not None:
            self._connection.terminate()


def _name_of(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


def _says_ready(pid_file: Path) -> bool:
    """PostgreSQL writes its state into the eighth line of this file."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _initialise(initdb: Path, data: Path, *, durable: bool) -> None:
    command: list[str | Path] = [initdb, "-D", data, "-U", USER, "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", *([] if durable else ["--no-sync"])]
    done = subprocess.run(
        command, capture_output=True, text=True, user=unprivileged(), cwd=data.parent, check=False
    )
    if done.returncode != 0:
        raise CouldNotStart(f"initdb failed. It said:\n{done.stdout[-500:]}{done.stderr[-1500:]}")


def _reachable(programs: Path) -> bool:
    """Whether the server's user may run the programs where they lie."""
    user = unprivileged()
    try:
        subprocess.run(
            [programs / "postgres", "--version"], user=user, capture_output=True, check=True
        )
    except PermissionError:
        return False
    return True


def _copied(programs: Path, to: Path) -> Path:
    """The wheel's programs, and the libraries beside them, in a place of the server's own."""
    wheel = programs.parent.parent
    for part in wheel.parent.glob(f"{wheel.name}*"):
        if not part.name.endswith(".dist-info"):
            no_need = shutil.ignore_patterns("include", "doc", "__pycache__")
            shutil.copytree(part, to / part.name, symlinks=True, ignore=no_need)
    if user := unprivileged():
        for folder, _, _ in os.walk(to):
            shutil.chown(folder, user)  # so that the keeper may remove it all
    return to / programs.relative_to(wheel.parent)
