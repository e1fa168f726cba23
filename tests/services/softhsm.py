"""A device for keys (SoftHSM): a token in a folder of its own."""

import os
import subprocess
from pathlib import Path

PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")


def token(folder: Path) -> tuple[str, Path]:
    """A fresh token: its URI for ``YIMEN_SIGNING_KEYS``, and the file for ``SOFTHSM2_CONF``."""
    found = os.environ.get("SOFTHSM2") or next((p for p in PLACES if Path(p).exists()), "")
    assert found, "SoftHSM is missing: run `make test`, or set SOFTHSM2 to its libsofthsm2.so."
    (folder / "tokens").mkdir()
    (folder / "pin").write_text("2468\n")
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    words = ["--init-token", "--free", "--label", "yimen", "--pin", "2468", "--so-pin", "13572468"]
    subprocess.run(
        ["softhsm2-util", *words], check=True, capture_output=True,
        env={**os.environ, "SOFTHSM2_CONF": str(config)},
    )  # fmt: skip
    uri = f"pkcs11:token=yimen?module-path={found}&pin-source=file:{folder / 'pin'}"
    return uri, config
