"""The first page brings its data along; no other page does, and nothing on it may be executed."""

import html.parser
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from backend.app import City
from backend.kernel.web.static import Pwa
from tests.conftest import ADDRESS, OpenCity

BARE = '<!doctype html><html lang="zh-CN"><body><div id="app"></div></body></html>'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A built app, as far as it matters here."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "index.html").write_text(BARE)
    return folder


@pytest.fixture
async def visitor(embedded_city: OpenCity, built: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody in front of a city that serves the built app."""
    app = City(embedded_city.settings.model_copy(update={"pwa_dir": str(built)}))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=ADDRESS
    ) as client:
        yield client


class Elements(html.parser.HTMLParser):
    """What a browser finds: the script elements with their attributes and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found and not self.found[-1][1]:
            self.found[-1] = (self.found[-1][0], data)


async def test_the_first_page_brings_what_it_shows(visitor: httpx2.AsyncClient) -> None:
    page = await visitor.get("/?from=installed")
    [(attributes, text)] = Elements(page.text).found
    assert attributes == {"type": "application/json", "id": "home", "lang": "zh-CN"}
    assert json.loads(text) == (await visitor.get("/api/home")).json()
    assert page.headers["content-encoding"] == "gzip"
    assert "unsafe-inline" not in page.headers["content-security-policy"]


async def test_it_is_asked_about_each_time_and_sent_once(visitor: httpx2.AsyncClient) -> None:
    page = await visitor.get("/")
    assert page.headers["cache-control"] == "no-cache"
    again = await visitor.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/index.html", "/items", "/cases/1"])
async def test_every_other_page_comes_without(visitor: httpx2.AsyncClient, path: str) -> None:
    page = await visitor.get(path)
    assert page.text == BARE
    assert page.headers["etag"] != (await visitor.get("/")).headers["etag"]


async def test_no_text_ends_the_element(built: Path) -> None:
    said = {"name": "</script><script>alert(1)</script><!--"}
    app = Pwa(built, home=lambda: json.dumps(said).encode())
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=ADDRESS
    ) as client:
        [(_, text)] = Elements((await client.get("/")).text).found
    assert json.loads(text) == said
