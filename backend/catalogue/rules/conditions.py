"""Conditions (显示条件): a closed list, so that three clients can hold the same rules.

A condition is ``{"field", "op", "value"}`` or a group: ``all``, ``any`` (lists), ``not`` (one).
It sees a *scope*: the tidied answers of the visible fields that stand before it. A field that is
hidden, unanswered or further down is absent. An absent answer fails every test except ``absent``,
``ne`` and ``not_in``, which are the exact opposites of ``present``, ``eq`` and ``in``.
A field of several choices meets ``eq`` and ``in`` when any of its chosen values does.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Scope = Mapping[str, Any]
Test = Callable[[Scope], bool]

GROUPS = ("all", "any", "not")

_NUMBER = (int, float)


def compile_condition(condition: Mapping[str, Any]) -> Test:
    """Build the function of one condition.

    Raises ``ValueError`` for a shape outside the closed list; ``check`` reports such a shape with
    its file and line before it can reach a citizen.
    """
    if "all" in condition:
        every = [compile_condition(part) for part in condition["all"]]
        return lambda scope: all(test(scope) for test in every)
    if "any" in condition:
        some = [compile_condition(part) for part in condition["any"]]
        return lambda scope: any(test(scope) for test in some)
    if "not" in condition:
        inner = compile_condition(condition["not"])
        return lambda scope: not inner(scope)
    return _comparison(condition["field"], condition["op"], condition.get("value"))


def referred_fields(condition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the code of every field that the condition looks at."""
    for group in ("all", "any"):
        for part in condition.get(group, ()):
            yield from referred_fields(part)
    if "not" in condition:
        yield from referred_fields(condition["not"])
    if "field" in condition:
        yield condition["field"]


def _comparison(field: str, op: str, wanted: Any) -> Test:
    if op not in _COMPARISONS:
        raise ValueError(f"unknown operator {op!r}")
    holds = _COMPARISONS[op]
    return lambda scope: holds(scope.get(field), wanted)


def _meets(answer: Any, wanted: Any) -> bool:
    if isinstance(answer, list):
        return any(_same(member, wanted) for member in answer)
    return _same(answer, wanted)


def _same(a: Any, b: Any) -> bool:
    # JSON keeps true and 1 apart, Python does not.
    if a.__class__ is bool or b.__class__ is bool:
        return a is b
    return bool(a == b)


def _order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1; None when the two cannot be compared (then no ordering test holds)."""
    numbers = a.__class__ in _NUMBER and b.__class__ in _NUMBER
    if numbers or (a.__class__ is str and b.__class__ is str):
        return int(a > b) - int(a < b)
    return None


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda answer, wanted: answer is not None and _meets(answer, wanted),
    "ne": lambda answer, wanted: answer is None or not _meets(answer, wanted),
    "in": lambda answer, wanted: answer is not None and any(_meets(answer, w) for w in wanted),
    "not_in": lambda answer, wanted: answer is None or not any(_meets(answer, w) for w in wanted),
    "present": lambda answer, _: answer is not None,
    "absent": lambda answer, _: answer is None,
    "gt": lambda answer, wanted: _order(answer, wanted) == 1,
    "gte": lambda answer, wanted: _order(answer, wanted) in (0, 1),
    "lt": lambda answer, wanted: _order(answer, wanted) == -1,
    "lte": lambda answer, wanted: _order(answer, wanted) in (-1, 0),
}
OPERATORS = tuple(_COMPARISONS)
