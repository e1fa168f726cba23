"""What an uploaded paper must look like, and how a register's value becomes a form's answer.

Pure, standard library only.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from struct import unpack_from
from typing import Any

LARGEST = 10 * 1024 * 1024
"""Bytes of one paper; what a phone's camera makes stays below."""

MOST_PAPERS = 300
"""Papers one person keeps at a time."""

NAME_LENGTH = 80

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
HEIC = "image/heic"
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}

ENDINGS = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", PDF: ".pdf"}


class Scan(StrEnum):
    """What the virus scanner says of a paper (安全检查)."""

    UNCHECKED = "unchecked"
    """Kept while the city had no scanner: served as it is."""
    WAITING = "waiting"
    """Its owner may use it and hand it in; the office may not open it yet."""
    CLEAN = "clean"
    INFECTED = "infected"
    """In quarantine: served to nobody."""


class Unfit(Exception):
    """The file cannot be kept. ``code`` is that of the refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def examine_file(data: bytes) -> tuple[str, bytes]:
    """The type of a file from its bytes alone, and the bytes up to its own end.

    What follows the end of an image or a PDF is cut off: phones put a film there, attackers an
    archive or a web page.

    Raises:
        Unfit: ``document_empty``, ``document_too_large``, ``document_heic``, ``document_broken``
            (it begins like a known type and does not end like one), ``document_type``.
    """
    if not data:
        raise Unfit("document_empty")
    if len(data) > LARGEST:
        raise Unfit("document_too_large")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise Unfit("document_heic")
    for kind, begins, end_of in (
        (JPEG, b"\xff\xd8\xff", _jpeg_end),
        (PNG, b"\x89PNG\r\n\x1a\n", _png_end),
        (WEBP, b"RIFF", _webp_end),
        (PDF, b"%PDF-", _pdf_end),
    ):
        if data.startswith(begins):
            end = end_of(data)
            if end is None:
                raise Unfit("document_broken")
            return kind, data[:end]
    raise Unfit("document_type")


def _jpeg_end(data: bytes) -> int | None:
    """Walks the segments (ITU-T T.81), so that a thumbnail inside one is not taken for the end."""
    at, seen_scan = 2, False
    while at + 4 <= len(data) or (at + 2 <= len(data) and data[at + 1] == 0xD9):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            return at + 2 if seen_scan else None
        elif marker in (0x01, *range(0xD0, 0xD8)):
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == 0xDA:
                seen_scan = True
                at = _after_scan(data, at)
    return None


def _after_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at


def _png_end(data: bytes) -> int | None:
    at, seen_pixels = 8, False
    while at + 12 <= len(data):
        (length,) = unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        if at == 8 and kind != b"IHDR":
            return None
        seen_pixels = seen_pixels or kind == b"IDAT"
        at += 12 + length
        if kind == b"IEND":
            return at if seen_pixels and at <= len(data) else None
    return None


def _webp_end(data: bytes) -> int | None:
    if len(data) < 20 or data[8:12] != b"WEBP" or data[12:16] not in (b"VP8 ", b"VP8L", b"VP8X"):
        return None
    end: int = unpack_from("<I", data, 4)[0] + 8
    return end if end <= len(data) else None


def _pdf_end(data: bytes) -> int | None:
    at = data.rfind(b"%%EOF")
    if at < 0 or not re.match(rb"%PDF-[12]\.\d", data):
        return None
    end = re.compile(rb"\r?\n?").match(data, at + 5)
    return end.end() if end else at + 5


def tidy_name(name: str, *, otherwise: str) -> str:
    """A file's name without folders and control characters, at most ``NAME_LENGTH`` long."""
    name = re.split(r"[\\/]", name)[-1]
    name = "".join(c for c in name if c.isprintable() and not 0xD800 <= ord(c) < 0xE000).strip()
    return name[-NAME_LENGTH:] or otherwise


def last_good_day(made_on: date, months: int | None) -> date | None:
    """When a paper runs out: that many months on, in a shorter month its last day."""
    if months is None:
        return None
    year, month = divmod(made_on.month - 1 + months, 12)
    year, month = made_on.year + year, month + 1
    return date(year, month, min(made_on.day, monthrange(year, month)[1]))


def accepts(material: Mapping[str, Any], *, content_type: str, size: int) -> bool:
    """Whether a material takes a paper of this type and size."""
    family = content_type.partition("/")[0] + "/*"
    return size <= material["max_bytes"] and (
        content_type in material["accept"] or family in material["accept"]
    )


# -- answers from facts (答案换算) -----------------------------------------------------------------

_YES = {"1", "Y", "YES", "TRUE", "是", "有"}
_NO = {"0", "N", "NO", "FALSE", "否", "无"}


def fitting(field: Mapping[str, Any], value: Any) -> Any:
    """A fact's value in the shape that a form's field takes; None when there is nothing to offer.

    What cannot be brought into shape is returned as it is, and the form's own check will say so.
    """
    if value is None or value == [] or (isinstance(value, str) and not value.strip()):
        return None
    shape = _SHAPES.get(field["type"])
    shaped = value if shape is None else shape(field, value)
    return None if shaped == "" else shaped


def _text(_field: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    return str(value).strip() or None


def _number(_field: Mapping[str, Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    plain = value.replace(",", "").replace("，", "").strip()
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", plain, re.ASCII):
        return value
    return float(plain) if "." in plain else int(plain)


def _date(_field: Mapping[str, Any], value: Any) -> Any:
    found = re.fullmatch(
        r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", str(value).strip(), re.ASCII
    )
    return "-".join((found[1], found[2].zfill(2), found[3].zfill(2))) if found else value


def _month(field: Mapping[str, Any], value: Any) -> Any:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})月?", str(value).strip(), re.ASCII)
    if found:
        return f"{found[1]}-{found[2].zfill(2)}"
    day = _date(field, value)
    return day[:7] if isinstance(day, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", day) else value


def _choice(field: Mapping[str, Any], value: Any) -> Any:
    """By value, else by what the option is called (民族: a name here, a code there)."""
    for option in field.get("options", ()):
        if value in (option["value"], option["label"]):
            return option["value"]
    return value


def _choices(field: Mapping[str, Any], value: Any) -> Any:
    values = value if isinstance(value, list) else [value]
    return [_choice(field, one) for one in values]


def _yes_no(_field: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, bool):
        return value
    said = str(value).strip().upper()
    return True if said in _YES else False if said in _NO else value


def _phone(_field: Mapping[str, Any], value: Any) -> Any:
    digits = re.sub(r"[\s()（）-]", "", str(value))
    mobile = re.fullmatch(r"(?:\+?86)?(1\d{10})", digits, re.ASCII)
    return mobile[1] if mobile else str(value).strip()


def _code(_field: Mapping[str, Any], value: Any) -> Any:
    return re.sub(r"\s", "", str(value)).upper()


def _region(_field: Mapping[str, Any], value: Any) -> Any:
    """Registers pad the six digits of GB/T 2260 to twelve."""
    code = str(value).strip()
    return code[:6] if len(code) == 12 and code.endswith("000000") else code


_SHAPES = {
    "text": _text,
    "textarea": _text,
    "number": _number,
    "money": _number,
    "date": _date,
    "month": _month,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "id_number": _code,
    "uscc": _code,
    "bank_card": _code,
    "phone": _phone,
    "region": _region,
}
