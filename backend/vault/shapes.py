"""The space's answers as schemas: OpenAPI and the clients' types are made from them."""

from datetime import date, datetime
from typing import Any, Literal

from backend.kernel import web

Grade = Literal["A", "B", "C", "D"]


class Document(web.Schema):
    """A paper (材料). ``size`` in bytes. ``scan``: what the virus scanner says of it;
    ``scan_note``: in words, when its owner should know.
    """

    id: str
    type: str
    type_name: str
    name: str
    content_type: str
    size: int
    grade: Grade
    source_name: str
    created_at: datetime
    valid_until: date | None
    scan: Literal["unchecked", "waiting", "clean", "infected"]
    scan_note: str


class Fact(web.Schema):
    """A value the city holds and its source. ``display`` is masked when ``value`` is null."""

    element: str
    name: str
    value: Any
    display: str
    source: str
    source_name: str
    verified_at: datetime
    valid_until: date | None
    grade: Grade
    sensitive: bool


class Read(web.Schema):
    """One reading of a person's data."""

    at: datetime
    reader: str
    purpose: str
    elements: list[str]
    case: str | None


class FactGroup(web.Schema):
    """Facts that belong together."""

    group: str
    group_name: str
    facts: list[Fact]


class SpaceOwner(web.Schema):
    """Whose space this is; a person's name is masked."""

    kind: Literal["person", "legal_person"] = "person"
    name: str
    level: Literal["registered", "real_name", "verified"]
    since: datetime


class Source(web.Schema):
    """A register and whether it answers; ``holds``: it knows something about the person."""

    source: str
    name: str
    state: Literal["ok", "waiting", "down"]
    holds: bool
    at: datetime | None


class Known(web.Schema):
    """An answer that a form is filled with, and where it came from."""

    value: Any
    source: str
    source_name: str
    verified_at: datetime
    valid_until: date | None
    grade: Grade
    state: Literal["verified", "to_verify"]


class Silent(web.Schema):
    """A register that has not answered, and what its person has to type meanwhile."""

    source: str
    source_name: str
    state: Literal["waiting", "down"]
    fields: list[str]


class PaperState(web.Schema):
    """Whether a paper is there already: a fact stands for it, or it was uploaded before."""

    state: Literal["satisfied", "needed"]
    by: Literal["fact", "document"] | None
    note: str
    documents: list[Document]


class Saved(web.Schema):
    """How much of a form is filled, and how many of its papers are not needed."""

    fields: int
    prefilled: int
    materials: int
    waived: int
