"""A compiled form (表单): built once per version, then asked at every opening and submission.

One pass in document order decides everything, because a condition only sees what stands before it:
hidden fields (and whole hidden sections) are neither required nor checked nor kept.
Answered means: not null, not blank text, not an empty list; ``false`` and ``0`` are answers.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from backend.catalogue.rules.conditions import Test, compile_condition
from backend.catalogue.rules.kinds import Check, check_of, tidy
from backend.kernel.errors import FieldError


class Examined(NamedTuple):
    """What one look at the answers gave; ``values`` is the cleaned copy that may be stored."""

    values: dict[str, Any]
    errors: list[FieldError]
    visible: list[str]
    required: list[str]


class _Field(NamedTuple):
    code: str
    pointer: str
    kind: str
    when: Test | None
    required: bool | Test
    check: Check
    hint: str | None


class _Section(NamedTuple):
    when: Test | None
    fields: tuple[_Field, ...]
    code: str
    rows: tuple[int, int] | None
    row_codes: frozenset[str]


class _Material(NamedTuple):
    code: str
    when: Test | None
    required: bool | Test


class CompiledForm:
    """The rules of one form version; immutable and safe to share between requests."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self._sections = tuple(_section(section) for section in form["sections"])
        self._materials = {m["code"]: _material(m) for m in form.get("materials", ())}
        self._declarations = tuple(d["code"] for d in form.get("declarations", ()))
        known: set[str] = set()
        for section in self._sections:
            known |= {section.code} if section.rows else section.row_codes
        self._known = frozenset(known)

    def examine(self, values: object, *, today: str) -> Examined:
        """Look at the answers alone; ``today`` is the ISO date in the city's time zone."""
        seen = Examined({}, [], [], [])
        if not isinstance(values, dict):
            seen.errors.append(FieldError("/values", "type", {}))
            values = {}
        scope: dict[str, Any] = {}
        for section in self._sections:
            if section.when is not None and not section.when(scope):
                continue
            if section.rows is not None:
                _examine_rows(section, values, scope, seen, today)
            else:
                _examine_fields(section.fields, values, scope, seen.values, seen, today, "/values/")
        for key in values:
            if key not in self._known:
                seen.errors.append(FieldError("/values/" + _escape(key), "unknown_field", {}))
        return seen

    def check(
        self,
        values: object,
        materials: object,
        declarations: object,
        *,
        today: str,
        waived: Collection[str] = (),
    ) -> Examined:
        """Look at a whole submission (申报): answers, materials and declarations.

        ``waived`` names the materials that facts or certificates already stand for.
        """
        seen = self.examine(values, today=today)
        self._check_materials(materials, seen, waived)
        self._check_declarations(declarations, seen.errors)
        return seen

    def visible_materials(self, values: Mapping[str, Any], *, today: str) -> dict[str, bool]:
        """Return {material code: required} for the materials that these answers call for."""
        return self.called_for(self.examine(values, today=today).values)

    def called_for(self, scope: Mapping[str, Any]) -> dict[str, bool]:
        """``visible_materials`` for values that ``examine`` has cleaned."""
        return {
            m.code: _holds(m.required, scope)
            for m in self._materials.values()
            if m.when is None or m.when(scope)
        }

    def _check_materials(self, materials: object, seen: Examined, waived: Collection[str]) -> None:
        errors = seen.errors
        if not isinstance(materials, dict):
            errors.append(FieldError("/materials", "type", {}))
            materials = {}
        for material in self._materials.values():
            if material.when is not None and not material.when(seen.values):
                continue
            papers = materials.get(material.code)
            if papers:
                if not isinstance(papers, list) or any(not isinstance(p, str) for p in papers):
                    errors.append(FieldError("/materials/" + material.code, "type", {}))
            elif material.code not in waived and _holds(material.required, seen.values):
                errors.append(FieldError("/materials/" + material.code, "material_missing", {}))
        for key in materials:
            if key not in self._materials:
                errors.append(FieldError("/materials/" + _escape(key), "unknown_field", {}))

    def _check_declarations(self, declarations: object, errors: list[FieldError]) -> None:
        if not isinstance(declarations, list) or any(not isinstance(d, str) for d in declarations):
            errors.append(FieldError("/declarations", "type", {}))
            return
        errors.extend(
            FieldError("/declarations/" + code, "declaration_missing")
            for code in self._declarations
            if code not in declarations
        )
        errors.extend(
            FieldError("/declarations/" + _escape(code), "unknown_field")
            for code in declarations
            if code not in self._declarations
        )


def compile_form(form: Mapping[str, Any]) -> CompiledForm:
    """Compile a form as served by ``GET /api/items/{code}/form``."""
    return CompiledForm(form)


def _section(section: Mapping[str, Any]) -> _Section:
    repeat = section.get("repeat")
    return _Section(
        when=_test(section.get("when")),
        fields=tuple(_field(field) for field in section["fields"]),
        code=section["code"],
        rows=(repeat["min"], repeat["max"]) if repeat else None,
        row_codes=frozenset(field["code"] for field in section["fields"]),
    )


def _field(field: Mapping[str, Any]) -> _Field:
    return _Field(
        code=field["code"],
        pointer="/values/" + field["code"],
        kind=field["type"],
        when=_test(field.get("when")),
        required=_requirement(field["required"]),
        check=check_of(field),
        hint=field.get("pattern_hint"),
    )


def _material(material: Mapping[str, Any]) -> _Material:
    required = _requirement(material["required"])
    return _Material(material["code"], _test(material.get("when")), required)


def _test(condition: Mapping[str, Any] | None) -> Test | None:
    return None if condition is None else compile_condition(condition)


def _requirement(required: bool | Mapping[str, Any]) -> bool | Test:
    return required if isinstance(required, bool) else compile_condition(required)


def _holds(required: bool | Test, scope: Mapping[str, Any]) -> bool:
    return required if isinstance(required, bool) else required(scope)


def _examine_fields(
    fields: tuple[_Field, ...],
    answers: Mapping[str, Any],
    scope: dict[str, Any],
    kept: dict[str, Any],
    seen: Examined,
    today: str,
    prefix: str,
) -> None:
    top = prefix == "/values/"
    for code, top_pointer, kind, when, required, check, hint in fields:
        if when is not None and not when(scope):
            continue
        pointer = top_pointer if top else prefix + code
        seen.visible.append(pointer)
        if required is not False and (required is True or required(scope)):
            needed = True
            seen.required.append(pointer)
        else:
            needed = False
        answer = answers.get(code)
        if answer.__class__ is str:
            answer = tidy(kind, answer)
        if answer is None or answer in ("", []):
            if needed:
                seen.errors.append(FieldError(pointer, "required", {}))
            continue
        scope[code] = kept[code] = answer
        fault = check(answer, today)
        if fault is not None:
            error, params = fault
            if error == "format" and hint:
                params = {"hint": hint}
            seen.errors.append(FieldError(pointer, error, params))


def _examine_rows(
    section: _Section, values: Mapping[str, Any], scope: dict[str, Any], seen: Examined, today: str
) -> None:
    least, most = section.rows or (0, 0)
    pointer = "/values/" + section.code
    rows = values.get(section.code)
    if rows is None or rows in ("", []):
        if least:
            seen.errors.append(FieldError(pointer, "too_few_rows", {"min": least}))
        return
    if not isinstance(rows, list):
        seen.errors.append(FieldError(pointer, "type", {}))
        seen.values[section.code] = scope[section.code] = rows
        return
    if len(rows) < least:
        seen.errors.append(FieldError(pointer, "too_few_rows", {"min": least}))
    if len(rows) > most:
        seen.errors.append(FieldError(pointer, "too_many_rows", {"max": most}))
    kept: list[Any] = []
    for index, row in enumerate(rows[:most]):
        if not isinstance(row, dict):
            seen.errors.append(FieldError(f"{pointer}/{index}", "type", {}))
            kept.append(row)
            continue
        clean: dict[str, Any] = {}
        prefix = f"{pointer}/{index}/"
        _examine_fields(section.fields, row, scope.copy(), clean, seen, today, prefix)
        for key in row:
            if key not in section.row_codes:
                seen.errors.append(FieldError(prefix + _escape(key), "unknown_field", {}))
        kept.append(clean)
    seen.values[section.code] = scope[section.code] = kept + rows[most:]


def _escape(key: object) -> str:
    """A key as one step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")
