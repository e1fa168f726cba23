"""A citizen at a phone: registration, settings, the form, the case, My Space."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Person, photo
from tests.browser.served import ServedCity
from tests.city import demo_person


class Citizen(Person):
    """One of the demo people, at a phone."""

    def __init__(
        self, context: BrowserContext, city: ServedCity, phone: str, page: Page | None = None
    ) -> None:
        super().__init__(context, city, page)
        self.phone = phone
        self.who = demo_person(phone)

    def _ask_for_code(self) -> str:
        seen = len(self.city.codes(self.phone))
        self.press("获取验证码")
        self.reads("验证码已发送")
        return self.city.sms_code(self.phone, seen)

    def register(self) -> None:
        """实名注册: with the code from the text message."""
        self.open("/register")
        self.write("姓名", self.who["name"])
        self.write("身份证号码", self.who["id_number"])
        self.write("手机号码", self.phone)
        self.write("短信验证码", self._ask_for_code())
        self.page.get_by_role("checkbox", name="我同意").check()
        self.press("注册并登录")
        self.reads(re.compile("您好$|^还没有实名$"))

    def sign_in_here(self) -> None:
        """实名登录, on the sign-in page that is open."""
        self.heading("实名登录")
        self.write("手机号码", self.phone)
        self.write("短信验证码", self._ask_for_code())
        self.page.locator("main").get_by_role("button", name="登录", exact=True).click()

    # -- settings -------------------------------------------------------------------------------

    def turn_notifications_on(self) -> None:
        """The switch under 设置: a real subscription at the browser maker's push service."""
        self.open("/space/settings")
        switch = self.page.get_by_role("switch", name="手机通知")
        switch.click()
        self.reads("已打开。有新进度会通知这台设备。")
        expect(switch).to_have_attribute("aria-checked", "true")

    def link_wechat(self, nickname: str = "嘉欣") -> None:
        """绑定微信: WeChat's own page asks, and leads back."""
        self.open("/space/settings")
        self.press("绑定微信")
        self.page.wait_for_url("**/sandbox/wechat/authorize?**")
        self.page.get_by_role("link", name=nickname, exact=True).click()
        self.page.wait_for_url("**/space/settings?linked=wechat")
        self.reads("微信已绑定")

    def notifications(self) -> list[dict[str, str]]:
        """What the service worker shows on the phone's screen."""
        found: list[dict[str, str]] = self.page.evaluate(
            """async () => {
              const worker = await navigator.serviceWorker.ready
              const shown = await worker.getNotifications()
              return shown.map(({ title, body, data }) => ({ title, body, url: data.url }))
            }"""
        )
        return found

    # -- the form -------------------------------------------------------------------------------

    def prefilled(self) -> tuple[int, int]:
        """How many fields the city has filled in, as the page says, and how many there are."""
        said = self.reads(re.compile(r"已为您填好 \d+ 项")).inner_text()
        fields = self.page.locator(".form-section").locator(".filled, .field")
        return int(re.sub(r"\D", "", said)), fields.count()

    def fill_the_rest(self, answers: dict[str, str]) -> None:
        """Answer what is still asked, by the labels; then the page says that all is there."""
        for label, answer in answers.items():
            self.answer(label, answer)
        expect(self.page.get_by_text("都填好了，可以进入下一步")).to_be_visible()

    def answer(self, label: str, answer: str) -> None:
        """Answer one question: tick, choose or write, whatever stands there."""
        box = self.page.locator(".field").filter(has=self.page.locator(".label", has_text=label))
        expect(box).to_be_visible()
        if (choice := box.get_by_label(answer, exact=True)).count():
            choice.check()
        elif (select := box.locator("select")).count():
            select.select_option(label=answer)
        else:
            box.locator("input, textarea").fill(answer)

    def next_step(self, heading: str) -> None:
        """下一步, until the page with this heading is there."""
        self.page.locator("form button[type=submit]").last.click()
        self.heading(heading)

    def upload_missing_papers(self) -> list[str]:
        """Photograph every paper that is still needed; their names."""
        names = []
        while (needed := self.page.locator(".material:has(.badge:text-is('需要'))")).count():
            card = needed.first
            name = card.get_by_role("heading").inner_text()
            picture = {"name": f"{name}.png", "mimeType": "image/png", "buffer": photo()}
            card.locator("input[type=file]").first.set_input_files(picture)  # type: ignore[arg-type]
            paper = self.page.locator(".material").filter(
                has=self.page.get_by_role("heading", name=name, exact=True)
            )
            expect(paper.get_by_text("已备好")).to_be_visible()
            names.append(name)
        return names

    def declare_and_submit(self) -> str:
        """Tick what has to be declared and press 提交申请; the new case's number."""
        for box in self.page.locator(".declarations input[type=checkbox]").all():
            box.check()
        self.page.locator("form button[type=submit]").last.click()
        self.page.wait_for_url(re.compile(r"/cases/[^/?]+\?submitted=1"))
        self.reads("提交成功")
        return self.page.url.partition("/cases/")[2].partition("?")[0]
