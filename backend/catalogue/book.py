"""The catalogue as loaded (事项库): read and checked once per process, then never changed.

Every published form version stays in it: a case is pinned to the version it was submitted with.
"""

from functools import cache
from pathlib import Path
from typing import Any

from backend.catalogue.check import check_source
from backend.catalogue.forms import expand_form
from backend.catalogue.rules import CompiledForm, compile_form
from backend.catalogue.source import DATA, Fault, Record, Source, read_source


class BrokenCatalogue(Exception):
    """The catalogue must not go live. Its text lists every fault with file, line and fix."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("the catalogue has faults:\n" + "\n".join(map(str, faults)))
        self.faults = faults


class Book:
    """Items by code, forms by code and version; texts still hold their ``_en`` twins."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.items: dict[str, Record] = {item["code"]: item for item in source.items}
        self.themes: dict[str, Record] = {
            theme["code"]: theme for theme in sorted(source.themes, key=lambda t: t["order"])
        }
        every = (*source.archive, *source.items)
        self.forms: dict[tuple[str, int], dict[str, Any]] = {
            (item["code"], item["version"]): expand_form(source, item) for item in every
        }
        self._compiled: dict[tuple[str, int], CompiledForm] = {}

    def compiled(self, code: str, version: int) -> CompiledForm:
        """The rules of a form version. Raises ``KeyError`` when there is none."""
        key = (code, version)
        if key not in self._compiled:
            self._compiled[key] = compile_form(self.forms[key])
        return self._compiled[key]


@cache
def current(folder: Path = DATA) -> Book:
    """The process's catalogue. Raises ``BrokenCatalogue`` rather than serve a faulty one."""
    source = read_source(folder)
    faults = [fault for fault in check_source(source) if fault.blocks]
    if faults:
        raise BrokenCatalogue(faults)
    return Book(source)
