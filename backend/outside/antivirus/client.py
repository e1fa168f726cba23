r"""Client of the virus scanner (病毒查杀): clamd's own protocol, ``INSTREAM``.

One connection for one paper: ``zINSTREAM\0``, then pieces of ``length, 4 bytes big endian | bytes``
ended by a length of nought. The answer is ``stream: OK``, ``stream: <name> FOUND`` or a sentence
that ends in ``ERROR``, closed by ``\0`` (clamd(8), "COMMANDS"). Nothing but the bytes is sent: no
name, no owner.

Addresses: ``unix:///run/clamav/clamd.ctl``, ``tcp://localhost:3310``, and ``tls://host:port`` for a
daemon on another machine behind a TLS relay, since clamd has no encryption of its own.
"""

import asyncio
from typing import Self
from urllib.parse import urlsplit

from backend.kernel import http, settings
from backend.outside.antivirus import sandbox
from backend.outside.wire import Down

SYSTEM = "antivirus"
DEADLINE = 20.0
"""Seconds for one paper, sent and judged; a worker's lease is longer."""
PIECE = 64 * 1024
"""Bytes sent at a time; clamd takes any length up to its ``StreamMaxLength`` in all."""
LONGEST_ANSWER = 1024

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Antivirus:
    """Asks the scanner. Raises ``wire.Down``; ``permanent`` when it will not take this paper."""

    def __init__(self, address: str, *, deadline: float = DEADLINE) -> None:
        self._address = address
        self._deadline = deadline

    @classmethod
    def from_settings(cls) -> Self:
        """The city's scanner. There must be one: ask ``configured`` before."""
        return cls(settings.current().antivirus_url)

    async def scan(self, data: bytes) -> str | None:
        """The name of what was found in a file; None if it is clean."""
        said = await self._ask(b"zINSTREAM\0", data)
        verdict = said.removeprefix("stream: ")
        if verdict == "OK":
            return None
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        too_large = "size limit exceeded" in said
        raise Down(SYSTEM, "refused" if said.endswith("ERROR") else "garbled", permanent=too_large)

    async def version(self) -> str:
        """Program and signatures: ``ClamAV 1.4.3/27800/Mon Nov 23 …``."""
        return await self._ask(b"zVERSION\0", None)

    async def _ask(self, command: bytes, data: bytes | None) -> str:
        try:
            async with asyncio.timeout(self._deadline):
                reader, writer = await self._dial()
                try:
                    return await _exchange(reader, writer, command, data)
                finally:
                    writer.close()
        except TimeoutError:
            raise Down(SYSTEM, "timeout") from None
        except (OSError, asyncio.IncompleteReadError):
            raise Down(SYSTEM, "unreachable") from None
        except (asyncio.LimitOverrunError, UnicodeError):
            raise Down(SYSTEM, "garbled") from None

    async def _dial(self) -> Line:
        if self._address == "sandbox":
            return await sandbox.dial()
        parts = urlsplit(self._address)
        if parts.scheme == "unix":
            return await asyncio.open_unix_connection(parts.path, limit=LONGEST_ANSWER)
        secured = http.trusted() if parts.scheme == "tls" else None
        return await asyncio.open_connection(
            parts.hostname, parts.port, ssl=secured, limit=LONGEST_ANSWER
        )


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, command: bytes, data: bytes | None
) -> str:
    try:
        writer.write(command)
        if data is not None:
            for at in range(0, len(data), PIECE):
                piece = data[at : at + PIECE]
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))
        await writer.drain()
    except (ConnectionResetError, BrokenPipeError):
        pass  # it has heard enough: what it said of a file too large is still to be read
    answer = await reader.readuntil(b"\0")
    return answer[:-1].decode("ascii").strip()


def configured() -> bool:
    """Whether this city has a scanner at all."""
    return bool(settings.current().antivirus_url)
