"""Files as phones and scanners make them, and people who upload them."""

import itertools
import struct
import zlib

import httpx2
import pytest

from tests.auth.conftest import HUANG, door
from tests.backend.library.conftest import Resident, liang, moved_in

__all__ = ["door", "liang"]

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_keys = itertools.count(1)


def _chunk(kind, data):
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
# A thumbnail with an end of its own inside an APP1 segment, then a scan with a stuffed byte.
JPEG = (
    b"\xff\xd8\xff\xe1\x00\x0aExif\xff\xd8\xff\xd9"
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\x00\x34\xff\xd0\x56\xff\xd9"
)
WEBP = b"RIFF" + struct.pack("<I", 20) + b"WEBPVP8L" + struct.pack("<I", 8) + b"\x2f" + b"\0" * 7
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def keyed(key=None):
    return {"Idempotency-Key": key or f"vault-key-{next(_keys):06d}"}


async def upload(
    browser: httpx2.AsyncClient,
    data: bytes = PDF,
    kind: str = "lease_contract",
    *,
    key: str | None = None,
    filename: str = "合同.pdf",
    **more: str,
) -> httpx2.Response:
    return await browser.post(
        "/api/documents",
        files={"file": (filename, data, "application/octet-stream")},
        data={"material_type": kind, **more},
        headers=keyed(key),
    )


@pytest.fixture
async def huang(door) -> Resident:
    """Another citizen in the same city."""
    return await moved_in(door, HUANG)
