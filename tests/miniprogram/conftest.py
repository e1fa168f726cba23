"""A phone with the mini-program on it, in front of a running platform.

1. The shipped source is built once per run into a page (``harness/``).
2. The page is served at the platform's own address, so that ``wx.request`` reaches the platform.
3. Each test gets phones of its own; at the end no error may have happened on any of them.
"""

import json
import mimetypes
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    expect,
)

from tests.miniprogram import tools
from tests.miniprogram.platform import Person, Platform, load_demo_city, serving

Role = Literal["button", "link", "tab", "radio"]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# a real picture of one white point
PICTURE = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\xff\xff\xff"))
    + _chunk(b"IEND", b"")
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini-program as a page."""
    out = tmp_path_factory.mktemp("miniprogram")
    done = tools.build(tools.SOURCE, out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def loaded_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """State of a demo city in which nothing has happened yet."""
    state = tmp_path_factory.mktemp("city") / "state"
    load_demo_city(state)
    return state


@pytest.fixture
def platform(loaded_city: Path, tmp_path: Path) -> Iterator[Platform]:
    """A fresh platform with its demo people."""
    with serving(loaded_city, tmp_path / "state") as running:
        yield running


class Phone:
    """One WeChat account's phone."""

    def __init__(self, context: BrowserContext, address: str, page: Page) -> None:
        self.context = context
        self.page = page
        self.address = address

    def open(self, path: str = "") -> Page:
        """Start the mini-program, on its first page or on ``path``."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}/__mp/index.html{f'#/{path}' if path else ''}")
        return self.page

    def tap(self, name: str, role: Role = "button") -> None:
        self.visible(self.page.get_by_role(role, name=name, exact=True)).tap()

    def tap_text(self, text: str) -> None:
        self.visible(self.page.get_by_text(text, exact=True)).tap()

    def say(self, text: str) -> None:
        """Wait until the screen says this."""
        expect(self.visible(self.page.get_by_text(text))).to_be_visible()

    def write(self, label: str, text: str) -> None:
        self.visible(self.page.get_by_label(label)).fill(text)

    def pick_date(self, label: str, day: str) -> None:
        self.visible(self.page.get_by_role("button", name=label)).tap()
        self.page.get_by_role("dialog").get_by_label(label).fill(day)
        self.tap("确定")

    def upload(self, button: str, file: str) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.tap(button)
        chooser.value.set_files({"name": file, "mimeType": "image/png", "buffer": PICTURE})

    @staticmethod
    def visible(locator: Locator) -> Locator:
        """Pages below the top one stay in the document, hidden."""
        return locator.locator("visible=true").first

    def sign_in(self, person: Person) -> None:
        """On the sign-in page, by password."""
        self.tap("用密码登录")
        self.write("手机号或身份证号码", person.phone)
        self.write("密码", person.password)
        self.tap("登录")

    def sign_in_by_code(self, person: Person, platform: Platform) -> None:
        """On the sign-in page, with a code from the SMS inbox."""
        self.write("手机号码", person.phone)
        self.tap("获取验证码")
        self.say("秒后可重新获取")
        self.write("短信验证码", platform.sms_code(person.phone, "登录"))
        self.tap("登录")

    def case_number(self) -> str:
        """The number of the case on the screen."""
        line = self.visible(self.page.locator(".pair").filter(has_text="受理编号"))
        return line.inner_text().removeprefix("受理编号").strip()

    @property
    def token(self) -> str:
        """The session token in the phone's storage."""
        return str(self.page.evaluate("JSON.parse(localStorage['wx:yimen:token'])"))

    def axe(self) -> list[str]:
        """What is inaccessible on this screen; empty when nothing is."""
        source = (tools.MODULES / "axe-core" / "axe.min.js").read_text()
        self.page.evaluate(source)
        found = self.page.evaluate(
            """async () => {
              const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
              const { violations } = await axe.run(document, { runOnly: tags })
              return violations.flatMap(({ id, nodes }) =>
                nodes.map(({ html, failureSummary }) =>
                  `${id}: ${html.slice(0, 300)} ${failureSummary}`))
            }"""
        )
        return list(found)


def keep_storage(route: Route) -> None:
    """Signing out tells a browser to clear its storage, which is WeChat's storage here."""
    if route.request.method != "DELETE":
        route.fallback()
        return
    answer = route.fetch()
    headers = {name: text for name, text in answer.headers.items() if name != "clear-site-data"}
    route.fulfill(status=answer.status, headers=headers)


class PhoneShop:
    """Hands out phones and looks at them afterwards."""

    def __init__(self, browser: Browser, built: Path, address: str) -> None:
        self.browser = browser
        self.built = built
        self.address = address
        self.sold: list[Phone] = []

    def phone(
        self,
        *,
        text_scale: float = 1,
        dark: bool = False,
        wechat: str | None = "passer",
        privacy: bool = True,
        face: str = "pass",
    ) -> Phone:
        context = self.browser.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(10_000)
        control = {
            "fontSizeScaleFactor": text_scale, "account": wechat, "privacyAgreed": privacy,
            "face": face,
        }  # fmt: skip
        context.add_init_script(f"window.harness = {json.dumps(control)}")
        context.route("**/__mp/**", self._serve)
        context.route("**/auth/session", keep_storage)
        phone = Phone(context, self.address, context.new_page())
        self.sold.append(phone)
        return phone

    def _serve(self, route: Route) -> None:
        file = self.built / route.request.url.split("/__mp/")[1].split("#")[0]
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        route.fulfill(body=file.read_bytes(), content_type=kind)

    def close(self) -> None:
        errors = []
        for phone in self.sold:
            if phone.page.url != "about:blank":
                errors += phone.page.evaluate("harness.errors")
            phone.context.close()
        assert errors == []


@pytest.fixture
def shop(browser: Browser, built: Path, platform: Platform) -> Iterator[PhoneShop]:
    counter = PhoneShop(browser, built, platform.address)
    yield counter
    counter.close()


@pytest.fixture
def phone(shop: PhoneShop) -> Phone:
    """A phone of a person who uses the mini-program for the first time."""
    return shop.phone()
