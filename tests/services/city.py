"""The city in a process of its own (城), served as an operator serves it.

Whoever needs it says with what settings and where its words go; ready is who answers.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services.process import CouldNotStart, free_port

HOME = Path(__file__).parents[2]
SERVE = ("-m", "backend.cli", "serve")
PATIENCE_S = 60.0
"""Seconds to wait on a busy machine."""

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def demo_environ(state: Path, **more: str) -> dict[str, str]:
    """The environment of an embedded demo city in a folder, which complains only of errors."""
    quiet = {"YIMEN_DEMO": "1", "YIMEN_STATE_DIR": str(state), "YIMEN_LOG_LEVEL": "error"}
    return {**quiet, "PATH": os.environ["PATH"], **more}


def operate(environ: Mapping[str, str], *words: str) -> str:
    """What an operator does to a city by command, and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", *words],
        cwd=HOME,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


HALL = (
    "hall",
    "name=不动产登记窗口",
    "department=ZRZY",
    "department_name=佛山市自然资源局",
    "purpose=办理不动产登记",
    "redirect_uris=https://hall.example/back",
    "scopes=openid,capacity",
    "grants=ciba",
)
"""The registration of a department's own system, which asks people on their phones."""


def hall_of(environ: Mapping[str, str]) -> tuple[str, str]:
    """Register that system: its name and its secret."""
    said = operate(environ, "client", "add", *HALL)
    return HALL[0], said.rpartition("secret, shown only now: ")[2].strip()


class CityProcess:
    """A server on a port of this machine, killed and started again as often as needed.

    ``words`` are the arguments of this Python; what it says is appended to the file ``log``.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        log: Path,
        *,
        port: int | None = None,
        words: Sequence[str] = SERVE,
    ) -> None:
        self.port = port or free_port()
        self.log = log
        self._environ = {**environ, "PORT": str(self.port)}
        self._words = tuple(words)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that serves now."""
        assert self._process, "the city is not being served"
        return self._process.pid

    def start(self) -> None:
        """Serve; returns when the server answers. Raises ``CouldNotStart`` with what it said."""
        with self.log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, *self._words],
                cwd=HOME, env=self._environ, stdout=said, stderr=said,
            )  # fmt: skip
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End it as an operator does; open requests are finished first."""
        self._end(signal.SIGTERM)

    def kill(self) -> int | None:
        """Take it off the network at once, as a power cut does; how it ended."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(how)
        try:
            return process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None and time.monotonic() < deadline:
            try:
                _DIRECT.open(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
            except urllib.error.HTTPError:
                return  # whatever it serves, it serves
            except OSError:
                time.sleep(0.02)
            else:
                return
        said = self.log.read_text(errors="replace")[-3000:]
        raise CouldNotStart(f"a city did not start. It said:\n{said}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
