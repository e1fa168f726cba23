"""What holds for every test, whoever wrote it (loaded by ``tests/conftest.py``).

1. No call leaves this machine: a connection or a name look-up beyond loopback fails the test, even
   when the code under test swallows the exception.
2. Nothing is skipped silently: a skipped test fails, unless its reason begins with ``platform:``.
3. No log line holds anything of the demo people, who are the canaries, nor a token, a code or a
   password that was made or typed during the test; the logs of served cities are read as well.
"""

import ipaddress
import logging
import os
import re
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from backend.kernel.log import JsonLines
from tests.services.city import CityProcess

# Hypothesis: no deadline, since a busy machine is no mistake of ours. CI tries the same examples
# every time; everybody else tries new ones, and finds what CI has not.
hypothesis.settings.register_profile(
    "yimen", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True
)
hypothesis.settings.load_profile("yimen")

# -- 1. nothing leaves the machine --------------------------------------------------------------

_attempts: list[str] = []


class LeftTheMachine(Exception):
    """A test tried to reach another machine."""


def _is_here(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost", "0.0.0.0", "::"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _listen(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # a path is a Unix socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _is_here(host):
        _attempts.append(f"{event} {host!r}")
        raise LeftTheMachine(f"{event} {host!r}: tests speak to sandboxes on this machine only")


sys.addaudithook(_listen)  # below every library that uses Python's sockets; cannot be undone


@pytest.fixture(autouse=True)
def _nothing_leaves_the_machine() -> Iterator[None]:
    _attempts.clear()
    yield
    assert not _attempts, f"the test tried to leave this machine: {_attempts}"


# -- 2. nothing is skipped silently -------------------------------------------------------------

ALLOWED_REASON = "platform:"


def _reason(longrepr: object) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return str(text).removeprefix("Skipped: ")


def _no_silent_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = _reason(report.longrepr)
        if not reason.startswith(ALLOWED_REASON):
            report.outcome = "failed"
            report.longrepr = (
                f"skipped: {reason}\nA test may not be skipped. Let `make test` install what it "
                f"needs; if this platform cannot run it, begin the reason with '{ALLOWED_REASON}'."
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _no_silent_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _no_silent_skip(report)
    return report


# -- 3. logs hold no personal data --------------------------------------------------------------

DEMO_PEOPLE = Path(__file__).parent.parent / "backend" / "outside" / "demo_people.yaml"
_PERSONAL = re.compile(r"XM: ([\u4e00-\u9fff·]{2,})|(\d{17}[\dX])|(1\d{10})")


def canaries() -> frozenset[str]:
    """Names, ID numbers and phones of the demo people."""
    found = _PERSONAL.findall(DEMO_PEOPLE.read_text())
    return frozenset("".join(groups) for groups in found)


PASSWORDS = ("Yimen-demo-2026", "one that is long")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
_CODE = re.compile(r"(?<![\w.:-])\d{6,8}(?![\w.:-])")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.")

_tokens: set[str] = set()
_codes: set[str] = set()
_token_urlsafe, _randbelow = secrets.token_urlsafe, secrets.randbelow


def _remembered_token(nbytes: int | None = None) -> str:
    token = _token_urlsafe(nbytes)
    if len(token) >= 16:
        _tokens.add(token)
    return token


def _remembered_number(below: int) -> int:
    number = _randbelow(below)
    if below in (10**6, 10**8):  # a code by text message, a code at a window
        _codes.add(f"{number:0{len(str(below)) - 1}}")
    return number


# every secret of the product comes from these two
secrets.token_urlsafe, secrets.randbelow = _remembered_token, _remembered_number


def tells(line: str, canary: re.Pattern[str]) -> bool:
    """Whether a log line tells of a person or gives a secret away."""
    return bool(
        canary.search(line)
        or _JWT.search(line)
        or any(word in _tokens for word in _TOKEN.findall(line))
        or any(word in _codes for word in _CODE.findall(line))
    )


def canary_pattern() -> re.Pattern[str]:
    """Everything that is known beforehand."""
    return re.compile("|".join(map(re.escape, sorted({*canaries(), *PASSWORDS}))))


_end = CityProcess._end


def _end_and_read(self: CityProcess, how: signal.Signals) -> int | None:
    """A served city's log is read when it ends; what it greets the operator with is no log."""
    ended = _end(self, how)
    canary = canary_pattern()
    for line in self.log.read_text(errors="replace").splitlines() if self.log.exists() else ():
        assert not (line.startswith("{") and tells(line, canary)), f"a served city's log: {line}"
    return ended


CityProcess._end = _end_and_read  # type: ignore[method-assign]


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._canary = canary_pattern()
        self.setFormatter(JsonLines())
        self.sung: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # what our own formatter writes, and what a plain one would
        for line in (self.format(record), record.getMessage()):
            if tells(line, self._canary):
                self.sung.append(line)


@pytest.fixture(scope="session")
def _canary_listener() -> Iterator[_Listener]:
    listener = _Listener()
    own = logging.getLogger("yimen")
    logging.getLogger().addHandler(listener)
    own.setLevel(logging.DEBUG)
    yield listener
    logging.getLogger().removeHandler(listener)


@pytest.fixture(autouse=True)
def _no_person_in_the_logs(_canary_listener: _Listener) -> Iterator[None]:
    _canary_listener.sung.clear()
    _codes.clear()  # six digits may be anything; so they count during their own test alone
    yield
    assert not _canary_listener.sung, f"a log line tells of a person: {_canary_listener.sung[0]}"


# -- what failed before the tests began is said where it is read: at the end ---------------------


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if failed := os.environ.get("FAILED_CHECKS"):
        terminalreporter.section("what failed before these tests", red=True)
        terminalreporter.write_line(f"{failed}: see above, under their headings", red=True)
