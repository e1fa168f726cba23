"""A wrong start is refused with one sentence that names the key and the fix."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.kernel.settings import _CREDENTIALS, BY_HTTP, SettingsError, load


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


def real_city() -> dict[str, str]:
    """The environment of a city that speaks to real systems."""
    addresses = {f"YIMEN_{s.upper()}_URL": "https://register.example" for s in BY_HTTP}
    given = {f"YIMEN_{name.upper()}": "given to us" for name in _CREDENTIALS}
    return {**addresses, **given, "YIMEN_BASE_URL": "https://yimen.example"}


def test_a_city_names_every_outside_system() -> None:
    environ = real_city()
    assert not load(environ).sandboxes
    for system in BY_HTTP:
        without = {k: v for k, v in environ.items() if k != f"YIMEN_{system.upper()}_URL"}
        with pytest.raises(SettingsError, match="must name the real system"):
            load(without)


def test_a_city_has_credentials_of_its_own_and_is_reached_by_https() -> None:
    for name in (*_CREDENTIALS,):
        without = {k: v for k, v in real_city().items() if k != f"YIMEN_{name.upper()}"}
        with pytest.raises(SettingsError, match=f"YIMEN_{name.upper()} must be the credential"):
            load(without)


@pytest.mark.parametrize(
    ("key", "plain", "says"),
    [
        ("BASE_URL", "http://yimen.example", "BASE_URL must begin with https://"),
        ("BASE_URL", "", "BASE_URL must begin with https://"),
        ("BANK_URL", "http://bank.example", "BANK_URL must begin with https://"),
        ("DATABASE_URL", "postgres://y@db.example/y", "DATABASE_URL must end with"),
        ("REDIS_URL", "redis://cache.example/0", "REDIS_URL must begin with rediss://"),
        ("ANTIVIRUS_URL", "tcp://clamd.example:3310", "ANTIVIRUS_URL must begin with tls://"),
    ],
)
def test_nothing_of_a_city_crosses_a_network_in_the_clear(key: str, plain: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load({**real_city(), f"YIMEN_{key}": plain})


def test_within_the_machine_and_by_tls_a_city_starts() -> None:
    for key, fine in (
        ("BANK_URL", "http://127.0.0.1:9000"),
        ("DATABASE_URL", "postgres://y@localhost/y"),
        ("DATABASE_URL", "postgres://y@db.example/y?ssl=1"),
        ("REDIS_URL", "rediss://cache.example/0"),
        ("REDIS_URL", "redis://127.0.0.1/0"),
    ):
        assert not load({**real_city(), f"YIMEN_{key}": fine}).sandboxes


def test_the_command_ends_with_the_sentence_and_status_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "backend.cli", "migrate"],
        env={"YIMEN_PROT": "1", "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.strip().splitlines()[-1].startswith("Yimen cannot start: YIMEN_PROT")


def test_a_city_without_its_keys_does_not_start(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "backend.cli", "migrate"],
        env={**real_city(), "YIMEN_STATE_DIR": str(tmp_path), "PATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "keys.json does not exist" in ended.stderr


def test_a_city_may_do_without_a_scanner_but_not_name_something_else() -> None:
    assert load(real_city()).antivirus_url == ""
    assert load({"YIMEN_SANDBOXES": "1"}).antivirus_url == "sandbox"
    for address in (
        "unix:///run/clamav/clamd.ctl",
        "tcp://localhost:3310",
        "tls://av.example:3311",
    ):
        assert load({**real_city(), "YIMEN_ANTIVIRUS_URL": address}).antivirus_url == address
    for wrong in ("https://av.example", "clamd.ctl", "tcp://localhost", "unix://"):
        with pytest.raises(SettingsError, match="ANTIVIRUS_URL must be unix:///path"):
            load({**real_city(), "YIMEN_ANTIVIRUS_URL": wrong})
    with pytest.raises(SettingsError, match="must name the real system"):
        load({**real_city(), "YIMEN_ANTIVIRUS_URL": "sandbox"})
