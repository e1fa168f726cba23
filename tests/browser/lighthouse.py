"""Lighthouse, as Google's own page check runs: a mid-range phone on a slow mobile network.

Its packages are installed next to this file from the lock file; Node is the one from PyPI.
"""

import functools
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.miniprogram import tools

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
CATEGORIES = ("performance", "accessibility", "best-practices")
PATIENCE = 120
FLAGS = (
    "--headless=new --no-sandbox --no-first-run"
    " --disable-background-networking --disable-component-update"
)


@dataclass(frozen=True)
class Sheet:
    """What was measured: scores of 100, and what was heavy, slow or wrong."""

    scores: dict[str, int]
    largest_paint: float
    blocked: float
    shift: float
    bytes: int
    requests: int
    faults: list[str]


NEVER_BEGAN = "NO_NAVSTART"
"""What Lighthouse says when Chromium recorded nothing, and asks to be run again."""


@functools.cache
def _install() -> None:
    tools.install(HERE)


def measure(address: str, chromium: str, cookies: dict[str, str]) -> Sheet:
    """Open a page in a fresh Chromium and measure it; one more try where Chromium never began."""
    _install()
    for again in (True, False):
        report = _run(address, chromium, cookies)
        failed = report.get("runtimeError", {}).get("code", "")
        if not failed:
            return _sheet(report)
        if not again or failed != NEVER_BEGAN:
            raise AssertionError(
                f"Lighthouse could not measure {address}: {report['runtimeError']}"
            )
    raise AssertionError("not reached")


def _run(address: str, chromium: str, cookies: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        named = Path(folder, "headers.json")
        named.write_text(json.dumps(headers if cookies else {}))
        # into a file: Node may end before a pipe has taken the whole of it
        sheet = Path(folder, "report.json")
        command = [
            tools.node(), str(MODULES / "lighthouse/cli/index.js"), address, "--quiet",
            "--output=json", f"--output-path={sheet}", f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={named}", f"--max-wait-for-load={PATIENCE * 500}",
            f"--chrome-flags={FLAGS} --user-data-dir={folder}/profile",
        ]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=2 * PATIENCE,
            env={**os.environ, "CHROME_PATH": chromium, "TMPDIR": folder},
        )  # fmt: skip
        if NEVER_BEGAN in done.stderr:
            return {"runtimeError": {"code": NEVER_BEGAN}}
        assert done.returncode == 0 and sheet.exists(), done.stderr[-3000:]
        report: dict[str, Any] = json.loads(sheet.read_bytes())
    return report


def _sheet(report: dict[str, Any]) -> Sheet:
    audits, categories = report["audits"], report["categories"]
    asked = audits["network-requests"]["details"]["items"]
    faults = [
        f"{audits[ref['id']]['title']}: {audits[ref['id']].get('displayValue', '')}"
        for name in ("accessibility", "best-practices")
        for ref in categories[name]["auditRefs"]
        if ref["weight"] and audits[ref["id"]]["score"] not in (None, 1)
    ]
    return Sheet(
        scores={name: round(100 * (categories[name]["score"] or 0)) for name in CATEGORIES},
        largest_paint=audits["largest-contentful-paint"]["numericValue"] / 1000,
        blocked=audits["total-blocking-time"]["numericValue"],
        shift=audits["cumulative-layout-shift"]["numericValue"],
        bytes=sum(one["transferSize"] for one in asked),
        requests=len(asked),
        faults=faults,
    )
