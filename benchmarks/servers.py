"""Starts the two subjects, each one process on the first core."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.kernel.settings import Settings
from tests.city import environ
from tests.services.process import free_port

HOME = Path(__file__).parent.parent
PATIENCE_S = 30.0


class Subject:
    """A server under measurement."""

    def __init__(self, name: str, pid: int, port: int) -> None:
        self.name = name
        self.pid = pid
        self.port = port


@contextmanager
def product(settings: Settings, log: Path, *, remembers: bool) -> Iterator[Subject]:
    """The product as operators start it; its worker would be another process.

    One that does not remember meets everybody for the first time (``product.py``).
    """
    port = free_port()
    more = {"PORT": str(port), "YIMEN_LOG_LEVEL": "error"}
    command = ["-m", "backend.cli", "serve"] if remembers else ["-m", "benchmarks.product"]
    with _running("product", command, port, environ(settings, **more), log) as subject:
        yield subject


@contextmanager
def bare(record: Path, url: str, log: Path) -> Iterator[Subject]:
    """The bare handler."""
    port = free_port()
    command = ["-m", "benchmarks.bare", str(record), url, str(port)]
    with _running("bare", command, port, {"PATH": os.environ["PATH"]}, log) as subject:
        yield subject


@contextmanager
def _running(
    name: str, command: list[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Subject]:
    with log.open("wb") as said:
        with on_core(0):
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=HOME, env=dict(environment), stdout=said, stderr=said,
            )  # fmt: skip
        try:
            _wait_for(process, port, log)
            yield Subject(name, process.pid, port)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """Keep this process, and those it starts meanwhile, on one core: the first or the last."""
    os.sched_setaffinity(0, {CORES[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return  # the bare one answers, if only with a 404
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"a server did not start. It said:\n{log.read_text()[-3000:]}")
