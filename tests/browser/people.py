"""People at their screens. Everything is found by what a person reads on it."""

import re
import struct
import zlib
from collections.abc import Callable

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.browser.served import ServedCity

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def photo(shade: int = 200, side: int = 64) -> bytes:
    """A grey square as PNG: what a phone's camera makes of a sheet of paper."""
    rows = (b"\0" + bytes([shade]) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


class Person:
    """Somebody with a browser window in front of the city."""

    def __init__(self, context: BrowserContext, city: ServedCity, page: Page | None = None) -> None:
        self.context = context
        self.city = city
        self.page = page or context.new_page()
        self.complaints: list[str] = []
        context.set_default_timeout(15_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        # an answer of 4xx is part of the life of a page and is looked at where it is expected
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        """Go to a page of the city and wait until it shows what it is about."""
        self.page.goto(f"{self.city.address}{path}")
        self.settled()

    def settled(self) -> None:
        """Wait until nothing is loading any more."""
        expect(self.page.locator("h1, .shell").first).to_be_visible()
        expect(self.page.locator(".skeleton").locator("visible=true")).to_have_count(0)

    def heading(self, text: str | re.Pattern[str]) -> Locator:
        """A heading that is to be seen now."""
        found = self.page.get_by_role("heading", name=text).first
        expect(found).to_be_visible()
        return found

    def reads(self, text: str | re.Pattern[str]) -> Locator:
        """Words that are to be seen now."""
        found = self.page.get_by_text(text).locator("visible=true").first
        expect(found).to_be_visible()
        return found

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).locator("visible=true").first.click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name).locator("visible=true").first.click()

    def write(self, label: str, text: str) -> None:
        """Write into the field that has this label."""
        self.page.get_by_label(label, exact=True).and_(
            self.page.locator(":not([type=radio])")
        ).fill(text)


def until(found: Callable[[], bool], person: Person, *, saying: str) -> None:
    """Wait, with the page's own clock, for something that happens outside the page."""
    for _ in range(300):
        if found():
            return
        person.page.wait_for_timeout(50)
    raise AssertionError(saying)
