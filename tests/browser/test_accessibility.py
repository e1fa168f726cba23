"""Nobody is left outside: every page for every eye, hand and language.

1. All pages: axe without one violation, in light and dark; nothing wider than the screen; targets
   of 44 px, and 60 px for main controls in the elder mode; no foreign word in Chinese text.
2. The five pages that matter most in every size, brightness and language.
3. States that a page is in only for a while: mistakes pointed out, a dialog open.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import FOREIGN, inaccessible, overflow, said, too_small
from tests.browser.people import DESK, PHONE
from tests.browser.places import Look, Window, named, places, windows
from tests.browser.story import RENT, Story

AT_A_DESK = ("officer", "keeper")  # who has a mouse
KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")


def in_both_lights(page: Page, name: str) -> list[str]:
    """What axe finds in the light and, since only colours change, of colours in the dark."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"html[data-theme={scheme}]")).to_have_count(1)
        lines = inaccessible(page, colours_only=scheme == "dark")
        found += [f"{name}, {scheme}: {line}" for line in lines]
    return found


PARTS = 4
"""All pages are looked at in so many tests, for several cores to share."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_everyone(browser: Browser, told: Story, part: int) -> None:
    with windows(browser, told) as opened:
        found = []
        for place in places(told)[part::PARTS]:
            page = opened[place.who].show(place)
            found += [f"{place.name}: {line}" for line in foreign(page)]
            if place.who not in AT_A_DESK:
                found += [f"{place.name}: {line}" for line in too_small(page, 44)]
            found += in_both_lights(page, place.name)
            for width in (320, 390):
                page.set_viewport_size({"width": width, "height": 844})
                if (wide := overflow(page)) > 0:
                    found.append(f"{place.name} at {width}: {wide} px too wide")
            page.set_viewport_size(DESK if place.who in AT_A_DESK else PHONE)  # type: ignore[arg-type]
    assert not found, "\n".join(found)


def foreign(page: Page) -> list[str]:
    """Latin words in what a Chinese page says."""
    return [
        f"{word} in “{words[:60]}”"
        for words in said(page)
        for word in re.findall(r"[A-Za-z]{2,}", FOREIGN.sub("", words))
    ]


# the smallest in Chinese is looked at with every other page; the longest words are the hardest
@pytest.mark.parametrize(
    ("scale", "lang"),
    [("1.4", "zh-CN"), ("2", "zh-CN"), ("2", "zh-Hant"), ("1", "en"), ("2", "en")],
)
def test_the_five_pages_in_all_sizes_and_languages(
    browser: Browser, told: Story, scale: str, lang: str
) -> None:
    with windows(browser, told, Look(lang, scale)) as opened:
        found = []
        for place in named(told):
            page = opened[place.who].show(place)
            expect(page.locator(f"html[lang={lang}][data-scale='{scale}']")).to_have_count(1)
            found += in_both_lights(page, place.name)
            found += [f"{place.name}: {wide} px too wide" for wide in [overflow(page)] if wide > 0]
            found += [f"{place.name}: {words}" for words in said(page) if KEY.match(words)]
    assert not found, "\n".join(found)


def test_everything_can_be_hit_by_an_old_hand(browser: Browser, told: Story) -> None:
    with windows(browser, told, Look(scale="1.4")) as opened:
        found = []
        for place in places(told):
            if place.who not in AT_A_DESK:
                page = opened[place.who].show(place)
                found += [f"{place.name}: {one}" for one in too_small(page, 60, main_only=True)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scale", ["1", "2"])
def test_mistakes_are_pointed_out_to_everyone(browser: Browser, told: Story, scale: str) -> None:
    with windows(browser, told, Look(scale=scale)) as opened:
        page = form(opened["citizen"])
        page.locator("form button[type=submit]").last.click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert in_both_lights(page, "form with mistakes") == []
        assert overflow(page) <= 0
        for path, button in (("/sign-in", "登录"), ("/register", "注册并登录")):
            page = opened["anyone"].page
            page.goto(f"{told.city.address}{path}")
            page.locator("main").get_by_role("button", name=button, exact=True).click()
            expect(page.locator("[aria-invalid=true]").first).to_be_focused()
            assert in_both_lights(page, f"{path} with mistakes") == []


@pytest.mark.parametrize("scale", ["1", "2"])
def test_dialogs_are_for_everyone(browser: Browser, told: Story, scale: str) -> None:
    with windows(browser, told, Look(scale=scale)) as opened:
        page = form(opened["citizen"])
        for opener in (
            page.get_by_role("button", name="字号、外观和语言"),
            page.get_by_role("button", name="这不对？").first,
        ):
            opener.click()
            dialog = page.get_by_role("dialog")
            expect(dialog).to_be_visible()
            assert in_both_lights(page, "dialog") == []
            page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)


def form(window: Window) -> Page:
    """The form, with something left to answer."""
    page = window.page
    page.goto(f"{window.story.city.address}/items/{RENT}/apply")
    expect(page.get_by_text(re.compile("还需填写"))).to_be_visible()
    return page
