"""A small clamd double that speaks the same bytes (病毒查杀的替身).

It knows one virus, the EICAR test file (68 printable bytes that every scanner takes for one), and
finds it anywhere in a file, so that a photo or a PDF can carry it. Magic contents:

    YIMEN-SANDBOX-SCAN-SLOW     never answers
    YIMEN-SANDBOX-SCAN-DEAD     hangs up in the middle
    YIMEN-SANDBOX-SCAN-ERROR    cannot judge the file
    YIMEN-SANDBOX-SCAN-GARBLED  answers what no scanner says

In a demo city it sits at the other end of a socket pair; ``answer`` can serve a port as well.
"""

import asyncio
import socket

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MAGIC = b"YIMEN-SANDBOX-SCAN-"
STREAM_MAX_LENGTH = 26 * 1024 * 1024
"""clamd's own default (``StreamMaxLength``)."""

_at_work: set[asyncio.Task[None]] = set()


async def dial() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line to a scanner of one's own, for one question."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=theirs)
    task = asyncio.create_task(answer(reader, writer), name="antivirus sandbox")
    _at_work.add(task)
    task.add_done_callback(_at_work.discard)
    return await asyncio.open_connection(sock=ours)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection: one command, one answer."""
    try:
        said = await _said(reader, (await reader.readuntil(b"\0"))[:-1])
        if said is not None:
            writer.write(said + b"\0")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # whoever asked has gone
    finally:
        writer.close()


async def _said(reader: asyncio.StreamReader, command: bytes) -> bytes | None:
    if command == b"zVERSION":
        return b"ClamAV sandbox/0/yimen"
    if command != b"zINSTREAM":
        return b"UNKNOWN COMMAND"
    data = bytearray()
    while length := int.from_bytes(await reader.readexactly(4), "big"):
        if len(data) + length > STREAM_MAX_LENGTH:
            return b"INSTREAM size limit exceeded. ERROR"
        data += await reader.readexactly(length)
    if MAGIC + b"SLOW" in data:
        await reader.read()  # until the other side has had enough
        return None
    if MAGIC + b"DEAD" in data:
        return None
    if MAGIC + b"ERROR" in data:
        return b"stream: Can't allocate memory ERROR"
    if MAGIC + b"GARBLED" in data:
        return b"<html>502</html>"
    return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"
