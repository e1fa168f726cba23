"""A server process that never outlives the run which started it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# The shell holds one end of a pipe. When this process closes the other end, or dies by any signal,
# the read ends, the server gets its stop signal, and the folder goes.
KEEPER = """
exec 3<&0
stop=$1; folder=$2; shift 2
"$@" </dev/null >"$folder/log" 2>&1 &
child=$!
( cat <&3 >/dev/null; kill -s "$stop" "$child" ) 2>/dev/null &
wait "$child"; echo $? >"$folder/exited"
kill "$watcher" 2>/dev/null
cat <&3 >/dev/null
cd / && rm -rf "$folder" 2>/dev/null
"""

PATIENCE_S = 20.0
MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1 << 30


class CouldNotStart(Exception):
    """A server did not come up; the message ends with what the server itself said."""


def unprivileged() -> str | None:
    """The user to run servers as: none when we are an ordinary user, else one that owns nothing.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def own_folder(name: str, *, in_memory: bool = False) -> Path:
    """A new folder that the server's user owns and can reach.

    ``in_memory`` asks for a file system in memory where there is one: making and dropping a
    database is a matter of many small files, ten times faster there.
    """
    user = unprivileged()
    # root's own TMPDIR may lie where nobody else may look
    place = "/tmp" if user else None
    if in_memory and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        place = str(MEMORY)
    folder = Path(tempfile.mkdtemp(prefix=f"yimen-{name}-", dir=place))
    if user:
        shutil.chown(folder, user)
    return folder


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Kept:
    """One running server with its folder."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path,
        stop: str,
        ready: Callable[[], bool],
    ) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", stop, str(folder), *map(str, command)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd=folder,
            user=unprivileged(),
        )
        try:
            self._wait_until(ready, Path(command[0]).name)
        except BaseException:
            self.close()
            raise

    def _wait_until(self, ready: Callable[[], bool], name: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            if (self.folder / "exited").exists() or time.monotonic() > deadline:
                said = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise CouldNotStart(f"{name} did not start. It said:\n{said}")
            time.sleep(0.01)

    def close(self) -> None:
        """Stop the server and wait until its folder is gone. May be called twice."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
            self._process.wait(PATIENCE_S)
