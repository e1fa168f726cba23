"""The life of a case (办件) in one table, and its fold: pure, standard library only.

Read ``LIFE`` aloud: "while a case is *submitted*, a *clerk* may *accept* it; then it is
*accepted*". Whatever is not in the table cannot be done. A case is nothing but its list of steps
(环节); its status, its open corrections and the days that count are folded from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Status(StrEnum):
    """Where a case stands (办件状态)."""

    SUBMITTED = "submitted"  # 待预审
    PRE_REVIEWED = "pre_reviewed"  # 待受理
    CORRECTING = "correcting"  # 待补正
    ACCEPTED = "accepted"  # 审查中
    REVIEWED = "reviewed"  # 待决定
    APPROVED = "approved"  # 准予，待办结
    DENIED = "denied"  # 不予，待办结
    CLOSED = "closed"  # 已办结
    REFUSED = "refused"  # 不予受理
    WITHDRAWN = "withdrawn"  # 已撤回


class Act(StrEnum):
    """What may be done to a case (环节)."""

    SUBMIT = "submit"
    PASS_PRE_REVIEW = "pass_pre_review"
    ACCEPT = "accept"
    DEEM_ACCEPT = "deem_accept"
    REFUSE = "refuse"
    REQUEST_CORRECTION = "request_correction"
    ANSWER_CORRECTION = "answer_correction"
    REVIEW = "review"
    APPROVE = "approve"
    DENY = "deny"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """Who does it: the applicant, the clock, or staff of the department in charge."""

    CITIZEN = "citizen"  # 申请人
    SYSTEM = "system"  # 系统（期限届满）
    CLERK = "clerk"  # 窗口人员
    REVIEWER = "reviewer"  # 审查人员
    APPROVER = "approver"  # 决定人员


class Verdict(StrEnum):
    """Whether an act may be done now, by this actor."""

    YES = "yes"
    NOT_NOW = "not_now"
    NOT_YOU = "not_you"


_CITIZEN, _SYSTEM, _CLERK, _REVIEWER, _APPROVER = ((role,) for role in Role)
_CLERK_OR_REVIEWER = (Role.CLERK, Role.REVIEWER)

BEFORE = None  # no case yet
BACK = None  # to the status that the correction was asked from

# While a case is …, this may be done … by …; then the case is …
LIFE: dict[tuple[Status | None, Act], tuple[tuple[Role, ...], Status | None]] = {
    (BEFORE, Act.SUBMIT): (_CITIZEN, Status.SUBMITTED),
    (Status.SUBMITTED, Act.PASS_PRE_REVIEW): (_CLERK, Status.PRE_REVIEWED),
    (Status.SUBMITTED, Act.ACCEPT): (_CLERK, Status.ACCEPTED),
    (Status.SUBMITTED, Act.REFUSE): (_CLERK, Status.REFUSED),
    (Status.SUBMITTED, Act.REQUEST_CORRECTION): (_CLERK, Status.CORRECTING),
    (Status.SUBMITTED, Act.DEEM_ACCEPT): (_SYSTEM, Status.ACCEPTED),
    (Status.SUBMITTED, Act.WITHDRAW): (_CITIZEN, Status.WITHDRAWN),
    (Status.PRE_REVIEWED, Act.ACCEPT): (_CLERK, Status.ACCEPTED),
    (Status.PRE_REVIEWED, Act.REFUSE): (_CLERK, Status.REFUSED),
    (Status.PRE_REVIEWED, Act.REQUEST_CORRECTION): (_CLERK, Status.CORRECTING),
    (Status.PRE_REVIEWED, Act.DEEM_ACCEPT): (_SYSTEM, Status.ACCEPTED),
    (Status.PRE_REVIEWED, Act.WITHDRAW): (_CITIZEN, Status.WITHDRAWN),
    (Status.CORRECTING, Act.ANSWER_CORRECTION): (_CITIZEN, BACK),
    (Status.CORRECTING, Act.WITHDRAW): (_CITIZEN, Status.WITHDRAWN),
    (Status.ACCEPTED, Act.REQUEST_CORRECTION): (_CLERK_OR_REVIEWER, Status.CORRECTING),
    (Status.ACCEPTED, Act.REVIEW): (_REVIEWER, Status.REVIEWED),
    (Status.ACCEPTED, Act.WITHDRAW): (_CITIZEN, Status.WITHDRAWN),
    (Status.REVIEWED, Act.APPROVE): (_APPROVER, Status.APPROVED),
    (Status.REVIEWED, Act.DENY): (_APPROVER, Status.DENIED),
    (Status.REVIEWED, Act.WITHDRAW): (_CITIZEN, Status.WITHDRAWN),
    (Status.APPROVED, Act.CLOSE): (_CLERK, Status.CLOSED),
    (Status.DENIED, Act.CLOSE): (_CLERK, Status.CLOSED),
}

BEFORE_ACCEPTANCE = frozenset({Status.SUBMITTED, Status.PRE_REVIEWED})
IN_HAND = frozenset({Status.ACCEPTED, Status.REVIEWED})
DECIDED = frozenset({Status.APPROVED, Status.DENIED})
OVER = frozenset({Status.CLOSED, Status.REFUSED, Status.WITHDRAWN})

# Acts of which the law wants the reason in writing (行政许可法 art. 32, 38).
NEED_REASON = frozenset({Act.REFUSE, Act.DENY})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to correct: ``target`` is field or material, ``code`` names it in the form."""

    target: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. ``on`` is the city's date of ``at``."""

    seq: int
    kind: Act
    at: datetime
    on: date
    by: str = ""
    items: tuple[Item, ...] = ()
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch in which the time does not run: from the request until the answer."""

    asked_on: date
    answered_on: date | None = None


class State(NamedTuple):
    """What the steps so far amount to.

    ``received_on``: when complete papers last came in before acceptance. ``accepted_on``: the day
    the case counts as accepted from. ``asked``: how often corrections were asked for before and
    after acceptance. ``stops`` are the stretches after acceptance.
    """

    status: Status
    seq: int
    received_on: date
    back_to: Status | None = None
    items: tuple[Item, ...] = ()
    asked_at: datetime | None = None
    asked_before: int = 0
    asked_after: int = 0
    accepted_on: date | None = None
    deemed: bool = False
    stops: tuple[Stop, ...] = ()
    decided_on: date | None = None
    over_on: date | None = None


class IllegalStep(Exception):
    """A list of steps holds one that the table does not know; such a list was never a case's."""


def verdict(status: Status | None, act: Act, roles: Iterable[str]) -> Verdict:
    """Whether an act may be done to a case in ``status`` by someone with ``roles``."""
    found = LIFE.get((status, act))
    if found is None:
        return Verdict.NOT_NOW
    return Verdict.YES if any(role in found[0] for role in roles) else Verdict.NOT_YOU


def may(status: Status, roles: Iterable[str]) -> list[Act]:
    """Every act that someone with these roles may do to a case in ``status``, in table order."""
    return list(_may(status, frozenset(roles)))


@cache
def _may(status: Status, roles: frozenset[str]) -> tuple[Act, ...]:
    return tuple(
        act for (at, act), (who, _) in LIFE.items() if at is status and not roles.isdisjoint(who)
    )


def advance(state: State | None, step: Step) -> State:
    """The state after one more step.

    Raises:
        IllegalStep: the table does not allow it here, or its number is not the next one.
    """
    found = LIFE.get((state.status if state else BEFORE, step.kind))
    if found is None or step.seq != (state.seq if state else 0) + 1:
        raise IllegalStep(f"{step.seq} {step.kind}")
    _, then = found
    if state is None:
        return State(status=Status.SUBMITTED, seq=1, received_on=step.on)
    status = then or state.back_to
    assert status is not None  # only a correction leads to BACK, and it noted where it came from
    after = state._replace(status=status, seq=step.seq)
    match step.kind:
        case Act.REQUEST_CORRECTION:
            return _asked(after, state.status, step)
        case Act.ANSWER_CORRECTION:
            return _answered(after, step)
        case Act.ACCEPT:
            return after._replace(accepted_on=step.on)
        case Act.DEEM_ACCEPT:  # art. 32: accepted from the day the papers came in
            return after._replace(accepted_on=state.received_on, deemed=True)
        case Act.APPROVE | Act.DENY:
            return after._replace(decided_on=step.on)
        case Act.CLOSE | Act.REFUSE | Act.WITHDRAW:
            return after._replace(over_on=step.on, back_to=None, items=(), asked_at=None)
    return after


def _asked(after: State, back_to: Status, step: Step) -> State:
    after = after._replace(back_to=back_to, items=step.items, asked_at=step.at)
    if back_to in BEFORE_ACCEPTANCE:
        return after._replace(asked_before=after.asked_before + 1)
    stops = (*after.stops, Stop(step.on))
    return after._replace(asked_after=after.asked_after + 1, stops=stops)


def _answered(after: State, step: Step) -> State:
    after = after._replace(back_to=None, items=(), asked_at=None)
    if after.accepted_on is None:
        return after._replace(received_on=step.on)
    last = Stop(after.stops[-1].asked_on, step.on)
    return after._replace(stops=(*after.stops[:-1], last))


def fold(steps: Iterable[Step]) -> State:
    """What a whole list of steps amounts to.

    Raises:
        IllegalStep: it is not the list of any case (empty, out of order, or not allowed).
    """
    state: State | None = None
    for step in steps:
        state = advance(state, step)
    if state is None:
        raise IllegalStep("no steps")
    return state


def repeats(state: State) -> bool:
    """Whether a request for correction now would be the second one of its phase.

    The law wants everything said at once (一次告知, art. 32). A second request is possible, since
    an answer may itself be wrong, but only with a justification that the citizen reads.
    """
    before = state.status in BEFORE_ACCEPTANCE
    return (state.asked_before if before else state.asked_after) > 0
