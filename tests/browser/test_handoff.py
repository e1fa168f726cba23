"""From one device to another, with a QR code that a foreign reader reads off the screen."""

import io
import re
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.citizen import Citizen
from tests.browser.officer import Officer
from tests.browser.people import DESK, PHONE
from tests.browser.served import ServedCity
from tests.browser.story import Caller
from tests.city import TOUR
from tests.services.city import hall_of

CIBA = "urn:openid:params:grant-type:ciba"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156 MicroMessenger/8.0.50"


def read_qr(page: Page) -> str:
    """What a camera reads off the screen."""
    shown = page.locator("svg.qr")
    expect(shown).to_be_visible()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.screenshot())))
    return str(found.text)


def test_a_phone_lets_a_pc_in_and_no_one_else(browser: Browser, tmp_path: Path) -> None:
    with ServedCity(tmp_path / "city") as city:
        phone = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
        desk = browser.new_context(viewport=DESK, locale="zh-CN", service_workers="block")
        try:
            citizen, pc = Citizen(phone, city, TOUR), Citizen(desk, city, TOUR)
            citizen.register()
            pc.open("/sign-in?next=/space/settings")
            pc.page.get_by_text("扫码登录").click()
            address = read_qr(pc.page)
            assert address.startswith(f"{city.address}/scan#")
            number = pc.page.locator(".number b").inner_text()

            citizen.page.goto(address)
            citizen.heading("有一块屏幕想用您的身份登录")
            expect(citizen.page).not_to_have_url(re.compile("#"))
            pc.reads("已经扫到")
            # by keyboard: the number, among three
            button = citizen.page.get_by_role("button", name=number)
            button.focus()
            citizen.page.keyboard.press("Enter")
            citizen.reads("屏幕马上进入您的账号")
            expect(pc.page).to_have_url(f"{city.address}/space/settings")

            # the same code again, on a phone that came later
            citizen.page.goto(address)
            citizen.reads("这个二维码已经失效")
            assert citizen.complaints == pc.complaints == city.errors() == []
        finally:
            phone.close()
            desk.close()


def test_from_wechat_into_the_browser(browser: Browser, tmp_path: Path) -> None:
    """Linked once, in with one tap inside WeChat, and from there into the phone's browser."""
    with ServedCity(tmp_path / "city") as city:
        plain = {"viewport": PHONE, "locale": "zh-CN", "service_workers": "block"}
        phone, other = browser.new_context(**plain), browser.new_context(**plain)
        wechat = browser.new_context(**plain, user_agent=WECHAT)
        try:
            citizen = Citizen(phone, city, TOUR)
            citizen.register()
            citizen.link_wechat()
            citizen.open("/space/links")
            citizen.reads("公众号 · ")

            inside = Citizen(wechat, city, TOUR)
            inside.page.goto(f"{city.address}/sign-in?next=/onward")
            # WeChat is asked by itself, once; whom it does not know may try as somebody else
            inside.page.get_by_role("link", name="路人").click()
            inside.reads("这个微信还没有绑定")
            inside.press("用微信登录")
            inside.page.get_by_role("link", name="嘉欣").click()
            inside.reads("选“在浏览器打开”")
            expect(inside.page).to_have_url(re.compile(r"/onward#[\w-]{22}$"))

            outside = Citizen(other, city, TOUR)
            outside.page.goto(inside.page.url)
            outside.heading("这是 梁*欣 的账号")
            expect(outside.page).not_to_have_url(re.compile("#"))
            outside.press("继续")
            outside.reads(re.compile("您好$"))
            assert citizen.complaints == inside.complaints == outside.complaints == []
            assert city.errors() == []
        finally:
            for context in (phone, other, wechat):
                context.close()


def test_the_window_reads_the_phone_and_knows_who_stands_there(
    browser: Browser, tmp_path: Path
) -> None:
    with ServedCity(tmp_path / "city") as city:
        phone = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
        desk = browser.new_context(viewport=DESK, locale="zh-CN", service_workers="block")
        try:
            citizen, clerk = Citizen(phone, city, TOUR), Officer(desk, city, "clerk.gjj")
            citizen.register()
            citizen.open("/space")
            citizen.page.get_by_role("link", name="窗口亮码").click()
            digits = read_qr(citizen.page)
            assert re.fullmatch(r"\d{8}", digits)

            clerk.sign_in()
            clerk.page.get_by_role("link", name="亮码认人").click()
            clerk.write("您在哪个窗口", "3号窗口")
            clerk.write("手机上的 8 位数字", digits)
            clerk.page.keyboard.press("Enter")  # as a scanner does
            clerk.reads("请当事人在手机上点这个数字")
            number = clerk.page.locator(".asked b").inner_text()

            citizen.heading("窗口想确认您是谁")
            citizen.reads("佛山市住房公积金管理中心 · 3号窗口")
            citizen.reads("查询进度")
            citizen.press(number)
            citizen.reads("工作人员已经知道是您本人")
            clerk.heading("梁嘉欣")

            # a department's own system reads the digits as well: its question has a page of its own
            mother = Caller(city)
            mother.http.cookies.update({one["name"]: one["value"] for one in phone.cookies()})
            session = mother.ask("GET", "/auth/session")
            mother.http.headers["X-CSRF-Token"] = session["csrf_token"]
            child = mother.ask("GET", "/auth/representations/children")["children"][0]
            begin = {"child": child["child"], "consent": True}
            mother.ask("POST", "/auth/representations/children", json=begin)
            citizen.press("再亮一次")
            form = {"login_hint_token": read_qr(citizen.page), "binding_message": "47"}
            asked = city.http.post(
                "/auth/backchannel_authentication",
                data={"scope": "openid capacity", **form},
                auth=(hall := hall_of(city.environ)),
            )
            assert asked.status_code == 200, asked.text
            citizen.heading("窗口请您确认：登录“不动产登记窗口”")
            citizen.reads("是为自己来的")
            citizen.page.get_by_role("button").filter(has_text="陈*怡").click()
            citizen.reads("您是替“陈*怡”来的")
            citizen.press("一样，同意登录")
            citizen.reads("已同意")
            poll = {"grant_type": CIBA, "auth_req_id": asked.json()["auth_req_id"]}
            token = city.http.post("/auth/token", data=poll, auth=hall).json()["access_token"]
            bearer = {"Authorization": f"Bearer {token}"}
            told = city.http.get("/auth/userinfo", headers=bearer).json()
            assert told["capacity"]["name"] == "陈*怡"
            clerk.press("下一位")
            clerk.reads("手机上的 8 位数字")
            citizen.open("/space/reads")
            citizen.reads("在窗口确认身份")
            assert citizen.complaints == clerk.complaints == city.errors() == []
        finally:
            phone.close()
            desk.close()
