"""Pictures of every page: ``python -m tests.browser.screens FOLDER``.

For the README and for designers: phone and desk, light, dark and elder. The file names say what
they show: ``phone-dark-my-space.png``.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import DESK, PHONE
from tests.browser.places import Look, places, windows
from tests.browser.served import ServedCity
from tests.browser.story import Story, tell

LOOKS = {
    "light": Look(theme="light"),
    "dark": Look(theme="dark"),
    "elder": Look(theme="light", scale="1.4"),
}
SCREENS = {"phone": PHONE, "desk": DESK}


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


def main(folder: Path) -> None:
    """Serve a city of its own, bring it to life, and take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as state,
        sync_playwright() as driver,
        ServedCity(Path(state, "city")) as city,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        taken = take_all(browser, tell(city), folder)
        browser.close()
    print(f"{taken} pictures in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where the pictures go: python -m tests.browser.screens FOLDER")
    main(Path(sys.argv[1]))
