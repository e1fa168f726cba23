"""What is known of somebody when two of their accounts become one (账号合并), or are parted.

What the person said, what windows checked and what cases decided goes over: the log's lines change
hands, and both persons' documents are folded anew from their logs. What the identity house and the
registers said stays behind: they are asked again, by the number that counts.
"""

from collections.abc import Collection, Iterable

from backend.kernel import db, errors
from backend.kernel.errors import Refusal
from backend.library import models, rules
from backend.library.models import Held
from backend.library.rules import Assertion, Document
from backend.library.usecases.feeding import SOURCES
from backend.library.usecases.reading import group_of

HELD = ("library_access",)
"""Tables whose rows go over as they are."""
SAID = "library_assertion"
_BY_NUMBER = frozenset({"identity", *SOURCES})


def busy() -> Refusal:
    """The person kept writing while their accounts were joined: to be tried again."""
    return errors.outside_down("outside_down")


async def handing(gone: str, person_id: str) -> tuple[list[str], list[db.Statement]]:
    """The lines that go over, and what makes them do so; ``Stale`` if a fact came in between."""
    theirs = await models.log_rows(gone)
    moved = [row for row, said in theirs.items() if said.source not in _BY_NUMBER]
    return moved, await _handing(gone, person_id, theirs, moved)


async def giving_back(person_id: str, gone: str, rows: Collection[str]) -> list[db.Statement]:
    """The same lines back, those that are still there."""
    mine = await models.log_rows(person_id)
    return await _handing(person_id, gone, mine, [row for row in rows if row in mine])


async def _handing(
    before: str, to: str, log: dict[str, Assertion], moved: Collection[str]
) -> list[db.Statement]:
    if not moved:
        return []
    going = set(moved)
    there = (await models.log_rows(to)).values()
    return [
        *(models.handing(row, before, to) for row in moved),
        *await _refold(before, [said for row, said in log.items() if row not in going]),
        *await _refold(to, [*there, *(log[row] for row in moved)]),
    ]


async def _refold(person_id: str, log: Iterable[Assertion]) -> list[db.Statement]:
    held = await models.documents(person_id)
    groups: dict[str, Document] = {group: {} for group in held}
    for element, entries in rules.fold(log).items():
        groups.setdefault(group_of(element), {})[element] = entries
    nothing = Held("", 0, {})
    return [
        models.keep_document(person_id, group, held.get(group, nothing), document)
        for group, document in groups.items()
        if held.get(group, nothing).document != document
    ]
