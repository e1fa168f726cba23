"""Every check of the project, in the order in which a mistake is cheapest to hear about.

Each step has a heading and its time; all of them run even when one fails, and the end names those
that failed. ``--quick`` stops before the tests. The tests come last, so the output ends with
pytest's own closing line.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from prepare import HOME, Stuck, npm

BIN = Path(sys.executable).parent
CLI = (sys.executable, "-m", "backend.cli")

# name, command; a command of "npm" runs inside pwa/
QUICK = (
    ("style", (BIN / "ruff", "check")),
    ("format", (BIN / "ruff", "format", "--check")),
    ("types", (BIN / "mypy",)),
    (
        "types of the set-up scripts",
        (BIN / "mypy", ".ci/prepare.py", ".ci/check.py", ".ci/lock.py", ".ci/dev.py"),
    ),
    ("import directions", (BIN / "lint-imports", "--no-logo")),
)
WHOLE = (
    ("catalogue, OpenAPI file, migrations", (*CLI, "check")),
    ("citizens' app: types and unit tests", ("npm", "run", "check")),
)
TESTS = (sys.executable, "-m", "pytest")


def main(*, quick: bool) -> int:
    os.chdir(HOME)
    failed = [name for name, command in QUICK if not passes(name, command)]
    if not quick:
        failed += [name for name, command in WHOLE if not passes(name, command)]
        told = f" (failed before: {', '.join(failed)})" if failed else ""
        heading(f"tests{told}")
        sys.stdout.flush()
        code = subprocess.run(TESTS, check=False).returncode
        return code or (1 if failed else 0)
    print(f"\n一门 · failed: {', '.join(failed)}" if failed else "\n一门 · all quick checks passed")
    return 1 if failed else 0


def passes(name: str, command: tuple[str | Path, ...]) -> bool:
    heading(name)
    began = time.monotonic()
    if command[0] == "npm":
        try:
            npm(*map(str, command[1:]))
            ok = True
        except Stuck as stuck:
            print(stuck)
            ok = False
    else:
        ok = subprocess.run(command, check=False).returncode == 0
    print(f"一门 · {name}: {'passed' if ok else 'FAILED'} in {time.monotonic() - began:.1f} s")
    return ok


def heading(name: str) -> None:
    print(f"\n── {name} {'─' * max(4, 78 - len(name))}", flush=True)


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
