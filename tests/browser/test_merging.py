"""Two accounts of one person become one on two screens, and a window parts them (合并与拆分)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.citizen import Citizen
from tests.browser.officer import Officer
from tests.browser.people import DESK, PHONE
from tests.browser.served import ServedCity
from tests.city import PASSWORD, TOUR, demo_person

pytestmark = pytest.mark.browser
FORMER = "19900001234"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156 MicroMessenger/8.0.50"


def test_merge_and_part(browser: Browser, tmp_path: Path) -> None:
    with ServedCity(tmp_path / "city") as city:
        plain = {"viewport": PHONE, "locale": "zh-CN", "service_workers": "block"}
        old = browser.new_context(**plain, user_agent=WECHAT)
        new = browser.new_context(**plain)
        desk, second = browser.new_context(viewport=DESK), browser.new_context(viewport=DESK)
        try:
            former, citizen = Citizen(old, city, TOUR), Citizen(new, city, TOUR)
            citizen.register()
            # the phone is a relative's: the number stays a claim, and the way on is offered
            former.phone = FORMER
            former.register()
            former.link_wechat()
            former.context.clear_cookies()
            former.page.goto(f"{city.address}/sign-in?next=/cases")
            former.page.get_by_role("link", name="嘉欣", exact=True).click()
            former.heading("实名认证")  # let in by WeChat, one is shown the way on, too
            expect(former.page).to_have_url(f"{city.address}/space/real-name?next=/cases")
            former.open("/space/merge")
            former.press("取合并码")
            code = former.page.locator(".code").inner_text()

            citizen.open("/space/links")
            citizen.page.get_by_role("link", name="合并账号").click()
            citizen.press("下一步")
            citizen.reads("请填写合并码")
            citizen.write("合并码", code.lower())
            citizen.press("下一步")
            citizen.heading("要并进来的账号")
            citizen.press("确认合并")
            citizen.reads("合并好了")
            citizen.reads("重新分开")

            clerk, colleague = Officer(desk, city, "clerk.gjj"), Officer(second, city, "chief.gjj")
            for officer in (clerk, colleague):
                officer.sign_in()
            citizen.open("/space/window")
            digits = citizen.page.locator(".digits").inner_text().replace(" ", "")
            clerk.page.get_by_role("link", name="亮码认人").click()
            clerk.write("您在哪个窗口", "3号窗口")
            clerk.write("手机上的 8 位数字", digits)
            clerk.page.keyboard.press("Enter")
            number = clerk.page.locator(".asked b").inner_text()
            citizen.press(number)
            clerk.heading("账号拆分")
            clerk.press("申请拆分")
            clerk.reads("已申请")

            colleague.page.get_by_role("link", name="亮码认人").click()
            colleague.heading("账号拆分")
            colleague.press("同意拆分")
            colleague.reads("已拆分")
            city.hears(FORMER, "与另一个账号重新分开了")
            assert city.errors() == []
        finally:
            for context in (old, new, desk, second):
                context.close()


PERMIT = {"document": "hk_macao_permit", "number": "H12345678", "name": "陈大文"}


def two_accounts(city: ServedCity) -> None:
    """One person, proven by her ID card, and at a window by the permit of before she had one."""
    who, person, clerk = demo_person(TOUR), city.visit(), city.visit()
    person.post("/auth/codes", json={"phone": TOUR, "purpose": "register"})
    body = {**who, "code": city.sms_code(TOUR), "consent": True}
    assert person.post("/auth/registrations", json=body).status_code == 201
    signed = clerk.post("/auth/staff/sessions", json={"login": "clerk.ga", "password": PASSWORD})
    clerk.headers["X-CSRF-Token"] = signed.json()["csrf_token"]
    check = clerk.post("/auth/staff/verifications", json={**PERMIT, "phone": FORMER}).json()
    done = clerk.post(
        f"/auth/staff/verifications/{check['id']}/confirmation",
        json={"code": city.sms_code(FORMER)},
    )
    assert done.status_code == 200, done.text


def test_two_documents_on_the_table(browser: Browser, tmp_path: Path) -> None:
    with ServedCity(tmp_path / "city") as city:
        two_accounts(city)
        desk, second = browser.new_context(viewport=DESK), browser.new_context(viewport=DESK)
        try:
            clerk, colleague = Officer(desk, city, "clerk.ga"), Officer(second, city, "chief.ga")
            for officer in (clerk, colleague):
                officer.sign_in()
            clerk.page.get_by_role("link", name="亮码认人").click()
            clerk.follow("账号变更：合并、拆分、解除微信")
            clerk.press("申请合并")
            clerk.reads("请填写")
            now, before = (
                clerk.page.get_by_role("group", name=name)
                for name in ("现在用的证件", "以前用的证件")
            )
            now.get_by_label("证件号码").fill(demo_person(TOUR)["id_number"])
            now.get_by_label("姓名").fill(demo_person(TOUR)["name"])
            before.get_by_label("证件号码").fill(PERMIT["number"])
            before.get_by_label("姓名").fill(PERMIT["name"])
            clerk.press("申请合并")
            clerk.reads("等另一位工作人员复核")

            colleague.open("/staff/accounts")
            colleague.heading("合并两个账号")
            colleague.reads("两份证件姓名不同")
            colleague.press("同意")
            colleague.reads("已合并")
            colleague.reads("没有等待复核的账号变更")

            # either document finds the account, and what can be parted
            clerk.press("办理下一位")
            clerk.page.get_by_text("解除微信或拆分").first.click()
            clerk.page.get_by_label("证件种类").select_option(PERMIT["document"])
            clerk.write("证件号码", PERMIT["number"])
            clerk.write("姓名", PERMIT["name"])
            clerk.press("查看账号")
            clerk.heading("梁*欣")
            clerk.reads(re.compile("并入的账号：港澳居民来往内地通行证"))
            clerk.press("申请拆分")
            clerk.heading("拆分合并过的账号")
            assert clerk.complaints == colleague.complaints == city.errors() == []
        finally:
            for context in (desk, second):
                context.close()
