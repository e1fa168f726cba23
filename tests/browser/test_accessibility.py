"""Nobody is left outside: every page for every eye, hand and language.

1. All pages: axe without one violation, in light and dark; nothing wider than the screen; targets
   of 44 px, and 60 px for main controls in the elder mode; no foreign word in Chinese text.
2. The five pages that matter most, in all sizes, brightnesses and languages.
3. States that a page is in only for a while: mistakes pointed out, a dialog open.
"""

import re
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import FOREIGN, inaccessible, overflow, said, too_small
from tests.browser.places import Look, Window, named, places, windows
from tests.browser.story import RENT, Story

LANGS = ("zh-CN", "zh-Hant", "en")
SCALES = ("1", "1.4", "2")
KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")


def in_both_lights(page: Page, name: str) -> list[str]:
    """What axe finds in the light and in the dark."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"html[data-theme={scheme}]")).to_have_count(1)
        found += [f"{name}, {scheme}: {line}" for line in inaccessible(page)]
    return found


def test_every_page_in_light_and_dark(browser: Browser, told: Story) -> None:
    with windows(browser, told) as opened:
        found = []
        for place in places(told):
            found += in_both_lights(opened[place.who].show(place), place.name)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("scale", "lang"), list(product(SCALES, LANGS)))
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


def test_nothing_is_wider_than_a_small_screen(browser: Browser, told: Story) -> None:
    with windows(browser, told) as opened:
        found = []
        for place in places(told):
            page = opened[place.who].show(place)
            for width in (320, 390):
                page.set_viewport_size({"width": width, "height": 844})
                if (wide := overflow(page)) > 0:
                    found.append(f"{place.name} at {width}: {wide} px too wide")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("scale", "least"), [("1", 44), ("1.4", 60)])
def test_everything_can_be_hit_with_a_thumb(
    browser: Browser, told: Story, scale: str, least: int
) -> None:
    with windows(browser, told, Look(scale=scale)) as opened:
        found = []
        for place in places(told):
            if place.who in ("officer", "keeper"):  # a desk has a mouse
                continue
            page = opened[place.who].show(place)
            small = too_small(page, least, main_only=scale != "1")
            found += [f"{place.name}: {line}" for line in small]
    assert not found, "\n".join(found)


def test_chinese_pages_speak_chinese(browser: Browser, told: Story) -> None:
    with windows(browser, told) as opened:
        found = []
        for place in places(told):
            for words in said(opened[place.who].show(place)):
                foreign = re.findall(r"[A-Za-z]{2,}", FOREIGN.sub("", words))
                found += [f"{place.name}: {word} in “{words[:60]}”" for word in foreign]
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
