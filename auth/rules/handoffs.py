"""From one device to another (跨设备): how long things live, and which numbers are shown.

Times after NIST SP 800-63B-4 (a code over QR lives at most ten minutes) and our own promise 11:
nothing here lives longer than two minutes.
"""

import random
import secrets

SCAN_SECONDS = 120
"""How long a screen waits for a phone, from its first QR code to the person being in."""
QR_SECONDS = 40
"""How long one QR code is good; the screen draws another after ``QR_EVERY``."""
QR_EVERY = 25
LINK_SECONDS = 120
"""How long a link into the browser is good."""
WINDOW_SECONDS = 30
"""How long the digits on the phone are good; the phone draws others after ``WINDOW_EVERY``."""
WINDOW_EVERY = 25
ASK_SECONDS = 90
"""How long the phone shows who asks at the window."""
KNOWN_SECONDS = 900
"""How long the clerk at the window knows the person."""

_DRAW = random.SystemRandom()


def numbers() -> tuple[str, tuple[str, ...]]:
    """The two digits that the other screen shows, and the three that the phone offers."""
    offered = _DRAW.sample(range(10, 100), 3)
    return str(offered[secrets.randbelow(3)]), tuple(map(str, offered))


def blurred(address: str) -> str:
    """Enough of a network address to know one's own by: ``120.236.*.*``."""
    if "." in address:
        return ".".join([*address.split(".")[:2], "*", "*"])
    return ":".join([*address.split(":")[:2], "*"]) if address else ""
