"""Which data a department may be given (数据项): scopes, their claims, and what each needs.

Scopes are the words departments ask in; every one but ``openid`` is an element that the consent
screen names in plain words.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Element(NamedTuple):
    """One element: the claims it gives, and how closely it is kept.

    ``identity``: goes into an ID token only encrypted. ``basis``: the client's registration must
    name the law that lets it ask (PIPL art. 13, 28).
    """

    claims: tuple[str, ...]
    identity: bool = False
    basis: bool = False


ELEMENTS: Mapping[str, Element] = {
    "profile": Element(("name", "assurance", "locale", "zoneinfo")),
    "phone": Element(("phone_number", "phone_number_verified"), identity=True),
    "real_name": Element(("real_name",), identity=True),
    "birthdate": Element(("birthdate", "gender"), identity=True),
    "id_number": Element(("id_number", "id_type"), identity=True, basis=True),
    "capacity": Element(("capacity",), identity=True),
    "uscc": Element(("uscc",), identity=True, basis=True),
}
SCOPES = ("openid", *ELEMENTS)
OF_CLAIM = {claim: name for name, element in ELEMENTS.items() for claim in element.claims}
ACR = "urn:yimen:aal:"
ACR_VALUES = tuple(f"{ACR}{level}" for level in (1, 2, 3))


def claims_of(elements: Iterable[str]) -> frozenset[str]:
    """All claims that some elements give."""
    return frozenset(claim for name in elements for claim in ELEMENTS[name].claims)


def values(identity: Mapping[str, str], wanted: Iterable[str]) -> dict[str, Any]:
    """The wanted claims of a person.

    ``identity`` has ``name``, ``masked``, ``id_number``, ``phone`` and ``level``; the ID number is
    a resident's (GB 11643), from which day of birth and sex follow.
    """
    number = identity["id_number"]
    resident = len(number) == 18 and number[:17].isdigit()
    known: dict[str, Any] = {
        "name": identity["masked"],
        "assurance": identity["level"],
        "locale": "zh-CN",
        "zoneinfo": "Asia/Shanghai",
        "phone_number": f"+86{identity['phone']}" if identity["phone"] else None,
        "phone_number_verified": True if identity["phone"] else None,
        "real_name": identity["name"],
        "birthdate": f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if resident else None,
        "gender": ("female", "male")[int(number[16]) % 2] if resident else None,
        "id_number": number,
        "id_type": "resident_id" if resident else "other",
    }
    return {claim: known[claim] for claim in sorted(wanted) if known.get(claim) is not None}


def acr_level(words: Iterable[str]) -> int:
    """The lowest assurance that satisfies any of the wanted ``acr`` values; 0 if we know none."""
    return min((int(word[-1]) for word in words if word in ACR_VALUES), default=0)
