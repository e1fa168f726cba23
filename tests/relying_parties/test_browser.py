"""oidc-client-ts on a department's page, in a browser: sign in, read, agree, leave (promise 1)."""

from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, expect

from tests.browser.people import PHONE, Person
from tests.browser.served import ServedCity
from tests.relying_parties.conftest import DepartmentPage, Party


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
