"""Checks of what items refer to: data elements, materials, offices, regions, shared sections."""

import re
from collections.abc import Iterator
from typing import Any

from backend.catalogue.check.schema import (
    Spec,
    Spot,
    anything,
    did_you_mean,
    either,
    flag,
    list_of,
    one_of,
    record,
    text,
    whole,
)
from backend.catalogue.rules import FIELD_TYPES, doubtful_uscc
from backend.catalogue.source import Fault, Record, Source

CODE = text(pattern=r"[a-z][a-z0-9_]*", example="spouse_name", longest=40)
NAME = text(longest=60)
_NUMBER = either(whole(-(10**9)), either(anything, one_of("today"), float), int)
_BOUND = either(text(pattern=r"today|\d{4}-\d\d(-\d\d)?", example="2026-11-23"), _NUMBER, str)
_OPTION = record(
    {"value": text(pattern=r"[a-z0-9_]+", example="rent"), "label": NAME, "label_en": NAME}
)
_SHAPE: dict[str, Spec] = {
    "options": list_of(_OPTION, least=2),
    "regions": one_of("city", "country", "districts"),
    "min": _BOUND,
    "max": _BOUND,
    "decimals": whole(0, 4),
    "max_length": whole(1, 2000),
    "pattern": text(),
    "pattern_hint": text(longest=100),
    "pattern_hint_en": text(longest=100),
}
_COLUMN = record({"name": NAME, "name_en": NAME, "type": one_of(*FIELD_TYPES)}, _SHAPE)
_ELEMENT = record(
    {
        "name": NAME,
        "name_en": NAME,
        "type": one_of(*FIELD_TYPES, "list"),
        "sensitivity": one_of("open", "internal", "personal", "sealed"),
        "source": CODE,
        "group": CODE,
    },
    {**_SHAPE, "columns": anything},
)
_PHONES = record({"consult": text(longest=20), "complain": text(longest=20)})
_REMEDIES = record({"review": text(), "litigation": text()})
_DEPARTMENT = record(
    {
        "name": NAME,
        "name_en": text(longest=100),
        "short": text(longest=6),
        "uscc": text(pattern="[0-9A-HJ-NPQRTUWXY]{18}", example="11440600007038901Q"),
        "nature": NAME,
        "address": text(),
        "hours": text(),
        "hours_en": text(),
        "phones": _PHONES,
        "remedies": _REMEDIES,
    }
)
_MATERIAL = record(
    {"name": NAME, "name_en": NAME, "reusable": flag, "waived_by": list_of(CODE)},
    {
        "valid_months": whole(1, 600),
        "accept": list_of(one_of("image/*", "image/jpeg", "image/png", "application/pdf")),
        "max_bytes": whole(1024, 20 * 1024 * 1024),
    },
)
_REGION = record(
    {"code": text(pattern=r"\d{6}|\d{9}", example='"440604012"'), "name": NAME, "name_en": NAME}
)
_NAMED = record({"name": NAME, "name_en": NAME}, {"department": anything})
_DECLARATION = record({"text": text(longest=200), "text_en": text(longest=200)})


def check(source: Source) -> Iterator[Fault]:
    """All faults of the dictionary."""
    yield from _each(source.elements, _ELEMENT, "element")
    yield from _each(source.element_groups, _NAMED, "group")
    yield from _each(source.sources, _NAMED, "source")
    yield from _each(source.departments, _DEPARTMENT, "department")
    yield from _each(source.materials, _MATERIAL, "material")
    yield from _each(source.declarations, _DECLARATION, "declaration")
    yield from list_of(_REGION, least=1)(source.regions, Spot("regions.yaml", 1, "regions"))
    yield from _elements(source)
    yield from _materials(source)
    yield from _departments(source)
    yield from _regions(source)


def _each(table: Record, spec: Spec, name: str) -> Iterator[Fault]:
    for code, entry in table.items():
        yield from spec(entry, Spot(table.file, table.lines[code], f"{name} '{code}'"))


def _elements(source: Source) -> Iterator[Fault]:
    for code, element in source.elements.items():
        if not isinstance(element, Record):
            continue
        where = source.elements.lines[code]
        yield from CODE(code, Spot(element.file, where, code))
        for key, table in (("source", source.sources), ("group", source.element_groups)):
            known = element.get(key)
            if isinstance(known, str) and known not in table:
                yield element.fault(
                    f"{key} '{known}' of '{code}' is unknown{did_you_mean(known, table)}", key
                )
        columns = element.get("columns")
        if element.get("type") == "list":
            if not isinstance(columns, Record):
                yield element.fault(f"'{code}' is a list; add its 'columns'", "type")
                continue
            yield from _each(columns, _COLUMN, f"column of '{code}'")
            for column in columns.values():
                if isinstance(column, Record):
                    yield from _shape(column, column.get("name", ""))
        else:
            if columns is not None:
                yield element.fault(f"'{code}' is no list; remove its 'columns'", "columns")
            yield from _shape(element, code)


def _shape(element: Record, code: str) -> Iterator[Fault]:
    kind = element.get("type")
    if kind in ("choice", "choices") and not ("options" in element or "regions" in element):
        yield element.fault(f"'{code}' is a {kind}; add its 'options'", "type")
    if kind == "region" and "regions" not in element:
        yield element.fault(f"'{code}' is a region; add 'regions: city' or 'country'", "type")
    options = element.get("options")
    values = [option.get("value") for option in options or () if isinstance(option, dict)]
    for value in sorted({str(v) for v in values if values.count(v) > 1}):
        yield element.fault(f"option '{value}' of '{code}' stands twice; remove one", "options")
    yield from _pattern(element, code)


def _pattern(element: Record, code: str) -> Iterator[Fault]:
    pattern: Any = element.get("pattern")
    if not isinstance(pattern, str):
        return
    try:
        re.compile(pattern)
    except re.error as error:
        yield element.fault(f"pattern of '{code}' is no expression ({error}); mend it", "pattern")
    if re.search(r"\(\?(?!:)|\\[AZbBpPkK]|[*+}]\+", pattern):
        yield element.fault(
            f"pattern of '{code}' uses what browsers read differently; use classes, groups (?:) "
            "and counts only",
            "pattern",
        )
    if "pattern_hint" not in element or "pattern_hint_en" not in element:
        yield element.fault(
            f"pattern of '{code}' has no 'pattern_hint' and 'pattern_hint_en'; say in words "
            "what is expected",
            "pattern",
        )


def _materials(source: Source) -> Iterator[Fault]:
    for code, material in source.materials.items():
        for element in material.get("waived_by", ()) if isinstance(material, Record) else ():
            if element not in source.elements:
                yield material.fault(
                    f"material '{code}' is waived by '{element}', which is not a data element"
                    f"{did_you_mean(str(element), source.elements)}",
                    "waived_by",
                )


def _departments(source: Source) -> Iterator[Fault]:
    for code, department in source.departments.items():
        if not isinstance(department, Record):
            continue
        number = department.get("uscc")
        if isinstance(number, str) and doubtful_uscc(number):
            yield department.fault(
                f"credit code of {code} fails its check digit (GB 32100); look it up, some real "
                "codes do",
                "uscc",
                blocks=False,
            )
        yield from same_phones(department, f"department {code}")


def same_phones(owner: Record, name: str) -> Iterator[Fault]:
    """Advice and complaints must not end on the same desk."""
    phones = owner.get("phones")
    if isinstance(phones, Record) and phones.get("consult") == phones.get("complain"):
        yield phones.fault(
            f"{name} takes advice and complaints on one telephone; give complaints their own",
            "complain",
        )


def _regions(source: Source) -> Iterator[Fault]:
    seen: set[str] = set()
    for region in source.regions:
        code = region.get("code") if isinstance(region, Record) else None
        if not isinstance(code, str):
            continue
        if code in seen:
            yield region.fault(f"region {code} stands twice; remove one", "code")
        if len(code) == 9 and code[:6] not in seen:
            yield region.fault(f"region {code} comes before its district {code[:6]}", "code")
        seen.add(code)
    if source.city not in seen:
        yield Fault(
            source.departments.file.replace("departments", "regions"),
            1,
            f"city '{source.city}' is not among the regions; add it",
        )
