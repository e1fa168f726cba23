"""Passkeys, the second proof and the second factor on the screen, in Chromium."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from auth.rules import otp
from backend.kernel import clock
from tests.browser.citizen import Citizen
from tests.browser.people import DESK, PHONE, Person
from tests.browser.served import ServedCity
from tests.city import ELDER, PASSWORD, TOUR, card_for


@pytest.fixture(scope="module")
def strict_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCity]:
    """A city that asks its staff for a second factor."""
    folder = tmp_path_factory.mktemp("account") / "city"
    with ServedCity(folder, {"YIMEN_STAFF_SECOND_FACTOR": "1"}) as city:
        yield city


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
        service_workers="block",
    )  # fmt: skip
    yield context
    context.close()


class Fingerprint:
    """The authenticator inside a phone (WebAuthn over the DevTools protocol)."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
            "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True, "defaultBackupEligibility": True,
            "defaultBackupState": True,
        }  # fmt: skip
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = made["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        told = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        found: list[dict[str, Any]] = told["credentials"]
        return found

    def turn_back(self) -> None:
        """Put back a copy of the key as it was before it was ever used."""
        (key,) = self.keys()
        name = {"authenticatorId": self.id, "credentialId": key["credentialId"]}
        self.cdp.send("WebAuthn.removeCredential", name)
        again = {"authenticatorId": self.id, "credential": {**key, "signCount": 1}}
        self.cdp.send("WebAuthn.addCredential", again)

    def knows_its_owner(self, yes: bool) -> None:
        told = {"authenticatorId": self.id, "isUserVerified": yes}
        self.cdp.send("WebAuthn.setUserVerified", told)


def _sign_out(citizen: Citizen) -> None:
    citizen.open("/space/settings")
    citizen.press("退出登录")
    citizen.page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    citizen.page.wait_for_url(re.compile(r"/$"))


def test_promise_06_a_passkey_on_the_phone(strict_city: ServedCity, window: BrowserContext) -> None:
    citizen = Citizen(window, strict_city, TOUR)
    finger = Fingerprint(citizen.page)
    citizen.register()
    citizen.open("/space/settings")
    citizen.follow("管理账号安全")
    citizen.heading("账号安全")
    citizen.press("给这台设备添加通行密钥")
    citizen.reads("通行密钥已添加")
    assert len(finger.keys()) == 1

    # the city wants to be sure; nothing that was typed is lost
    citizen.press("设置密码")
    citizen.write("新密码", "one that is long")
    citizen.press("保存")
    citizen.heading("请确认是您本人")
    citizen.press("取消")
    citizen.reads("需要再确认一次")
    expect(citizen.page.get_by_label("新密码", exact=True)).to_have_value("one that is long")
    citizen.press("保存")
    citizen.press("用通行密钥验证")
    citizen.reads("密码已设置")

    citizen.follow("登录的设备")
    citizen.reads("正在使用的这台")
    citizen.reads("没有其他设备登录您的账号")

    _sign_out(citizen)
    citizen.open("/sign-in")
    citizen.press("用通行密钥登录")
    citizen.reads(re.compile("您好$"))

    _sign_out(citizen)
    citizen.open("/sign-in")
    finger.knows_its_owner(False)
    citizen.press("用通行密钥登录")
    citizen.reads("没有完成验证")
    finger.knows_its_owner(True)
    finger.turn_back()
    citizen.press("用通行密钥登录")
    citizen.reads("通行密钥没有通过验证")
    strict_city.hears(TOUR, "添加了通行密钥")
    assert citizen.complaints == []


def test_promise_08_a_lost_phone(strict_city: ServedCity, window: BrowserContext) -> None:
    """The elder writes a recovery code down, loses the phone, and is back with another."""
    elder = Citizen(window, strict_city, ELDER)
    elder.register()
    elder.open("/space/security")
    elder.press("生成找回码")
    code = elder.page.get_by_role("dialog").locator(".code").inner_text()
    elder.press("我抄好了")
    window.clear_cookies()
    elder.phone = ELDER.replace("1990", "1991", 1)

    elder.open("/sign-in")
    elder.follow("手机号码不用了？找回账号")
    elder.heading("找回账号")
    elder.write("姓名", elder.who["name"])
    elder.write("身份证号码", elder.who["id_number"])
    elder.write("手机号码", elder.phone)
    elder.write("短信验证码", elder._ask_for_code())
    card = card_for(elder.who["id_number"])
    elder.page.get_by_label(re.compile("^本人银行卡号")).fill(card)
    elder.page.get_by_label(re.compile("^找回码")).fill(code)
    elder.page.get_by_role("checkbox", name="我同意").check()
    elder.page.locator("form button[type=submit]").click()
    elder.reads(re.compile("您好$"))
    strict_city.hears(ELDER, "已通过找回换绑手机号码")
    assert elder.complaints == []


def test_staff_tie_their_authenticator_at_the_first_sign_in(
    strict_city: ServedCity, window: BrowserContext
) -> None:
    officer = Person(window, strict_city)
    officer.page.set_viewport_size(DESK)
    officer.page.goto(f"{strict_city.address}/staff")
    officer.write("工号", "clerk.gjj")
    officer.write("密码", PASSWORD)
    enter = officer.page.get_by_role("button", name="登录", exact=True)
    enter.click()
    officer.reads("首次登录，请先绑定身份验证器")
    shown = officer.page.locator(".secret").inner_text().replace(" ", "")
    from base64 import b32decode

    step = int(clock.now().timestamp()) // otp.STEP
    officer.write("身份验证器上的 6 位数字", otp.code(b32decode(shown), step))
    enter.click()
    officer.heading("待办")
    assert officer.complaints == []
