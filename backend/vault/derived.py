"""Answers that follow from facts without being one (推得的答案): offered to verify, no more.

A parcel usually goes to the applicant; of two parents one is the applicant, the other the spouse.
Each rule names the elements it looks at, so that reading them is recorded like any other reading.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from backend.library.usecases import Fact, Facts

Rule = Callable[[Facts], Fact | None]


class _Derived(NamedTuple):
    looks_at: tuple[str, ...]
    rule: Rule


def _first(*elements: str) -> _Derived:
    """The first of these facts that is held."""

    def rule(facts: Facts) -> Fact | None:
        return next((facts[e] for e in elements if e in facts), None)

    return _Derived(elements, rule)


def _parent(parent_sex: str, own: str, spouses: str) -> _Derived:
    """The applicant's own value if they are that parent, else their spouse's."""

    def rule(facts: Facts) -> Fact | None:
        sex = facts.get("sex")
        if sex is None:
            return None
        return facts.get(own if sex.value == parent_sex else spouses)

    return _Derived(("sex", own, spouses), rule)


def _guardian(facts: Facts) -> Fact | None:
    sex, children = facts.get("sex"), facts.get("children")
    if sex is None or children is None or not children.value:
        return None
    return sex._replace(value="mother" if sex.value == "female" else "father")


def _married(facts: Facts) -> Fact | None:
    status = facts.get("marital_status")
    if status is None or status.value != "married":
        return None  # whoever is not married now may have been when the child was born
    return status._replace(value=True)


def _permit_end(facts: Facts) -> Fact | None:
    permit = facts.get("residence_permit_number")
    if permit is None or permit.valid_until is None:
        return None
    return permit._replace(value=permit.valid_until)


DERIVED: Mapping[str, _Derived] = {
    "delivery_name": _first("name"),
    "delivery_phone": _first("phone"),
    "delivery_address": _first("residence_address", "household_address"),
    "mother_name": _parent("female", "name", "spouse_name"),
    "mother_id_number": _parent("female", "id_number", "spouse_id_number"),
    "father_name": _parent("male", "name", "spouse_name"),
    "father_id_number": _parent("male", "id_number", "spouse_id_number"),
    "guardian_relation": _Derived(("sex", "children"), _guardian),
    "parents_married": _Derived(("marital_status",), _married),
    "permit_valid_until": _Derived(("residence_permit_number",), _permit_end),
}


def looked_at(elements: Iterable[str]) -> set[str]:
    """The facts that the derived ones among these elements follow from."""
    return {one for e in elements if e in DERIVED for one in DERIVED[e].looks_at}


def derive(element: str, facts: Facts) -> Fact | None:
    """What follows for an element that is not held itself, or None."""
    known = DERIVED.get(element)
    found = None if known is None else known.rule(facts)
    return None if found is None else found._replace(element=element)
