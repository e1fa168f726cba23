"""What can happen to a case, when, and by whom; pure, standard library only.

1. ``life``: one table of status, act, roles and next status; the fold of steps into a state.
2. ``ledger``: the days that count, what stops them, and why.
3. ``chain``: hashes that show whether the past was changed.
4. ``timeline``: progress as the citizen sees it.
5. ``answers``: where each answer came from, what was changed, what a correction may change.
"""

from backend.cases.rules.answers import (
    Answered,
    Names,
    Savings,
    answer,
    leaves,
    marks,
    names,
    savings,
    takes,
)
from backend.cases.rules.chain import Link, first_hash, is_whole, link
from backend.cases.rules.ledger import (
    ACCEPT_DAYS,
    ANSWER_DAYS,
    ClockStatus,
    Deadline,
    Ledger,
    Light,
    deadline,
    explain,
    light,
    working_days,
)
from backend.cases.rules.life import (
    BEFORE_ACCEPTANCE,
    DECIDED,
    IN_HAND,
    LIFE,
    NEED_REASON,
    OVER,
    Act,
    IllegalStep,
    Item,
    Role,
    State,
    Status,
    Step,
    Verdict,
    advance,
    fold,
    may,
    repeats,
    verdict,
)
from backend.cases.rules.timeline import Mark, timeline

__all__ = [
    "ACCEPT_DAYS",
    "ANSWER_DAYS",
    "BEFORE_ACCEPTANCE",
    "DECIDED",
    "IN_HAND",
    "LIFE",
    "NEED_REASON",
    "OVER",
    "Act",
    "Answered",
    "ClockStatus",
    "Deadline",
    "IllegalStep",
    "Item",
    "Ledger",
    "Light",
    "Link",
    "Mark",
    "Names",
    "Role",
    "Savings",
    "State",
    "Status",
    "Step",
    "Verdict",
    "advance",
    "answer",
    "deadline",
    "explain",
    "first_hash",
    "fold",
    "is_whole",
    "leaves",
    "light",
    "link",
    "marks",
    "may",
    "names",
    "repeats",
    "savings",
    "takes",
    "timeline",
    "verdict",
    "working_days",
]  # fmt: skip
