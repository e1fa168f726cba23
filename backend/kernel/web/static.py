"""Serves the built PWA from memory: brotli or gzip as built, immutable where a name has a hash.

The first page brings what it shows first along, as a JSON script element: data, which no browser
executes and the content security policy therefore lets pass. It is the same for everybody, in the
city's own language; who reads another one asks for it. ``/index.html``, which the service worker
keeps for starting without a network, and every other page come without.
"""

import gzip
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backend.kernel.i18n import DEFAULT

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")

_ENCODINGS = ((".br", "br"), (".gz", "gzip"))


@dataclass(frozen=True, slots=True)
class _File:
    bodies: dict[str, bytes]
    media_type: str
    etag: str
    immutable: bool


class Pwa:
    """Files by path; any other navigation gets ``index.html``, a missing asset a 404.

    ``home`` gives the JSON for the first page; it is asked once, when somebody first comes by.
    """

    def __init__(self, folder: Path, *, home: Callable[[], bytes]) -> None:
        self._home = home
        self._files = dict(_all_of(folder))

    @property
    def built(self) -> bool:
        """Whether there is anything to serve."""
        return "/index.html" in self._files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET."""
        path = scope["path"]
        headers = dict(scope["headers"])
        if path == "/" and path not in self._files and self.built:
            self._files[path] = _with_data(self._files["/index.html"], "home", self._home())
        file = self._files.get(path)
        if file is None and "." not in path.rsplit("/", 1)[-1] and "/." not in path:
            file = self._files.get("/index.html")
        if file is None:
            await Response("没有这个文件", 404, media_type="text/plain")(scope, receive, send)
            return
        answer = {
            "ETag": file.etag,
            "Cache-Control": "public, max-age=31536000, immutable"
            if file.immutable
            else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if headers.get(b"if-none-match", b"").decode("latin-1") == file.etag:
            await Response(None, 304, answer)(scope, receive, send)
            return
        accepted = headers.get(b"accept-encoding", b"").decode("latin-1")
        body = file.bodies[""]
        for _, encoding in _ENCODINGS:
            if encoding in accepted and encoding in file.bodies:
                body = file.bodies[encoding]
                answer["Content-Encoding"] = encoding
                break
        await Response(body, 200, answer, media_type=file.media_type)(scope, receive, send)


def _with_data(page: _File, name: str, data: bytes) -> _File:
    """A page with a JSON script element of this id before its end."""
    tag = f'<script type="application/json" id="{name}" lang="{DEFAULT}">'
    # in JSON a "<" stands within a text only, and no text may end the element
    element = tag.encode() + data.replace(b"<", b"\\u003c") + b"</script>"
    html = page.bodies[""].replace(b"</body>", element + b"</body>", 1)
    bodies = {"": html, "gzip": gzip.compress(html, 9, mtime=0)}
    return _File(bodies, page.media_type, _etag(html), immutable=False)


def _etag(body: bytes) -> str:
    return '"' + sha256(body).hexdigest()[:20] + '"'


@cache
def _all_of(folder: Path) -> dict[str, _File]:
    """What was built, read once in the life of a process however many cities it opens."""
    return {
        "/" + path.relative_to(folder).as_posix(): _load(path, folder)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".br", ".gz")
    }


def _load(path: Path, folder: Path) -> _File:
    bodies = {"": path.read_bytes()}
    for suffix, encoding in _ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if packed.exists():
            bodies[encoding] = packed.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(bodies, kind, _etag(bodies[""]), path.relative_to(folder).parts[0] == "assets")
