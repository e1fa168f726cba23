"""One person, six doors, one proof of who she is (must show 5 of the unified identity).

Mini-program with a face check, official account, the phone's browser, a PC, a window, a
department's own system: the registers could not vouch for her (the phone is a relative's), so the
face at the camera is the only proof there is, and her own history counts it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.officer import Officer
from tests.browser.people import DESK, PHONE, Person
from tests.browser.served import ROOT, ServedCity
from tests.browser.test_handoff import WECHAT, read_qr
from tests.miniprogram import tools
from tests.miniprogram.conftest import PhoneShop
from tests.miniprogram.people import AYGUL
from tests.relying_parties.conftest import HERE as PARTIES
from tests.relying_parties.conftest import DepartmentPage

RELATIVES_PHONE = "19900007777"
CLIENT = "social-security"


class Doors:
    """A served city and what people come to it with."""

    def __init__(self, browser: Browser, city: ServedCity, stack: ExitStack) -> None:
        self.city = city
        self._browser = browser
        self._stack = stack
        self.people: list[Person] = []

    def window(self, size: dict[str, int], **more: Any) -> BrowserContext:
        """A browser of its own: nothing is shared with any other."""
        context = self._browser.new_context(
            viewport=size,
            locale="zh-CN",
            service_workers="block",
            **more,  # type: ignore[arg-type]
        )
        self._stack.callback(context.close)
        return context

    def person(self, size: dict[str, int], **more: Any) -> Person:
        found = Person(self.window(size, **more), self.city)
        self.people.append(found)
        return found

    def officer(self, login: str) -> Officer:
        found = Officer(self.window(DESK), self.city, login)
        self.people.append(found)
        return found


@pytest.fixture
def doors(browser: Browser, tmp_path: Path) -> Iterator[Doors]:
    """The city, and browsers in front of it; nobody's page and no log may have complained."""
    assert (ROOT / "pwa/dist/index.html").exists(), "Build the citizens' app first: make test"
    with ExitStack() as stack:
        city = stack.enter_context(ServedCity(tmp_path / "city"))
        found = Doors(browser, city, stack)
        yield found
        assert [one.complaints for one in found.people if one.complaints] == []
        assert city.errors() == []


@pytest.fixture
def shop(doors: Doors, browser: Browser, tmp_path: Path) -> Iterator[PhoneShop]:
    """Phones with the mini-program on them."""
    done = tools.build(tools.SOURCE, tmp_path / "miniprogram")
    assert done.returncode == 0, done.stderr
    found = PhoneShop(browser, tmp_path / "miniprogram", doors.city.address)
    yield found
    found.close()


@contextmanager
def department(city: ServedCity, folder: Path) -> Iterator[str]:
    """A department's own website on oidc-client-ts, registered as an operator does it."""
    tools.install(PARTIES)
    page = DepartmentPage()
    registration = folder / "client.json"
    registration.write_text(json.dumps({
        "client_id": CLIENT, "name": "社保网上服务厅", "department": "RS",
        "department_name": "佛山市人力资源和社会保障局", "purpose": "查询和办理您的社会保险",
        "auth_method": "none", "redirect_uris": [page.address],
        "scopes": ["openid", "profile", "real_name"],
    }))  # fmt: skip
    words = (sys.executable, "-m", "backend.cli", "client", "add", str(registration))
    done = subprocess.run(
        words, cwd=ROOT, env=city.environ, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield page.address
    page.close()


def proves_her_face(shop: PhoneShop, city: ServedCity) -> None:
    """Door 1, the mini-program: she registers with a relative's phone and looks at the camera."""
    phone = shop.phone(wechat="aygul")
    phone.open("packages/account/sign-in/index")
    phone.tap("首次注册", "tab")
    phone.write("姓名（与身份证一致）", AYGUL.name)
    phone.write("身份证号码", AYGUL.id_number)
    phone.write("手机号码", RELATIVES_PHONE)
    phone.tap("获取验证码")
    phone.say("秒后可重新获取")
    phone.write("短信验证码", city.sms_code(RELATIVES_PHONE))
    phone.visible(phone.page.get_by_text("我同意平台")).tap()
    phone.tap("注册并登录")
    phone.say("还没有实名")
    phone.tap("开始刷脸")
    phone.say("已实名并验证本人")


def counted(person: Person) -> dict[str, int]:
    """How often each line stands in the person's own history, read to its end."""
    person.open("/space/history")
    more = person.page.get_by_role("button", name="看更早的")
    while more.count():
        lines = person.page.locator(".list li")
        before = lines.count()
        more.click()
        expect(lines).not_to_have_count(before)
    found: dict[str, int] = {}
    for line in person.page.locator(".list li .strong").all_inner_texts():
        found[line] = found.get(line, 0) + 1
    return found


@pytest.mark.browser
def test_six_doors_and_one_proof(doors: Doors, shop: PhoneShop, tmp_path: Path) -> None:
    city = doors.city
    proves_her_face(shop, city)

    # door 2, the official account: WeChat knows her already, and nobody asks her anything
    inside = doors.person(PHONE, user_agent=WECHAT)
    inside.page.goto(f"{city.address}/space")
    inside.page.get_by_role("link", name="阿依古丽").click()  # WeChat's own page
    inside.reads(re.compile("阿\\*力"))
    expect(inside.page).to_have_url(f"{city.address}/space")

    # door 3, the phone's browser: taken along by a link
    inside.open("/onward")
    expect(inside.page).to_have_url(re.compile(r"/onward#[\w-]{22}$"))
    outside = doors.person(PHONE)
    outside.page.goto(inside.page.url)
    outside.heading("这是 阿*力 的账号")
    outside.press("继续")
    outside.reads(re.compile("您好$"))

    # door 4, a PC: scanned
    pc = doors.person(DESK)
    pc.open("/sign-in?next=/space/real-name")
    pc.page.get_by_text("扫码登录").click()
    outside.page.goto(read_qr(pc.page))
    number = pc.page.locator(".number b").inner_text()
    outside.heading("有一块屏幕想用您的身份登录")
    outside.press(number)
    outside.reads("屏幕马上进入您的账号")
    pc.reads("已实名并验证本人")

    # door 5, a window: a code on the phone, a number to choose
    clerk = doors.officer("clerk.gjj")
    outside.open("/space")
    outside.follow("窗口亮码")
    digits = read_qr(outside.page)
    clerk.sign_in()
    clerk.page.get_by_role("link", name="亮码认人").click()
    clerk.write("您在哪个窗口", "3号窗口")
    clerk.write("手机上的 8 位数字", digits)
    clerk.page.keyboard.press("Enter")
    clerk.reads("请当事人在手机上点这个数字")
    number = clerk.page.locator(".asked b").inner_text()
    outside.heading("窗口想确认您是谁")
    outside.press(number)
    clerk.heading(AYGUL.name)

    # door 6, a department's own system, on the PC
    with department(city, tmp_path) as address:
        settings = {"authority": f"{city.address}/auth", "client_id": CLIENT,
                    "scope": "openid profile real_name"}  # fmt: skip
        pc.page.goto(f"{address}#{urlencode(settings)}")
        pc.press("用一门通办登录")
        pc.heading("要登录“社保网上服务厅”吗？")
        pc.press("同意并登录")
        expect(pc.page.locator("#who")).to_have_text("您好，阿*力")
        kept = pc.page.evaluate(
            """() => Object.values(sessionStorage).filter((text) => text.startsWith("{"))
                 .map((text) => JSON.parse(text)).find((one) => one.profile).profile"""
        )
        assert (kept["real_name"], kept["assurance"]) == (AYGUL.name, "verified")

    # her own history says how often she had to prove who she is, and how she came in since
    lines = counted(outside)
    # the one face, which also raised the session that it was shown in
    assert lines["完成实名认证"] == lines["再次验证了身份"] == 1
    assert lines["登录成功"] == 3
    for way in ("微信公众号 · 网页", "一次性链接 · 网页", "手机扫码同意 · 网页"):
        expect(outside.page.locator(".list li").filter(has_text=way).first).to_be_visible()
    outside.reads("在手机上同意了窗口确认您是谁")
