"""Field limits of template messages (模板消息参数限制), by the kind a field's name begins with."""

import re

LIMITS = {
    "thing": 20,
    "phrase": 5,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "time": 32,
    "date": 32,
    "amount": 12,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "const": 20,
}
"""Characters at most."""


def fitted(name: str, value: str) -> str:
    """The value on one line and cut, with an ellipsis, to what its field takes; never empty."""
    line = " ".join(value.split()) or "-"
    limit = LIMITS.get(kind(name))
    return line if limit is None or len(line) <= limit else line[: limit - 1] + "…"


def kind(name: str) -> str:
    """``thing`` of ``thing12``."""
    return re.sub(r"\d+$", "", name)


def fits(name: str, value: object) -> bool:
    """Whether WeChat takes the value (errcode 47003 otherwise)."""
    limit = LIMITS.get(kind(name))
    return isinstance(value, str) and value != "" and (limit is None or len(value) <= limit)
