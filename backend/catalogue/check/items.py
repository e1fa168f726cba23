"""Checks of service items (事项) and themes (主题): shape, and the rules before publication."""

from collections.abc import Iterator
from datetime import date
from pathlib import PurePath
from typing import Any

from backend.catalogue.check.dictionary import CODE, NAME, same_phones
from backend.catalogue.check.schema import (
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
from backend.catalogue.codes import (
    AUDIENCES,
    HANDLINGS,
    ICONS,
    ITEM_KINDS,
    LEVELS,
    ONLINE_DEPTHS,
    WAYS,
)
from backend.catalogue.source import Fault, Record, Source

_SLUG = text(pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+)*", example="residence-permit", longest=40)
_LINE = text(longest=200)
_DATE = text(pattern=r"\d{4}-\d\d-\d\d", example="2026-07-01")
_SENTENCE = record({"text": _LINE, "text_en": _LINE})
_LAW = record({"title": _LINE, "article": _LINE}, {"text": text()})
_STEP = record({"name": NAME, "name_en": NAME, "days": whole(0, 400), "who": _LINE})
_FEE = record(
    {"name": NAME, "name_en": NAME, "standard": _LINE, "standard_en": _LINE, "basis": text()}
)
_RESULT = record({"name": NAME, "name_en": NAME, "kind": NAME, "sample": _LINE})
_SPECIAL = record(
    {"name": NAME, "name_en": NAME, "days": whole(1, 400), "basis": text(), "text": text()}
)
_MATERIAL = record(
    {"type": CODE, "standard": _LINE},
    {"code": CODE, "name": NAME, "name_en": NAME, "required": anything, "when": anything,
     "copies": whole(1, 20)},
)  # fmt: skip
_FIELD = record(
    {"element": text(longest=60)},
    {"code": CODE, "label": NAME, "label_en": NAME, "required": anything, "when": anything,
     "hint": _LINE, "hint_en": _LINE, "min": anything, "max": anything,
     "max_length": whole(1, 2000)},
)  # fmt: skip
_REPEAT = record({"min": whole(0, 50), "max": whole(1, 50), "row_name": NAME, "row_name_en": NAME})
_FIELDS = list_of(either(text(longest=60), _FIELD, str), least=1)
_BLOCK = record(
    {"title": NAME, "title_en": NAME, "fields": _FIELDS}, {"hint": _LINE, "hint_en": _LINE}
)
_OWN_SECTION = record(
    {"section": CODE, "title": NAME, "title_en": NAME, "fields": _FIELDS},
    {"hint": _LINE, "hint_en": _LINE, "when": anything, "element": CODE, "repeat": _REPEAT},
)
_USE = record({"use": CODE})
_ITEM = record(
    {
        "code": _SLUG, "version": whole(1), "published_on": _DATE,
        "name": NAME, "name_en": NAME, "summary": text(longest=80), "summary_en": _LINE,
        "keywords": list_of(text(longest=12), least=1), "icon": one_of(*ICONS),
        "department": text(),
        "audience": list_of(one_of(*AUDIENCES), least=1), "kind": one_of(*ITEM_KINDS),
        "power_source": _LINE, "level": one_of(*LEVELS), "handling": one_of(*HANDLINGS),
        "ways": list_of(one_of(*WAYS), least=1), "online": one_of(*ONLINE_DEPTHS),
        "visits": whole(0, 9),
        "base_code": text(pattern="[0-9A-Z]{12}", example='"442009015000"'),
        "implementation_code": text(pattern="[0-9A-Z]{30,36}", example="credit code + base code"),
        "legal_basis": list_of(_LAW, least=1), "conditions": list_of(_SENTENCE, least=1),
        "steps": list_of(_STEP, least=2), "statutory_days": whole(0, 400),
        "promised_days": whole(0, 400), "time_note": text(), "fees": list_of(_FEE),
        "fee_note": text(), "result": _RESULT, "scope": _LINE, "quantity_limit": _LINE,
        "intermediary": _LINE, "special_procedures": list_of(_SPECIAL), "delivery": flag,
        "appointment": flag, "faq": list_of(record({"q": _LINE, "a": text()}), least=1),
        "materials": list_of(_MATERIAL, least=1), "declarations": list_of(CODE, least=1),
        "form": list_of(
            lambda value, spot: (
                _USE if isinstance(value, Record) and "use" in value else _OWN_SECTION
            )(value, Spot(spot.file, spot.line, "a section")),
            least=1,
        ),
    },
    {
        "popular": whole(1, 99), "visit_reason": _LINE, "payment_online": flag,
        "phones": record({"consult": _LINE, "complain": _LINE}),
        "remedies": record({"review": _LINE, "litigation": _LINE}), "ended_on": _DATE,
    },
)  # fmt: skip
_THEME = record(
    {
        "code": _SLUG, "name": NAME, "name_en": NAME, "summary": text(longest=80),
        "summary_en": _LINE, "icon": one_of(*ICONS), "order": whole(1),
        "items": list_of(record({"item": text(), "why": _LINE, "why_en": _LINE}), least=2),
    }
)  # fmt: skip
LICENCE_STEPS = ("受理", "审核", "审批", "办结", "送达")


def well_formed(source: Source, faults: list[Fault]) -> list[Record]:
    """The items whose shape is sound; the faults of the others, and of blocks, are added."""
    for code, block in source.blocks.items():
        faults += _BLOCK(
            block, Spot(source.blocks.file, source.blocks.lines[code], f"block {code}")
        )
    if any(fault.file == source.blocks.file for fault in faults):
        return []
    sound = []
    for item in (*source.items, *source.archive):
        found = list(_ITEM(item, Spot(item.file, 1, "item"))) if item else []
        faults += found
        if item and not found:
            sound.append(item)
    return sound


def check(source: Source, items: list[Record]) -> Iterator[Fault]:
    """The rules before publication, for items of sound shape."""
    taken: dict[tuple[str, Any], Record] = {}
    for item in items:
        current = item in source.items
        name = f"{item['code']}" if current else f"{item['code']}@{item['version']}"
        if PurePath(item.file).stem != name:
            yield item.fault(f"item '{item['code']}' must live in {name}.yaml; rename one", "code")
        unique = [("code", (item["code"], item["version"]))]
        if current:
            unique.append(("implementation_code", item["implementation_code"]))
        for key, value in unique:
            first = taken.setdefault((key, value), item)
            if first is not item:
                yield item.fault(f"{key} '{item[key]}' already belongs to {first.file}", key)
        yield from _office(source, item)
        yield from _time(item)
        yield from _service(item)
        yield from _papers(source, item)
        if item["kind"] == "01":
            yield from _licence(item)


def _office(source: Source, item: Record) -> Iterator[Fault]:
    department = source.departments.get(item["department"])
    if department is None:
        known = did_you_mean(item["department"], source.departments)
        yield item.fault(f"department '{item['department']}' is unknown{known}", "department")
        return
    start = department["uscc"] + item["base_code"]
    if not item["implementation_code"].startswith(start):
        yield item.fault(
            f"implementation code must start with the office's credit code and the base code: "
            f"{start}",
            "implementation_code",
        )
    yield from same_phones(item, f"item '{item['code']}'")


def _time(item: Record) -> Iterator[Fault]:
    promised, statutory = item["promised_days"], item["statutory_days"]
    if promised > statutory:
        yield item.fault(
            f"promised {promised} days are longer than the statutory {statutory}; promise "
            f"{statutory} or less",
            "promised_days",
        )
    if item["handling"] == "immediate" and promised != 0:
        yield item.fault("an immediate item (即办件) promises 0 days; set it to 0", "promised_days")
    if item["handling"] == "promised" and promised == 0:
        yield item.fault("0 days make it an immediate item; set 'handling: immediate'", "handling")
    days = sum(step["days"] for step in item["steps"])
    if days != promised:
        yield item.fault(
            f"the steps take {days} days, promised are {promised}; make them agree", "steps"
        )
    for key in ("published_on", "ended_on"):
        try:
            date.fromisoformat(item.get(key, "2026-01-01"))
        except ValueError:
            yield item.fault(f"'{key}' is no day of the calendar; correct it", key)


def _service(item: Record) -> Iterator[Fault]:
    if item["visits"] > 0 and "visit_reason" not in item:
        yield item.fault("visits above 0 need a 'visit_reason'; say why people must come", "visits")
    if item["online"] == "full" and item["visits"] > 0:
        yield item.fault("fully online means 0 visits; set 'visits: 0' or 'online: part'", "visits")
    if item.get("payment_online") and not item["fees"]:
        yield item.fault("a free item takes no online payment; remove it", "payment_online")


def _papers(source: Source, item: Record) -> Iterator[Fault]:
    seen: set[str] = set()
    for material in item["materials"]:
        if material["type"] not in source.materials:
            known = did_you_mean(material["type"], source.materials)
            yield material.fault(f"'{material['type']}' is not a material type{known}", "type")
        code = material.get("code", material["type"])
        if code in seen:
            yield material.fault(f"material '{code}' stands twice; give one its own 'code'", "type")
        seen.add(code)
        if "name" in material and "name_en" not in material:
            yield material.fault(f"material '{code}' lacks 'name_en'; add it in English", "name")
    for index, code in enumerate(item["declarations"]):
        if code not in source.declarations:
            line = item["declarations"].lines[index]
            known = did_you_mean(code, source.declarations)
            yield Fault(item.file, line, f"'{code}' is not a declaration{known}")


def _licence(item: Record) -> Iterator[Fault]:
    names = "".join(step["name"] for step in item["steps"])
    missing = [step for step in LICENCE_STEPS if step not in names]
    if missing:
        yield item.fault(f"a licence (行政许可) has the step {'、'.join(missing)}; add it", "steps")


def check_themes(source: Source) -> Iterator[Fault]:
    """Shape and references of the themes."""
    items = {str(item.get("code")): item for item in source.items}
    for theme in source.themes:
        found = list(_THEME(theme, Spot(theme.file, 1, "theme"))) if theme else []
        yield from found
        if found or not theme:
            continue
        if PurePath(theme.file).stem != theme["code"]:
            yield theme.fault(f"theme '{theme['code']}' must live in {theme['code']}.yaml", "code")
        for entry in theme["items"]:
            item = items.get(entry["item"])
            if item is None:
                known = did_you_mean(entry["item"], items)
                yield entry.fault(f"'{entry['item']}' is not an item{known}", "item")
            elif "natural" not in item.get("audience", ()):
                yield entry.fault(f"'{entry['item']}' does not serve people; leave it out", "item")
