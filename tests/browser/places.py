"""The pages of the city, and windows to look at them in: who looks, how large, how bright."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from tests.browser.people import DESK, PHONE
from tests.browser.story import RENT, Story


@dataclass(frozen=True)
class Place:
    """A page: its name, its address and who may see it."""

    name: str
    path: str
    who: str = "anyone"


def places(story: Story) -> list[Place]:
    """Every page there is."""
    return [*named(story), *further(story), *staff(story)]


def named(story: Story) -> list[Place]:
    """The five pages that matter most."""
    return [
        Place("home", "/"),
        Place("form", f"/items/{RENT}/apply", "citizen"),
        Place("progress", f"/cases/{story.closed}", "citizen"),
        Place("my space", "/space", "citizen"),
        Place("sign-in", "/sign-in"),
    ]


def further(story: Story) -> list[Place]:
    """The citizens' other pages."""
    return [
        Place("home, signed in", "/", "citizen"),
        Place("items", "/items"),
        Place("search", "/items?q=公积金"),
        Place("nothing found", "/items?q=恐龙"),
        Place("item", f"/items/{RENT}"),
        Place("theme", f"/themes/{story.theme}"),
        Place("register", "/register"),
        Place("form, materials", f"/items/{RENT}/apply?step=materials", "citizen"),
        Place("form, review", f"/items/{RENT}/apply?step=review", "citizen"),
        Place("cases", "/cases", "citizen"),
        Place("progress, correction asked", f"/cases/{story.correcting}", "citizen"),
        Place("correction", f"/cases/{story.correcting}/correction", "citizen"),
        Place("inbox", "/notices", "citizen"),
        Place("documents", "/space/documents", "citizen"),
        Place("who read my data", "/space/reads", "citizen"),
        Place("identity check", "/space/real-name", "citizen"),
        Place("settings", "/space/settings", "citizen"),
        Place("account history", "/space/history", "citizen"),
        Place("consents", "/space/consents", "citizen"),
        Place("recover an account", "/recover"),
        Place("account security", "/space/security", "citizen"),
        Place("signed-in devices", "/space/devices", "citizen"),
        Place("machine or window", "/device", "citizen"),
        Place("settings, signed out", "/space/settings"),
        Place("ways to sign in", "/space/links", "citizen"),
        Place("merge accounts", "/space/merge", "citizen"),
        Place("on in the browser", "/onward", "citizen"),
        Place("shown at a window", "/space/window", "citizen"),
        Place("nothing to confirm", "/scan", "citizen"),
        Place("who acts for whom", "/space/acting", "citizen"),
        Place("companies", "/space/companies", "citizen"),
        Place("for whom this time", "/acting", "citizen"),
        Place("acting for a child", "/", "guardian"),
        Place("no such page", "/there/is/nothing"),
        Place("no network", "/offline"),
    ]


def staff(story: Story) -> list[Place]:
    """The staff console."""
    return [
        Place("staff sign-in", "/staff/sign-in"),
        Place("staff queue", "/staff", "officer"),
        Place("staff case", f"/staff/cases/{story.running}", "officer"),
        Place("staff at the window", "/staff/window", "officer"),
        Place("staff, acting for a relative", "/staff/family", "officer"),
        Place("staff identity checks", "/staff/verify", "officer"),
        Place("staff, account changes", "/staff/accounts", "officer"),
        Place("staff case, closed", f"/staff/cases/{story.closed}", "officer"),
        Place("staff, own account", "/staff/account", "officer"),
        Place("list of staff", "/staff/admin", "keeper"),
        Place("registered systems", "/staff/admin/systems", "keeper"),
        Place("register a system", "/staff/admin/system", "keeper"),
        Place("enrolled places", "/staff/admin/places", "keeper"),
        Place("enrol a machine", "/staff/place"),
        Place("journal", "/staff/admin/journal", "keeper"),
    ]


@dataclass(frozen=True)
class Look:
    """How somebody likes to read: the settings of the page, as the page keeps them."""

    lang: str = "zh-CN"
    scale: str = "1"
    theme: str = ""

    @property
    def script(self) -> str:
        """What makes a new window look so from its first paint."""
        kept = {"lang": self.lang, "scale": self.scale, "theme": self.theme}
        return "".join(
            f"localStorage.setItem('yimen.{name}', '{value}');"
            for name, value in kept.items()
            if value not in ("", "zh-CN", "1")
        )


class Window:
    """A browser window of somebody, in front of a page."""

    def __init__(self, page: Page, story: Story) -> None:
        self.page = page
        self.story = story

    def show(self, place: Place) -> Page:
        """Open a page and wait until everything is there."""
        self.page.goto(f"{self.story.city.address}{place.path}")
        expect(self.page.locator("h1").first).to_be_visible()
        expect(self.page.locator(".skeleton, .ghost").locator("visible=true")).to_have_count(0)
        expect(self.page.locator("[role=progressbar]")).to_have_count(0)
        if place.who in ("citizen", "guardian"):  # until the page knows who is there, it offers it
            door = self.page.get_by_role("banner").get_by_text("登录", exact=True)
            expect(door).to_have_count(0)
        return self.page


class Windows(dict[str, Window]):
    """A window each for anyone, the citizen, herself acting for her child, officer and keeper.

    Each opens when it is first looked at; ``dots`` of the screen make up a pixel of the page.
    """

    def __init__(
        self, browser: Browser, story: Story, look: Look, *, desk: bool, dots: float
    ) -> None:
        super().__init__()
        self._browser, self._story, self._look = browser, story, look
        self._desk, self._dots = desk, dots

    def __missing__(self, who: str) -> Window:
        story = self._story
        cookies = {
            "anyone": [], "citizen": story.resident.cookies, "guardian": story.guardian.cookies,
            "officer": story.office.cookies, "keeper": story.keeper.cookies,
        }  # fmt: skip
        context = self._browser.new_context(
            viewport=DESK if self._desk or who in ("officer", "keeper") else PHONE, locale="zh-CN",
            timezone_id="Asia/Shanghai", reduced_motion="reduce", service_workers="block",
            device_scale_factor=self._dots,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        context.add_init_script(self._look.script)
        context.add_cookies(cookies[who])  # type: ignore[arg-type]
        opened = self[who] = Window(context.new_page(), story)
        return opened


@contextmanager
def windows(
    browser: Browser, story: Story, look: Look | None = None, *, desk: bool = False, dots: float = 1
) -> Iterator[Windows]:
    """Windows to look at pages in, closed at the end."""
    opened = Windows(browser, story, look or Look(), desk=desk, dots=dots)
    try:
        yield opened
    finally:
        for window in opened.values():
            window.page.context.close()
