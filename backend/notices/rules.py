"""Kinds of notice, channels and states of a delivery. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened. Words under ``notices.<kind>`` in the locale files."""

    CASE_SUBMITTED = "case_submitted"
    CASE_PRE_REVIEWED = "case_pre_reviewed"
    CASE_ACCEPTED = "case_accepted"
    CASE_DEEMED_ACCEPTED = "case_deemed_accepted"
    CASE_REFUSED = "case_refused"
    CORRECTION_REQUESTED = "correction_requested"
    CORRECTION_ANSWERED = "correction_answered"
    CASE_REVIEWED = "case_reviewed"
    CASE_APPROVED = "case_approved"
    CASE_DENIED = "case_denied"
    CASE_CLOSED = "case_closed"
    CASE_WITHDRAWN = "case_withdrawn"
    PAPER_INFECTED = "paper_infected"


class Channel(StrEnum):
    """Where a notice goes."""

    INBOX = "inbox"
    WEBPUSH = "webpush"
    WECHAT = "wechat"


class State(StrEnum):
    """How far a delivery got. ``sent``: the carrier took it. ``delivered``: it said it arrived."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


# What the person did themselves needs no buzzing phone; the inbox keeps it all the same.
QUIET = frozenset({Kind.CORRECTION_ANSWERED, Kind.CASE_WITHDRAWN})


def wechat_outcome(status: str) -> State:
    """The state for a TEMPLATESENDJOBFINISH status (``success``, ``failed:user block``, …)."""
    return State.DELIVERED if status == "success" else State.FAILED
