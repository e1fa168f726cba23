"""``make dev``: the city, started anew when its code changes, and the citizens' app's dev server.

Open the address that Vite prints; it hands everything that is not the app to the city. Ctrl-C ends
both. Looking at every file twice a second costs a few milliseconds and needs no package.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from prepare import HOME, PWA, node_folder

WATCHED = (".py", ".yaml", ".json")
EVERY_S = 0.5


def main() -> None:
    port = os.environ.get("PORT", "8000")
    vite = start_vite(f"http://127.0.0.1:{port}")
    city = start_city()
    seen = dict(states())
    try:
        while vite.poll() is None:
            time.sleep(EVERY_S)
            now = dict(states())
            if now != seen:
                changed = {path for path, _ in seen.items() ^ now.items()}
                print(f"一门 · {', '.join(sorted(p.name for p in changed))} changed: starting anew")
                seen = now
                stop(city)
                city = start_city()
    except KeyboardInterrupt:
        pass
    finally:
        stop(city)
        stop(vite)


def states() -> Iterator[tuple[Path, int]]:
    """When each watched file was last written."""
    for house in ("backend", "auth"):
        for path in (HOME / house).rglob("*"):
            if path.suffix in WATCHED and "__pycache__" not in path.parts:
                try:
                    yield path, path.stat().st_mtime_ns
                except FileNotFoundError:  # an editor replaces files
                    continue


def start_city() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "backend.cli", "serve"], cwd=HOME)


def start_vite(backend: str) -> subprocess.Popen[bytes]:
    node = node_folder() / "bin"
    environment = {
        **os.environ,
        "YIMEN_DEV_BACKEND": backend,
        "PATH": f"{node}{os.pathsep}{os.environ['PATH']}",
    }
    script = ["build/zh-hant.mjs", "node_modules/vite/bin/vite.js"]
    subprocess.run([node / "node", script[0]], cwd=PWA, env=environment, check=True)
    return subprocess.Popen([node / "node", script[1]], cwd=PWA, env=environment)


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    main()
