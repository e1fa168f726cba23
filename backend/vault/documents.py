"""Papers (材料) that a person keeps in their space: uploaded once, used again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from backend.catalogue import usecases as catalogue
from backend.kernel import blobs, cache, clock, db, errors, i18n
from backend.kernel.errors import FieldError
from backend.kernel.i18n import DEFAULT
from backend.kernel.web import Actor
from backend.library import usecases as library
from backend.library.usecases import Reader
from backend.vault import models, rules, scanning
from backend.vault.models import Document
from backend.vault.reach import reach_of
from backend.vault.rules import Scan

NOTED = (Scan.WAITING, Scan.INFECTED)

UPLOADED = "C"
"""Trust of what a person uploads: the original is still to be seen (国办函〔2016〕108号)."""


@dataclass(frozen=True)
class Content:
    """A paper's bytes and how a browser must treat them: show, never run."""

    data: bytes
    content_type: str
    headers: Mapping[str, str]


def shown(document: Document, lang: str = DEFAULT) -> dict[str, Any]:
    """A paper as the API tells it."""
    return {
        "id": document.id,
        "type": document.type,
        "type_name": catalogue.material_type(document.type, lang)["name"],
        "name": document.name,
        "content_type": document.content_type,
        "size": document.size,
        "grade": document.grade,
        "source_name": catalogue.source_name(document.source, lang),
        "created_at": clock.rfc3339(document.created_at),
        "valid_until": document.valid_until,
        "scan": document.scan,
        "scan_note": i18n.text(f"vault.scan.{document.scan}", lang)
        if document.scan in NOTED
        else "",
    }


async def upload(
    actor: Actor,
    *,
    key: str,
    material_type: str,
    name: str,
    data: bytes,
    lang: str = DEFAULT,
) -> dict[str, Any]:
    """Keep a paper. The same ``key`` again returns what the first upload made.

    What an agent brings is recorded for the one they act for.

    Raises:
        Refusal: ``check_input`` (unknown material type), ``document_empty``, ``_too_large``,
            ``_heic``, ``_broken``, ``_type``, ``too_many_documents``, ``too_many_tries``,
            ``beyond_scope``, ``acting_over``.
    """
    person_id, reader = actor.holder, library.reader_of(actor)
    if not reach_of(reader).holds_paper(material_type):
        raise errors.not_allowed("beyond_scope")
    before, kept = await models.by_key(person_id, key)
    if before is not None:
        return shown(before, lang)
    await cache.limit("upload", person_id, times=120, seconds=3600)
    if kept >= rules.MOST_PAPERS:
        raise errors.conflict("too_many_documents", most=rules.MOST_PAPERS)
    kind = _material_type(material_type)
    try:
        content_type, data = rules.examine_file(data)
    except rules.Unfit as unfit:
        raise _refusal(unfit.code) from None
    until = rules.last_good_day(clock.today(), kind.get("valid_months"))
    document = Document(
        id=db.new_id(),
        type=material_type,
        name=rules.tidy_name(name, otherwise=kind["name"] + rules.ENDINGS[content_type]),
        content_type=content_type,
        size=len(data),
        grade=UPLOADED,
        source="declared",
        valid_until=until.isoformat() if until else None,
        created_at=clock.now(),
        deleted=False,
        scan=Scan.WAITING if scanning.is_on() else Scan.UNCHECKED,
    )
    # First the bytes, then the row: a row always has its bytes.
    await blobs.blobs().put(document.id, data)
    try:
        await db.write(
            models.keep(document, person_id, key),
            *scanning.wanted(document),
            *library.acted(actor, "upload_document", [f"material:{material_type}"]),
        )
    except db.Stale:  # of the agent's standing alone: it has just ended
        await blobs.blobs().delete(document.id)
        raise errors.not_allowed("acting_over") from None
    except db.IntegrityError:
        await blobs.blobs().delete(document.id)
        before, _ = await models.by_key(person_id, key)
        if before is None:
            raise
        return shown(before, lang)
    return shown(document, lang)


def _material_type(code: str) -> Mapping[str, Any]:
    try:
        return catalogue.material_type(code)
    except errors.Refusal:
        raise errors.invalid(
            "check_input", errors=[FieldError("/material_type", "not_an_option")]
        ) from None


def _refusal(code: str) -> errors.Refusal:
    # Spelled out, so that every code is known to have its words.
    match code:
        case "document_empty":
            return errors.invalid("document_empty")
        case "document_too_large":
            return errors.invalid("document_too_large", limit_mb=rules.LARGEST // 1024 // 1024)
        case "document_heic":
            return errors.invalid("document_heic")
        case "document_broken":
            return errors.invalid("document_broken")
    return errors.invalid("document_type")


async def list_documents(actor: Actor, lang: str = DEFAULT) -> list[dict[str, Any]]:
    """The papers in a space that are within somebody's reach, newest first; recorded."""
    reader = library.reader_of(actor)
    papers = reach_of(reader).papers
    rows = await models.kept(reader.holder, None if papers is None else sorted(papers))
    found = [models.document(row) for row in rows]
    if found:
        await library.note_read(
            reader.holder,
            reader=reader,
            elements={f"material:{one.type}" for one in found},
            purpose="view_documents",
        )
    return [shown(one, lang) for one in found]


async def documents_for(
    person_id: str, ids: Iterable[str], *, lang: str = DEFAULT, also_deleted: bool = False
) -> dict[str, dict[str, Any]]:
    """Those of the papers that are this person's, by id; others are simply not there.

    ``also_deleted``: with those taken out of the space since, for cases that hold them.
    """
    found = await models.by_ids(person_id, list(ids))
    return {one.id: shown(one, lang) for one in found if also_deleted or not one.deleted}


async def content(person_id: str, document: str) -> Content:
    """The bytes of a paper for the office, also of one taken out since. The caller records who
    reads it.

    Raises:
        Refusal: ``not_found``: there is none, or it is another person's; ``document_being_checked``
            while the scanner has not seen it, ``document_quarantined`` if it found something.
    """
    found = await _find(person_id, document)
    if found.scan == Scan.WAITING:
        raise errors.conflict("document_being_checked")
    if found.scan == Scan.INFECTED:
        raise errors.not_allowed("document_quarantined")
    return await _open(found)


async def own_content(actor: Actor, document: str) -> Content:
    """The bytes of a paper for the person themself or whoever acts for them; recorded.

    Raises:
        Refusal: ``not_found``; ``document_infected``: in quarantine, for its owner too.
    """
    reader = library.reader_of(actor)
    found = await _within(reader, document)
    if found.scan == Scan.INFECTED:
        raise errors.not_allowed("document_infected")
    await library.note_read(
        reader.holder,
        reader=reader,
        elements=[f"material:{found.type}"],
        purpose="view_document",
    )
    return await _open(found)


async def _find(person_id: str, document: str) -> Document:
    found = await models.by_ids(person_id, [document])
    if not found:
        raise errors.not_found()
    return found[0]


async def _within(reader: Reader, document: str) -> Document:
    """A paper that lies in the space and within reach.

    Raises:
        Refusal: ``not_found``, the same for one that lies elsewhere.
    """
    found = await _find(reader.holder, document)
    if found.deleted or not reach_of(reader).holds_paper(found.type):
        raise errors.not_found()
    return found


async def _open(document: Document) -> Content:
    try:
        data = await blobs.blobs().get(document.id)
    except blobs.BlobGone:
        raise errors.not_found() from None
    # Browsers show no PDF in a sandbox; it is saved and opened by the reader of the device.
    way = "attachment" if document.content_type == rules.PDF else "inline"
    return Content(
        data,
        document.content_type,
        {
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(document.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def delete(actor: Actor, document: str) -> None:
    """Take a paper out of the space; cases that already hold it keep it. An agent's is recorded.

    Raises:
        Refusal: ``not_found``, ``acting_over``.
    """
    reader = library.reader_of(actor)
    found = await _within(reader, document)
    try:
        await db.write(
            models.take_out(reader.holder, document),
            *library.acted(actor, "delete_document", [f"material:{found.type}"]),
        )
    except db.Stale:
        await _within(reader, document)
        raise errors.not_allowed("acting_over") from None
