"""Traditional Chinese (繁体) from Simplified, by OpenCC, whose dictionaries all others copy.

``opencc`` on PyPI is published by the project itself with wheels for every platform we promise;
its ``s2hk`` profile writes characters as Hong Kong and Macao readers expect and leaves terms alone.
Its dictionaries take a quarter of a second to read, so they are read when somebody first asks.
"""

from functools import cache

import opencc


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2hk")


def traditional(text: str) -> str:
    """The text in Traditional characters; everything that is not Chinese stays as it is."""
    return str(_converter().convert(text))
