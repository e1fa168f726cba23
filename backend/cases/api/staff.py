"""The office's endpoints. Who may do what exactly is said by ``rules.life`` and the department."""

from backend.cases.api import staff_schemas as s
from backend.cases.rules import Item, Status
from backend.cases.usecases import queue, staff, window
from backend.cases.usecases.steps import Words
from backend.kernel import web
from backend.kernel.errors import FieldError, invalid

TAGS = ("staff",)
# Who gives out roles (administrator) handles no cases and sees none.
HANDLING = web.staff("clerk", "reviewer", "approver", "supervisor")


async def staff_summary(call: web.Call) -> object:
    """How many cases wait at which point."""
    return await queue.summary(call.actor)


async def staff_queue(call: web.Call) -> object:
    """The department's cases."""
    query: s.QueueQuery = call.query
    try:
        statuses = [Status(one) for one in query.status.split(",") if one]
    except ValueError:
        raise invalid("check_input", errors=[FieldError("/status", "not_an_option")]) from None
    return await queue.queue(
        call.actor, statuses=statuses, shining=query.light, q="", cursor=query.cursor,
        lang=call.lang,
    )  # fmt: skip


async def staff_search(call: web.Call) -> object:
    """Cases by their number or by whose they are."""
    asked: s.CaseSearch = call.body
    return await queue.queue(
        call.actor, statuses=[], shining=None, q=asked.q, cursor=asked.cursor, lang=call.lang
    )


async def staff_window(call: web.Call) -> object:
    """Who stands at the window."""
    return await window.at_window(call.actor, lang=call.lang)


async def staff_case(call: web.Call) -> object:
    """A case as the office sees it."""
    return await staff.get_case(call.actor, call.path["number"], lang=call.lang)


async def staff_act(call: web.Call) -> object:
    """Take a step."""
    body: s.ActionIn = call.body
    assert call.key is not None
    items = tuple(Item(item.target, item.code, item.reason) for item in body.items)
    words = Words(reason=body.reason, note=body.note, items=items)
    move = staff.Move(body.action, body.seq, body.result, words)
    return await staff.act(call.actor, call.path["number"], move, key=call.key, lang=call.lang)


async def staff_document(call: web.Call) -> object:
    """A paper of a case."""
    found = await staff.get_document(call.actor, call.path["number"], call.path["id"])
    return web.Reply(found.data, media_type=found.content_type, headers=found.headers)


ROUTES = (
    web.route(
        "GET", "/api/staff/summary", staff_summary, actor=HANDLING, tags=TAGS,
        returns=s.StaffSummary, summary="How many cases wait at which point",
    ),
    web.route(
        "GET", "/api/staff/cases", staff_queue, actor=HANDLING, tags=TAGS, query=s.QueueQuery,
        returns=s.QueueOut, summary="The department's cases, what is due first at the top",
    ),
    web.route(
        "POST", "/api/staff/cases/search", staff_search, actor=HANDLING, tags=TAGS,
        body=s.CaseSearch, returns=s.QueueOut, budget="search",
        summary="Cases by number, or by an ID number",
    ),
    web.route(
        "GET", "/api/staff/window", staff_window, actor=web.staff("clerk"), tags=TAGS,
        returns=s.AtWindow, summary="Who stands at the window, and their cases here",
    ),
    web.route(
        "GET", "/api/staff/cases/{number}", staff_case, actor=HANDLING, tags=TAGS,
        returns=s.StaffCase, budget="case", summary="A case as the office sees it",
    ),
    web.route(
        "POST", "/api/staff/cases/{number}/actions", staff_act, actor=HANDLING, tags=TAGS,
        body=s.ActionIn, returns=s.StaffCase, idempotent=True, summary="Take a step",
    ),
    web.route(
        "GET", "/api/staff/cases/{number}/documents/{id}", staff_document, actor=HANDLING,
        tags=TAGS, media_type="application/octet-stream", budget="case",
        summary="A paper of a case",
    ),
)  # fmt: skip
