"""Administrators at their desk, and somebody new at theirs, in Chromium."""

import re
from base64 import b32decode
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from auth.rules import otp
from backend.kernel import clock
from tests.browser.officer import Officer
from tests.browser.people import DESK
from tests.browser.story import Story


@pytest.fixture
def desks(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Two computers."""
    made = [
        browser.new_context(
            viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
            service_workers="block",
        )
        for _ in range(2)
    ]  # fmt: skip
    yield made
    for context in made:
        context.close()


def test_somebody_new_from_the_list_to_their_own_password(
    told: Story, desks: list[BrowserContext]
) -> None:
    admin, clerk = (Officer(desk, told.city, "admin") for desk in desks)
    admin.sign_in("人员")
    admin.press("新增人员")
    dialog = admin.page.get_by_role("dialog")
    dialog.get_by_role("button", name="新增，并生成初始密码").click()
    login = dialog.get_by_label("工号", exact=True)
    expect(login).to_be_focused()  # everything that is missing is said at once
    expect(dialog.get_by_text("请填写这一项")).to_have_count(2)
    expect(dialog.get_by_text("请选至少一个岗位")).to_be_visible()
    login.fill("clerk.gjj")
    dialog.get_by_label("姓名").fill("窗口小新")
    dialog.get_by_role("checkbox", name=re.compile("^窗口人员")).check()
    dialog.get_by_label("所在部门").select_option("GJJ")
    dialog.get_by_label("负责的区").select_option(label="南海区")
    dialog.get_by_role("button", name="新增，并生成初始密码").click()
    taken = dialog.get_by_role("alert")  # at the head of a form that is longer than the screen
    expect(taken).to_be_in_viewport()
    login.fill("clerk.new")
    dialog.get_by_role("button", name="新增，并生成初始密码").click()
    first = dialog.locator(".once").inner_text()
    dialog.get_by_role("button", name="我记好了").click()
    admin.reads("未改初始密码")
    admin.page.get_by_role("link", name="管理日志").click()
    admin.reads("窗口人员 佛山市住房公积金管理中心 南海区")

    clerk.page.goto(f"{told.city.address}/staff")
    clerk.write("工号", "clerk.new")
    clerk.write("密码", first)
    enter = clerk.page.get_by_role("button", name="登录", exact=True)
    enter.click()
    clerk.reads("第一次登录，请设置您自己的密码")
    clerk.write("新密码", "clerk.new.1")
    enter.click()
    clerk.reads("密码里请不要用自己的姓名")
    clerk.write("新密码", "one of my own")
    enter.click()
    clerk.heading("待办")

    clerk.page.get_by_role("link", name=re.compile("窗口小新")).click()
    clerk.press("绑定身份验证器")
    secret = clerk.page.locator("dialog[open] .secret").inner_text().replace(" ", "")
    expect(clerk.page.get_by_role("img", name="绑定用的二维码")).to_be_visible()
    step = int(clock.now().timestamp()) // otp.STEP
    clerk.write("身份验证器上的 6 位数字", otp.code(b32decode(secret), step))
    clerk.press("确认绑定")
    clerk.reads("身份验证器已绑定")
    assert admin.complaints == []
    assert clerk.complaints == []
