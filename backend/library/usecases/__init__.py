"""What other houses may ask of the base library: ``reading`` facts, and ``feeding`` new ones."""

from backend.library.models import FeedState
from backend.library.usecases.agents import acted, note_acted
from backend.library.usecases.feeding import (
    ASKED_IN_A_ROW,
    SOURCES,
    ask_again,
    certify,
    declare,
    ensure,
    history,
    learn,
    pull,
    sources_of,
)
from backend.library.usecases.reading import (
    OWN,
    Fact,
    Facts,
    Read,
    Reader,
    current,
    latest_reads,
    look,
    note_read,
    reader_of,
    reads,
    record_read,
    source_states,
)

__all__ = [
    "ASKED_IN_A_ROW", "OWN", "SOURCES", "Fact", "Facts", "FeedState", "Read", "Reader", "acted",
    "ask_again", "certify", "current", "declare", "ensure", "history", "latest_reads", "learn",
    "look",
    "note_acted", "note_read", "pull", "reader_of", "reads", "record_read",
    "source_states", "sources_of",
]  # fmt: skip
