"""The product as ``serve`` starts it, but meeting everybody for the first time.

The houses remember what they worked out for a person for as long as the database says that
nothing has changed. Here nothing is remembered: this is what a person costs who comes by once.
"""

import sys
from collections.abc import Callable, Hashable
from typing import Any

from backend import cli
from backend.library.recent import Recent


def _make_anew(_: Recent[Any], key: Hashable, make: Callable[[], Any]) -> Any:
    return make()


if __name__ == "__main__":
    setattr(Recent, "get", _make_anew)  # noqa: B010 - a method, replaced for this process
    sys.exit(cli.main(["serve"]))
