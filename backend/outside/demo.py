"""What the sandboxes share: the demo people, ways to misbehave, and a memory of messages."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

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
