"""The checker (发布前检查): no catalogue goes live that a citizen could stumble over.

1. ``schema`` says which keys every file has and what stands in them.
2. ``dictionary`` checks what everything else refers to: elements, materials, offices, regions.
3. ``items`` holds the rules before publication (GB/T 39046-2020 and the law on licences).
4. ``forms`` follows every condition: does the field exist, stand before, can it ever be met?

``python -m backend.cli check`` prints the faults, each with file, line and what to do.
"""

from pathlib import Path

from backend.catalogue.check import dictionary, forms, items
from backend.catalogue.holidays import check_tables
from backend.catalogue.source import DATA, Fault, Source, read_source

__all__ = ["check_folder", "check_source"]


def check_folder(folder: Path = DATA) -> list[Fault]:
    """Read and check a catalogue folder; an empty list means it may be published."""
    return [*check_source(read_source(folder)), *check_tables(folder / "holidays")]


def check_source(source: Source) -> list[Fault]:
    """Check what has been read. Faults come in the order of files and lines.

    A fault may hide others behind it, which show once it is mended.
    """
    faults = [*source.faults, *dictionary.check(source)]
    if any(fault.blocks for fault in faults):
        return sorted(set(faults))  # whatever refers to a faulty dictionary can wait
    sound = items.well_formed(source, faults)
    faults += items.check(source, sound)
    faults += items.check_themes(source)
    for item in sound:
        faults += forms.check(source, item)
    faulty = {fault.file for fault in faults if fault.blocks}
    for item in sound:
        if item.file not in faulty:
            faults += forms.check_reach(source, item)
    return sorted(set(faults))
