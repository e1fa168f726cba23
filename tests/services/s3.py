"""A small object store that speaks as much of S3 as ours is asked: put, get, delete, signed."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class S3Server:
    """Objects in memory, on a port of its own. Requests without a signature are refused."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        store = self.objects

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self, status: int, body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.send_header("etag", '"1"')
                self.send_header("last-modified", "Mon, 23 Nov 2026 00:00:00 GMT")
                self.end_headers()
                self.wfile.write(body)

            def _body(self) -> bytes:
                return self.rfile.read(int(self.headers.get("content-length") or 0))

            def _act(self) -> None:
                body = self._body()
                if not self.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
                    self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                elif self.command == "PUT":
                    store[self.path] = body
                    self._answer(200)
                elif self.command == "POST" and self.path.endswith("?delete"):
                    bucket = self.path.partition("?")[0]
                    names = re.findall(r"<Key>(.*?)</Key>", body.decode())
                    for name in names:
                        store.pop(f"{bucket}/{name}", None)
                    gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
                    self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
                elif self.path in store:
                    self._answer(200, store[self.path])
                else:
                    self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

            do_GET = do_PUT = do_POST = _act  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.environ = {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ACCESS_KEY_ID": "demo", "AWS_SECRET_ACCESS_KEY": "demo", "AWS_REGION": "demo",
        }  # fmt: skip
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
