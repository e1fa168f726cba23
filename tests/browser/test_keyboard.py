"""Everything can be done without a mouse and without a touch."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.places import places, windows
from tests.browser.story import RENT, Story

# numbers everything that takes the focus; the buttons of one radio group are one stop
NUMBER = """() => {
  const takes = 'a[href], button, input:not([type=hidden]), select, textarea, summary, '
    + '[tabindex="0"]'
  const stops = new Map()
  for (const one of document.querySelectorAll(takes)) {
    if (one.disabled || one.tabIndex < 0) continue
    if (!one.checkVisibility({ visibilityProperty: true })) continue
    const words = (one.getAttribute('aria-label') || one.innerText || one.id).trim().slice(0, 24)
    const name = one.type === 'radio' ? `radio ${one.name}`
      : `${one.tagName} ${words} #${stops.size}`
    if (!stops.has(name)) stops.set(name, [])
    stops.get(name).push(one)
  }
  window.stopOf = (one) => [...stops].find(([, all]) => all.includes(one))?.[0] ?? null
  return [...stops.keys()]
}"""

# where the focus is, and whether an eye would find it
HERE = """() => {
  const one = document.activeElement
  if (!one || one === document.body || one === document.documentElement) return null
  const drawn = (box) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(box)
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
      && !/, 0\\)$|transparent/.test(outlineColor)
  }
  let marked = false
  for (let box = one, up = 0; box && up < 4; box = box.parentElement, up++) marked ||= drawn(box)
  const area = (one.matches('input') && one.closest('label')) || one
  const { top, bottom, left, right } = area.getBoundingClientRect()
  const at = document.elementFromPoint(
    Math.min(Math.max((left + right) / 2, 1), innerWidth - 1),
    Math.min(Math.max((top + bottom) / 2, 1), innerHeight - 1))
  const there = bottom > 0 && top < innerHeight && at !== null
  const seen = there && (area.contains(at) || at.contains(area))
  return { stop: window.stopOf?.(one) ?? null, marked, seen }
}"""

# Tab goes on from where the focus last was, which a page may have put on its last field
TO_THE_TOP = """() => {
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute('tabindex')
}"""

# what stands on the thing that has the focus
SAID = """() => {
  const one = document.activeElement
  if (!one.matches('a, button, input, select, textarea, summary')) return ''
  const label = one.getAttribute('aria-label') || one.placeholder || one.closest('label')?.innerText
  return label || one.innerText
}"""


def walk(page: Page) -> list[str]:
    """Press Tab through the whole page: what was never reached, and what could not be seen."""
    stops: list[str] = page.evaluate(NUMBER)
    missed, dark, hidden = dict.fromkeys(stops), set(), set()
    page.evaluate(TO_THE_TOP)
    for _ in range(4 * len(stops) + 8):
        page.keyboard.press("Tab")
        here: dict[str, Any] | None = page.evaluate(HERE)
        if here is None:
            break
        # a date has several stops of the browser's own, of which the last is marked by itself
        if here["stop"] in missed and not here["marked"]:
            dark.add(here["stop"])
        if not here["seen"]:
            hidden.add(here["stop"])
        missed.pop(here["stop"], None)
    return [
        *(f"Tab never reaches {stop}" for stop in missed),
        *(f"{stop} has the focus and does not show it" for stop in dark),
        *(f"{stop} has the focus behind something else" for stop in hidden),
    ]


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on what says these words."""
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.evaluate(SAID)
        if words in said:
            return
    raise AssertionError(f"Tab never came to “{words}”")


@pytest.mark.parametrize("half", [0, 1])
def test_tab_reaches_everything_and_shows_where_it_is(
    browser: Browser, told: Story, half: int
) -> None:
    with windows(browser, told) as opened:
        found = []
        for place in places(told)[half::2]:
            found += [f"{place.name}: {line}" for line in walk(opened[place.who].show(place))]
    assert not found, "\n".join(found)


def test_from_the_door_to_a_mistake_without_a_mouse(browser: Browser, told: Story) -> None:
    with windows(browser, told) as opened:
        page = opened["citizen"].page
        page.goto(told.city.address)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

        tab_to(page, "搜事项")
        page.keyboard.type("租房提取")
        page.keyboard.press("Enter")
        page.wait_for_url("**/items?**")  # a case of hers on the home page has the same name
        tab_to(page, "租房提取住房公积金")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="租房提取住房公积金", level=1)).to_be_focused()
        tab_to(page, "开始办理")
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("还需填写"))).to_be_visible()

        tab_to(page, "下一步")
        page.keyboard.press("Space")
        summary = page.locator(".error-summary")
        expect(summary).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        wrong = page.locator("[aria-invalid=true]:focus, .wrong :focus")
        expect(wrong).to_have_count(1)
        page.keyboard.press("Space")
        expect(page.locator(":focus:checked")).to_have_count(1)


def test_boxes_switches_folds_and_choices_obey_the_keys(browser: Browser, told: Story) -> None:
    with windows(browser, told) as opened:
        page = opened["anyone"].page
        page.goto(f"{told.city.address}/register")
        tab_to(page, "我同意")
        page.keyboard.press("Space")
        expect(page.get_by_role("checkbox")).to_be_checked()
        tab_to(page, "会用到哪些信息")
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("每一次读取都会记下来"))).to_be_visible()

        page.goto(f"{told.city.address}/space/settings")
        tab_to(page, "标准")
        page.keyboard.press("ArrowRight")
        expect(page.locator("html[data-scale='1.4']")).to_have_count(1)


def test_dialogs_keep_the_focus_and_give_it_back(browser: Browser, told: Story) -> None:
    with windows(browser, told) as opened:
        for who, path, opener in (
            ("citizen", "/", "字号、外观和语言"),
            ("citizen", f"/items/{RENT}/apply", "这不对？"),
            ("citizen", f"/cases/{told.running}", "为什么是这个日期？"),
            ("citizen", f"/cases/{told.running}", "撤回申请"),
            ("citizen", "/space/settings", "退出登录"),
        ):
            page = opened[who].page
            page.goto(f"{told.city.address}{path}")
            expect(page.get_by_role("button", name=re.compile(opener)).first).to_be_visible()
            tab_to(page, opener)
            page.keyboard.press("Enter")
            dialog = page.get_by_role("dialog")
            expect(dialog).to_be_visible()
            for _ in range(12):
                # after the last button the focus visits the browser's own bar, then comes back
                where = page.evaluate(
                    "document.activeElement.closest('dialog, main, body').tagName"
                )
                assert where in ("DIALOG", "BODY"), f"{opener}: the focus left the dialog"
                page.keyboard.press("Tab")
            page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)
            expect(
                page.get_by_role("button", name=re.compile(opener)).and_(page.locator(":focus"))
            ).to_have_count(1)
