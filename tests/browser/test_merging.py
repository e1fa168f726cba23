"""Two accounts of one person become one on two screens, and a window parts them (合并与拆分)."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.citizen import Citizen
from tests.browser.officer import Officer
from tests.browser.people import DESK, PHONE
from tests.browser.served import ServedCity
from tests.city import TOUR

pytestmark = pytest.mark.browser
FORMER = "19900001234"


def test_merge_and_part(browser: Browser, tmp_path: Path) -> None:
    with ServedCity(tmp_path / "city") as city:
        plain = {"viewport": PHONE, "locale": "zh-CN", "service_workers": "block"}
        old, new = browser.new_context(**plain), browser.new_context(**plain)
        desk, second = browser.new_context(viewport=DESK), browser.new_context(viewport=DESK)
        try:
            former, citizen = Citizen(old, city, TOUR), Citizen(new, city, TOUR)
            citizen.register()
            # the phone is a relative's: the number stays a claim, and the way on is offered
            former.phone = FORMER
            former.register()
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
            assert "与另一个账号重新分开了" in str(city.text_messages(FORMER))
            assert city.errors() == []
        finally:
            for context in (old, new, desk, second):
                context.close()
