"""Two accounts of one person (账号合并): who stays, how long it can be taken back, the code."""

import secrets
from datetime import timedelta

from auth.rules.recovery import LETTERS, normal

__all__ = ["CODE_SECONDS", "DECIDED_WITHIN", "TOLD", "UNDO", "code", "normal"]

CODE_SECONDS = 600
"""How long the code is good that one account gives and the other takes."""
UNDO = timedelta(days=30)
"""How long two officers can take back a merge, or the untying of a link."""
DECIDED_WITHIN = timedelta(hours=2)
"""How long the person may stand at the window until a second officer has decided."""
TOLD = timedelta(days=3)
"""How long it is worth telling in WeChat and to browsers; the text message goes at once."""


def code() -> str:
    """Twelve letters and digits (60 bits) to carry from one phone to another."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))
