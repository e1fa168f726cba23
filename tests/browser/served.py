"""The city in a process of its own, as ``make run`` starts it (embedded parts, demo people)."""

import re
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from tests.services.city import CityProcess, demo_environ
from tests.services.process import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds for anything the city's worker does after the answer."""


class ServedCity:
    """A server on a port of its own; ``kill`` and ``start`` again as often as needed.

    It listens on ``127.0.0.1`` and is browsed as ``localhost``, the one name for which browsers
    allow service workers and notifications without https.
    """

    def __init__(self, state: Path, environ: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.environ = demo_environ(state, YIMEN_BASE_URL=self.address, **(environ or {}))
        self._log = state.with_name(f"{state.name}.log")
        self._process = CityProcess(self.environ, self._log, port=self.port)
        self._visits = ExitStack()
        self.http = self.visit()

    def start(self) -> None:
        """Serve; returns when the city answers."""
        self._process.start()

    def kill(self) -> None:
        """Take the city off the network at once, as a power cut does."""
        self._process.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._visits.close()
        self._process.stop()

    def visit(self) -> httpx2.Client:
        """A visitor without a browser; leaves when the city closes."""
        visitor = httpx2.Client(base_url=self.address, timeout=PATIENCE, trust_env=False)
        return self._visits.enter_context(visitor)

    def errors(self) -> list[str]:
        """What the city complained about in its log; nothing, if all went well."""
        return [line for line in self._log.read_text().splitlines() if '"error"' in line]

    def text_messages(self, phone: str) -> list[dict[str, Any]]:
        """The phone's text messages, newest first, from the sandbox's inbox."""
        answer = self.http.get("/sandbox/sms/messages", params={"phone": phone})
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def hears(self, phone: str, words: str) -> None:
        """The phone gets a text message with these words: the worker sends it after the answer."""
        until = time.monotonic() + PATIENCE
        while not any(words in one["text"] for one in self.text_messages(phone)):
            assert time.monotonic() < until, f"no {words!r}: {self.text_messages(phone)}"

    def codes(self, phone: str) -> list[dict[str, Any]]:
        """Those of them that bring a code, not word of a new device."""
        return [one for one in self.text_messages(phone) if "验证码" in one["text"]]

    def sms_code(self, phone: str, seen: int = 0) -> str:
        """The code in the phone's newest text message, after the ``seen`` ones known before."""
        while len(codes := self.codes(phone)) <= seen:
            pass  # the worker sends it right after the answer
        found = re.search(r"验证码 (\d{6})", codes[0]["text"])
        assert found, codes[0]
        return found.group(1)

    def wechat_messages(self) -> list[dict[str, Any]]:
        """Template messages that reached WeChat, newest first."""
        found: list[dict[str, Any]] = self.http.get("/sandbox/wechat/messages").json()["messages"]
        return found
