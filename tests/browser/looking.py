"""Looking at a page with a rule in hand: inaccessible, too small, too wide, not translated."""

import re
from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.browser.served import ROOT

AXE = ROOT / "pwa/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

FOREIGN = re.compile(r"\S+\.png|\b[0-9A-Z]{12,18}\b|\b(PDF|MB|KB|clerk\.gjj|kB)\b")
"""What stands in Chinese text in Latin letters: units, and names of files and officers."""

# what a finger may press, with the area that reacts to it
TARGETS = """() => {
  const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary'
  const found = []
  for (const one of document.querySelectorAll(pressed)) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
    const label = one.matches('input') ? one.closest('label') : null
    const area = label ?? one
    const box = area.getBoundingClientRect()
    if (!box.width || !box.height || box.bottom < 0) continue
    if (!label && one.closest('.sr, .skip')) continue
    // a link inside a sentence is as high as its line (WCAG 2.5.8, inline)
    if (getComputedStyle(area).display === 'inline') continue
    const words = area.innerText || one.getAttribute('aria-label') || one.id
    found.push({ name: `${one.tagName} ${words.trim().slice(0, 24)}`.replace(/\\s+/g, ' '),
      main: area.matches('.btn, .check, .input, .tabs a, .card, .icon-btn, .switch, '
        + 'summary, .segments label'),
      width: box.width, height: box.height })
  }
  return found
}"""

# the words on a page, also those that only a screen reader says
WORDS = """() => {
  const said = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement
    if (parent && !parent.closest('script, style, noscript, kbd, [lang=en], [data-plain]')) {
      said.push(walker.currentNode.textContent)
    }
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
    for (const one of document.querySelectorAll(`[${name}]`)) said.push(one.getAttribute(name))
  }
  return [document.title, ...said].map((words) => words.trim()).filter(Boolean)
}"""

RUN_AXE = """async ([tags, coloursOnly]) => {
  const coloured = () => axe.getRules(['cat.color']).filter((rule) =>
    rule.tags.some((tag) => tags.includes(tag))).map(({ ruleId }) => ruleId)
  const runOnly = coloursOnly ? { type: 'rule', values: coloured() } : tags
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) => {
    const why = [...any, ...all, ...none].map(({ message }) => message).join('; ')
    return `${id}: ${html.slice(0, 160)} — ${why.slice(0, 240)}`
  }))
}"""


@cache
def _axe() -> str:
    assert AXE.exists(), "axe-core is missing: run `make test`, which installs it."
    return AXE.read_text()


def inaccessible(page: Page, *, colours_only: bool = False) -> list[str]:
    """Every violation that axe finds, best practices included; one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(RUN_AXE, [TAGS, colours_only])
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


def too_small(page: Page, least: float, *, main_only: bool = False) -> list[str]:
    """What is harder to hit than ``least`` pixels in height or width."""
    targets: list[dict[str, Any]] = page.evaluate(TARGETS)
    assert targets, "nothing on this page can be pressed"
    return [
        f"{one['name']}: {one['width']:.0f}×{one['height']:.0f}"
        for one in targets
        if (one["main"] or not main_only) and min(one["width"], one["height"]) < least - 0.5
    ]


def said(page: Page) -> list[str]:
    """Every text on the page."""
    found: list[str] = page.evaluate(WORDS)
    return found
