"""How far an agent sees into somebody's space (代办范围): what the services they act in ask for.

Whoever acts in everything sees everything. Whoever acts in some services sees the facts that these
forms are filled with and the papers that they take, and nothing else (PIPL art. 6: no more than the
purpose needs).
"""

from functools import lru_cache
from typing import NamedTuple

from backend.catalogue import usecases as catalogue
from backend.kernel import errors
from backend.library.usecases import Reader
from backend.vault.blanks import blanks_of


class Reach(NamedTuple):
    """The data elements and types of paper within reach; None: all of them."""

    elements: frozenset[str] | None = None
    papers: frozenset[str] | None = None

    def holds_paper(self, kind: str) -> bool:
        """Whether papers of a type are within reach."""
        return self.papers is None or kind in self.papers


EVERYTHING = Reach()


def reach_of(reader: Reader) -> Reach:
    """What somebody may see of the space they read."""
    return EVERYTHING if reader.items is None else _reach(reader.items)


@lru_cache(maxsize=500)
def _reach(items: frozenset[str]) -> Reach:
    offered = [code for code in items if catalogue.find_item(code) is not None]
    forms = [catalogue.get_form(code) for code in offered]
    return Reach(
        frozenset(element for form in forms for element in blanks_of(form).elements),
        frozenset(paper["type"] for form in forms for paper in form["materials"]),
    )


def need_everything(reader: Reader) -> None:
    """Refuse what is the matter of those alone who act in everything.

    Raises:
        Refusal: ``beyond_scope``.
    """
    if reader.items is not None:
        raise errors.not_allowed("beyond_scope")
