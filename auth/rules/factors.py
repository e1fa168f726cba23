"""How sure a way of proving oneself makes us (认证强度), after NIST SP 800-63B.

Two proofs count for more than one only when they are of different kinds: something one has,
something one knows, something one is. No level of a national scheme is claimed.
"""

from collections.abc import Iterable

HAVE, KNOW, ARE = "have", "know", "are"
KINDS = {
    "sms": HAVE,
    "wechat": HAVE,
    "otp": HAVE,
    "passkey": HAVE,
    "pwd": KNOW,
    "pin": KNOW,
    "face": ARE,
}
STRONG_ALONE = frozenset({"passkey", "face"})
"""A passkey is asked for with its owner's finger, face or PIN; a face is checked against the
register, alive. ``counter`` and ``handoff`` carry the level that their giver states."""


def reached(methods: Iterable[str]) -> int:
    """The level (1 or 2) that these proofs make together; 3 only a passkey's key can tell."""
    shown = set(methods)
    kinds = {KINDS[method] for method in shown if method in KINDS}
    return 2 if len(kinds) > 1 or shown & STRONG_ALONE else 1
