"""What other houses and the API ask of the catalogue. Nothing here writes."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from backend.catalogue import book
from backend.catalogue.book import BrokenCatalogue
from backend.catalogue.display import display, region_name
from backend.catalogue.holidays import (
    NoCalendar,
    add_working_days,
    is_working_day,
    working_days_between,
)
from backend.catalogue.rules import Examined
from backend.catalogue.search import search
from backend.catalogue.views import view
from backend.kernel import clock, errors, settings
from backend.kernel.errors import FieldError
from backend.kernel.i18n import DEFAULT

__all__ = [
    "BrokenCatalogue", "NoCalendar", "add_working_days", "called_for", "check_submission",
    "department", "display", "district_of", "element", "elements", "examine", "find_item",
    "form_json", "get_form", "get_item", "get_theme", "groups", "home", "home_json",
    "is_working_day", "item_card", "list_items", "material_type", "offices", "open_book",
    "region_name", "serves", "source_name", "version_of", "visible_materials",
    "working_days_between",
]  # fmt: skip


def open_book() -> None:
    """Read and check the catalogue now, not at the first request. Raises ``BrokenCatalogue``."""
    book.current()
    search("", DEFAULT)


def form_json(code: str, version: int, lang: str = DEFAULT) -> bytes:
    """A published form as the bytes that are served, to be spliced into a larger answer.

    Refuses ``form_unknown``.
    """
    try:
        return view(lang).page("form", code, version).body
    except KeyError:
        raise errors.not_found("form_unknown") from None


def home(lang: str = DEFAULT) -> Mapping[str, Any]:
    """The first page: themes, popular items, offices."""
    found: Mapping[str, Any] = view(lang).home
    return found


def offices(lang: str = DEFAULT) -> Mapping[str, Any]:
    """The city's offices and its districts, by code."""
    said, city = view(lang), settings.current().city_code
    named = said.regions
    inside = [code for code in named if len(code) == 6 and code[:4] == city[:4] and code != city]
    departments = said.departments.items()
    return {
        "departments": [{"code": code, "name": one["name"]} for code, one in departments],
        "districts": [{"code": code, "name": named[code]} for code in sorted(inside)],
    }


def home_json(lang: str = DEFAULT) -> bytes:
    """The first page as the bytes that are served, to be spliced into the app's own page."""
    return view(lang).page("home").body


def get_item(code: str, lang: str = DEFAULT) -> Mapping[str, Any]:
    """One item with its whole body. Refuses ``item_unknown``."""
    found = find_item(code, lang)
    if found is None:
        raise errors.not_found("item_unknown")
    return found


def find_item(code: str, lang: str = DEFAULT) -> Mapping[str, Any] | None:
    """One item with its whole body, or None."""
    return view(lang).items.get(code)


def item_card(code: str, lang: str = DEFAULT) -> Mapping[str, Any]:
    """The short form of an item. Refuses ``item_unknown``."""
    found = view(lang).cards.get(code)
    if found is None:
        raise errors.not_found("item_unknown")
    return found


def serves(code: str, kind: str) -> bool:
    """Whether an item serves a ``person``, or a ``legal_person``. Refuses ``item_unknown``."""
    item = book.current().items.get(code)
    if item is None:
        raise errors.not_found("item_unknown")
    if kind == "person":
        return "natural" in item["audience"]
    return any(one != "natural" for one in item["audience"])


def version_of(code: str) -> int:
    """The version in force. Refuses ``item_unknown``."""
    item = book.current().items.get(code)
    if item is None:
        raise errors.not_found("item_unknown")
    return int(item["version"])


def get_form(code: str, version: int | None = None, lang: str = DEFAULT) -> Mapping[str, Any]:
    """The form in force, or a version that was published before. Refuses ``form_unknown``."""
    wanted = (code, version_of(code) if version is None else version)
    found: Mapping[str, Any] | None = view(lang).forms.get(wanted)
    if found is None:
        raise errors.not_found("form_unknown")
    return found


def get_theme(code: str, lang: str = DEFAULT) -> Mapping[str, Any]:
    """A theme with its items in order and why. Refuses ``theme_unknown``."""
    found = view(lang).themes.get(code)
    if found is None:
        raise errors.not_found("theme_unknown")
    return found


def list_items(
    *,
    q: str = "",
    theme: str | None = None,
    department: str | None = None,
    audience: str | None = None,
    lang: str = DEFAULT,
) -> list[Mapping[str, Any]]:
    """Item cards that fit, best first; all of them when nothing is asked."""
    cards = view(lang).cards
    found: list[Mapping[str, Any]] = [cards[code] for code in search(q, lang)]
    if theme is not None:
        members = view(lang).themes.get(theme, {"items": []})["items"]
        codes = [member["code"] for member in members]
        found = [card for card in found if card["code"] in codes]
    if department is not None:
        found = [card for card in found if card["department"]["code"] == department]
    if audience is not None:
        found = [card for card in found if card["audience"] == audience]
    return found


def examine(
    code: str,
    version: int,
    values: object,
    materials: object = None,
    declarations: object = None,
    *,
    waived: Collection[str] = (),
    today: date | None = None,
) -> Examined:
    """Look at a submission: cleaned values, every error at once, what is visible and required.

    ``waived``: materials that facts or certificates stand for. ``today``: by default the city's.
    Refuses ``form_unknown`` for a version that was never published.
    """
    try:
        form = book.current().compiled(code, version)
    except KeyError:
        raise errors.not_found("form_unknown") from None
    return form.check(
        values,
        {} if materials is None else materials,
        [] if declarations is None else declarations,
        today=(today or clock.today()).isoformat(),
        waived=waived,
    )


def district_of(form: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The district (GB/T 2260, six digits) where a matter lies: that of the form's first answer
    that names a place in the city. Empty for a matter of no place.
    """
    for section in form["sections"]:
        if section.get("repeat"):
            continue
        for field in section["fields"]:
            if field["type"] == "region" and element(field["element"]).get("regions") == "city":
                place = values.get(field["code"])
                if place:
                    return str(place)[:6]
    return ""


def check_submission(
    code: str,
    version: int,
    values: object,
    materials: object,
    declarations: object,
    *,
    waived: Collection[str] = (),
) -> list[FieldError]:
    """Every error of a submission, with JSON pointers; empty when it may be accepted."""
    return examine(code, version, values, materials, declarations, waived=waived).errors


def visible_materials(code: str, version: int, values: Mapping[str, Any]) -> dict[str, bool]:
    """{material code: required} for these answers. Refuses ``form_unknown``."""
    try:
        form = book.current().compiled(code, version)
    except KeyError:
        raise errors.not_found("form_unknown") from None
    return form.visible_materials(values, today=clock.today().isoformat())


def called_for(code: str, version: int, seen: Examined) -> dict[str, bool]:
    """``visible_materials`` for answers that have been examined. Refuses ``form_unknown``."""
    try:
        form = book.current().compiled(code, version)
    except KeyError:
        raise errors.not_found("form_unknown") from None
    return form.called_for(seen.values)


def element(code: str, lang: str = DEFAULT) -> Mapping[str, Any]:
    """A data element: name, type, options, sensitivity, source, group. Raises ``KeyError``."""
    found: Mapping[str, Any] = view(lang).elements[code]
    return found


def elements(lang: str = DEFAULT) -> Mapping[str, Mapping[str, Any]]:
    """The whole dictionary by code; ``group_name`` of an element is ``groups`` by its group."""
    found: Mapping[str, Mapping[str, Any]] = view(lang).elements
    return found


def groups(lang: str = DEFAULT) -> Mapping[str, str]:
    """Names of the element groups in their order: identity, family, residence, and so on."""
    return {code: group["name"] for code, group in view(lang).groups.items()}


def source_name(code: str, lang: str = DEFAULT) -> str:
    """The name of a source of facts; the code itself when it is unknown."""
    found = view(lang).sources.get(code)
    return str(found["name"]) if found else code


def material_type(code: str, lang: str = DEFAULT) -> Mapping[str, Any]:
    """A material type: name, reusable, valid_months, waived_by. Refuses ``material_unknown``."""
    found: Mapping[str, Any] | None = view(lang).materials.get(code)
    if found is None:
        raise errors.not_found("material_unknown")
    return found


def department(code: str, lang: str = DEFAULT) -> Mapping[str, Any]:
    """An office: name, uscc, phones, hours, remedies. Raises ``KeyError``."""
    found: Mapping[str, Any] = view(lang).departments[code]
    return found
