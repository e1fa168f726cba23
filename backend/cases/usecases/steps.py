"""Taking a step (环节): the one way in which a case moves on, whoever acts."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from backend.cases.models import drafts, history
from backend.cases.models.history import SYSTEM, Actor, History, Moved
from backend.cases.rules import (
    ANSWER_DAYS,
    OVER,
    Act,
    Item,
    Role,
    State,
    Step,
    Verdict,
    advance,
    answer,
    deadline,
    fold,
    names,
    verdict,
)
from backend.cases.usecases import acting
from backend.cases.usecases.drafts import check_papers, check_size
from backend.cases.usecases.submit import add_working_days
from backend.cases.usecases.telling import tell
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db
from backend.kernel.errors import FieldError, Refusal, conflict, invalid, not_allowed, not_found
from backend.kernel.web import Actor as Asker


async def of_person(asker: Asker, number: str) -> History:
    """One of somebody's own cases, or of whom they act for.

    Raises:
        Refusal: ``not_found``, the same for a foreign number, one that does not exist, and one of
            a service that an agent is not for; ``case_of_other``, ``case_of_oneself``: it is theirs
            to see, but in another capacity.
    """
    found = await history.find(number)
    if found is None:
        raise not_found()
    if found.person_id != asker.holder:
        await acting.need_capacity(asker, found)
    if found.person_id != asker.holder or not acting.covers(asker, found.item):
        raise not_found()
    return found


def done_before(case: History, key: str, acts: Collection[Act]) -> bool:
    """Whether this key has taken one of these steps already, so that nothing is left to do.

    Raises:
        Refusal: ``key_reused``: the key has taken another step.
    """
    for one in case.done:
        if one.key == key:
            if one.step.kind in acts:
                return True
            raise conflict("key_reused")
    return False


def permit(state: State, act: Act, roles: Collection[str]) -> None:
    """Refuse what the table does not allow.

    Raises:
        Refusal: ``step_not_now``, ``not_your_step``.
    """
    match verdict(state.status, act, roles):
        case Verdict.NOT_NOW:
            raise conflict("step_not_now", now=state.status.value)
        case Verdict.NOT_YOU:
            raise not_allowed("not_your_step")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with a step. ``content``: answers and papers that now hold."""

    reason: str = ""
    note: str = ""
    items: tuple[Item, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)


async def take(
    case: History,
    act: Act,
    words: Words,
    *,
    actor: Actor,
    roles: Collection[str],
    key: str,
    beside: Sequence[db.Statement] = (),
) -> History:
    """Append one step with its notice, in one write, if nothing came in between.

    Returns the case as it now is, without reading it again.

    Raises:
        Refusal: ``step_not_now``, ``not_your_step``, ``case_moved_on``.
    """
    state = fold(case.steps)
    permit(state, act, roles)
    at = drafts.now()
    step = Step(state.seq + 1, act, at, clock.day_of(at), items=words.items)
    after = advance(state, step)
    limit = deadline(after, promised_days=case.promised_days, add=add_working_days)
    spoken = {"reason": words.reason, "note": words.note, "officer": actor.name}
    payload: dict[str, Any] = {
        **words.content,
        **{name: text for name, text in spoken.items() if text},
        "salt": secrets.token_hex(8),
    }
    if words.items:
        payload["items"] = [asdict(item) for item in words.items]
    moved = Moved(at, after.status, limit, after.status in OVER)
    after_it, statements = history.append(case, act, payload, actor=actor, key=key, moved=moved)
    due_on = limit.due_on if limit else None
    if words.items:
        due_on = add_working_days(step.on, ANSWER_DAYS)
    told = tell(act, case, after.seq, due_on, reason=words.reason, asked=len(words.items))
    try:
        await db.write(*statements, *told, *beside)
    except (db.Stale, db.IntegrityError):
        newer = await history.find(case.number)
        if newer is not None and done_before(newer, key, (act,)):
            return newer  # the same request, twice at the same moment
        raise conflict("case_moved_on") from None
    return after_it


async def _take_as(
    asker: Asker,
    case: History,
    act: Act,
    words: Words,
    *,
    purpose: str,
    key: str,
    beside: Sequence[db.Statement] = (),
) -> History:
    """The applicant's step, taken by themself or by an agent, whose line is in the same write."""
    try:
        return await take(
            case, act, words, actor=acting.taker(asker), roles=(Role.CITIZEN,), key=key,
            beside=[*beside, *acting.recorded(asker, purpose, case=case.number)],
        )  # fmt: skip
    except Refusal:
        await acting.need_standing(asker)
        raise


def _key_of(asker: Asker, key: str) -> str:
    """A key is its sender's own: two agents who choose the same take two steps."""
    return f"person:{key}" if asker.acting is None else f"agent:{asker.id}:{key}"


async def answer_correction(
    asker: Asker,
    number: str,
    *,
    key: str,
    values: Mapping[str, Any],
    materials: Mapping[str, Sequence[str]],
) -> History:
    """Answer a correction (补正): the case goes back to where it was asked from.

    Raises:
        Refusal: ``not_found``, ``step_not_now``, ``check_input`` with every error,
            ``acting_over``.
    """
    case = await of_person(asker, number)
    key = _key_of(asker, key)
    if done_before(case, key, (Act.ANSWER_CORRECTION,)):
        return case
    state = fold(case.steps)
    permit(state, Act.ANSWER_CORRECTION, (Role.CITIZEN,))
    check_size({"values": dict(values), "materials": dict(materials)})
    form = catalogue.get_form(case.item, case.version)
    given = answer(
        state.items, names(form),
        before=(case.values, case.materials), given=(values, materials),
    )  # fmt: skip
    first = case.done[0].payload
    seen = catalogue.examine(
        case.item, case.version, given.values, given.materials, first["declarations"],
        waived=first["waived"],
    )  # fmt: skip
    faults = {pointer: FieldError(pointer, code) for pointer, code in given.faults}
    for error in seen.errors:
        faults.setdefault(error.pointer, error)
    if faults:
        raise invalid("check_input", errors=[faults[pointer] for pointer in sorted(faults)])
    known = {one for papers in case.materials.values() for one in papers}
    await check_papers(asker.holder, given.materials, known=known, form=form)
    changed = {key for key, one in seen.values.items() if case.values.get(key) != one}
    kept_marks = {
        key: {**mark, "changed": True} if key in changed else mark
        for key, mark in case.marks.items()
    }
    content = {"values": seen.values, "materials": given.materials, "marks": kept_marks}
    district = catalogue.district_of(form, seen.values)
    moving = [history.moving(case, district)] if district != case.district else []
    return await _take_as(
        asker, case, Act.ANSWER_CORRECTION, Words(content=content),
        purpose="answer_correction", key=key, beside=moving,
    )  # fmt: skip


async def withdraw(asker: Asker, number: str, *, key: str, reason: str) -> History:
    """Take an application back (撤回), which is possible until the decision.

    Raises:
        Refusal: ``not_found``, ``step_not_now``, ``acting_over``.
    """
    case = await of_person(asker, number)
    key = _key_of(asker, key)
    if done_before(case, key, (Act.WITHDRAW,)):
        return case
    return await _take_as(
        asker, case, Act.WITHDRAW, Words(reason=reason), purpose="withdraw", key=key
    )


async def deem_accept(number: str) -> bool:
    """Accept by the clock (视为受理, 行政许可法 art. 32); whether it was so."""
    case = await history.find(number, fresh=True)
    if case is None:
        return False
    state = fold(case.steps)
    limit = deadline(state, promised_days=case.promised_days, add=add_working_days)
    if verdict(state.status, Act.DEEM_ACCEPT, (Role.SYSTEM,)) is not Verdict.YES:
        return False
    if limit is None or limit.due_on >= clock.today():
        return False
    await take(
        case, Act.DEEM_ACCEPT, Words(),
        actor=SYSTEM, roles=(Role.SYSTEM,), key=f"clock:{state.seq}",
    )  # fmt: skip
    return True
