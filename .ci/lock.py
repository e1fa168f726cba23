"""Write the three lock files anew: every package by version and hash, no address of any registry.

``requirements.lock`` is what a city runs, ``requirements-build.lock`` is Node, which builds the
citizens' app, and ``requirements-dev.lock`` is the first and everything that checks it. All are
for Linux (x86_64, aarch64) and macOS, Python 3.11 and newer.
"""

import re
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
RUNTIME, BUILD, DEV = (f"requirements{kind}.lock" for kind in ("", "-build", "-dev"))
PACKAGE = re.compile(r"^[a-z]", re.MULTILINE)
ADDRESS = re.compile(r"https?://|file:|(?:[a-z0-9-]+\.)+(?:com|org|net|io|cn|dev)\b")


def compile_lock(target: str, *choices: str) -> None:
    command = [
        *("uv", "pip", "compile", "--quiet", "--universal"),
        *("--python-version", "3.11", "--only-binary", ":all:", "--generate-hashes"),
        *("--no-emit-index-url", "--no-annotate", "--custom-compile-command", "make lock"),
        *choices,
        *("--upgrade", "-o", target),
    ]
    subprocess.run(
        [sys.executable, "-m", *command], cwd=HOME, check=True, stdout=subprocess.DEVNULL
    )


def refuse_addresses(target: str) -> None:
    for number, line in enumerate((HOME / target).read_text().splitlines(), 1):
        if ADDRESS.search(line):
            sys.exit(
                f"{target}:{number} names a host: {line.strip()}. Remove it from uv's settings."
            )


if __name__ == "__main__":
    compile_lock(RUNTIME, "pyproject.toml")
    compile_lock(BUILD, "--group", "build")
    compile_lock(DEV, "pyproject.toml", "--group", "dev", "-c", RUNTIME)
    for name in (RUNTIME, BUILD, DEV):
        refuse_addresses(name)
        print(f"{name}: {len(PACKAGE.findall((HOME / name).read_text()))} packages")
