"""oidc-client-ts on a department's page, in a browser: sign in, read, agree, leave (promise 1)."""

import re
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, expect

from tests.browser.people import PHONE, Person
from tests.browser.served import ServedCity
from tests.relying_parties.conftest import DepartmentPage, Party, Signed
from tests.relying_parties.test_authlib import DEVICE


def test_promise_01_oidc_client_ts(
    browser: Browser, served: ServedCity, resident: dict[str, Any],
    parties: dict[str, Party], page: DepartmentPage,
) -> None:  # fmt: skip
    context = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    person = Person(context, served)
    settings = {"authority": f"{served.address}/auth", "client_id": "browser-app",
                "scope": "openid profile phone"}  # fmt: skip
    person.page.goto(f"{page.address}#{urlencode(settings)}")
    person.press("用一门通办登录")
    person.heading("登录“社保网上服务厅”")
    person.reads("佛山市人力资源和社会保障局")
    person.follow("登录")
    person.page.get_by_text("密码", exact=True).first.click()
    person.write("手机号码或身份证号码", resident["phone"])
    person.write("密码", resident["password"])
    person.press("登录")
    person.heading("这次替谁办事？")
    person.page.get_by_role("button").filter(has_text="为自己办").click()
    person.heading("要登录“社保网上服务厅”吗？")
    person.page.reload()  # a grandmother's thumb; nothing is lost
    person.reads("手机号码")
    person.press("同意并登录")
    expect(person.page.locator("#who")).to_have_text("您好，梁*欣")
    # the next time nobody is asked
    person.page.goto(page.address)
    person.press("用一门通办登录")
    expect(person.page.locator("#who")).to_have_text("您好，梁*欣")
    # what was agreed to can be seen and taken back
    person.open("/space/consents")
    person.press("撤回给“社保网上服务厅”的授权")
    person.page.get_by_role("dialog").get_by_role("button", name="撤回授权").click()
    person.reads("已撤回给“社保网上服务厅”的授权。")
    # and whoever says no goes back with nothing
    person.page.goto(page.address)
    person.press("用一门通办登录")
    person.press("不同意")
    expect(person.page.locator("#who")).to_contain_text("access_denied")
    # leaving there is leaving here
    person.page.goto(page.address)
    person.press("用一门通办登录")
    person.press("同意并登录")
    expect(person.page.locator("#who")).to_have_text("您好，梁*欣")
    person.press("退出")
    expect(person.page.locator("#who")).to_have_text("还没有登录")
    person.press("用一门通办登录")
    person.heading("登录“社保网上服务厅”")
    assert person.complaints == []
    context.close()


def test_a_machine_is_confirmed_on_the_phone(
    browser: Browser, served: ServedCity, signed: Signed, parties: dict[str, Party]
) -> None:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    context.add_cookies([{"name": "yimen_session", "value": signed.http.cookies["yimen_session"],
                          "url": served.address}])  # fmt: skip
    person = Person(context, served)
    party = parties["authlib-std"]
    proves = {"client_id": party.client_id, "client_secret": party.secret, "scope": "openid phone"}
    machine = served.http.post("/auth/device_authorization", data=proves).json()
    person.open("/device")
    person.write("屏幕上的代码", "bcdf ghjk")
    person.press("下一步")
    person.reads("没有找到这个代码")
    person.write("屏幕上的代码", machine["user_code"].lower())
    person.page.keyboard.press("Enter")
    person.heading("要在这台设备上登录“社保网上服务厅”吗？")
    person.reads("设备所在地：祖庙街道政务服务中心")
    person.reads(machine["user_code"])
    person.press("一样，同意登录")
    person.reads("已同意。请看设备或窗口的屏幕，马上就好。")
    form = {**proves, "grant_type": DEVICE, "device_code": machine["device_code"]}
    tokens = served.http.post("/auth/token", data=form).json()
    # a window's question comes by itself, while the page is open
    asked = {**proves, "scope": "openid", "id_token_hint": tokens["id_token"],
             "binding_message": "3 号窗口 47"}  # fmt: skip
    served.http.post("/auth/backchannel_authentication", data=asked)
    person.heading("窗口请您确认：登录“社保网上服务厅”")
    person.reads("3 号窗口 47")
    person.press("不是我，拒绝")
    person.reads("已拒绝，没有给出您的任何信息。")
    assert person.complaints == []
    context.close()


def test_a_surer_proof_is_asked_for_on_the_way(
    browser: Browser, served: ServedCity, resident: dict[str, Any], signed: Signed,
    parties: dict[str, Party], page: DepartmentPage,
) -> None:  # fmt: skip
    """A department wants somebody who has shown two different factors (acr_values)."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    context.add_cookies([{"name": "yimen_session", "value": signed.http.cookies["yimen_session"],
                          "url": served.address}])  # fmt: skip
    person = Person(context, served)
    settings = {"authority": f"{served.address}/auth", "client_id": "browser-app",
                "scope": "openid", "acr_values": "urn:yimen:aal:2"}  # fmt: skip
    person.page.goto(f"{page.address}#{urlencode(settings)}")
    person.press("用一门通办登录")
    person.heading("要登录“社保网上服务厅”吗？")
    person.reads("对方办的事比较重要，请再确认一次是您本人。")
    person.press("同意并登录")
    dialog = person.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="获取验证码").click()
    while (message := served.text_messages(resident["phone"])[0])["template"] != "prove_code":
        pass  # the worker sends it right after the answer
    code = message["params"]["code"]
    dialog.get_by_label("短信验证码").and_(dialog.locator("input:not([type=radio])")).fill(code)
    dialog.get_by_role("button", name=re.compile("确认|验证")).last.click()
    expect(person.page.locator("#who")).to_contain_text("您好")
    assert person.complaints == []
    context.close()
