"""How a value reads (显示值): options by label, regions by name, money with its cents."""

from functools import cache
from typing import Any

from stdnum import numdb

from backend.catalogue import book
from backend.catalogue.forms import definition
from backend.catalogue.traditional import traditional
from backend.catalogue.views import view

_YES_NO = {"zh-CN": ("是", "否"), "zh-Hant": ("是", "否"), "en": ("Yes", "No")}
_PROVINCE, _CITY, _DISTRICT = 2, 4, 6


def display(element: str, value: Any, lang: str = "zh-CN") -> str:
    """The value of a data element as a person reads it; "" for no value, never an error."""
    if value is None or value in ("", []):
        return ""
    kind = _kind(element)
    if isinstance(value, bool):
        return _YES_NO[lang][0 if value else 1]
    if kind in ("choice", "choices"):
        labels = _labels(element, lang)
        values = value if isinstance(value, list) else [value]
        return ("、" if lang != "en" else ", ").join(
            labels.get(str(one), str(one)) for one in values
        )
    if kind == "region":
        return region_name(str(value), lang)
    if kind == "money" and isinstance(value, int | float):
        return f"{value:,.2f} {'yuan' if lang == 'en' else '元'}"
    if kind in ("date", "month") and lang != "en":
        return _spoken_day(str(value))
    if isinstance(value, list):
        return _rows(value, lang)
    return str(value)


@cache
def _kind(element: str) -> str:
    entry = definition(book.current().source, element)
    return str(entry["type"]) if entry is not None else ""


def region_name(code: str, lang: str = "zh-CN") -> str:
    """The full name of a region (GB/T 2260); the code itself when nobody knows it."""
    names = view(lang).regions
    ends = [_PROVINCE, _CITY, _DISTRICT, *([9] if len(code) >= 9 else [])]
    steps = list(dict.fromkeys(code[:end].ljust(6, "0") for end in ends))
    known = [names[step] for step in steps if step in names]
    if code[:9] in names or code[:6] in names:
        return " ".join(reversed(known)) if lang == "en" else "".join(known)
    if lang == "en":
        return f"{known[0]} ({code})" if known else code
    county = _county(code)
    if lang == "zh-Hant":
        county = traditional(county)
    return "".join(known) + county if known or county else code


def _county(code: str) -> str:
    for _, info in numdb.get("cn/loc").info(code[:6]):
        if "county" in info:
            return str(info["county"]).split("]")[-1].split(",")[0]
    return ""


@cache
def _labels(element: str, lang: str) -> dict[str, str]:
    said = view(lang)
    head, _, column = element.partition(".")
    entry = said.elements[head]["columns"][column] if column else said.elements[head]
    if "options" in entry:
        return {option["value"]: option["label"] for option in entry["options"]}
    return said.regions


def _spoken_day(value: str) -> str:
    parts = value.split("-")
    if len(parts) not in (2, 3) or not all(part.isdigit() for part in parts):
        return value
    return "".join(f"{int(n)}{unit}" for n, unit in zip(parts, "年月日", strict=False))


def _rows(rows: list[Any], lang: str) -> str:
    names = [
        str(row.get("name") or row.get("address") or "") for row in rows if isinstance(row, dict)
    ]
    joined = ("、" if lang != "en" else ", ").join(name for name in names if name)
    return joined or str(len(rows))
