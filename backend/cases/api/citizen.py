"""The citizen's endpoints: drafts, application, cases, My Space."""

from backend.cases import space
from backend.cases.api import schemas as s
from backend.cases.usecases import apply, drafts, read, steps, submit
from backend.kernel import web
from backend.notices.shapes import NoticesOut

TAGS = ("cases",)


async def open_application(call: web.Call) -> object:
    """A form, opened: the draft, and what the city knows already."""
    return await apply.open_application(
        call.actor, call.path["code"], with_form=call.query.form == "1", lang=call.lang
    )


async def list_drafts(call: web.Call) -> object:
    """My drafts."""
    return {"drafts": await drafts.list_drafts(call.actor, lang=call.lang)}


async def save_draft(call: web.Call) -> object:
    """Keep what has been typed."""
    body: s.DraftIn = call.body
    return await drafts.save_draft(
        call.actor, call.path["item"],
        revision=body.revision, values=body.values, materials=body.materials,
    )  # fmt: skip


async def discard_draft(call: web.Call) -> object:
    """Throw a draft away."""
    await drafts.discard_draft(call.actor, call.path["item"])
    return None


async def submit_case(call: web.Call) -> object:
    """Hand an application in."""
    body: s.CaseIn = call.body
    assert call.key is not None
    done = await submit.submit(
        call.actor, key=call.key, item=body.item, version=body.version, values=body.values,
        materials=body.materials, declarations=body.declarations, lang=call.lang,
    )  # fmt: skip
    return await read.tell_citizen(done.case, call.actor, documents=done.documents, lang=call.lang)


async def list_cases(call: web.Call) -> object:
    """My cases."""
    return await read.my_cases(call.actor, cursor=call.query.cursor, lang=call.lang)


async def get_case(call: web.Call) -> object:
    """One of my cases."""
    return await read.get_case(call.actor, call.path["number"], lang=call.lang)


async def answer_correction(call: web.Call) -> object:
    """Answer a correction."""
    assert call.key is not None
    case = await steps.answer_correction(
        call.actor, call.path["number"],
        key=call.key, values=call.body.values, materials=call.body.materials,
    )  # fmt: skip
    return await read.tell_citizen(case, call.actor, lang=call.lang)


async def withdraw_case(call: web.Call) -> object:
    """Take an application back."""
    assert call.key is not None
    case = await steps.withdraw(
        call.actor, call.path["number"], key=call.key, reason=call.body.reason
    )
    return await read.tell_citizen(case, call.actor, lang=call.lang)


async def get_case_clock(call: web.Call) -> object:
    """Why this due date."""
    return await read.get_clock(call.actor, call.path["number"], lang=call.lang)


async def get_case_log(call: web.Call) -> object:
    """The chained log."""
    return await read.get_log(call.actor, call.path["number"])


async def list_notices(call: web.Call) -> object:
    """The inbox."""
    return await space.inbox(call.actor, cursor=call.query.cursor, lang=call.lang)


async def get_space(call: web.Call) -> object:
    """My Space."""
    return await space.my_space(call.actor, lang=call.lang)


ROUTES = (
    web.route(
        "GET", "/api/items/{code}/application", open_application, actor=web.PERSON, acts="view",
        tags=TAGS,
        query=s.ApplicationQuery, returns=s.ApplicationOut, summary="Open a form, filled in",
    ),
    web.route(
        "GET", "/api/drafts", list_drafts, actor=web.PERSON, acts="view",
        tags=TAGS, returns=s.DraftsOut,
        summary="My drafts",
    ),
    web.route(
        "PUT", "/api/drafts/{item}", save_draft, actor=web.PERSON, acts="apply",
        tags=TAGS, body=s.DraftIn,
        returns=s.DraftReceipt, summary="Keep what has been typed, finished or not",
    ),
    web.route(
        "DELETE", "/api/drafts/{item}", discard_draft, actor=web.PERSON, acts="apply",
        tags=TAGS, status=204,
        summary="Throw a draft away",
    ),
    web.route(
        "POST", "/api/cases", submit_case, actor=web.PERSON, acts="apply", tags=TAGS, body=s.CaseIn,
        returns=s.CaseOut, status=201, idempotent=True, budget="hand_in",
        summary="Hand an application in",
    ),
    web.route(
        "GET", "/api/cases", list_cases, actor=web.PERSON, acts="view",
        tags=TAGS, query=s.PageQuery,
        returns=s.CasesOut, summary="My cases",
    ),
    web.route(
        "GET", "/api/cases/{number}", get_case, actor=web.PERSON, acts="view",
        tags=TAGS, returns=s.CaseOut,
        summary="One of my cases",
    ),
    web.route(
        "POST", "/api/cases/{number}/correction", answer_correction, actor=web.PERSON, acts="apply",
        tags=TAGS,
        body=s.CorrectionIn, returns=s.CaseOut, idempotent=True, summary="Answer a correction",
    ),
    web.route(
        "POST", "/api/cases/{number}/withdrawal", withdraw_case, actor=web.PERSON, acts="apply",
        tags=TAGS,
        body=s.WithdrawalIn, returns=s.CaseOut, idempotent=True, summary="Take an application back",
    ),
    web.route(
        "GET", "/api/cases/{number}/clock", get_case_clock, actor=web.PERSON, acts="view",
        tags=TAGS,
        returns=s.ClockOut, summary="Why this due date, line by line",
    ),
    web.route(
        "GET", "/api/cases/{number}/log", get_case_log, actor=web.PERSON, acts="view", tags=TAGS,
        returns=s.LogOut, summary="The log of a case, chained by hash",
    ),
    web.route(
        "GET", "/api/notices", list_notices, actor=web.PERSON, acts="view", query=s.PageQuery,
        returns=NoticesOut, summary="My inbox",
    ),
    web.route(
        "GET", "/api/space", get_space, actor=web.PERSON, acts="view",
        tags=("space",), returns=s.SpaceOut,
        summary="My Space: facts, papers, drafts, cases and who read my data",
    ),
)  # fmt: skip
