"""What people type about themselves, brought into one form, or the reason why it cannot be.

A grandmother's phone types full-width digits, copies blanks along and knows four kinds of middle
dot; none of that is her mistake. Every ``normal_*`` function leaves its own results as they are.
"""

import re
import unicodedata
from datetime import date

from stdnum import exceptions
from stdnum.cn import ric

ADULT_FROM = 16
"""Whole years from which a person registers alone.

From 16 a citizen has to hold an ID card (居民身份证法 art. 2) and can show it at a window when
something is amiss. Younger people register through a guardian (民法典 art. 19, 23; PIPL art. 31).
"""

DOT = "·"
_DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅．.。●•ᐧ", DOT))
_HALF = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_HYPHENS = str.maketrans("", "", "-‐‑‒–—−")
_PHONE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_PREFIXED = re.compile(r"(?:\+|00)?86(1[3-9][0-9]{9})", re.ASCII)
_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_LONGEST_NAME = 50
# Han characters as GB 18030-2022 level 3 and Unicode know them, the rare ones outside plane 0 too.
_HAN = (
    (0x3007, 0x3007),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2FFFD),
    (0x30000, 0x3FFFD),
)


def normal_phone(text: str) -> str:
    """Half-width digits without blanks, hyphens and the country's code."""
    bare = _half_width(text)
    prefixed = _PREFIXED.fullmatch(bare)
    return prefixed[1] if prefixed else bare


def phone_problem(phone: str) -> str | None:
    """``format`` unless it can be a mobile phone of the mainland."""
    return None if _PHONE.fullmatch(phone) else "format"


def normal_id_number(text: str) -> str:
    """Half-width digits without blanks, the last letter a capital X."""
    return _half_width(text).replace("x", "X")


def id_number_problem(number: str, *, today: date) -> str | None:
    """``format`` or ``checksum`` (GB 11643), or None for a number that can exist.

    Region codes are not checked: lists of them leave out codes that were abolished decades ago,
    and people born then still carry them.
    """
    if not _ID_NUMBER.fullmatch(number):
        return "format"
    if ric.calc_check_digit(number) != number[-1]:
        return "checksum"
    try:
        born = ric.get_birth_date(number)
    except exceptions.ValidationError:
        return "format"
    return None if born <= today else "format"


def age(number: str, *, today: date) -> int:
    """Whole years of the person behind a valid ID number (周岁)."""
    born: date = ric.get_birth_date(number)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def normal_name(text: str) -> str:
    """The name in NFC, with one kind of middle dot, without blanks and variation selectors."""
    composed = unicodedata.normalize("NFC", _bare(text))
    return composed.translate(_DOTS)


def name_problem(name: str) -> str | None:
    """``format`` or ``too_long``, or None for 2 to 50 Han characters with single dots between.

    One-character given names make two characters; nobody has one character alone.
    """
    if len(name) > _LONGEST_NAME:
        return "too_long"
    parts = name.split(DOT)
    if not all(parts) or len(name) < 2 or not all(_is_han(letter) for p in parts for letter in p):
        return "format"
    return None


def _is_han(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _HAN)


def _half_width(text: str) -> str:
    return _bare(text.translate(_HALF)).translate(_HYPHENS)


def _bare(text: str) -> str:
    """Without blanks, invisible characters and variation selectors (字形选择符)."""
    return "".join(
        letter
        for letter in text
        if not letter.isspace()
        and unicodedata.category(letter) not in ("Cf", "Cc", "Zs")
        and not 0xFE00 <= ord(letter) <= 0xFE0F
        and not 0xE0100 <= ord(letter) <= 0xE01EF
    )
