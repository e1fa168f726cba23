"""Outgoing calls: only where a certificate is right, and never on to where an answer points."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from backend.kernel import clock, http
from backend.kernel.settings import Settings

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def self_made(folder: Path) -> Path:
    """A certificate for this machine that no authority has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


@asynccontextmanager
async def serving(
    answer: bytes, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that always says the same, and what it has heard."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


@asynccontextmanager
async def client_for(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The city's own client for a register at this address."""
    http.open_clients(Settings(demo=True, sandboxes=True, bank_url=address), ("bank",), {})
    try:
        yield http.client("bank")
    finally:
        await http.close_clients()


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_a_certificate_nobody_signed_is_not_believed(tmp_path: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(self_made(tmp_path))
    async with serving(FINE, tls) as (port, heard), client_for(f"https://localhost:{port}") as bank:
        with pytest.raises(httpx2.ConnectError, match=r"(?i)certificate"):
            await bank.get("/")
        assert not heard


async def test_an_answer_that_points_elsewhere_is_not_followed() -> None:
    async with serving(FINE) as (other, followed):
        away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other}/\r\n"
        said = f"{away}Content-Length: 0\r\n\r\n".encode()
        async with (
            serving(said) as (port, heard),
            client_for(f"http://127.0.0.1:{port}") as bank,
        ):
            assert (await bank.get("/")).status_code == 302
            posted = await bank.post("/", json={"id_number": "x"})
            assert posted.status_code == 302
        assert len(heard) == 2
        assert not followed
