"""Field types (字段类型): how an answer of each type is tidied, and what makes it wrong.

Tidying removes blanks at both ends (and inside numbers that people group by blanks) and writes
ID numbers in capitals; the tidied answer is what is checked, compared and stored.
A check returns None or ``(error code, params)``; params never hold the answer itself.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from operator import mul
from typing import Any

Fault = tuple[str, dict[str, Any]]
Check = Callable[[Any, str], Fault | None]

# What String.prototype.trim removes, so that the browser and the server agree on every character.
BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
DEFAULT_LENGTH = {"text": 100, "textarea": 1000}
DEFAULT_DECIMALS = {"number": 0, "money": 2}
LARGEST = 1e15  # beyond this a double no longer holds cents

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_CONTROL_TEXTAREA = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DATE = re.compile(r"(19|20)\d\d-\d\d-\d\d", re.ASCII)
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)
_ID_NUMBER = re.compile(r"[1-9]\d{5}((?:18|19|20)\d\d)(\d\d)(\d\d)\d{3}[\dX]", re.ASCII)
# Travel permits (来往内地通行证), passports with letters, the older card for permanent residents:
# nobody types these by mistake for an ID number. The newer documents are built as ID numbers are.
_OTHER_DOCUMENTS = re.compile(r"[HM]\d{8}|[A-Z]{1,2}\d{6,8}|[A-Z]{3}\d{12}", re.ASCII)
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", re.ASCII)
_REGION = re.compile(r"[1-9]\d{5}(\d{3}(\d{3})?)?", re.ASCII)
_BANK_CARD = re.compile(r"\d{12,19}", re.ASCII)
_USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{_USCC_SYMBOLS}]{{18}}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_DOUBLED = str.maketrans(
    "0123456789", "0246813579"
)  # twice the digit, its own digits summed (Luhn)

_TYPE: Fault = ("type", {})
_FORMAT: Fault = ("format", {})
_CHECKSUM: Fault = ("checksum", {})
_NOT_AN_OPTION: Fault = ("not_an_option", {})


def tidy(kind: str, answer: str) -> str:
    """Return the text answer as it will be checked, compared and stored."""
    answer = answer.strip(BLANKS)
    if kind in ("id_number", "bank_card", "phone", "uscc"):
        answer = answer.replace(" ", "")
    return answer.upper() if kind in ("id_number", "uscc") else answer


def check_of(field: Mapping[str, Any]) -> Check:
    """Build the check of one field once; raises ``KeyError`` for an unknown type."""
    return _MAKERS[field["type"]](field)


def is_id_number(number: str) -> bool:
    """Whether this is an ID number (公民身份号码, GB 11643-1999) with a true check digit."""
    return _id_number(number, "") is None


def doubtful_uscc(code: str) -> bool:
    """Whether a Unified Social Credit Code (统一社会信用代码, GB 32100-2015) fails its check digit.

    Real companies hold such codes, so this is a reason to look again, not an error. What has not
    the shape of a code is not doubtful but wrong.
    """
    if not _USCC.fullmatch(code):
        return False
    total = sum(_USCC_SYMBOLS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _USCC_SYMBOLS[-total % 31] != code[17]


def _text(field: Mapping[str, Any]) -> Check:
    longest = field.get("max_length", DEFAULT_LENGTH[field["type"]])
    control = _CONTROL if field["type"] == "text" else _CONTROL_TEXTAREA
    pattern = re.compile(field["pattern"], re.ASCII) if "pattern" in field else None

    def check(answer: Any, _today: str) -> Fault | None:
        if answer.__class__ is not str:
            return _TYPE
        if len(answer) > longest:
            return "too_long", {"max_length": longest}
        if control.search(answer) or (pattern and not pattern.fullmatch(answer)):
            return _FORMAT
        return None

    return check


def _number(field: Mapping[str, Any]) -> Check:
    scale = 10 ** field.get("decimals", DEFAULT_DECIMALS[field["type"]])
    least, most = field.get("min", -LARGEST), field.get("max", LARGEST)

    def check(answer: Any, _today: str) -> Fault | None:
        if answer.__class__ is float:
            if not isfinite(answer):
                return _TYPE
            if abs(answer) < LARGEST and abs(answer * scale - round(answer * scale)) > 1e-6:
                return _FORMAT
        elif answer.__class__ is not int:
            return _TYPE
        if answer < least:
            return "too_small", {"min": least}
        if answer > most:
            return "too_large", {"max": most}
        return None

    return check


def _calendar(field: Mapping[str, Any]) -> Check:
    """Dates and months; ``min`` and ``max`` are ISO texts or ``today``."""
    is_month = field["type"] == "month"
    least, most = field.get("min"), field.get("max")

    def check(answer: Any, today: str) -> Fault | None:
        if answer.__class__ is not str:
            return _TYPE
        if is_month:
            if not _MONTH.fullmatch(answer):
                return _FORMAT
            today = today[:7]
        else:
            if not _DATE.fullmatch(answer):
                return _FORMAT
            try:
                date.fromisoformat(answer)
            except ValueError:
                return _FORMAT
        if least is not None and answer < (today if least == "today" else least):
            return "too_small", {"min": today if least == "today" else least}
        if most is not None and answer > (today if most == "today" else most):
            return "too_large", {"max": today if most == "today" else most}
        return None

    return check


def _choice(field: Mapping[str, Any]) -> Check:
    allowed = frozenset(option["value"] for option in field["options"])

    def check(answer: Any, _today: str) -> Fault | None:
        if answer.__class__ is not str:
            return _TYPE
        return None if answer in allowed else _NOT_AN_OPTION

    return check


def _choices(field: Mapping[str, Any]) -> Check:
    allowed = frozenset(option["value"] for option in field["options"])

    def check(answer: Any, _today: str) -> Fault | None:
        if answer.__class__ is not list or any(one.__class__ is not str for one in answer):
            return _TYPE
        if not allowed.issuperset(answer):
            return _NOT_AN_OPTION
        return None if len(set(answer)) == len(answer) else _FORMAT

    return check


def _region(field: Mapping[str, Any]) -> Check:
    """GB/T 2260 code; with options, the code or a region that contains it must be one of them."""
    allowed = frozenset(option["value"] for option in field.get("options", ()))

    def check(answer: Any, _today: str) -> Fault | None:
        if answer.__class__ is not str:
            return _TYPE
        if not _REGION.fullmatch(answer):
            return _FORMAT
        if not allowed or answer in allowed:
            return None
        around = {answer[:9], answer[:6], answer[:4] + "00", answer[:2] + "0000"}
        return None if around & allowed else _NOT_AN_OPTION

    return check


def _yes_no(answer: Any, _today: str) -> Fault | None:
    return None if answer.__class__ is bool else _TYPE


def _id_number(answer: Any, _today: str) -> Fault | None:
    if answer.__class__ is not str:
        return _TYPE
    match = _ID_NUMBER.fullmatch(answer)
    if match is None:
        return _FORMAT
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return _FORMAT
    total = sum(map(mul, map(int, answer[:17]), _ID_WEIGHTS))
    return None if "10X98765432"[total % 11] == answer[17] else _CHECKSUM


def _person_number(answer: Any, today: str) -> Fault | None:
    """The number of an ID card, or of the document of somebody who has none."""
    if answer.__class__ is str and _OTHER_DOCUMENTS.fullmatch(answer):
        return None
    return _id_number(answer, today)


def _bank_card(answer: Any, _today: str) -> Fault | None:
    if answer.__class__ is not str:
        return _TYPE
    if not _BANK_CARD.fullmatch(answer):
        return _FORMAT
    total = sum(map(int, answer[-1::-2])) + sum(map(int, answer[-2::-2].translate(_DOUBLED)))
    return _CHECKSUM if total % 10 else None


def _shaped(shape: re.Pattern[str]) -> Check:
    def check(answer: Any, _today: str) -> Fault | None:
        if answer.__class__ is not str:
            return _TYPE
        return None if shape.fullmatch(answer) else _FORMAT

    return check


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Check]] = {
    "text": _text,
    "textarea": _text,
    "number": _number,
    "money": _number,
    "date": _calendar,
    "month": _calendar,
    "choice": _choice,
    "choices": _choices,
    "yes_no": lambda _field: _yes_no,
    "id_number": lambda _field: _person_number,
    "phone": lambda _field: _shaped(_PHONE),
    "region": _region,
    "bank_card": lambda _field: _bank_card,
    "uscc": lambda _field: _shaped(_USCC),
}
FIELD_TYPES = tuple(_MAKERS)
