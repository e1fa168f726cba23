"""The space's endpoints; ``GET /api/space`` itself is put together by the cases above."""

from collections.abc import AsyncGenerator
from typing import Annotated, Literal

from pydantic import Field
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from backend.kernel import errors, web
from backend.kernel.errors import FieldError
from backend.kernel.web.route import UPLOAD_LIMIT
from backend.vault import usecases
from backend.vault.shapes import Document, Fact, Read

TAGS = ("space",)


class Documents(web.Schema):
    """The papers in a space, newest first."""

    documents: list[Document]


class Reads(web.Schema):
    """Who read my data."""

    reads: list[Read]
    next: str | None


class ReadsQuery(web.Schema):
    """Where to go on."""

    cursor: Annotated[str | None, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] = (
        None
    )


class Asked(web.Schema):
    """The registers are being asked."""

    state: Literal["waiting"] = "waiting"


async def space_fact(call: web.Call) -> object:
    """One fact in full."""
    return await usecases.get_fact(call.actor, call.path["element"], lang=call.lang)


async def space_reads(call: web.Call) -> object:
    """Who read my data."""
    return await usecases.list_reads(call.actor, cursor=call.query.cursor, lang=call.lang)


async def space_refresh(call: web.Call) -> object:
    """Ask the registers again."""
    await usecases.refresh(call.actor)
    return Asked()


async def list_documents(call: web.Call) -> object:
    """My papers."""
    return {"documents": await usecases.list_documents(call.actor, call.lang)}


async def upload_document(call: web.Call) -> object:
    """Keep a paper."""
    assert call.key is not None
    form = await _read_form(call)
    try:
        file, kind, name = form.get("file"), form.get("material_type"), form.get("name", "")
        faults = []
        if not isinstance(file, UploadFile):
            faults.append(FieldError("/file", "required"))
        if not isinstance(kind, str) or not kind:
            faults.append(FieldError("/material_type", "required"))
        if not isinstance(file, UploadFile) or faults:
            raise errors.invalid("check_input", errors=faults)
        named = name.strip() if isinstance(name, str) else ""
        return await usecases.upload(
            call.actor,
            key=call.key,
            material_type=str(kind),
            name=named or file.filename or "",
            data=await file.read(),
            lang=call.lang,
        )
    finally:
        await form.close()


async def _read_form(call: web.Call) -> FormData:
    headers = call.request.headers
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise errors.invalid("wrong_media_type", expected="multipart/form-data")
    try:
        parser = MultiPartParser(headers, _limited(call), max_files=1, max_fields=4)
        return await parser.parse()
    except (MultiPartException, KeyError, UnicodeError, LookupError):
        raise errors.invalid("body_unreadable") from None


async def _limited(call: web.Call) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in call.request.stream():
        size += len(part)
        if size > UPLOAD_LIMIT:
            raise errors.invalid("body_too_large", limit_kb=UPLOAD_LIMIT // 1024)
        yield part


async def document_content(call: web.Call) -> object:
    """A paper's bytes."""
    found = await usecases.own_content(call.actor, call.path["id"])
    return web.Reply(found.data, headers=found.headers, media_type=found.content_type)


async def delete_document(call: web.Call) -> object:
    """Take a paper out of the space."""
    await usecases.delete(call.actor, call.path["id"])
    return None


ROUTES = (
    web.route(
        "GET", "/api/space/facts/{element}", space_fact, actor=web.PERSON, acts="view",
        returns=Fact,
        summary="One fact in full; that it was looked at is recorded", tags=TAGS,
    ),
    web.route(
        "GET", "/api/space/reads", space_reads, actor=web.PERSON, acts="view",
        query=ReadsQuery, returns=Reads,
        summary="Who read my data, latest first", tags=TAGS,
    ),
    web.route(
        "POST", "/api/space/refresh", space_refresh, actor=web.PERSON, acts="view",
        returns=Asked, status=202,
        summary="Ask the registers about me again", tags=TAGS,
    ),
    web.route(
        "GET", "/api/documents", list_documents, actor=web.PERSON, acts="view", returns=Documents,
        summary="My papers, newest first", tags=TAGS,
    ),
    web.route(
        "POST", "/api/documents", upload_document, actor=web.PERSON, acts="apply",
        returns=Document, status=201,
        summary="Keep a paper (multipart: file, material_type, name)", tags=TAGS,
        idempotent=True, raw=True, limit=UPLOAD_LIMIT,
    ),
    web.route(
        "GET", "/api/documents/{id}/content", document_content, actor=web.PERSON, acts="view",
        tags=TAGS,
        summary="A paper's bytes; that it was opened is recorded",
        media_type="application/octet-stream",
    ),
    web.route(
        "DELETE", "/api/documents/{id}", delete_document, actor=web.PERSON, acts="apply",
        status=204, tags=TAGS,
        summary="Take a paper out of my space; cases that hold it keep it",
    ),
)  # fmt: skip
