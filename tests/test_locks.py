"""The lock files: complete, by hash, and without an address of any registry."""

import re
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text())
WANTED = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-build.lock": PROJECT["dependency-groups"]["build"],
    "requirements-dev.lock": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
    ],
}


def pins(name: str) -> dict[str, str]:
    """Package to the text of its pin, hashes and all."""
    text = (HOME / name).read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.partition("==")[0]: line for line in lines}


def plain(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize("name", WANTED)
def test_every_wanted_package_is_pinned_by_hash(name):
    found = pins(name)
    assert {plain(wanted) for wanted in WANTED[name]} <= set(found)
    assert all("--hash=sha256:" in pin for pin in found.values())


@pytest.mark.parametrize(
    "name", [*WANTED, "pwa/package-lock.json", "tests/browser/package-lock.json"]
)
def test_no_lock_file_names_a_host_of_a_registry(name):
    text = (HOME / name).read_text()
    assert not re.search(r'"resolved"|index-url|find-links|file:', text)
    if name.endswith(".lock"):
        assert "://" not in text


def test_the_tests_run_on_what_a_city_runs():
    city, tests = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: pin for name, pin in tests.items() if name in city} == city
