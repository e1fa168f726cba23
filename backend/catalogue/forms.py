"""Forms (表单) made whole: an item's short notation filled from the dictionary of data elements.

A field written as ``- phone`` becomes the field that the API serves: label, type, options.
``children.name`` is a column of the list element ``children``; it stands in a repeated section
whose ``element`` is ``children``, under the field code ``children_name``.
Texts keep their ``_en`` twin until ``views`` picks a language.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from backend.catalogue.source import Record, Source

_COPIED = (
    "min", "max", "decimals", "max_length", "pattern", "pattern_hint", "pattern_hint_en",
)  # fmt: skip
_MAX_BYTES = 10 * 1024 * 1024
_ACCEPT = ["image/*", "application/pdf"]


class Placed(NamedTuple):
    """One field as written, and where it stands. ``rows`` is its repeated section, if any."""

    code: str
    element: str
    section: str
    rows: str | None
    written: Record | None
    holder: Record
    line: int


def sections_of(source: Source, item: Record) -> Iterator[tuple[str, Record]]:
    """Each section's code and notation; shared blocks are looked up, unknown ones left out."""
    for section in item["form"]:
        if "use" not in section:
            yield section["section"], section
        elif section["use"] in source.blocks:
            yield section["use"], source.blocks[section["use"]]


def placed_fields(source: Source, item: Record) -> Iterator[Placed]:
    """Every field of the form in document order, as written."""
    for code, section in sections_of(source, item):
        rows = code if "repeat" in section else None
        fields = section["fields"]
        for index, field in enumerate(fields):
            written = field if isinstance(field, Record) else None
            element = written["element"] if written else field
            named = written.get("code") if written else None
            own = named or element.replace(".", "_")
            yield Placed(own, element, code, rows, written, section, fields.lines[index])


def definition(source: Source, element: str) -> Record | None:
    """The dictionary's entry of an element or of a column such as ``children.name``."""
    head, _, column = element.partition(".")
    entry: Record | None = source.elements.get(head)
    if entry is None or not column:
        return entry
    columns = entry.get("columns") or {}
    return columns.get(column)


def expand_form(source: Source, item: Record) -> dict[str, Any]:
    """The whole form of a checked item, as ``GET /api/items/{code}/form`` but in every language."""
    fields: dict[str, list[dict[str, Any]]] = {}
    for field in placed_fields(source, item):
        fields.setdefault(field.section, []).append(_field(source, field))
    sections = [
        _section(code, section, fields[code]) for code, section in sections_of(source, item)
    ]
    return {
        "item": item["code"],
        "version": item["version"],
        "title": item["name"],
        "title_en": item["name_en"],
        "sections": sections,
        "materials": [_material(source, material) for material in item["materials"]],
        "declarations": [
            {"code": code, **source.declarations[code]} for code in item["declarations"]
        ],
    }


def region_options(source: Source, which: str) -> list[dict[str, str]]:
    """Regions to choose from: the city's districts and towns, its districts, or the country."""
    names = {region["code"]: region for region in source.regions}
    city = source.city[:4]

    def option(code: str, above: str = "") -> dict[str, str]:
        parent = names.get(above, {"name": "", "name_en": ""})
        english = ", ".join(filter(None, (names[code]["name_en"], parent["name_en"])))
        return {"value": code, "label": parent["name"] + names[code]["name"], "label_en": english}

    districts = [c for c in names if c.startswith(city) and len(c) == 6 and c != source.city]
    if which == "districts":
        return [option(code) for code in districts]
    if which == "city":
        return [
            option(code, code[:6] if len(code) == 9 else "")
            for code in names
            if code.startswith(city) and code != source.city
        ]
    wider = [option(code) for code in names if len(code) == 6 and not code.startswith(city)]
    return [*(option(code, source.city) for code in districts), *wider]


def _section(code: str, section: Record, fields: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"code": code}
    for key in ("title", "title_en", "hint", "hint_en", "element"):
        if key in section:
            made[key] = section[key]
    made["when"] = section.get("when")
    made["repeat"] = section.get("repeat")
    made["fields"] = fields
    return made


def _field(source: Source, field: Placed) -> dict[str, Any]:
    entry = definition(source, field.element)
    assert entry is not None, "the checker knows every element"
    written = field.written or Record()
    made: dict[str, Any] = {
        "code": field.code,
        "element": field.element,
        "label": written.get("label", entry["name"]),
        "label_en": written.get("label_en", entry["name_en"]),
        "type": entry["type"],
        "required": written.get("required", True),
        "when": written.get("when"),
    }
    if "options" in entry:
        made["options"] = entry["options"]
    elif "regions" in entry:
        made["options"] = region_options(source, entry["regions"])
    for key in _COPIED:
        if key in entry:
            made[key] = entry[key]
    for key in ("hint", "hint_en", "min", "max", "max_length"):
        if key in written:
            made[key] = written[key]
    return made


def _material(source: Source, material: Record) -> dict[str, Any]:
    kind = source.materials[material["type"]]
    issued = any(source.elements[one]["source"] != "case" for one in kind["waived_by"])
    return {
        "code": material.get("code", material["type"]),
        "type": material["type"],
        "name": material.get("name", kind["name"]),
        "name_en": material.get("name_en", kind["name_en"]),
        "required": material.get("required", True),
        "when": material.get("when"),
        "copies": material.get("copies", 1),
        "source": "政府部门核发" if issued else "申请人自备",
        "source_en": "Issued by an office" if issued else "Your own",
        "accept": kind.get("accept", _ACCEPT),
        "max_bytes": kind.get("max_bytes", _MAX_BYTES),
        "reusable": kind["reusable"],
        "waived_by": kind["waived_by"],
        "standard": material["standard"],
    }
