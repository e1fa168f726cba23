"""Identity documents (身份证件): which ones open an account, and what their numbers look like.

The mainland ID card is checked online; the others at a window, where the clerk holds them.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Literal

from stdnum.cn import ric

from auth.rules import identity

Kind = Literal[
    "id_card", "hk_macao_permit", "taiwan_permit", "residence_permit", "passport",
    "permanent_resident",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "id_card", "hk_macao_permit", "taiwan_permit", "residence_permit", "passport",
    "permanent_resident",
)  # fmt: skip

# 港澳居民来往内地通行证: H or M and eight digits (the two issue digits of old cards left out).
_HK_MACAO = re.compile(r"[HM][0-9]{8}", re.ASCII)
# 台湾居民来往大陆通行证: eight digits since 2015.
_TAIWAN = re.compile(r"[0-9]{8}", re.ASCII)
# 港澳台居民居住证: built as an ID number, with 810000, 820000 or 830000 for the region.
_RESIDENCE = re.compile(r"8[123]0000[0-9]{11}[0-9X]", re.ASCII)
# Passports: ICAO 9303 allows up to nine letters and digits.
_PASSPORT = re.compile(r"(?=[A-Z0-9]*[0-9])[A-Z0-9]{5,9}", re.ASCII)
# 外国人永久居留身份证: since 2023 eighteen characters that begin with 9; before, three letters
# for the nationality and twelve digits.
_RESIDENT_NEW = re.compile(r"9[0-9]{16}[0-9X]", re.ASCII)
_RESIDENT_OLD = re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII)
_LATIN = re.compile(r"[A-Z][A-Z' .-]{0,58}[A-Z]", re.ASCII)


def normal_number(text: str) -> str:
    """Half-width capitals and digits without blanks and hyphens."""
    return identity.normal_id_number(text).upper()


def number_problem(kind: Kind, number: str, *, today: date) -> str | None:
    """``format`` or ``checksum``, or None for a number that a document of this kind can have."""
    if kind == "id_card":
        return identity.id_number_problem(number, today=today)
    return _CHECKS[kind](number)


def normal_name(kind: Kind, text: str) -> str:
    """The name as the document prints it: Chinese, or capitals with single blanks."""
    chinese = identity.normal_name(text)
    if kind == "id_card" or not chinese.isascii():
        return chinese
    latin = unicodedata.normalize("NFC", text).replace(",", " ").upper()
    return " ".join("".join(c if " " < c <= "~" else " " for c in latin).split())


def name_problem(kind: Kind, name: str) -> str | None:
    """``format`` or ``too_long``; letters of the Latin alphabet are for foreign documents only."""
    if kind in ("passport", "permanent_resident") and name.isascii():
        return None if _LATIN.fullmatch(name) else "format"
    return identity.name_problem(name)


def masked(number: str) -> str:
    """Enough of a number to recognise it by: of a short one only its ends."""
    keeps = 4 if len(number) > 12 else 2
    return number[:keeps] + "*" * (len(number) - 2 * keeps) + number[-keeps:]


def _by(pattern: re.Pattern[str], *, checksum: bool = False) -> Callable[[str], str | None]:
    def problem(number: str) -> str | None:
        if not pattern.fullmatch(number):
            return "format"
        wrong = checksum and ric.calc_check_digit(number) != number[-1]
        return "checksum" if wrong else None

    return problem


_new_resident = _by(_RESIDENT_NEW, checksum=True)


def _resident(number: str) -> str | None:
    return None if _RESIDENT_OLD.fullmatch(number) else _new_resident(number)


_CHECKS: dict[Kind, Callable[[str], str | None]] = {
    "hk_macao_permit": _by(_HK_MACAO),
    "taiwan_permit": _by(_TAIWAN),
    "residence_permit": _by(_RESIDENCE, checksum=True),
    "passport": _by(_PASSPORT),
    "permanent_resident": _resident,
}
