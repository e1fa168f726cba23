"""Starts the two subjects, each one process on the first core."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.kernel.settings import Settings
from tests.city import environ
from tests.services.city import SERVE, CityProcess
from tests.services.process import free_port


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
    words = SERVE if remembers else ("-m", "benchmarks.product")
    quiet = environ(settings, YIMEN_LOG_LEVEL="error")
    with _running("product", words, free_port(), quiet, log) as subject:
        yield subject


@contextmanager
def bare(record: Path, url: str, log: Path) -> Iterator[Subject]:
    """The bare handler."""
    port = free_port()
    words = ("-m", "benchmarks.bare", str(record), url, str(port))
    with _running("bare", words, port, {"PATH": os.environ["PATH"]}, log) as subject:
        yield subject


@contextmanager
def _running(
    name: str, words: tuple[str, ...], port: int, environ: Mapping[str, str], log: Path
) -> Iterator[Subject]:
    process = CityProcess(environ, log, port=port, words=words)
    with on_core(0):
        process.start()
    try:
        yield Subject(name, process.pid, port)
    finally:
        process.stop()


CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """Keep this process, and those it starts meanwhile, on one core: the first or the last."""
    os.sched_setaffinity(0, {CORES[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)
