"""Browsers, the served city, and the figures at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright

from tests.browser import figures
from tests.browser.people import PHONE
from tests.browser.push_service import PushService
from tests.browser.served import ROOT, ServedCity
from tests.browser.story import Story, tell
from tests.conftest import CHROMIUM_FLAGS


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    """The citizens' app is there: without it every page would be a blank one."""
    assert (ROOT / "pwa/dist/index.html").exists(), "Build the citizens' app first: make test"


@pytest.fixture
def push_service(tmp_path: Path) -> Iterator[PushService]:
    """The browser maker's push service, on this machine."""
    service = PushService(tmp_path)
    yield service
    service.close()


class Phones:
    """Browsers with a profile that stays, as on a phone: only these install apps and get pushes."""

    def __init__(self, playwright: Playwright, chromium: str, folder: Path) -> None:
        self._playwright = playwright
        self._chromium = chromium
        self._folder = folder
        self._sold: list[BrowserContext] = []

    def phone(self, *flags: str) -> BrowserContext:
        """A new phone, with its own profile, that allows notifications and sending later."""
        context = self._playwright.chromium.launch_persistent_context(
            self._folder / f"profile-{len(self._sold)}",
            executable_path=self._chromium,
            args=[*CHROMIUM_FLAGS, "--no-first-run", *flags],
            permissions=["notifications", "background-sync"],
            viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN",
            timezone_id="Asia/Shanghai", reduced_motion="reduce",
        )  # fmt: skip
        self._sold.append(context)
        return context

    def close(self) -> None:
        for context in self._sold:
            context.close()


@pytest.fixture
def phones(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[Phones]:
    """Where phones are had."""
    shop = Phones(playwright, chromium, tmp_path)
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A city in which a good deal has happened; tests only look at it."""
    with ServedCity(tmp_path_factory.mktemp("story") / "city") as city:
        yield tell(city)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures, where people look: at the end."""
    for title, lines in figures.tables():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
