"""What is asked of both subjects, byte for byte the same, and what is known of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

NUMBER = "x-number"
"""The header by which the bare handler finds what was recorded; the product ignores it."""

# what a phone's browser sends beside the cookie
BROWSER = {
    "host": "localhost:8000",
    "user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari",
    "accept": "application/json",
    "accept-language": "zh-CN,zh;q=0.9",
    "accept-encoding": "gzip, deflate, br",
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One HTTP request and the status that answers it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    expect: int = 200

    def numbered(self, number: int) -> "Ask":
        """The same, for the bare handler to find."""
        return replace(self, headers={**self.headers, NUMBER: str(number)})

    def wire(self, number: int = 0) -> bytes:
        """The request as it goes over a kept connection."""
        headers = {**BROWSER, NUMBER: str(number)}
        if self.body:
            headers |= {"content-type": "application/json", "content-length": str(len(self.body))}
        headers |= self.headers
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Sent(NamedTuple):
    """One statement as the driver gets it."""

    sql: str
    params: tuple[Any, ...]
    fetch: bool


class Worked(NamedTuple):
    """One piece of cryptography: ``seal``, ``open``, ``mac``, ``argon2``, a JWS algorithm or the
    check of one, ``P-256 key`` (a public key read), ``JWE``; and of how many bytes.
    """

    kind: str
    size: int


@dataclass(slots=True)
class Told:
    """An answer, the SQL behind it (each inner list of more than one is one transaction), and for
    sign-ins the cryptography.
    """

    steps: list[list[Sent]] = field(default_factory=list)
    crypto: list[Worked] = field(default_factory=list)
    status: int = 0
    body: bytes = b""

    @property
    def statements(self) -> int:
        """How many statements, the transactions' own BEGIN and COMMIT aside."""
        return sum(map(len, self.steps))


class Record(NamedTuple):
    """What the bare handler is given: every answer by number, and SQLite's pragmas."""

    told: list[Told]
    pragmas: Mapping[str, object]
