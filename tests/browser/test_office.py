"""Administrators at their desk, and somebody new at theirs, in Chromium."""

import re
from base64 import b32decode
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from auth.rules import otp
from backend.kernel import clock
from tests.browser.officer import Officer
from tests.browser.people import DESK, Person
from tests.browser.places import windows
from tests.browser.story import Story
from tests.browser.test_handoff import read_qr


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


def test_a_machine_in_a_hall_says_where_it_stands(
    browser: Browser, told: Story, desks: list[BrowserContext]
) -> None:
    """Named by an administrator, enrolled at the machine, seen on the phone that scans it."""
    desk, hall = desks
    admin, kiosk = Officer(desk, told.city, "admin"), Person(hall, told.city)
    admin.sign_in("人员")
    admin.follow("场所")
    admin.press("登记场所")
    form = admin.page.get_by_role("dialog", name="登记场所")
    form.get_by_label("名称", exact=True).fill("3号自助机")
    form.get_by_label("所在大厅", exact=True).fill("祖庙市民服务中心")
    form.get_by_role("button", name="生成登记码").click()
    named = admin.page.get_by_role("dialog", name="祖庙市民服务中心 3号自助机")
    code = named.locator(".once").inner_text()
    named.get_by_role("button", name="知道了").click()
    admin.reads("等待在机器上登记")

    kiosk.open("/staff/place")
    kiosk.write("登记码", "0000000000")
    kiosk.press("登记")
    expect(
        kiosk.page.get_by_role("alert").or_(kiosk.page.locator("[aria-invalid=true]"))
    ).to_be_visible()
    kiosk.write("登记码", code)
    kiosk.press("登记")
    kiosk.reads("祖庙市民服务中心 3号自助机")
    kiosk.open("/sign-in?next=/space/settings")
    kiosk.page.get_by_text("扫码登录").click()
    address, number = read_qr(kiosk.page), kiosk.page.locator(".number b")

    with windows(browser, told) as opened:
        phone = opened["citizen"].page
        phone.goto(address)
        expect(phone.get_by_text("祖庙市民服务中心 3号自助机")).to_be_visible()
        phone.get_by_role("button", name=number.inner_text(), exact=True).click()
        expect(phone.get_by_text("屏幕马上进入您的账号")).to_be_visible()
    kiosk.heading("这次替谁办事？")  # a mother is asked, wherever she comes in
    kiosk.press("为自己办")
    expect(kiosk.page).to_have_url(f"{told.city.address}/space/settings")

    admin.page.reload()
    admin.reads("已登记")
    admin.press("注销3号自助机")
    admin.page.get_by_role("dialog", name="注销").get_by_role("button", name="注销").click()
    admin.reads("还没有登记场所")
    assert admin.complaints == kiosk.complaints == []


def test_a_system_comes_and_goes_and_a_lost_factor_takes_two(
    told: Story, desks: list[BrowserContext]
) -> None:
    admin, second = (
        Officer(desk, told.city, login)
        for desk, login in zip(desks, ("admin", "admin.second"), strict=True)
    )
    admin.sign_in("人员")
    admin.follow("接入应用")
    admin.follow("登记应用")
    admin.press("登记")
    expect(admin.page.locator("[aria-invalid=true]").first).to_be_focused()
    for label, words in (
        ("应用标识", "hall.new"), ("系统名称", "不动产自助查询"), ("用途", "查询不动产登记"),
        ("登录后返回的网址", "https://hall.example/back"),
    ):  # fmt: skip
        admin.page.get_by_label(label, exact=True).fill(words)
    admin.page.get_by_label("所在部门", exact=True).select_option("GJJ")
    admin.press("登记")
    secrets = [_shown_once(admin)]
    admin.follow(re.compile("不动产自助查询"))
    admin.press("更换密钥")
    admin.page.get_by_role("dialog").get_by_role("button", name="更换", exact=True).click()
    secrets.append(_shown_once(admin))
    assert len({*secrets}) == 2
    admin.reads("已更换")
    admin.reads(re.compile("上一个密钥在.+前仍然有效"))
    admin.press("停用这个应用")
    admin.page.get_by_role("dialog").get_by_role("button", name="停用这个应用").click()
    off = admin.reads("不能再用统一身份登录，已经发出的凭证全部失效。")
    expect(off).to_be_in_viewport()  # the button stands at the end of a long page
    for secret in secrets:  # nowhere on the page any more
        assert secret not in admin.page.content()

    admin.follow("人员")
    admin.press(re.compile("reviewer.gjj"))
    dialog = admin.page.get_by_role("dialog")
    dialog.get_by_role("button", name="重置登录方式").click()
    dialog.get_by_role("button", name="提交，等另一位管理员同意").click()
    expect(dialog.get_by_text("请写明原因")).to_be_visible()
    dialog.get_by_label("原因").fill("手机丢了，本人带工作证到场")
    dialog.get_by_role("button", name="提交，等另一位管理员同意").click()
    admin.reads("您自己申请的，要由另一位管理员同意。")
    second.sign_in("人员")
    second.reads("手机丢了，本人带工作证到场")
    second.press("同意")
    note = second.page.get_by_role("dialog", name="初始密码")
    assert len(note.locator(".once").inner_text()) >= 12
    note.get_by_role("button", name="我记好了").click()
    expect(second.page.get_by_role("heading", name="等另一位管理员同意的重置")).to_have_count(0)
    second.reads("未改初始密码")
    assert admin.complaints == second.complaints == []


def _shown_once(admin: Officer) -> str:
    dialog = admin.page.get_by_role("dialog", name="应用密钥")
    secret = dialog.locator(".once").inner_text()
    dialog.get_by_role("button", name="我记好了").click()
    expect(dialog).to_have_count(0)
    return secret
