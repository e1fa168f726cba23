"""The browser maker's push service (谷歌推送服务), played on this machine.

Chromium speaks to three addresses and the city to one; all of them are here:

1. check-in and registration over HTTP: the browser becomes a device and gets a token;
2. MCS over TLS: the line that stays open and on which messages come down;
3. the address that the subscription names, ``https://<maker's host>/fcm/send/<token>``. The city
   reaches it by the environment's ``HTTPS_PROXY`` and believes it by ``SSL_CERT_FILE``, just as in
   an office network with an outgoing proxy; so the product knows nothing of this file.

The messages are the bytes the city sent: encrypted for the browser alone.
"""

import base64
import hashlib
import ipaddress
import secrets
import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOSTS = ("jmt17.google.com", "fcm.googleapis.com")
"""Where Chromium's subscriptions point to; which of the two depends on how it was built."""

# MCS, the protocol of the open line (chromium, google_apis/gcm/protocol/mcs.proto)
VERSION = 41
PING, PONG, LOGIN, WELCOME, MESSAGE = 0, 1, 2, 3, 8


def number(value: int) -> bytes:
    """A protobuf varint."""
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def entry(place: int, value: int | str | bytes) -> bytes:
    """A protobuf field: a number, or bytes with their length."""
    if isinstance(value, int):
        return number(place << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(place << 3 | 2) + number(len(data)) + data


def fixed(place: int, value: int) -> bytes:
    """A protobuf field of 64 bits."""
    return number(place << 3 | 1) + struct.pack("<Q", value)


def packet(tag: int, body: bytes) -> bytes:
    """One MCS message as it goes over the line."""
    return bytes([tag]) + number(len(body)) + body


def milliseconds() -> int:
    """Now, as the maker's protocols count."""
    return time.time_ns() // 1_000_000


@dataclass
class Delivered:
    """A message on its way: the headers the city sent, the sealed body, and for whom."""

    token: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Device registrations, open lines, and what was delivered."""

    folder: Path
    delivered: list[Delivered] = field(default_factory=list)
    _devices: dict[str, dict[str, str]] = field(default_factory=dict)
    _lines: list[ssl.SSLSocket] = field(default_factory=list)
    _closing: bool = False

    def __post_init__(self) -> None:
        self.certificate = self.folder / "push-service.pem"
        key = self._certify()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate)
        pin = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._pin = base64.b64encode(hashlib.sha256(pin).digest()).decode()
        door = type("Door", (_Door,), {"service": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), door)
        self._http.daemon_threads = True
        self._mcs = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        threading.Thread(target=self._welcome, daemon=True).start()

    @property
    def chromium_flags(self) -> list[str]:
        """Point Chromium here, and let it believe this certificate and no other."""
        http, mcs = self._http.server_address[1], self._mcs.getsockname()[1]
        return [
            f"--gcm-checkin-url=http://127.0.0.1:{http}/checkin",
            f"--gcm-registration-url=http://127.0.0.1:{http}/register3",
            f"--gcm-mcs-endpoint=https://127.0.0.1:{mcs}",
            f"--ignore-certificate-errors-spki-list={self._pin}",
        ]

    @property
    def city_environ(self) -> dict[str, str]:
        """Point the city here."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self._http.server_address[1]}",
            "SSL_CERT_FILE": str(self.certificate),
            "YIMEN_WEBPUSH_URL": f"https://{HOSTS[0]}",
        }

    def close(self) -> None:
        """Hang up on everybody."""
        self._closing = True
        self._http.shutdown()
        self._http.server_close()
        self._mcs.close()
        for line in self._lines:
            with suppress(OSError):  # the browser may have left first
                line.shutdown(socket.SHUT_RDWR)

    # -- a browser becomes a device, and listens ------------------------------------------------

    def register(self, asked: dict[str, str]) -> str:
        """``register3``: a token for one site's subscription."""
        if asked.get("delete"):
            return f"token={asked.get('app', '')}"
        token = f"device-{secrets.token_hex(12)}"
        self._devices[token] = asked
        return f"token={token}"

    def _welcome(self) -> None:
        while not self._closing:
            try:
                caller, _ = self._mcs.accept()
            except OSError:
                return
            threading.Thread(target=self._listen, args=(caller,), daemon=True).start()

    def _listen(self, caller: socket.socket) -> None:
        try:
            with (
                self._tls.wrap_socket(caller, server_side=True) as line,
                line.makefile("rb") as stream,
            ):
                stream.read(1)  # the version
                while tag := stream.read(1):
                    stream.read(_length(stream))
                    if tag[0] == LOGIN:
                        welcome = entry(1, "login-1") + entry(8, milliseconds())
                        line.sendall(bytes([VERSION]) + packet(WELCOME, welcome))
                        self._lines.append(line)
                    elif tag[0] == PING:
                        line.sendall(packet(PONG, b""))
        except OSError:
            caller.close()  # the browser left, as browsers do

    # -- a message comes down the line ----------------------------------------------------------

    def deliver(self, message: Delivered) -> int:
        """Hand a message to its device; the HTTP status of the answer."""
        device = self._devices.get(message.token)
        if device is None:
            return 410
        self.delivered.append(message)
        told = (("content-encoding", "aes128gcm"), ("subtype", device.get("X-subtype", "")))
        body = (
            entry(2, secrets.token_hex(4)) + entry(3, device.get("sender", ""))
            + entry(5, device["app"])
            + b"".join(entry(7, entry(1, name) + entry(2, value)) for name, value in told)
            + entry(9, f"0:{secrets.token_hex(6)}")
            + entry(17, 86400) + entry(18, milliseconds()) + entry(21, message.body)
        )  # fmt: skip
        self._lines[-1].sendall(packet(MESSAGE, body))
        return 201

    def tls(self, caller: socket.socket) -> ssl.SSLSocket:
        """Become the maker's host for a caller who came through the proxy."""
        return self._tls.wrap_socket(caller, server_side=True)

    def _certify(self) -> ec.EllipticCurvePrivateKey:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push service of a test")])
        now = datetime.fromtimestamp(time.time(), UTC)
        names: list[x509.GeneralName] = [x509.DNSName(host) for host in HOSTS]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        signed = (
            x509.CertificateBuilder()
            .subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self.certificate.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
        return key


def _length(stream: Any) -> int:
    """Read a protobuf varint."""
    size = shift = 0
    while True:
        (byte,) = stream.read(1)
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return size


class _Door(BaseHTTPRequestHandler):
    """Check-in and registration; a proxy for the city; behind it the maker's own address."""

    service: ClassVar[PushService]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_CONNECT(self) -> None:
        host = self.path.partition(":")[0]
        if host not in HOSTS:
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        with suppress(OSError), self.service.tls(self.connection) as inner:
            type(self)(inner, self.client_address, self.server)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith("/checkin"):
            android, token = 1234567890123, 9876543210987
            answer = entry(1, 1) + entry(3, milliseconds()) + fixed(7, android) + fixed(8, token)
            self._answer(200, answer, "application/x-protobuf")
        elif self.path.startswith("/register3"):
            asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self._answer(200, self.service.register(asked).encode(), "text/plain")
        elif self.path.startswith("/fcm/send/"):
            headers = {name.lower(): value for name, value in self.headers.items()}
            token = self.path.removeprefix("/fcm/send/")
            self._answer(self.service.deliver(Delivered(token, headers, body)), b"", "text/plain")
        else:
            self._answer(404, b"", "text/plain")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
