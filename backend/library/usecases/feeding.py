"""Feeding the library (数据归集): what sign-in, registers, persons and finished cases say."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from auth import client as auth
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db, errors, log, outbox
from backend.library import models, rules, sources
from backend.library.models import Held
from backend.library.rules import Assertion, Document
from backend.library.usecases.reading import group_of
from backend.outside.wire import Down

SOURCES = tuple(sources.ASK)
"""Every register that is asked about a person, by source code."""

COMPANY_SOURCES = tuple(sources.ASK_OF_COMPANIES)
"""Every register that is asked about a legal person, by source code."""

ASKED_IN_A_ROW = 6
"""How often the outbox asks a silent register, in about a minute; then the next visit does."""

STAYS_FRESH = timedelta(hours=1)
"""A register that repeats itself within this time adds nothing to the log."""

_TRIES = 8


def sources_of(*, company: bool) -> tuple[str, ...]:
    """The registers that are asked about a legal person, or about a person."""
    return COMPANY_SOURCES if company else SOURCES


async def ensure(holder: str, *, company: bool = False) -> None:
    """Enter a person or a company from the account: what was checked when it was made.

    Somebody who is only represented has no phone; then none is said.
    """
    if company:
        found = await auth.legal_person(holder)
        name, number, at = found.name, found.uscc, clock.rfc3339(found.as_of)
        values = {"company_name": name, "uscc": number}
    else:
        who = await auth.identity(holder)
        name, number, at = who.name, who.id_number, clock.rfc3339(who.verified_at)
        values = {"name": name, "id_number": number, "phone": who.phone}
    await _learn(
        holder,
        [
            Assertion(element, value, "identity", "B", at)
            for element, value in values.items()
            if not rules.is_nothing(value)
        ],
        complete_from="identity",
        beside=[models.keep_person(holder, name=name, id_number=number)],
    )


def declare(
    person_id: str,
    values: Mapping[str, Any],
    *,
    source: str = "declared",
    case: str,
    key: str = "",
) -> list[db.Statement]:
    """What a person said in a case, to be kept for the next form (grade D).

    Returns outbox rows for the caller's write: the facts are folded in after the commit, so a
    submission neither reads nor waits for documents. Elements that belong to one case alone, and
    those that the sign-in has checked, are left out. ``key`` tells several declarations of one
    case apart.
    """
    at = clock.rfc3339(clock.now())
    said = [
        Assertion(element, value, source, "D", at, case)
        for element, value in values.items()
        if _kept(element) and not rules.is_nothing(value)
    ]
    return _later(person_id, said, f"{case}:{source}:{key}")


def certify(
    person_id: str,
    values: Mapping[str, Any],
    *,
    case: str,
    source: str = "case",
    grade: Literal["A", "B"] = "A",
    valid_until: Mapping[str, str] | None = None,
    key: str = "",
) -> list[db.Statement]:
    """What an office found in a case: its result (grade A) or a check at a window (grade B).

    ``valid_until`` holds ISO dates by element. Returns outbox rows, as ``declare`` does.
    """
    at = clock.rfc3339(clock.now())
    until = valid_until or {}
    said = [
        Assertion(element, value, source, grade, at, case, until.get(element))
        for element, value in values.items()
        if not rules.is_nothing(value)
    ]
    return _later(person_id, said, f"{case}:{source}:{key}")


def _later(person_id: str, said: Sequence[Assertion], key: str) -> list[db.Statement]:
    if not said:
        return []
    payload = {"person_id": person_id, "said": [list(one) for one in said]}
    return [outbox.row_for("library.learn", key=f"library.learn:{key}", payload=payload)]


async def learn(job: outbox.Job) -> None:
    """Outbox: fold what was declared or certified into the person's documents."""
    said = [Assertion(*one) for one in job.payload["said"]]
    await _learn(job.payload["person_id"], said)


async def ask_again(
    person_id: str,
    which: Iterable[str] | None = None,
    *,
    company: bool = False,
    visit: str | None = None,
) -> None:
    """Have registers (None: all of them) asked about somebody, soon and in the background.

    The same ``visit`` asks each register once, however often it is delivered.
    """
    visit = visit or db.new_id()
    statements: list[db.Statement] = []
    for source in sources_of(company=company) if which is None else which:
        statements.append(models.keep_feed(person_id, source, "waiting"))
        statements.append(
            outbox.row_for(
                "library.pull",
                key=f"library.pull:{source}:{visit}",
                payload={"person_id": person_id, "source": source},
            )
        )
    await db.write(*statements)
    outbox.nudge()


async def pull(job: outbox.Job) -> None:
    """Outbox: ask one register about one person and keep its answer.

    A register that is down is marked so, asked a few times more, and again at the next visit.

    Raises:
        GiveUp: the register understood and said no: a matter for an operator.
        Refusal: ``outside_down``, to be tried again.
    """
    person_id, source = job.payload["person_id"], job.payload["source"]
    whom = await _whom(person_id, company=source in COMPANY_SOURCES)
    if whom is None:
        await db.write(models.keep_feed(person_id, source, "none"))
        return
    try:
        answer = await sources.ask(source, whom)
    except Down as trouble:
        await db.write(models.keep_feed(person_id, source, "down"))
        if trouble.permanent:
            raise outbox.GiveUp(f"{source}_refused") from None
        if job.attempt < ASKED_IN_A_ROW:
            raise errors.outside_down("outside_down") from None
        log.warning("library.source_down", source=source, reason=trouble.reason)
        return
    except sources.Mismatch:
        await db.write(models.keep_feed(person_id, source, "down"))
        log.warning("library.source_mismatch", source=source)
        return
    at = clock.rfc3339(clock.now())
    said = [
        Assertion(element, value, source, "A", at, "", answer.valid_until.get(element))
        for element, value in answer.facts.items()
        if not rules.is_nothing(value)
    ] if answer else []  # fmt: skip
    state = "ok" if answer else "none"
    await _learn(
        person_id,
        said,
        complete_from=source,
        beside=[models.keep_feed(person_id, source, state)],
    )


async def _whom(holder: str, *, company: bool) -> sources.Whom | None:
    """Whom registers are asked about; None: they know people by their ID number alone."""
    if company:
        found = await auth.legal_person(holder)
        return sources.Whom(found.name, found.uscc)
    who = await auth.identity(holder)
    return sources.Whom(who.name, who.id_number) if who.document == "id_card" else None


async def _learn(
    person_id: str,
    said: Sequence[Assertion],
    *,
    complete_from: str | None = None,
    beside: Sequence[db.Statement] = (),
) -> None:
    """Append to the log and fold into the documents, as one transaction.

    ``complete_from`` names the source whose whole answer this is. Documents are rewritten only if
    nobody else has meanwhile; otherwise everything is looked at once more.
    """
    fresh_since = clock.rfc3339(clock.now() - STAYS_FRESH)
    for _ in range(_TRIES):
        held = await models.documents(person_id)
        news = said
        if complete_from is not None:
            everything = {e: es for one in held.values() for e, es in one.document.items()}
            news = rules.news(
                everything, complete_from, said,
                at=clock.rfc3339(clock.now()), fresh_since=fresh_since,
            )  # fmt: skip
        try:
            await db.write(
                *models.append(person_id, news), *_rewrite(person_id, held, news), *beside
            )
        except (db.Stale, db.IntegrityError):
            continue
        return
    raise errors.conflict("outside_down")


def _rewrite(
    person_id: str, held: Mapping[str, Held], news: Sequence[Assertion]
) -> list[db.Statement]:
    changed: dict[str, Document] = {}
    for one in news:
        group = group_of(one.element)
        document = changed.get(group)
        if document is None:
            document = dict(held[group].document) if group in held else {}
        entries = list(document.get(one.element, ()))
        touched = {one.element: entries}
        if rules.put(touched, one):
            changed[group] = {**document, **touched}
    nothing = Held("", 0, {})
    return [
        models.keep_document(person_id, group, held.get(group, nothing), document)
        for group, document in changed.items()
    ]


async def history(person_id: str) -> list[Assertion]:
    """Everything ever asserted about a person, oldest first; the documents are folded from it."""
    return await models.log_of(person_id)


def _kept(element: str) -> bool:
    return (
        element not in rules.GIVEN_BY_SIGN_IN
        and "." not in element  # a column of a list is no fact by itself
        and catalogue.element(element)["source"] != "case"
    )
