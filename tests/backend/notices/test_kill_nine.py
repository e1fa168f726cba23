"""The worker is killed in the middle of 1,000 notices; every one arrives once by its key."""

import asyncio
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend import worker
from backend.kernel import clock, db, outbox
from backend.kernel import parts as kernel_parts
from backend.kernel.settings import Settings
from backend.notices import models, usecases
from backend.outside.webpush.encryption import b64
from tests.city import environ

NOTICES = 1000
KILLED_AT = (200, 500, 800)
AT_ONCE = 16


class Sink:
    """A push service that counts what arrives under which key."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._changed = threading.Condition()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                with sink._changed:
                    sink.seen[self.headers["idempotency-key"]] += 1
                    sink._changed.notify_all()
                self.send_response(201)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # killed callers
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, keys: int) -> None:
        """Until so many different keys have arrived."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.seen) >= keys, timeout=40)
        assert arrived, f"{len(self.seen)} of {keys} arrived"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


async def enqueue_notices(settings: Settings, endpoint: str) -> None:
    person = db.new_id()
    browser = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = browser.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    keys = {"p256dh": b64(point), "auth": b64(bytes(16))}
    async with kernel_parts.opened(settings):
        await models.keep_subscription(person, endpoint=endpoint, keys=keys)
        for start in range(0, NOTICES, 100):
            await db.write(
                *(
                    usecases.about_case(
                        person, "case_accepted", case=f"4406{n:020}", key=f"n{n}",
                        params={"item": "居住证申领", "department": "公安局"},
                    )
                    for n in range(start, start + 100)
                )
            )  # fmt: skip


async def finish(settings: Settings) -> dict[str, int]:
    """Carry out what the last killed worker still held, once its lease is over; rows by state."""
    later = clock.in_seconds(3600)
    async with kernel_parts.opened(settings):
        with clock.showing(later):
            await outbox.Dispatcher(worker.OUTBOX).run_due()
        rows = await db.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
        sent = await db.rows(
            "SELECT state, count(*) AS n FROM notice_delivery "
            "WHERE channel = 'webpush' GROUP BY state"
        )
    return {r["state"]: int(r["n"]) for r in rows} | {
        f"push {r['state']}": int(r["n"]) for r in sent
    }


@contextmanager
def working(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process, gone at the end whatever happens."""
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def test_every_notice_arrives_once_by_key_however_often_the_worker_dies(
    parts: Settings, sink: Sink
) -> None:
    asyncio.run(enqueue_notices(parts, f"{sink.address}/phone"))
    reaching = parts.model_copy(
        update={"webpush_url": sink.address, "webpush_hosts": sink.address, "outbox_lease": 2}
    )
    env = environ(reaching)
    command = [sys.executable, "-m", "backend.cli", "worker"]
    for count in KILLED_AT:
        with working(command, env) as process:
            sink.wait_for(count)
            process.kill()
    with working(command, env) as process:
        sink.wait_for(NOTICES)
        process.terminate()
        assert process.wait(timeout=30) == 0

    states = asyncio.run(finish(reaching))
    assert states == {"done": 2 * NOTICES, "push sent": NOTICES}
    assert len(sink.seen) == NOTICES
    repeated = sum(count - 1 for count in sink.seen.values())
    assert repeated <= AT_ONCE * len(KILLED_AT), "only what was in hand at a kill may come again"
    print(f"killed {len(KILLED_AT)} times: {NOTICES} keys, {repeated} repetitions dropped by key")
