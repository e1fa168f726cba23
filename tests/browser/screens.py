"""Pictures of every page: ``python -m tests.browser.screens FOLDER``; those of the README:
``python -m tests.browser.screens readme``.

For designers: phone and desk, light, dark and elder. The file names say what they show:
``phone-dark-my-space.png``.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import DESK, PHONE
from tests.browser.places import Look, Place, places, windows
from tests.browser.served import ROOT, ServedCity
from tests.browser.story import Story, tell

LOOKS = {
    "light": Look(theme="light"),
    "dark": Look(theme="dark"),
    "elder": Look(theme="light", scale="1.4"),
}
SCREENS = {"phone": PHONE, "desk": DESK}
DOCS = ROOT / "pwa/docs"
COLOURS = 192
"""As many as a picture of the README has: enough for letters, a third of the bytes."""


def take_all(browser: Browser, story: Story, folder: Path) -> int:
    """Take every picture; how many there are."""
    taken = 0
    for look_name, look in LOOKS.items():
        for screen, size in SCREENS.items():
            with windows(browser, story, look) as opened:
                for place in places(story):
                    page = opened[place.who].page
                    page.set_viewport_size(size)  # type: ignore[arg-type]
                    opened[place.who].show(place)
                    expect(page.locator("img:not([src])")).to_have_count(0)
                    name = place.name.replace(",", "").replace(" ", "-")
                    page.screenshot(path=folder / f"{screen}-{look_name}-{name}.png")
                    taken += 1
    return taken


def take_readme(browser: Browser, story: Story, folder: Path) -> int:
    """Take the pictures that the README shows, sharp; how many there are."""
    shown = {place.name: place for place in places(story)}
    wanted = {
        "home": shown["home"],
        "sign-in": shown["sign-in"],
        "form": shown["form"],
        "case": shown["progress"],
        "space": shown["my space"],
        "acting": Place("a child's space", "/space", "guardian"),
        "window": shown["shown at a window"],
        "elder": shown["home, signed in"],
        "staff": shown["staff case"],
        "admin": shown["list of staff"],
    }
    for name, place in wanted.items():
        look = LOOKS["elder" if name == "elder" else "light"]
        with windows(browser, story, look, dots=1.5) as opened:
            page = opened[place.who].show(place)
            expect(page.locator("img:not([src])")).to_have_count(0)
            page.screenshot(path=folder / f"{name}.png")
        picture = Image.open(folder / f"{name}.png").convert("RGB").quantize(COLOURS)
        picture.save(folder / f"{name}.png", optimize=True)
    return len(wanted)


def main(folder: Path, *, readme: bool = False) -> None:
    """Serve a city of its own, bring it to life, and take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    take = take_readme if readme else take_all
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as state,
        sync_playwright() as driver,
        ServedCity(Path(state, "city")) as city,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        taken = take(browser, tell(city), folder)
        browser.close()
    print(f"{taken} pictures in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where the pictures go: python -m tests.browser.screens FOLDER (or: readme)")
    if sys.argv[1] == "readme":
        main(DOCS, readme=True)
    else:
        main(Path(sys.argv[1]))
