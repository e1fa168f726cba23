"""Walks ways over kept HTTP/1.1 connections: so many at once, or so many beginning each second.

At a rate, people begin when they begin, whether or not those before them are through; their time
counts from the moment they wanted to, so that a server that stands still shows in every figure.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.asks import Ask
from benchmarks.sign_ins.ways import Answer, Astray, Way


@dataclass(frozen=True, slots=True)
class Walked:
    """One sign-in: when it began (seconds since the walk began), how long it took, what failed."""

    began: float
    seconds: float
    failed: str = ""


KEPT_S = 2.0
"""A connection that was idle longer is not used again: the server hangs up after five seconds."""


class Connection(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self) -> None:
        self.used = time.perf_counter()
        self._left = b""
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, wire: bytes) -> asyncio.Future[Answer]:
        """Send a request; what comes back."""
        self._answer = asyncio.get_running_loop().create_future()
        if self.transport.is_closing():
            self._answer.set_exception(ConnectionResetError("the server hung up"))
        self.transport.write(wire)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, found, rest = self._left.partition(b"\r\n\r\n")
        if not found or self._answer is None:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): text for name, _, text in (one.partition(": ") for one in lines)}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return
        self._left = b""
        answer, self._answer = self._answer, None
        if answer.done():  # whoever asked has left
            return
        answer.set_result(Answer(int(first.split()[1]), headers, rest[:length]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the server hung up"))


class Walker:
    """Walks ways at one server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[Connection] = []
        self.asked = 0

    async def all_of(self, ways: Sequence[Way], *, at_once: int) -> list[Walked]:
        """Walk every way, so many at once."""
        began = time.perf_counter()
        left: Iterator[Way] = iter(ways)

        async def one_by_one() -> list[Walked]:
            return [await self._walk(way, began, time.perf_counter()) for way in left]

        found = await asyncio.gather(*(one_by_one() for _ in range(at_once)))
        return [walked for some in found for walked in some]

    async def at_times(self, ways: Iterator[Way], times: Sequence[float]) -> list[Walked]:
        """Begin one way at each of these times (seconds from now)."""
        began = time.perf_counter()
        walks = []
        for at in times:
            await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
            walks.append(asyncio.create_task(self._walk(next(ways), began, began + at)))
        return list(await asyncio.gather(*walks))

    async def _walk(self, way: Way, began: float, wanted: float) -> Walked:
        failed, connection = "", None
        try:
            connection = await self._kept()
            ask: Ask | None = next(way)
            while ask is not None:
                self.asked += 1
                answer = await connection.ask(ask.wire())
                if answer.status != ask.expect:
                    failed = f"{ask.path.partition('?')[0]}: {answer.status} {answer.body[:200]!r}"
                    break
                try:
                    ask = way.send(answer)
                except StopIteration:
                    ask = None
        except Astray as astray:
            failed = f"led astray to {astray}"
        except OSError as error:
            failed, connection = repr(error), None
        if connection is not None:
            connection.used = time.perf_counter()
            self._free.append(connection)
        return Walked(wanted - began, time.perf_counter() - wanted, failed)

    async def _kept(self) -> Connection:
        while self._free:
            connection = self._free.pop()
            if time.perf_counter() - connection.used < KEPT_S:
                return connection
            connection.transport.close()
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, "127.0.0.1", self._port))[1]

    def close(self) -> None:
        """Hang up."""
        for connection in self._free:
            connection.transport.close()
        self._free.clear()


def retold(said: Sequence[tuple[Ask, int]]) -> Way:
    """A recorded sign-in again: the same requests, by number, whatever is answered."""
    for ask, number in said:
        yield ask.numbered(number)


def share(walked: Sequence[Walked], part: float) -> float:
    """The time within which this part of the sign-ins was through, in milliseconds."""
    times = sorted(one.seconds for one in walked)
    return times[min(len(times) - 1, int(len(times) * part))] * 1000
