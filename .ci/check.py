"""Every check of the project, in the order in which a mistake is cheapest to hear about.

Each step has a heading and its time; all of them run even when one fails, and the end names those
that failed. ``--quick`` stops before the tests. The tests come last: first those
that need no browser, then those that drive one, both spread over the cores, and then one after the
other those whose figures stand at the end.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from prepare import HOME, Stuck, build_pwa, check_pwa, npm

BIN = Path(sys.executable).parent
CLI = (sys.executable, "-m", "backend.cli")
SCRIPTS = (".ci/prepare.py", ".ci/check.py", ".ci/lock.py", ".ci/dev.py")

Check = Callable[[], bool]


def command(*words: str | Path) -> Check:
    return lambda: subprocess.run(words, check=False).returncode == 0


def app(job: Callable[[], None]) -> Check:
    def passes() -> bool:
        try:
            job()
        except Stuck as stuck:
            print(stuck)
            return False
        return True

    return passes


QUICK: tuple[tuple[str, Check], ...] = (
    ("style", command(BIN / "ruff", "check")),
    ("format", command(BIN / "ruff", "format", "--check")),
    ("types", command(BIN / "mypy")),
    ("types of the set-up scripts", command(BIN / "mypy", *SCRIPTS)),
    ("import directions", command(BIN / "lint-imports", "--no-logo", "--no-cache")),
)
WHOLE: tuple[tuple[str, Check], ...] = (
    ("OpenAPI file is fresh", command(*CLI, "openapi", "--check")),
    ("migrations match the models", command(*CLI, "makemigrations", "--check")),
    ("citizens' app: build", app(build_pwa)),
    ("citizens' app: weight on a phone", app(lambda: npm("run", "budget"))),
    ("citizens' app: types and unit tests", app(check_pwa)),
)

PYTEST = (sys.executable, "-m", "pytest", "-q", "--durations=15")
# What drives a browser keeps an event loop of its own for the rest of its process, so it has
# processes to itself. What measures must have the machine to itself.
BROWSING = ("tests/browser", "tests/journeys", "tests/miniprogram", "tests/relying_parties")


def runs() -> tuple[tuple[str, Check], ...]:
    """The tests' three runs, which together are all tests (``tests/conftest.py`` sees to it)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    spread = ("-n", str(min(cores or 1, 8)), "--dist", "worksteal")
    return (
        ("tests", command(*PYTEST, *spread, "-m", "not browser")),
        (
            "tests that drive a browser",
            command(*PYTEST, *spread, "-m", "browser and not measured", *BROWSING),
        ),
        ("tests that measure", command(*PYTEST, "-m", "measured", "tests/browser")),
    )


def main(*, quick: bool) -> int:
    os.chdir(HOME)
    os.environ.setdefault("YIMEN_DEMO", "1")  # the checks look at a city with its sandboxes
    os.environ["MYPY_CACHE_DIR"] = str(mypy_cache())
    failed = [name for name, check in QUICK if not passes(name, check)]
    for name, check in () if quick else (*WHOLE, *runs()):
        # told in the tests' summaries too, right above pytest's closing line
        os.environ["FAILED_CHECKS"] = ", ".join(failed)
        if not passes(name, check):
            failed.append(name)
    whole = "quick checks" if quick else "checks and tests"
    print(f"\n一门 · failed: {', '.join(failed)}" if failed else f"\n一门 · all {whole} passed")
    return 1 if failed else 0


def mypy_cache() -> Path:
    """A cache for just this set of files: mypy overlooks that a package has a new module."""
    names = sorted(
        path.relative_to(HOME).as_posix()
        for house in ("backend", "auth", "tests")
        for path in (HOME / house).rglob("*.py")
    )
    caches = HOME / ".mypy_cache"
    chosen = caches / hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    for older in caches.glob("*"):
        if older.is_dir() and older != chosen:
            shutil.rmtree(older)
    return chosen


def passes(name: str, check: Check) -> bool:
    heading(name)
    began = time.monotonic()
    ok = check()
    print(f"一门 · {name}: {'passed' if ok else 'FAILED'} in {time.monotonic() - began:.1f} s")
    return ok


def heading(name: str) -> None:
    print(f"\n── {name} {'─' * max(4, 78 - len(name))}", flush=True)


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
