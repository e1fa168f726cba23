"""What a person does in their own space, and what other houses ask of it."""

from collections.abc import Mapping
from typing import Any

from auth import client as auth
from backend.kernel import clock, outbox
from backend.kernel.i18n import DEFAULT
from backend.library import usecases as library
from backend.library.recent import Recent
from backend.vault import models
from backend.vault.agents import with_agent
from backend.vault.blanks import Blanks, blanks_of
from backend.vault.documents import (
    Content,
    content,
    delete,
    documents_for,
    list_documents,
    own_content,
    upload,
)
from backend.vault.prefill import Opened, fill
from backend.vault.scanning import rescan, scan, scan_overdue
from backend.vault.space import all_feeds, freshen, get_fact, list_reads, my_space, refresh

__all__ = [
    "Content", "Opened", "content", "delete", "documents_for", "get_fact", "list_documents",
    "list_reads", "my_space", "open_companys_space", "open_space", "own_content", "prefill",
    "refresh", "rescan", "scan", "scan_overdue", "upload",
]  # fmt: skip


async def open_space(job: outbox.Job) -> None:
    """Outbox: make a person's space after registration and have every register asked."""
    person_id = job.payload["person_id"]
    await library.ensure(person_id)
    await library.ask_again(person_id, visit=job.key)


async def open_companys_space(job: outbox.Job) -> None:
    """Outbox: make a company's space after sign-up and have its register asked."""
    company_id = job.payload["company_id"]
    await library.ensure(company_id, company=True)
    await library.ask_again(company_id, company=True, visit=job.key)


async def prefill(
    person_id: str,
    form: Mapping[str, Any],
    *,
    reader: library.Reader,
    purpose: str,
    case: str | None = None,
    lang: str = DEFAULT,
) -> Opened:
    """A form's answers from what the city knows about a person, and its papers.

    Two reads, and one write on the first such reading of a day: only the groups of facts that the
    form asks for, and only the types of papers it takes. For an agent also who they are.

    Raises:
        Refusal: ``not_for_you`` when this reader has no reason to read.
    """
    blanks = blanks_of(form)
    facts, feeds = await library.look(
        person_id, reader=reader, purpose=purpose, elements=blanks.elements, case=case
    )
    if reader.kind in library.OWN:
        await freshen(person_id, feeds, company=reader.company)
    feeds = all_feeds(feeds, library.sources_of(company=reader.company))
    agent = await auth.identity(reader.id) if reader.kind == "agent" else None
    rows = await models.kept(person_id, blanks.types) if blanks.types else ()
    papers = tuple([(row["id"], row["name"], row["scan"]) for row in rows])

    def filled() -> tuple[library.Facts, Blanks, Opened]:
        kept = [models.document(row) for row in rows]
        known = facts if agent is None else with_agent(facts, agent, capacity=reader.capacity)
        # The facts are part of the answer, so that their place in memory stays theirs.
        return facts, blanks, fill(blanks, known, feeds, kept, lang=lang)

    since = (
        id(facts), id(blanks), lang, tuple(feeds), papers, clock.today(), agent, reader.capacity,
    )  # fmt: skip
    return _filled.get(since, filled)[2]


_filled: Recent[tuple[library.Facts, Blanks, Opened]] = Recent(1000)
