"""Which PINs are too easy (六位数字密码强度)."""

from itertools import pairwise

LENGTH = 6
_COMMON = frozenset({"520131", "131452", "147258", "258369", "159357", "123321", "112233"})


def problem(pin: str, *, id_number: str = "", phone: str = "") -> str | None:
    """``format``, ``weak`` or ``too_personal``; None for one that will do.

    People choose their birthday first, and whoever finds a lost phone knows it.
    """
    if len(pin) != LENGTH or not pin.isascii() or not pin.isdigit():
        return "format"
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    halves = pin[:3] == pin[3:] or pin[:2] * 3 == pin
    if len(steps) == 1 or halves or len(set(pin)) < 3 or pin in _COMMON:
        return "weak"
    born = id_number[6:14]
    own = (born[2:], born[:6], born[4:] + born[2:4], id_number[-6:], phone[-6:], phone[:6])
    return "too_personal" if pin in own else None
