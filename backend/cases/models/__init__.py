"""Tables of the house and the statements that read and write them.

The hot statements, for whoever wants to run the very same SQL elsewhere (benchmarks do):

- open a form: ``DRAFT`` (and what the vault reads)
- My Space: ``DRAFTS``, ``MY_LATEST`` (and what the vault and the notices read)
- submit: ``SUBMIT_LOOK``; write ``INSERT_CASE``, ``INSERT_ACTION``, ``DELETE_DRAFT``
- a clerk's step: ``CASE_WITH_STEPS``; write ``ADVANCE_CASE``, ``INSERT_ACTION``
- follow a case: ``CASE_WITH_STEPS``
"""

from backend.cases.models.drafts import (
    DELETE_DRAFT,
    DRAFT,
    DRAFTS,
    INSERT_DRAFT,
    UPDATE_DRAFT,
)
from backend.cases.models.history import (
    ADVANCE_CASE,
    CASE_WITH_STEPS,
    INSERT_ACTION,
    INSERT_CASE,
)
from backend.cases.models.lists import MY_CASES, MY_LATEST, QUEUE, SILENT, SUBMIT_LOOK
from backend.cases.models.tables import Action, Case, Draft

__all__ = [
    "ADVANCE_CASE", "CASE_WITH_STEPS", "DELETE_DRAFT", "DRAFT", "DRAFTS", "INSERT_ACTION",
    "INSERT_CASE", "INSERT_DRAFT", "MY_CASES", "MY_LATEST", "QUEUE", "SILENT", "SUBMIT_LOOK",
    "UPDATE_DRAFT", "Action", "Case", "Draft",
]  # fmt: skip
