"""Asks over kept HTTP/1.1 connections, as many at once as wanted."""

import asyncio
import time
from collections.abc import Iterator, Sequence


class Unexpected(Exception):
    """A subject gave another status than the one recorded."""


class _Connection(asyncio.Protocol):
    """One kept connection: sends the next request as soon as an answer is complete."""

    def __init__(self, turns: Iterator[tuple[bytes, int]], waits: list[float]) -> None:
        self._turns = turns
        self._waits = waits
        self._left = b""
        self._expect = 0
        self._asked = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        turn = next(self._turns, None)
        if turn is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        request, self._expect = turn
        self._asked = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, found, rest = self._left.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        length = int(lower[at:].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        self._waits.append(time.perf_counter() - self._asked)
        self._left = b""
        if int(head[9:12]) != self._expect:
            self._fail(Unexpected(f"{head[:40]!r} {rest[:600].decode()}"))
        else:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or ConnectionResetError("the subject hung up"))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            self._transport.close()


async def ask_all(port: int, requests: Sequence[tuple[bytes, int]], *, at_once: int) -> list[float]:
    """Send every request once; how many seconds each answer took.

    Raises:
        Unexpected: an answer had another status than the one that goes with its request.
    """
    turns, waits = iter(requests), list[float]()
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: _Connection(turns, waits), "127.0.0.1", port))[1]
        for _ in range(at_once)
    ]
    await asyncio.gather(*(connection.done for connection in connections))
    return waits
