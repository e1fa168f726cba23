"""The progress line (办理进度) a citizen sees: what was done, what is going on, what comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from backend.cases.rules.life import Act, Status, Step

# What lies ahead in each status; the first one is going on now.
_AHEAD: dict[Status, tuple[str, ...]] = {
    Status.SUBMITTED: ("pre_review", "acceptance", "examination", "decision", "closing"),
    Status.PRE_REVIEWED: ("acceptance", "examination", "decision", "closing"),
    Status.ACCEPTED: ("examination", "decision", "closing"),
    Status.REVIEWED: ("decision", "closing"),
    Status.APPROVED: ("closing",),
    Status.DENIED: ("closing",),
    Status.CLOSED: (),
    Status.REFUSED: (),
    Status.WITHDRAWN: (),
}

# A reviewer's note to the approver is for inside; every other note is also the citizen's.
_INSIDE = frozenset({Act.REVIEW, Act.PASS_PRE_REVIEW})


class Mark(NamedTuple):
    """A point of the line. ``state``: done, current, waiting; ``by``: citizen, office, system."""

    kind: str
    state: str
    by: str
    at: datetime | None = None
    note: str = ""


def timeline(
    steps: Sequence[Step], status: Status, back_to: Status | None, *, inside: bool = False
) -> list[Mark]:
    """The line for a case; ``inside`` shows notes between officers too."""
    marks = [
        Mark(step.kind, "done", step.by, step.at, _note(step, inside=inside)) for step in steps
    ]
    if status is Status.CORRECTING:
        assert back_to is not None
        ahead = _AHEAD[back_to]
        marks.append(Mark("correction", "current", "citizen"))
        return marks + [Mark(kind, "waiting", "office") for kind in ahead]
    for place, kind in enumerate(_AHEAD[status]):
        marks.append(Mark(kind, "waiting" if place else "current", "office"))
    return marks


def _note(step: Step, *, inside: bool) -> str:
    if step.reason:
        return step.reason
    return step.note if inside or step.kind not in _INSIDE else ""
