"""Checks of forms (表单): every field is in the dictionary, every condition can be met."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from backend.catalogue.check.schema import did_you_mean
from backend.catalogue.forms import Placed, definition, expand_form, placed_fields, sections_of
from backend.catalogue.rules import compile_form, referred_fields
from backend.catalogue.rules.conditions import GROUPS, OPERATORS
from backend.catalogue.source import Fault, Record, Source

_ORDERED = ("number", "money", "date", "month")
_NO_VALUE = ("present", "absent")
_TRIALS = 4000  # combinations tried before a condition is taken on trust
_TODAY = "2026-01-01"


def check(source: Source, item: Record) -> Iterator[Fault]:
    """Faults of one item's form; the dictionary and the item's own shape are sound."""
    yield from _sections(source, item)
    yield from _fields(source, item)
    yield from _conditions(source, item)


def _sections(source: Source, item: Record) -> Iterator[Fault]:
    seen: set[str] = set()
    for section in item["form"]:
        code = section.get("use") or section.get("section")
        if "use" in section and code not in source.blocks:
            known = did_you_mean(code, source.blocks)
            yield section.fault(f"'{code}' is not a shared section{known}", "use")
        if code in seen:
            yield section.fault(f"section '{code}' stands twice; rename one")
        seen.add(code)
        repeat = section.get("repeat")
        if repeat and repeat["min"] > repeat["max"]:
            yield repeat.fault("'min' rows are more than 'max'; exchange them", "min")
        if "hint" in section and "hint_en" not in section:
            yield section.fault("'hint' lacks 'hint_en'; add it in English", "hint")
        element = section.get("element")
        if element and source.elements.get(element, {}).get("type") != "list":
            yield section.fault(
                f"'{element}' is not a list element; use one with columns", "element"
            )


def _fields(source: Source, item: Record) -> Iterator[Fault]:
    seen = {code: 0 for code, _ in sections_of(source, item)}
    for field in placed_fields(source, item):
        entry = definition(source, field.element)
        file = field.holder.file
        if entry is None:
            known = did_you_mean(field.element, _element_codes(source))
            yield Fault(file, field.line, f"field '{field.element}' is not a data element{known}")
        elif entry["type"] == "list":
            yield Fault(
                file, field.line,
                f"'{field.element}' is a list; make a section with 'element: {field.element}' and "
                "'repeat', and use its columns",
            )  # fmt: skip
        elif "." in field.element and field.holder.get("element") != field.element.split(".")[0]:
            head = field.element.split(".")[0]
            yield Fault(
                file, field.line, f"a column needs its list; add 'element: {head}' to the section"
            )
        if field.code in seen:
            yield Fault(
                file, field.line,
                f"'{field.code}' already names a field or section; give one its own 'code'",
            )  # fmt: skip
        seen[field.code] = field.line
        for key in ("label", "hint"):
            if field.written and key in field.written and key + "_en" not in field.written:
                yield field.written.fault(
                    f"'{key}' of '{field.code}' lacks '{key}_en'; add it", key
                )


def _element_codes(source: Source) -> list[str]:
    columns = [
        f"{code}.{column}"
        for code, element in source.elements.items()
        for column in element.get("columns") or ()
    ]
    return [*source.elements, *columns]


class _Sight:
    """What a condition may look at: the fields and groups that stand before it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.fields: dict[str, Placed] = {}
        self.groups: set[str] = set()

    def kind(self, code: str) -> tuple[str, Record]:
        entry = definition(self.source, self.fields[code].element)
        return (entry["type"], entry) if entry else ("", Record())


def _conditions(source: Source, item: Record) -> Iterator[Fault]:
    every = {field.code: field for field in placed_fields(source, item)}
    groups = {code for code, section in sections_of(source, item) if "repeat" in section}
    sight = _Sight(source)
    section_now = ""
    sections = dict(sections_of(source, item))
    for field in every.values():
        if field.section != section_now:
            if section_now in groups:
                sight.groups.add(section_now)
            section_now = field.section
            yield from _condition(sections[section_now], "when", sight, every, groups, None)
        if field.written is not None:
            for key in ("when", "required"):
                yield from _condition(field.written, key, sight, every, groups, field.rows)
        sight.fields[field.code] = field
    sight.groups |= groups
    for material in item["materials"]:
        for key in ("when", "required"):
            yield from _condition(material, key, sight, every, groups, None)


def _condition(
    holder: Record, key: str, sight: _Sight, every: Mapping[str, Placed], groups: set[str],
    rows: str | None,
) -> Iterator[Fault]:  # fmt: skip
    condition = holder.get(key)
    if condition is None or (key == "required" and isinstance(condition, bool)):
        return
    broken = list(_shape(holder, key, condition))
    yield from broken
    if broken:
        return
    for code in referred_fields(condition):
        if code in sight.groups:
            continue
        placed = every.get(code)
        if placed is None and code not in groups:
            yield holder.fault(
                f"'{key}' looks at '{code}', which is not a field of this form"
                f"{did_you_mean(code, [*every, *groups])}",
                key,
            )
        elif code not in sight.fields:
            yield holder.fault(
                f"'{key}' looks at '{code}', which stands further down; move it above", key
            )
        elif placed and placed.rows and placed.rows != rows:
            yield holder.fault(
                f"'{key}' looks at '{code}', a field of the rows '{placed.rows}'; "
                f"look at '{placed.rows}' itself (present, absent)",
                key,
            )
        else:
            yield from _values(holder, key, condition, code, sight)


def _shape(holder: Record, key: str, condition: Any) -> Iterator[Fault]:
    if not isinstance(condition, Record) or not condition:
        yield holder.fault(
            f"'{key}' must be a condition such as {{field: x, op: eq, value: y}}", key
        )
        return
    group = [name for name in GROUPS if name in condition]
    if group:
        if len(condition) > 1:
            yield condition.fault(f"'{group[0]}' stands alone in its condition; split it up")
            return
        parts = condition[group[0]]
        if group[0] != "not" and not isinstance(parts, list):
            yield condition.fault(f"'{group[0]}' holds a list of conditions; write them in [ ]")
            return
        for part in [parts] if group[0] == "not" else parts:
            yield from _shape(condition, group[0], part)
        return
    op = condition.get("op")
    if not isinstance(condition.get("field"), str) or op not in OPERATORS:
        yield condition.fault(
            f"a condition has 'field' and 'op'; op is '{op}'"
            f"{did_you_mean(str(op), list(OPERATORS))}"
        )
    elif (op in _NO_VALUE) == ("value" in condition):
        yield condition.fault(f"'{op}' {'takes no' if op in _NO_VALUE else 'needs a'} 'value'")
    elif op in ("in", "not_in") and not isinstance(condition["value"], list):
        yield condition.fault(f"'{op}' needs a list; write the values in [ ]", "value")


def _values(
    holder: Record, key: str, condition: Mapping[str, Any], code: str, sight: _Sight
) -> Iterator[Fault]:
    kind, entry = sight.kind(code)
    for op, value in _comparisons(condition, code):
        if op in ("gt", "gte", "lt", "lte") and kind not in _ORDERED:
            yield holder.fault(f"'{code}' is a {kind}, which has no order; use eq or in", key)
        elif kind == "yes_no" and not isinstance(value, bool):
            yield holder.fault(f"'{code}' is answered yes or no; compare with true or false", key)
        elif kind in ("number", "money") and value.__class__ not in (int, float):
            yield holder.fault(f"'{code}' is a number; compare with a number without quotes", key)
        elif kind in ("choice", "choices") and "options" in entry:
            options = [option["value"] for option in entry["options"]]
            if value not in options:
                known = did_you_mean(str(value), options)
                yield holder.fault(f"'{value}' is not an option of '{code}'{known}", key)


def _comparisons(condition: Mapping[str, Any], code: str) -> Iterator[tuple[str, Any]]:
    for group in ("all", "any"):
        for part in condition.get(group, ()):
            yield from _comparisons(part, code)
    if "not" in condition:
        yield from _comparisons(condition["not"], code)
    if condition.get("field") == code and condition["op"] not in _NO_VALUE:
        value = condition["value"]
        yield from (
            (condition["op"], one) for one in (value if isinstance(value, list) else [value])
        )


def check_reach(source: Source, item: Record) -> Iterator[Fault]:
    """Fields of a sound form that no answer can bring up (those conditions ask about are tried)."""
    form = expand_form(source, item)
    conditions = list(_all_conditions(form))
    tried = _candidates(form, conditions)
    if tried is None:
        return
    compiled = compile_form(form)
    shown: set[str] = set()
    for answers in tried:
        shown.update(compiled.examine(answers, today=_TODAY).visible)
    for field in placed_fields(source, item):
        pointer = f"/values/{field.rows}/0/{field.code}" if field.rows else f"/values/{field.code}"
        if pointer not in shown:
            where = field.written or field.holder
            yield where.fault(
                f"field '{field.code}' can never be shown; its conditions exclude each other",
                "when",
            )


def _all_conditions(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for section in form["sections"]:
        for holder in (section, *section["fields"]):
            if holder["when"]:
                yield holder["when"]


def _candidates(
    form: Mapping[str, Any], conditions: list[Mapping[str, Any]]
) -> list[dict[str, Any]] | None:
    asked = {code for condition in conditions for code in referred_fields(condition)}
    top: dict[str, list[Any]] = {}
    rows: dict[str, Any] = {}
    choices: dict[str, list[Any]] = {}
    for section in form["sections"]:
        if section["repeat"]:
            rows[section["code"]] = {field["code"] for field in section["fields"]}
        for field in section["fields"]:
            if field["code"] in asked:
                options = _options(field, conditions)
                (choices if section["repeat"] else top)[field["code"]] = options
    size = 1
    for options in (*top.values(), *choices.values()):
        size *= len(options)
    if size > _TRIALS:
        return None
    found = []
    for answers in product(*top.values(), *choices.values()):
        given = dict(zip((*top, *choices), answers, strict=True))
        values = {code: given[code] for code in top}
        for section, fields in rows.items():
            values[section] = [{code: given[code] for code in fields & given.keys()} or {"": None}]
        found.append(values)
    return found


def _options(field: Mapping[str, Any], conditions: list[Mapping[str, Any]]) -> list[Any]:
    compared = [v for c in conditions for _, v in _comparisons(c, field["code"])]
    match field["type"]:
        case "yes_no":
            return [True, False, None]
        case "choice":
            return [*(option["value"] for option in field["options"]), None]
        case "choices":
            values = [option["value"] for option in field["options"]]
            return [*([value] for value in values), values, None]
        case "number" | "money":
            return [*(v + d for v in set(compared) for d in (-1, 0, 1)), None]
        case "date" | "month":
            return [*compared, "1900-01-01", "2099-12-31", None]
    return [*compared, "x", None]
