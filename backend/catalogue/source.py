"""The catalogue's YAML as written (目录源文件), with the line of every key.

Reads a strict subset: no duplicate keys, no anchors, and the only plain words that are not text are
whole numbers, decimals, ``true``, ``false`` and ``null`` (so ``no`` and dates stay texts).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
_ROOT = Path(__file__).parents[2]
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+")
_WORDS = {"true": True, "false": False, "null": None, "": None}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in the catalogue: where it is, and what to do about it.

    ``blocks`` is False for a doubt that an operator may leave standing.
    """

    file: str
    line: int
    message: str
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'' if self.blocks else 'warning: '}{self.message}"


class Record(dict[str, Any]):
    """A mapping that knows its file, its line and the line of each key."""

    file: str = ""
    line: int = 1
    lines: dict[str, int]

    def fault(self, message: str, key: str | None = None, *, blocks: bool = True) -> Fault:
        """A fault at one of the keys, or at the mapping itself."""
        return Fault(self.file, self.lines.get(key or "", self.line), message, blocks)


class Rows(list[Any]):
    """A list that knows the line of each entry."""

    lines: list[int]


@dataclass
class Source:
    """Everything the operator wrote, by code; nothing is checked yet."""

    departments: Record
    elements: Record
    element_groups: Record
    sources: Record
    materials: Record
    regions: Rows
    city: str
    blocks: Record
    declarations: Record
    items: list[Record] = field(default_factory=list)
    archive: list[Record] = field(default_factory=list)
    themes: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_source(folder: Path = DATA) -> Source:
    """Read the whole folder; unreadable files become faults, never exceptions."""
    faults: list[Fault] = []

    def one(name: str) -> Record:
        return read_file(folder / name, faults)

    def many(pattern: str) -> list[Record]:
        return [read_file(path, faults) for path in sorted(folder.glob(pattern))]

    elements, regions, blocks = one("elements.yaml"), one("regions.yaml"), one("blocks.yaml")
    return Source(
        departments=_part(one("departments.yaml"), "departments", faults),
        elements=_part(elements, "elements", faults),
        element_groups=_part(elements, "groups", faults),
        sources=_part(elements, "sources", faults),
        materials=_part(one("materials.yaml"), "materials", faults),
        regions=regions.get("regions") or Rows(),
        city=str(regions.get("city", "")),
        blocks=_part(blocks, "blocks", faults),
        declarations=_part(blocks, "declarations", faults),
        items=many("items/*.yaml"),
        archive=many("items/archive/*.yaml"),
        themes=many("themes/*.yaml"),
        faults=faults,
    )


def read_file(path: Path, faults: list[Fault]) -> Record:
    """Read one file whose top level is a mapping; what is wrong goes to ``faults``."""
    name = str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else str(path)
    reader = _Reader(name, faults)
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except OSError:
        faults.append(Fault(name, 1, "the file is missing; restore it"))
        return reader.empty()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not UTF-8 text"
        faults.append(
            Fault(name, mark.line + 1 if mark else 1, f"not readable as YAML ({problem}); mend it")
        )
        return reader.empty()
    made = reader.build(node) if node is not None else None
    if isinstance(made, Record):
        return made
    faults.append(Fault(name, 1, "the file must hold `key: value` lines; start it with one"))
    return reader.empty()


def _part(record: Record, key: str, faults: list[Fault]) -> Record:
    part = record.get(key)
    if isinstance(part, Record):
        return part
    if record:
        faults.append(record.fault(f"the file lacks '{key}:' with its entries; add it"))
    empty = Record()
    empty.file, empty.line, empty.lines = record.file, 1, {}
    return empty


class _Reader:
    """Builds plain values from YAML nodes and keeps their lines."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self._name = name
        self._faults = faults

    def empty(self) -> Record:
        record = Record()
        record.file, record.line, record.lines = self._name, 1, {}
        return record

    def build(self, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._word(node)
        if isinstance(node, yaml.SequenceNode):
            rows = Rows(self.build(child) for child in node.value)
            rows.lines = [child.start_mark.line + 1 for child in node.value]
            return rows
        return self._record(node)

    def _record(self, node: Any) -> Record:
        record = self.empty()
        record.line = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in record:
                first = record.lines[key]
                self._faults.append(
                    Fault(self._name, line, f"'{key}' already stands in line {first}; keep one")
                )
            record[key] = self.build(value_node)
            record.lines[key] = line
        return record

    def _word(self, node: Any) -> Any:
        text: str = node.value
        if node.style:  # quoted or a block; a plain word has none
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text


def walk(value: Any) -> Iterator[Record]:
    """Every mapping inside a value, outermost first."""
    if isinstance(value, Record):
        yield value
        for child in value.values():
            yield from walk(child)
    elif isinstance(value, list):
        for child in value:
            yield from walk(child)
