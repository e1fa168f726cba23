"""A form as the prefill sees it (待填项): which data element a field stands for, and its check."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from backend.catalogue import usecases as catalogue
from backend.catalogue.rules import compile_form
from backend.catalogue.rules.kinds import check_of, tidy
from backend.vault import rules
from backend.vault.derived import looked_at

Offer = Callable[[Any, str], tuple[Any, bool] | None]
"""A fact's value and today's date: what the field is filled with, and whether its check passes."""


class Blank(NamedTuple):
    """One field to be filled; ``column`` when it is one of a list element's."""

    code: str
    element: str
    column: str
    required: bool
    offer: Offer
    source: str


class Group(NamedTuple):
    """One section; a repeated one stands for a list element, with ``rows`` at least and at most."""

    code: str
    element: str
    rows: tuple[int, int] | None
    blanks: tuple[Blank, ...]
    source: str


class Blanks:
    """A form as the prefill sees it; made once per form and shared."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self.form = form
        self.compiled = compile_form(form)
        self.sections = tuple(_section(section) for section in form["sections"])
        self.papers: Sequence[Mapping[str, Any]] = form.get("materials", ())
        asked = {e for s in self.sections for e in _elements(s)}
        asked |= looked_at(asked)
        self.elements = frozenset(asked | {e for p in self.papers for e in p["waived_by"]})
        self.types = sorted({p["type"] for p in self.papers if p["reusable"]})


_read: dict[int, Blanks] = {}


def blanks_of(form: Mapping[str, Any]) -> Blanks:
    """The ``Blanks`` of a form; the catalogue hands out the same object every time."""
    found = _read.get(id(form))
    if found is None or found.form is not form:
        if len(_read) >= 500:
            _read.clear()
        found = _read[id(form)] = Blanks(form)
    return found


def _section(section: Mapping[str, Any]) -> Group:
    repeat = section.get("repeat")
    fields = section["fields"]
    element = section.get("element") or (_head(fields[0]["element"]) if repeat and fields else "")
    return Group(
        code=section["code"],
        element=element,
        rows=(repeat["min"], repeat["max"]) if repeat else None,
        blanks=tuple(
            Blank(
                field["code"],
                *_head_and_column(field["element"]),
                field["required"] is not False,
                _offer_of(field),
                _source(_head(field["element"])),
            )
            for field in fields
        ),
        source=_source(element),
    )


def _elements(section: Group) -> Iterable[str]:
    if section.rows is not None:
        return [section.element]
    return [blank.element for blank in section.blanks]


def _head(element: str) -> str:
    return _head_and_column(element)[0]


def _head_and_column(element: str) -> tuple[str, str]:
    head, _, column = element.partition(".")
    return head, column


def _offer_of(field: Mapping[str, Any]) -> Offer:
    kind, check = field["type"], check_of(field)

    def offer(held: Any, today: str) -> tuple[Any, bool] | None:
        value = rules.fitting(field, held)
        if value.__class__ is str:
            value = tidy(kind, value) or None
        if value is None:
            return None
        fault = check(value, today)
        if fault is not None and fault[0] == "type":
            return None  # a list for a text field and the like: nothing a person could mend
        return value, fault is None

    return offer


def _source(element: str) -> str:
    entry = catalogue.elements().get(element)
    return entry["source"] if entry else ""
