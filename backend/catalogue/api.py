"""The catalogue for everybody: home, search, items, forms, themes.

Answers are the same for all who read one language, so they carry an entity tag and may be kept for
a minute; a repeated look with ``If-None-Match`` costs 304 and no body (RFC 9110 §13.1.2).
"""

from typing import Any, Literal

from pydantic import Field

from backend.catalogue import shapes, usecases
from backend.catalogue.views import Page, page_of, view
from backend.kernel import web
from backend.kernel.errors import not_found

PAGE_SIZE = 20


class ItemsQuery(web.Schema):
    """What is looked for; everything may be left out."""

    q: str = Field(default="", max_length=60)
    theme: str | None = Field(default=None, max_length=40)
    department: str | None = Field(default=None, max_length=10)
    audience: Literal["person", "legal_person"] | None = None
    cursor: str | None = Field(default=None, pattern=r"^[0-9]{1,6}$")


class FormQuery(web.Schema):
    """The form in force, or one that a running case was submitted with."""

    version: int | None = Field(default=None, ge=1, le=100_000)


async def home(call: web.Call) -> web.Reply:
    """The first page."""
    return _answer(call, view(call.lang).page("home"))


async def offices(call: web.Call) -> web.Reply:
    """The city's offices and districts."""
    return _answer(call, page_of(usecases.offices(call.lang)))


async def items(call: web.Call) -> web.Reply:
    """Items that fit, best first."""
    query: ItemsQuery = call.query
    found = usecases.list_items(
        q=query.q,
        theme=query.theme,
        department=query.department,
        audience=query.audience,
        lang=call.lang,
    )
    start = int(query.cursor or 0)
    end = start + PAGE_SIZE
    body = {
        "items": found[start:end],
        "total": len(found),
        "next": str(end) if end < len(found) else None,
    }
    return _answer(call, page_of(body))


async def item(call: web.Call) -> web.Reply:
    """One item with its whole body."""
    return _answer(call, _page(call, "item", "item_unknown", call.path["code"]))


async def item_form(call: web.Call) -> web.Reply:
    """The form of an item."""
    code = call.path["code"]
    version = call.query.version or usecases.version_of(code)
    return _answer(call, _page(call, "form", "form_unknown", code, version))


async def theme(call: web.Call) -> web.Reply:
    """A life event with its items in order, and why each is there."""
    return _answer(call, _page(call, "theme", "theme_unknown", call.path["code"]))


def _page(call: web.Call, kind: str, unknown: str, *key: Any) -> Page:
    try:
        return view(call.lang).page(kind, *key)
    except KeyError:
        raise not_found(unknown) from None


def _answer(call: web.Call, page: Page) -> web.Reply:
    given = call.request.headers
    packed = "gzip" in given.get("accept-encoding", "")
    etag = f'{page.etag[:-1]}-gz"' if packed else page.etag  # one tag for one row of bytes
    headers = {"ETag": etag, "Cache-Control": "public, max-age=60"}
    asked = given.get("if-none-match", "")
    if asked == "*" or etag in [tag.strip().removeprefix("W/") for tag in asked.split(",")]:
        return web.Reply(None, status=304, headers=headers)
    if packed:
        return web.Reply(page.packed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Reply(page.body, headers=headers)


_TAGS = ("catalogue",)
ROUTES = (
    web.route(
        "GET", "/api/home", home, returns=shapes.Home, tags=_TAGS, other_statuses=(304,),
        summary="Themes, popular items and offices",
    ),
    web.route(
        "GET", "/api/offices", offices, returns=shapes.Offices, tags=_TAGS, other_statuses=(304,),
        summary="The city's offices and districts (部门和区)",
    ),
    web.route(
        "GET", "/api/items", items, query=ItemsQuery, returns=shapes.Items, tags=_TAGS,
        other_statuses=(304,), summary="Search for items",
    ),
    web.route(
        "GET", "/api/items/{code}", item, returns=shapes.Item, tags=_TAGS, other_statuses=(304,),
        summary="An item with its whole body",
    ),
    web.route(
        "GET", "/api/items/{code}/form", item_form, query=FormQuery, returns=shapes.Form,
        tags=_TAGS, other_statuses=(304,), summary="The form of an item",
    ),
    web.route(
        "GET", "/api/themes/{code}", theme, returns=shapes.Theme, tags=_TAGS,
        other_statuses=(304,), summary="A life event with its items",
    ),
)  # fmt: skip
