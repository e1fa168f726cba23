"""A wire between a city and a part of it, that a test cuts, leaves silent and mends."""

import asyncio
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Wire:
    """Carries bytes from a port of its own to one of a server on this machine."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0

    def on(self, url: str) -> str:
        """The address of the server, by way of this wire."""
        parts = urlsplit(url)
        user, at, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{self.port}"))

    async def cut(self) -> None:
        """As if the server had been killed: connections break, nobody listens any more."""
        server, self._server = self._server, None
        assert server is not None
        server.close()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    def silence(self) -> None:
        """As if the network had swallowed it: connections stay, and nothing comes."""
        self._flows.clear()

    async def mend(self) -> None:
        """The server is back, under the same address."""
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            await self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(self, near: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        try:
            far, ask = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            answer.transport.abort()
            return
        self._ends |= {ask, answer}
        for source, sink in ((near, ask), (far, answer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()
            self._ends.discard(sink)
