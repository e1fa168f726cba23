"""Drafts (草稿): typed on one device, found on every other, until submitted or thrown away."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from backend.cases.models import drafts
from backend.cases.models.drafts import Kept
from backend.cases.rules import leaves, takes
from backend.cases.usecases import acting
from backend.catalogue import usecases as catalogue
from backend.kernel import clock, db
from backend.kernel.errors import FieldError, Refusal, conflict, invalid, not_allowed
from backend.kernel.i18n import DEFAULT
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library
from backend.vault import usecases as vault

LIMIT_KB = 200
PAPERS_LIMIT = 60

Values = Mapping[str, Any]
Papers = Mapping[str, Sequence[str]]


async def list_drafts(asker: Asker, *, lang: str) -> list[dict[str, Any]]:
    """A person's drafts, the last touched first; recorded. Drafts of items no longer offered stay
    unseen, and of items that an agent is not for.
    """
    rows = await within(asker)
    if rows:
        await library.note_read(
            asker.holder, reader=library.reader_of(asker), elements=(), purpose="view_drafts"
        )
    return cards_of(rows, lang)


async def within(asker: Asker) -> Sequence[db.Row]:
    """The rows of the drafts that somebody may see."""
    rows = await drafts.of_person(asker.holder)
    if asker.acting is None:
        return rows
    return [row for row in rows if acting.covers(asker, row["item"])]


def cards_of(rows: Iterable[db.Row], lang: str) -> list[dict[str, Any]]:
    """The drafts of some rows as a list shows them."""
    return [
        {
            "item": catalogue.item_card(row["item"], lang),
            "revision": row["revision"],
            "updated_at": clock.rfc3339(db.as_time(row["updated_at"])),
            "filled": row["filled"],
            "total": row["total"],
        }
        for row in rows
        if catalogue.find_item(row["item"], lang) is not None
    ]


def shown(kept: Kept) -> dict[str, Any]:
    """A draft as it goes out."""
    return {
        "revision": kept.revision,
        "values": kept.values,
        "materials": kept.materials,
        "updated_at": clock.rfc3339(kept.updated_at),
    }


async def save_draft(
    asker: Asker, item: str, *, revision: int, values: Values, materials: Papers
) -> dict[str, Any]:
    """Keep what has been typed. It may be incomplete and wrong in every field.

    ``revision`` is the one the change was made on (0: a new draft). The same content again is
    fine whatever its revision. A draft is the applicant's: all who act for them write the same one.

    Raises:
        Refusal: ``item_unknown``, ``for_companies``, ``for_people``, ``beyond_scope``,
            ``draft_too_large``, ``check_input`` for documents that are not the person's own,
            ``draft_changed`` with the present content to merge with, or ``acting_over``.
    """
    acting.need_item(asker, item)
    person_id = asker.holder
    version = catalogue.version_of(item)
    content = {"values": dict(values), "materials": {k: list(v) for k, v in materials.items()}}
    check_size(content)
    kept = await drafts.find(person_id, item)
    if kept is not None and _same(kept, content):
        return _receipt(kept)
    if revision != (kept.revision if kept else 0):
        raise _changed(kept)
    known = {one for papers in kept.materials.values() for one in papers} if kept else set()
    await check_papers(person_id, materials, known=known)
    seen = catalogue.examine(item, version, content["values"])
    sums = {"filled": sum(1 for _ in leaves(seen.values)), "total": len(seen.visible)}
    now = drafts.now()
    write = (
        drafts.insert(person_id, item, content, at=now, **sums)
        if kept is None
        else drafts.update(kept, content, at=now, **sums)
    )
    try:
        await db.write(write, *acting.recorded(asker, "save_draft"))
    except (db.Stale, db.IntegrityError):
        await acting.need_standing(asker)
        newer = await drafts.find(person_id, item)
        if newer is not None and _same(newer, content):
            return _receipt(newer)
        raise _changed(newer) from None
    return {"revision": revision + 1, "updated_at": clock.rfc3339(now)}


async def discard_draft(asker: Asker, item: str) -> None:
    """Throw a draft away; one that is not there is fine.

    Raises:
        Refusal: ``beyond_scope``, ``acting_over``.
    """
    if not acting.covers(asker, item):
        raise not_allowed("beyond_scope")
    try:
        await db.write(drafts.discard(asker.holder, item), *acting.recorded(asker, "discard_draft"))
    except db.Stale:
        await acting.need_standing(asker)
        raise


def check_size(content: Mapping[str, Any]) -> None:
    """Refuse what is too large to keep, or cannot be written as JSON again.

    Raises:
        Refusal: ``draft_too_large``, ``check_input``.
    """
    try:
        size = len(orjson.dumps(content))
    except TypeError:  # an integer beyond 64 bits, half a surrogate pair
        raise invalid("check_input", errors=[FieldError("/values", "type")]) from None
    papers = sum(len(ids) for ids in content["materials"].values())
    if size > LIMIT_KB * 1024 or papers > PAPERS_LIMIT:
        raise invalid("draft_too_large", limit_kb=LIMIT_KB, papers=PAPERS_LIMIT)


async def check_papers(
    person_id: str,
    materials: Papers,
    *,
    known: Iterable[str] = (),
    form: Mapping[str, Any] | None = None,
    lang: str = DEFAULT,
) -> dict[str, Mapping[str, Any]]:
    """The documents that materials name, by id; ``known`` ones were checked before.

    With a ``form`` they must also be of the types and sizes that its materials take.

    Raises:
        Refusal: ``check_input``: a document is unknown, not this person's own (the same answer),
            not what the material takes, or in quarantine.
    """
    asked = {m["code"]: m for m in form["materials"]} if form else {}
    skip = set(known)
    wanted = {one for papers in materials.values() for one in papers} - skip
    found = await vault.documents_for(person_id, sorted(wanted), lang=lang) if wanted else {}
    errors = []
    for code, papers in materials.items():
        for place, one in enumerate(papers):
            pointer = f"/materials/{code}/{place}"
            if one in skip:
                continue
            if one not in found:
                errors.append(FieldError(pointer, "document_unknown"))
            elif form is not None and found[one]["scan"] == "infected":
                errors.append(FieldError(pointer, "document_infected"))
            elif code in asked and not takes(asked[code], found[one]):
                errors.append(FieldError(pointer, "document_unfit"))
    if errors:
        raise invalid("check_input", errors=errors)
    return dict(found)


def _same(kept: Kept, content: Mapping[str, Any]) -> bool:
    return {"values": kept.values, "materials": kept.materials} == content


def _receipt(kept: Kept) -> dict[str, Any]:
    return {"revision": kept.revision, "updated_at": clock.rfc3339(kept.updated_at)}


def _changed(kept: Kept | None) -> Refusal:
    current: dict[str, object] = {"current": shown(kept) if kept else None}
    return conflict("draft_changed", shown=current)
