"""An officer at a desk: the queue, a case, the next step."""

import re

from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.people import Person
from tests.browser.served import ServedCity
from tests.city import PASSWORD


class Officer(Person):
    """A member of staff, at /staff."""

    def __init__(self, context: BrowserContext, city: ServedCity, login: str) -> None:
        super().__init__(context, city)
        self.login = login

    def sign_in(self, lands_on: str = "待办") -> None:
        """工作人员登录, with login and password."""
        self.page.goto(f"{self.city.address}/staff")
        self.write("工号", self.login)
        self.write("密码", PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.heading(lands_on)

    def open_case(self, number: str) -> None:
        """Find the case in the queue and open it."""
        line = self.page.get_by_role("row").filter(has_text=number)
        line.get_by_role("link").click()
        self.reads(number)
        self.heading("申请内容")

    def _act(self, choice: str) -> Locator:
        panel = self.page.get_by_role("complementary", name="时限和办理")
        panel.get_by_role("radio", name=re.compile(f"^{choice}")).check()
        return panel

    def request_correction(self, reasons: dict[str, str]) -> None:
        """一次性告知补正: a flag at each thing that is wrong, one notice for all of them."""
        for label, reason in reasons.items():
            self.page.get_by_role("button", name=f"指出问题：{label}", exact=True).click()
            self.page.get_by_label(f"“{label}”要怎么改？").fill(reason)
        count = len(reasons)
        self._act("一次性告知补正").get_by_role("button", name=f"预览告知书（{count} 处）").click()
        notice = self.page.get_by_role("dialog", name="补正告知书预览")
        for reason in reasons.values():
            expect(notice.get_by_text(reason)).to_be_visible()
        notice.get_by_role("button", name=f"发出告知书（{count} 处）").click()
        self.reads("补正告知书已发出")

    def step(
        self, choice: str, button: str, *, saying: str, words: str = "", sure: str = ""
    ) -> None:
        """One step: choose, say why, send, confirm where it is final; then it ``saying``."""
        panel = self._act(choice)
        if words:
            panel.get_by_role("textbox").fill(words)
        panel.get_by_role("button", name=button, exact=True).click()
        if sure:
            dialog = self.page.get_by_role("dialog", name=sure)
            dialog.get_by_role("button", name=button.rstrip("…"), exact=True).click()
        self.reads(saying)

    def look_at_paper(self, name: str) -> None:
        """Open a paper in place; the applicant will see that it was looked at."""
        paper = self.page.locator(".paper").filter(has_text=name)
        paper.get_by_role("button", name="查看").first.click()
        expect(paper.locator("img")).to_be_visible()
