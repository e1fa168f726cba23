"""clamd's protocol byte by byte: answers, silence, hanging up, and files too large for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from backend.outside.antivirus import sandbox
from backend.outside.antivirus.client import PIECE, Antivirus
from backend.outside.antivirus.sandbox import EICAR, MAGIC
from backend.outside.wire import Down

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def served(answer: Answer = sandbox.answer, path: Path | None = None) -> AsyncIterator[str]:
    """The address at which a scanner answers: a port, or a socket file."""
    if path is not None:
        server = await asyncio.start_unix_server(answer, path)
        address = f"unix://{path}"
    else:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield address


def saying(words: bytes, heard: bytearray | None = None) -> Answer:
    """A scanner that hears everything out and says one thing."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = b""
        while not said.endswith(bytes(4)):
            said += await reader.read(65536)
        if heard is not None:
            heard.extend(said)
        writer.write(words)
        writer.close()

    return answer


async def down(scanner: Antivirus, data: bytes) -> tuple[str, bool]:
    with pytest.raises(Down) as raised:
        await scanner.scan(data)
    return raised.value.reason, raised.value.permanent


async def test_a_file_is_clean_or_has_the_name_of_what_was_found(tmp_path: Path) -> None:
    for path in (None, tmp_path / "clamd.ctl"):
        async with served(path=path) as address:
            scanner = Antivirus(address)
            assert await scanner.scan(b"%PDF-1.7") is None
            assert await scanner.scan(b"a" * (3 * PIECE + 1)) is None
            assert await scanner.scan(b"a" * PIECE + EICAR + b"b") == "Eicar-Test-Signature"
            assert "ClamAV" in await scanner.version()
    assert await Antivirus("sandbox").scan(b"") is None


async def test_the_bytes_are_those_that_clamd_documents() -> None:
    heard = bytearray()
    async with served(saying(b"stream: OK\0", heard)) as address:
        assert await Antivirus(address).scan(b"hello") is None
    assert bytes(heard) == b"zINSTREAM\0" + b"\0\0\0\x05hello" + bytes(4)


@pytest.mark.parametrize(
    ("magic", "reason"),
    [("SLOW", "timeout"), ("DEAD", "unreachable"), ("ERROR", "refused"), ("GARBLED", "garbled")],
)
async def test_a_scanner_that_does_not_answer_is_down(magic: str, reason: str) -> None:
    scanner = Antivirus("sandbox", deadline=0.3)
    assert await down(scanner, MAGIC + magic.encode()) == (reason, False)


@pytest.mark.parametrize(
    "words", [b"stream: OK", b"", b"\xff\xfe\0", b"x" * 4000 + b"\0", b"stream: \0"]
)
async def test_half_an_answer_is_none(words: bytes) -> None:
    async with served(saying(words)) as address:
        reason, permanent = await down(Antivirus(address), b"x")
        assert (reason in ("garbled", "unreachable"), permanent) == (True, False)


async def test_what_is_too_large_for_it_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "STREAM_MAX_LENGTH", 10)
    assert await down(Antivirus("sandbox"), b"x" * 11) == ("refused", True)


async def test_nobody_there_is_down(tmp_path: Path) -> None:
    for address in ("tcp://127.0.0.1:1", f"unix://{tmp_path}/none.ctl"):
        assert await down(Antivirus(address), b"x") == ("unreachable", False)
