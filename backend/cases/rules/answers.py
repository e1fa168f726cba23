"""Answers of an application (申报内容): where they came from, what was changed, what was asked.

``values`` is ``{field code: answer, section code of a repeated group: [row, …]}``. A *key* is a
field or group code at the top of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from backend.cases.rules.life import Item

Values = Mapping[str, Any]


class Target(NamedTuple):
    """Something a correction can name. ``key`` is where its answer lies in the values."""

    label: str
    key: str


class Names(NamedTuple):
    """What the fields and materials of one form version are called."""

    fields: dict[str, Target]
    materials: dict[str, Target]

    def of(self, target: str, code: str) -> Target | None:
        """The thing a correction item means, if the form has it."""
        return (self.fields if target == "field" else self.materials).get(code)


def names(form: Mapping[str, Any]) -> Names:
    """Read the names from a form as ``GET /api/items/{code}/form`` serves it."""
    fields: dict[str, Target] = {}
    for section in form["sections"]:
        if section.get("repeat"):
            fields[section["code"]] = Target(section["title"], section["code"])
        for field in section["fields"]:
            key = section["code"] if section.get("repeat") else field["code"]
            fields[field["code"]] = Target(field["label"], key)
    materials = {m["code"]: Target(m["name"], m["code"]) for m in form.get("materials", ())}
    return Names(fields, materials)


def leaves(values: Values) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every single answer with its place; rows of a group are counted answer by answer."""
    for key, answer in values.items():
        if isinstance(answer, list) and any(isinstance(row, dict) for row in answer):
            for place, row in enumerate(answer):
                for code, one in row.items() if isinstance(row, dict) else ():
                    if not _blank(one):
                        yield (key, place, code), one
        elif not _blank(answer):
            yield (key,), answer


def marks(values: Values, prefill: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Where each answer came from: ``{key: {source, source_name, grade, changed}}``.

    Only what a register had to offer is marked; ``changed`` tells the clerk that the applicant put
    something else in its place. Everything unmarked was typed by the applicant (本人填报).
    """
    found: dict[str, dict[str, Any]] = {}
    for key, offered in prefill.items():
        if key not in values or _blank(offered.get("value")):
            continue
        given = values[key]
        same = given == offered["value"] or (
            dict(leaves({key: given})) == _within(offered["value"], key, given)
        )
        found[key] = {
            "source": offered["source"],
            "source_name": offered["source_name"],
            "grade": offered["grade"],
            "changed": not same,
        }
    return found


def _within(offered: Any, key: str, given: Any) -> dict[tuple[str | int, ...], Any]:
    """The offered answers, without columns that the form does not ask for."""
    mine = dict(leaves({key: offered}))
    if not isinstance(given, list):
        return mine
    asked = {code for row in given if isinstance(row, dict) for code in row}
    return {at: one for at, one in mine.items() if len(at) == 1 or at[2] in asked}


class Savings(NamedTuple):
    """What one application cost the citizen: supplied by hand, of the total."""

    fields_supplied: int
    fields_total: int
    papers_waived: int
    papers_total: int


def savings(
    values: Values,
    prefill: Mapping[str, Mapping[str, Any]],
    papers: Collection[str],
    unspared: Collection[str],
) -> Savings:
    """Count fields and papers. ``papers`` are the material codes that these answers call for,
    ``unspared`` those for which a new document had to be uploaded.
    """
    supplied = total = 0
    for key, answer in values.items():
        given = list(leaves({key: answer}))
        total += len(given)
        offered = prefill[key].get("value") if key in prefill else None
        if answer != offered:
            known = dict(leaves({key: offered}))
            supplied += sum(1 for at, one in given if known.get(at) != one)
    waived = sum(1 for code in papers if code not in unspared)
    return Savings(supplied, total, waived, len(papers))


class Answered(NamedTuple):
    """A correction's answer put into the application."""

    values: dict[str, Any]
    materials: dict[str, list[str]]
    faults: list[tuple[str, str]]
    """JSON pointer and field error code of each thing that is not as asked."""


def answer(
    items: Sequence[Item],
    form_names: Names,
    *,
    before: tuple[Values, Mapping[str, Sequence[str]]],
    given: tuple[Values, Mapping[str, Sequence[str]]],
) -> Answered:
    """Put a correction's answers into what was submitted.

    Only what was asked for may change, so that a clerk need not read everything again; a field
    that the application did not have yet may be added, since an answer can open further questions.
    Each thing asked for must be there: a field may be confirmed as it was, a paper must be new.
    """
    old_values, old_papers = before
    new_values, new_papers = given
    keys: set[str] = set()
    codes: set[str] = set()
    for item in items:
        if item.target == "field":
            meant = form_names.fields.get(item.code)
            keys.add(meant.key if meant else item.code)
        else:
            codes.add(item.code)
    faults = [(f"/values/{key}", "required") for key in sorted(keys) if key not in new_values]
    for key, one in new_values.items():
        if key not in keys and key in old_values and one != old_values[key]:
            faults.append((f"/values/{_escape(key)}", "not_asked"))
    faults += [
        (f"/materials/{code}", "material_missing")
        for code in sorted(codes)
        if not set(new_papers.get(code, ())) - set(old_papers.get(code, ()))
    ]
    for code, papers in new_papers.items():
        if code not in codes and code in old_papers and list(papers) != list(old_papers[code]):
            faults.append((f"/materials/{_escape(code)}", "not_asked"))
    values = {**old_values, **new_values}
    materials = {code: list(papers) for code, papers in {**old_papers, **new_papers}.items()}
    return Answered(values, materials, faults)


def takes(material: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a material takes a document of this type and size."""
    kind = document["content_type"]
    family = kind.partition("/")[0] + "/*"
    fits = kind in material["accept"] or family in material["accept"]
    return fits and bool(document["size"] <= material["max_bytes"])


def _blank(answer: Any) -> bool:
    return answer is None or answer in ("", [])


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
