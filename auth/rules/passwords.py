"""Which passwords are too weak (口令强度). Length counts, kinds of characters do not.

After NIST SP 800-63B: no common ones, none of the city's own words, and nothing out of the
person's own data. Common are the eleven thousand long enough of zxcvbn's thirty thousand, counted
in published leaks, and those below, which people type here and the English lists do not hold.
"""

from functools import cache
from itertools import pairwise

SHORTEST, LONGEST = 8, 128
_SHARED = 6
"""So many characters in a row out of one's own numbers or name make a password guessable."""

_LIST = """
12345678 123456789 1234567890 0123456789 87654321 987654321 9876543210 11111111 00000000
88888888 66666666 99999999 11223344 12341234 12121212 123123123 112233445566 123321123
147258369 789456123 1qaz2wsx 1q2w3e4r 1q2w3e4r5t qwertyui qwerty123 qwertyuiop asdfghjkl
zxcvbnm1 qazwsxedc password password1 passw0rd p@ssw0rd p@ssword1 admin123 admin888 abc12345
abcd1234 a1234567 a12345678 a123456789 aa123456 aa12345678 abc123456 qq123456 q1w2e3r4
woaini520 woaini1314 5201314520 13145201314 1314520520 iloveyou iloveyou1 asd123456 qwe123456
zxc123456 letmein1 welcome1 welcome123 sunshine football princess dragon123 superman 123456aa
123456abc 1234qwer qwer1234 asdf1234 zxcv1234 foshan123 foshan2026 yimen123 yimen2026 guangdong
"""
WORDS = (
    "yimen", "foshan", "guangdong", "zhengwu", "tongban", "chancheng", "nanhai", "shunde",
    "gaoming", "sanshui", "password", "admin", "citizen", "clerk",
)  # fmt: skip
"""The city's own words: one of them with some digits or marks behind it is the first guess."""


@cache
def _common() -> frozenset[str]:
    """Read when first asked for: the lists take a tenth of a second."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    leaked = (word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)
    return frozenset((*leaked, *_LIST.split()))


def problem(password: str, *, own: tuple[str, ...] = ()) -> str | None:
    """``too_short``, ``too_long``, ``weak`` or ``too_personal``; None for a password that will do.

    ``own`` are the person's numbers and name, of which no six characters in a row may come back.
    """
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    folded = password.casefold()
    if folded in _common() or len(set(folded)) < 4 or _is_run(folded) or _is_local(folded):
        return "weak"
    for text in own:
        known = text.casefold()
        for start in range(len(known) - _SHARED + 1):
            if known[start : start + _SHARED] in folded:
                return "too_personal"
        if len(known) < _SHARED and folded.replace(known, "", 1).isdigit() and known in folded:
            return "too_personal"
    return None


def _is_local(text: str) -> bool:
    """Whether only digits and marks stand around one of the city's own words."""
    bare = "".join(letter for letter in text if letter.isalpha())
    return bare in WORDS


def _is_run(text: str) -> bool:
    """Whether every character is the next one after the last (``abcdefgh``), or the one before."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1})
