"""What the sandboxes share: the demo people, ways to misbehave, and a memory of messages."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

PEOPLE = Path(__file__).with_name("demo_people.yaml")


class Trouble(StrEnum):
    """How a register answers about a magic identity."""

    HANGS = "hangs"
    DOWN = "down"
    STAMMERS = "stammers"
    REFUSES = "refuses"


@cache
def read_people() -> list[dict[str, Any]]:
    """All demo people, as written in ``demo_people.yaml``. Read once; nobody writes into it."""
    # five sandboxes start with the server: the C loader is eight times faster
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    people: list[dict[str, Any]] = yaml.load(PEOPLE.read_bytes(), loader)["people"]  # noqa: S506
    return people


def by_id_number(block: str) -> dict[str, Any]:
    """One register's block of every person who has it, by ID number (公民身份号码)."""
    return dict(_blocks(block))


def _blocks(block: str) -> Iterator[tuple[str, Any]]:
    for person in read_people():
        if block in person:
            yield person["population"]["GMSFHM"], person[block]


class Ledger:
    """The newest messages a sandbox took, found again by their key; forgets the oldest."""

    def __init__(self, keeps: int = 5000) -> None:
        self._keeps = keeps
        self._kept: OrderedDict[Hashable, dict[str, Any]] = OrderedDict()

    def find(self, key: Hashable) -> dict[str, Any] | None:
        """The message under this key, if it is remembered."""
        return self._kept.get(key)

    def add(self, key: Hashable, message: dict[str, Any]) -> None:
        """Remember a message as the newest; a key may be used again."""
        self._kept[key] = message
        self._kept.move_to_end(key)
        if len(self._kept) > self._keeps:
            self._kept.popitem(last=False)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Newest first."""
        return reversed(self._kept.values())


async def suffer(trouble: Trouble, request: Request) -> Response:
    """Hang until the caller hangs up, fall over, or answer with half a sentence."""
    if trouble is Trouble.HANGS:
        await request.body()
        # the next message can only be the disconnect: no clock is involved, so tests never sleep
        await request.receive()
        return Response(status_code=504)
    if trouble is Trouble.DOWN:
        return PlainTextResponse("系统维护中", status_code=503, headers={"Retry-After": "30"})
    return Response(b'{"code":"0","data":{"XM":"', media_type="application/json")


Asked = dict[str, Any]
"""A question to a register, and its answer, in the register's own field names."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a register that speaks JSON takes a question and words its answers.

    ``key`` is the field that names whom a question is about, ``magic`` who of them brings trouble;
    each of the last five is the result's code and its words.
    """

    authorization: str
    key: str
    magic: Mapping[str, Trouble]
    code: str
    words: str
    content: str
    unknown_caller: tuple[str, str]
    incomplete: tuple[str, str]
    refused: tuple[str, str]
    nothing: tuple[str, str]
    held: tuple[str, str]

    def endpoint(
        self, answer: Callable[[Asked], Asked | None]
    ) -> Callable[[Request], Awaitable[Response]]:
        """One of the services; None as an answer means nothing is held."""

        async def endpoint(request: Request) -> Response:
            if request.headers.get("authorization") != self.authorization:
                return self._say(self.unknown_caller, status=401)
            try:
                asked = await request.json()
                trouble = self.magic.get(asked[self.key])
            except (ValueError, TypeError, KeyError):
                return self._say(self.incomplete, status=400)
            if trouble is Trouble.REFUSES:
                return self._say(self.refused)
            if trouble:
                return await suffer(trouble, request)
            found = answer(asked)
            if found is None:
                return self._say(self.nothing)
            return self._say(self.held, {self.content: found})

        return endpoint

    def _say(
        self, what: tuple[str, str], more: Asked | None = None, *, status: int = 200
    ) -> Response:
        return JSONResponse({self.code: what[0], self.words: what[1], **(more or {})}, status)
