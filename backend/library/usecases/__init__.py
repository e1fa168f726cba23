"""What other houses may ask of the base library: ``reading`` facts, and ``feeding`` new ones."""

from backend.library.models import FeedState
from backend.library.usecases.feeding import (
    ASKED_IN_A_ROW,
    SOURCES,
    ask_again,
    certify,
    declare,
    ensure_person,
    history,
    learn,
    pull,
)
from backend.library.usecases.reading import (
    Fact,
    Facts,
    Read,
    Reader,
    current,
    latest_reads,
    look,
    note_read,
    reads,
    record_read,
    source_states,
)

__all__ = [
    "ASKED_IN_A_ROW", "SOURCES", "Fact", "Facts", "FeedState", "Read", "Reader", "ask_again",
    "certify", "current", "declare", "ensure_person", "history", "latest_reads", "learn", "look",
    "note_read", "pull", "reads", "record_read", "source_states",
]  # fmt: skip
