"""The account in one's hand (手机当身份): a PC let in, a window told, a browser gone on in."""

import io
import re
from urllib.parse import urlsplit

import httpx2
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.miniprogram.conftest import Phone, PhoneShop
from tests.miniprogram.people import AYGUL
from tests.miniprogram.platform import Platform
from tests.miniprogram.test_comfort import LOOKS, check

PIN = "846231"


def signed_in(shop: PhoneShop, platform: Platform, **look: object) -> Phone:
    platform.register(AYGUL)
    phone = shop.phone(wechat="aygul", **look)  # type: ignore[arg-type]
    phone.open("packages/account/sign-in/index")
    phone.sign_in(AYGUL)
    phone.say("您好")
    phone.tap("我的", "tab")
    phone.say("账号安全")
    return phone


def screen(platform: Platform, browser: httpx2.Client) -> tuple[str, str]:
    """A PC's request: what its QR code holds, and its number."""
    number = browser.post("/auth/screens").raise_for_status().json()["number"]
    code = browser.post("/auth/screens/own/codes").raise_for_status().json()["code"]
    return f"{platform.address}/scan#{code}", number


def test_a_phone_is_enough_everywhere(shop: PhoneShop, platform: Platform) -> None:
    phone = signed_in(shop, platform, privacy=False)
    a_pc_is_let_in_for_the_right_number_alone(phone, platform)
    phone.tap("返回")
    a_window_reads_the_code_off_the_phone(phone, platform)
    a_departments_own_system_reads_the_code(phone, platform)
    phone.tap("返回")
    a_link_goes_on_in_the_browser_once(phone, platform)


def a_pc_is_let_in_for_the_right_number_alone(phone: Phone, platform: Platform) -> None:
    with httpx2.Client(base_url=platform.address) as pc:
        address, number = screen(platform, pc)
        phone.page.evaluate("text => { harness.scan = text }", address)
        phone.tap("扫码登录")
        phone.tap("开始扫码")
        phone.say("有一块屏幕想用您的身份登录")
        assert phone.axe() == []
        phone.tap(number)
        phone.say("屏幕马上进入您的账号")
        assert pc.post("/auth/screens/own/session").status_code == 201
        assert pc.get("/auth/session").json()["name"] == AYGUL.masked

        address, number = screen(platform, pc)
        phone.page.evaluate("text => { harness.scan = text }", address)
        phone.tap("开始扫码")
        phone.say("有一块屏幕想用您的身份登录")
        phone.tap("不是我，拒绝")
        phone.say("已经拒绝")
        assert pc.get("/auth/screens/own").json()["state"] == "refused"
    phone.page.evaluate("() => { harness.scan = 'https://pay.example/?a=1' }")
    phone.tap("开始扫码")
    phone.say("这不是登录用的二维码")
    phone.page.evaluate("() => { harness.scan = null }")
    phone.tap("开始扫码")
    expect(phone.visible(phone.page.get_by_role("button", name="开始扫码"))).to_be_enabled()


def a_window_reads_the_code_off_the_phone(phone: Phone, platform: Platform) -> None:
    phone.tap("窗口亮码")
    phone.say("每 25 秒自动换一次")
    assert phone.axe() == []
    shown = phone.visible(phone.page.locator(".picture"))
    digits = phone.visible(phone.page.locator(".digits")).inner_text().replace(" ", "")
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.screenshot())))
    assert read.text == digits
    with platform.window() as desk:
        body = {"code": digits, "window": "3 号窗口", "purpose": "progress"}
        asked = desk.post("/auth/staff/readings", json=body).raise_for_status().json()
        phone.say("窗口想确认您是谁")
        phone.say("查询进度")
        assert phone.axe() == []
        phone.tap(asked["number"])
        phone.say("工作人员已经知道是您本人")
        state = desk.get(f"/auth/staff/readings/{asked['id']}").json()["state"]
        assert state == "agreed"


def a_departments_own_system_reads_the_code(phone: Phone, platform: Platform) -> None:
    phone.tap("再亮一次")
    phone.say("每 25 秒自动换一次")
    digits = phone.visible(phone.page.locator(".digits")).inner_text().replace(" ", "")
    platform.act_for_first_child(AYGUL)
    with platform.department() as system:
        form = {"scope": "openid capacity", "login_hint_token": digits,
                "binding_message": "3 号窗口 47"}  # fmt: skip
        begun = system.post("/auth/backchannel_authentication", data=form).raise_for_status()
        phone.say("窗口请您确认")
        phone.say("3 号窗口 47")
        phone.say("是为自己来的")
        child = phone.visible(phone.page.get_by_role("radio").filter(has_text="努*江"))
        child.tap()
        expect(child).to_have_attribute("aria-checked", "true")
        phone.say("您是替“努*江”来的")
        assert phone.axe() == []
        phone.tap("一样，同意")
        phone.say("已同意，请看窗口的屏幕")
        poll = {
            "grant_type": "urn:openid:params:grant-type:ciba",
            "auth_req_id": begun.json()["auth_req_id"],
        }
        tokens = system.post("/auth/token", data=poll).raise_for_status().json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = httpx2.get(f"{platform.address}/auth/userinfo", headers=bearer).json()
        assert told["capacity"]["name"] == "努*江"


def a_link_goes_on_in_the_browser_once(phone: Phone, platform: Platform) -> None:
    phone.tap("去浏览器")
    phone.tap("复制链接")
    phone.say("使用前请您同意")
    phone.tap("暂不使用")
    phone.say("没有复制成功")
    phone.tap("复制链接")
    phone.tap("同意并继续")
    phone.say("已复制。请在 2 分钟内打开手机浏览器")
    assert phone.axe() == []
    copied = phone.page.evaluate("harness.clipboard")
    link = urlsplit(copied)
    assert link.path == "/onward"
    with httpx2.Client(base_url=platform.address) as browser:
        opened = browser.post("/auth/onward/sessions", json={"secret": link.fragment})
        assert opened.status_code == 201
        assert opened.json()["name"] == AYGUL.masked
    with httpx2.Client(base_url=platform.address) as late:
        assert late.post("/auth/onward/sessions", json={"secret": link.fragment}).is_error


def test_what_a_thief_must_not_do_asks_who_one_is(shop: PhoneShop, platform: Platform) -> None:
    phone = signed_in(shop, platform)
    phone.tap("账号安全")
    phone.tap("设置数字密码")
    phone.write("新的六位数字密码", PIN)
    phone.tap("保存")
    phone.say("请确认是您本人")
    assert phone.axe() == []
    phone.tap("取消")
    typed = phone.visible(phone.page.get_by_label("新的六位数字密码"))
    expect(typed).to_have_value(PIN)
    phone.tap("保存")
    before = phone.token
    phone.tap("刷脸", "radio")
    phone.tap("开始刷脸")
    phone.say("数字密码已设置")
    assert phone.token != before  # the session goes on under a new one

    # on another phone of hers the PIN is asked for first
    other = again(shop)
    other.tap("账号安全")
    other.tap("修改数字密码")
    other.write("新的六位数字密码", "730518")
    other.tap("保存")
    asked = other.visible(other.page.get_by_role("dialog").get_by_label("六位数字密码"))
    asked.fill("135790")
    other.tap("验证")
    other.say("数字密码不正确")
    asked.fill(PIN)
    other.tap("验证")
    other.say("数字密码已设置")
    another_place_is_signed_out(other, platform)


def another_place_is_signed_out(phone: Phone, platform: Platform) -> None:
    body = {"account": AYGUL.phone, "password": AYGUL.password}
    with httpx2.Client(base_url=platform.address) as pc:
        pc.post("/auth/sessions", json=body).raise_for_status()
        phone.tap("返回")
        phone.tap("账号安全")
        phone.say("登录的设备")
        browsers = phone.page.get_by_role("button", name=re.compile("^让“(?!微信小程序)"))
        phone.visible(browsers).tap()
        phone.say("已退出那台设备的登录")
        assert not pc.get("/auth/session").json()["signed_in"]


def test_the_screens_are_for_everybody(shop: PhoneShop, platform: Platform) -> None:
    for number, look in enumerate(LOOKS[:4:3]):  # light, and elder in the dark
        told = look.values[0]
        least = 60 if number else 44
        phone = signed_in(shop, platform, **told) if not number else again(shop, **told)
        check(phone, least)
        for way, said in (
            ("窗口亮码", "每 25 秒自动换一次"),
            ("扫码登录", "开始扫码"),
            ("去浏览器", "复制链接"),
            ("账号安全", "登录的设备"),
        ):
            phone.tap(way)
            phone.say(said)
            check(phone, least)
            phone.tap("返回")


def again(shop: PhoneShop, **look: object) -> Phone:
    """A second phone of hers, which WeChat signs in by itself."""
    phone = shop.phone(wechat="aygul", **look)  # type: ignore[arg-type]
    phone.open("pages/me/index")
    phone.say("账号安全")
    return phone
