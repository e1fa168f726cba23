"""A wrong start is refused with one sentence that names the key and the fix."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.kernel.settings import OUTSIDE_SYSTEMS, SettingsError, load


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"YIMEN_DATABSE_URL": "x", "YIMEN_DEMO": "1"}, "Did you mean YIMEN_DATABASE_URL?"),
        ({"YIMEN_NONSENSE": "x", "YIMEN_DEMO": "1"}, "YIMEN_NONSENSE is not a setting"),
        ({"PORT": "eighty", "YIMEN_DEMO": "1"}, "PORT has a value that cannot be used"),
        ({"YIMEN_WORKER": "maybe", "YIMEN_DEMO": "1"}, "YIMEN_WORKER has a value"),
        ({}, "YIMEN_POPULATION_URL must name the real system"),
        ({"YIMEN_PORT": "1", "YIMEN_DEMO": "1"}, "YIMEN_PORT is not a setting"),
    ],
)
def test_a_wrong_environment_is_refused_in_a_sentence(environ: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says.replace("?", r"\?")):
        load(environ)


def test_a_demo_needs_nothing() -> None:
    chosen = load({"YIMEN_DEMO": "1", "HOST": "0.0.0.0", "PORT": "9000", "UNRELATED": "x"})
    assert chosen.sandboxes
    assert chosen.base_url == "http://localhost:9000"


def test_a_city_names_every_outside_system() -> None:
    addresses = {f"YIMEN_{s.upper()}_URL": "https://register.example" for s in OUTSIDE_SYSTEMS}
    assert not load(addresses).sandboxes
    addresses.popitem()
    with pytest.raises(SettingsError, match="must name the real system"):
        load(addresses)


def test_the_command_ends_with_the_sentence_and_status_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "backend.cli", "migrate"],
        env={"YIMEN_PROT": "1", "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.strip().splitlines()[-1].startswith("Yimen cannot start: YIMEN_PROT")


def test_a_city_without_its_keys_does_not_start(tmp_path: Path) -> None:
    addresses = {f"YIMEN_{s.upper()}_URL": "https://register.example" for s in OUTSIDE_SYSTEMS}
    ended = subprocess.run(
        [sys.executable, "-m", "backend.cli", "migrate"],
        env={**addresses, "YIMEN_STATE_DIR": str(tmp_path), "PATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "keys.json does not exist" in ended.stderr
