"""The table of a case's life: its laws, and the fold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.rules import (
    BEFORE_ACCEPTANCE,
    LIFE,
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
    timeline,
    verdict,
)

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
ITEM = Item("field", "phone", "号码少一位")


def step(seq: int, act: Act, day: int = 0) -> Step:
    at = START + timedelta(days=day)
    items = (ITEM,) if act is Act.REQUEST_CORRECTION else ()
    return Step(seq, act, at, at.date(), items=items)


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    """Any sequence of allowed steps, with days passing in between."""
    steps = [step(1, Act.SUBMIT)]
    day = 0
    for seq in range(2, draw(st.integers(2, 14))):
        state = fold(steps)
        acts = [act for (at, act) in LIFE if at is state.status]
        if not acts:
            break
        day += draw(st.integers(0, 9))
        steps.append(step(seq, draw(st.sampled_from(acts)), day))
    return steps


@given(lives())
def test_a_life_folds_step_by_step_to_what_it_folds_at_once(steps: list[Step]) -> None:
    state: State | None = None
    for one in steps:
        before = state.status if state else None
        state = advance(state, one)
        then = LIFE[(before, one.kind)][1]
        assert state.status is then or one.kind is Act.ANSWER_CORRECTION
    assert state == fold(steps)
    assert state.seq == len(steps)
    assert (state.status is Status.CORRECTING) == bool(state.items) == (state.back_to is not None)


@given(lives(), st.sampled_from(Act))
def test_what_the_table_does_not_hold_is_refused(steps: list[Step], act: Act) -> None:
    state = fold(steps)
    following = step(len(steps) + 1, act, 200)
    if (state.status, act) in LIFE:
        advance(state, following)
    else:
        assert verdict(state.status, act, list(Role)) is Verdict.NOT_NOW
        with pytest.raises(IllegalStep):
            advance(state, following)


@given(lives(), st.integers(-3, 20))
def test_steps_come_in_their_order(steps: list[Step], seq: int) -> None:
    state = fold(steps)
    for act in may(state.status, list(Role)):
        if seq != state.seq + 1:
            with pytest.raises(IllegalStep):
                advance(state, step(seq, act))


@given(lives())
def test_an_answer_leads_back_to_where_the_correction_came_from(steps: list[Step]) -> None:
    for place, one in enumerate(steps):
        if one.kind is Act.ANSWER_CORRECTION:
            asked_from = fold(steps[: place - 1]).status
            assert fold(steps[: place + 1]).status is asked_from


@given(lives())
def test_after_the_end_nothing_more_happens(steps: list[Step]) -> None:
    state = fold(steps)
    assert (not may(state.status, list(Role))) == (state.status in OVER)
    assert (state.over_on is not None) == (state.status in OVER)


def test_no_list_but_a_case_s_folds() -> None:
    with pytest.raises(IllegalStep):
        fold([])
    with pytest.raises(IllegalStep):
        fold([step(1, Act.ACCEPT)])
    with pytest.raises(IllegalStep):
        fold([step(1, Act.SUBMIT), step(2, Act.SUBMIT)])


def test_every_status_can_be_reached_and_every_act_be_done() -> None:
    reached, acts = {Status.SUBMITTED}, {act for _, act in LIFE}
    for (status, _), (_, then) in LIFE.items():
        assert status is None or status in set(Status)
        if then is not None:
            reached.add(then)
    assert reached == set(Status)
    assert acts == set(Act)


def test_nobody_but_the_citizen_withdraws_and_nobody_decides_but_the_approver() -> None:
    for (_, act), (who, _) in LIFE.items():
        if act in (Act.SUBMIT, Act.WITHDRAW, Act.ANSWER_CORRECTION):
            assert who == (Role.CITIZEN,)
        if act in (Act.APPROVE, Act.DENY):
            assert who == (Role.APPROVER,)
    assert verdict(Status.REVIEWED, Act.APPROVE, ["clerk", "reviewer"]) is Verdict.NOT_YOU
    assert verdict(Status.REVIEWED, Act.APPROVE, ["supervisor"]) is Verdict.NOT_YOU
    assert verdict(Status.REVIEWED, Act.APPROVE, ["approver"]) is Verdict.YES


def test_a_second_request_of_the_same_phase_is_noticed() -> None:
    steps = [step(1, Act.SUBMIT)]
    assert not repeats(fold(steps))
    steps += [step(2, Act.REQUEST_CORRECTION), step(3, Act.ANSWER_CORRECTION)]
    assert repeats(fold(steps))
    steps.append(step(4, Act.ACCEPT))
    assert not repeats(fold(steps)), "what comes up in the examination is another phase"


def test_deemed_acceptance_counts_from_receipt() -> None:
    steps = [step(1, Act.SUBMIT), step(2, Act.PASS_PRE_REVIEW, 1), step(3, Act.DEEM_ACCEPT, 8)]
    state = fold(steps)
    assert state.deemed
    assert state.accepted_on == date(2026, 3, 2)


@given(lives())
def test_the_progress_line_tells_done_current_and_waiting_in_this_order(steps: list[Step]) -> None:
    state = fold(steps)
    line = timeline(steps, state.status, state.back_to)
    order = [mark.state for mark in line]
    assert order == sorted(order, key=["done", "current", "waiting"].index)
    assert order.count("done") == len(steps)
    assert order.count("current") == (0 if state.status in OVER else 1)


def test_a_note_between_officers_is_not_for_the_citizen() -> None:
    at = START
    noted = Step(2, Act.PASS_PRE_REVIEW, at, at.date(), note="看过原件")
    steps = [step(1, Act.SUBMIT), noted]
    assert timeline(steps, Status.PRE_REVIEWED, None)[1].note == ""
    assert timeline(steps, Status.PRE_REVIEWED, None, inside=True)[1].note == "看过原件"


def test_before_acceptance_only_the_clerk_and_the_clock_move_a_case() -> None:
    for status in BEFORE_ACCEPTANCE:
        assert may(status, ["reviewer", "approver", "supervisor"]) == []
        assert may(status, ["system"]) == [Act.DEEM_ACCEPT]
