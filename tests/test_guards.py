"""The guards guard: each of them is seen to say no once."""

import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import guards

HOME = Path(__file__).parent.parent


def run_tests(folder: Path, code: str) -> str:
    """Run a test file of its own under the guards and return what pytest said."""
    path = folder / "test_one.py"
    path.write_text(code)
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.guards"]\n')
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    options = ["--rootdir", str(folder), "-c", str(HOME / "pyproject.toml")]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, cwd=HOME, check=False
    )
    return done.stdout


@pytest.mark.parametrize(
    "call",
    [
        "socket.create_connection(('192.0.2.1', 9), timeout=0.1)",
        "socket.getaddrinfo('register.gov.example', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    ],
)
def test_a_call_beyond_this_machine_fails_even_when_swallowed(tmp_path, call):
    said = run_tests(
        tmp_path,
        "import socket\ndef test_swallows():\n"
        f"    try:\n        {call}\n    except Exception:\n        pass\n",
    )
    assert "tried to leave this machine" in said
    assert "1 error" in said


def test_loopback_is_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    socket.getaddrinfo("localhost", 80)


def test_a_skipped_test_fails(tmp_path):
    said = run_tests(
        tmp_path,
        "import pytest\ndef test_a():\n    pytest.skip('no browser')\n"
        "@pytest.mark.skip(reason='later')\ndef test_b(): ...\n"
        "def test_c():\n    pytest.skip('platform: no fork on Windows')\n",
    )
    assert "1 failed, 1 skipped, 1 error" in said
    assert "A test may not be skipped" in said


def test_a_skipped_file_fails(tmp_path):
    said = run_tests(tmp_path, "import pytest\npytest.importorskip('no_such_package')\n")
    assert "1 error" in said


def test_a_person_in_a_log_line_fails(tmp_path):
    someone = max(guards.canaries())
    said = run_tests(
        tmp_path,
        "from backend.kernel import log\ndef test_tells():\n"
        f"    log.event('form.opened', who={someone!r})\n",
    )
    assert "a log line tells of a person" in said


SECRETS = (
    "secrets.token_urlsafe(32)",
    "'session ' + secrets.token_urlsafe(24)",
    "f'{secrets.randbelow(10**6):06d}'",
    "'Yimen-demo-2026'",
    "'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'",
)


def test_a_secret_in_a_log_line_fails(tmp_path):
    code = "import secrets\nfrom backend.kernel import log\n"
    for number, secret in enumerate((*SECRETS, "len(secrets.token_urlsafe(32))", "123456.75")):
        code += f"def test_{number}():\n    log.event('session.opened', what={secret})\n"
    said = run_tests(tmp_path, code)
    assert f"7 passed, {len(SECRETS)} errors" in said
    assert "a log line tells of a person" in said


def test_the_canaries_are_names_numbers_and_phones():
    found = guards.canaries()
    assert {"梁嘉欣", "440604199005120222", "19900000001"} <= found
    logging.getLogger("yimen").info("nobody is named here")
