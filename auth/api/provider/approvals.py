"""Machines and windows that wait for a person's yes (设备登录, 窗口确认)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth.api.answer import ActingView, acting_view
from auth.api.provider.screens import AskedElement, AskingClient, Name, asking, elements_of
from auth.api.provider.wire import TAGS, endpoint, preflight
from auth.api.visit import needed_live, visitor_of
from auth.usecases.provider import answering, devices
from auth.usecases.provider import asking as windows
from auth.usecases.provider.answering import Question
from auth.usecases.provider.clients import Shown
from backend.kernel import clock, web
from backend.kernel.errors import not_allowed
from backend.kernel.web import Call, Schema


class TypedCode(Schema):
    """The code on a machine's screen, as typed."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Approval(Schema):
    """Who waits for a yes, and for what.

    ``code`` stands on the machine's screen, ``message`` on the clerk's: the person compares.
    ``capacities`` are those, besides their own, in which they may say yes; null where the
    department does not ask in whose place they come.
    """

    id: str
    kind: Literal["device", "window"]
    client: AskingClient
    elements: list[AskedElement]
    capacities: list[ActingView] | None = None
    code: str | None = None
    message: str | None = None
    expires_at: str


class Approvals(Schema):
    """What waits: nothing, or the one question that is next."""

    approvals: list[Approval]


class Answer(Schema):
    """Yes to exactly these elements, or no. ``acting`` is the id of one of the capacities, null for
    one's own.
    """

    agree: bool
    acting: Annotated[str, StringConstraints(max_length=36)] | None = None
    elements: Annotated[list[Name], Field(max_length=10)] = Field(default_factory=list)


def _view(one: Question) -> Approval:
    code = one.found.payload.get("code")
    return Approval(
        id=one.found.id,
        kind="device" if code else "window",
        client=asking(one.client),
        elements=elements_of(one.client, one.asked.elements),
        capacities=None if one.capacities is None else [*map(acting_view, one.capacities)],
        code=f"{code[:4]}-{code[4:]}" if code else None,
        message=one.found.payload.get("message") or None,
        expires_at=clock.rfc3339(one.found.expires_at),
    )


async def find_device_request(call: Call) -> Approval:
    """Who asks behind a typed code."""
    found = await devices.find(call.body.code, call.actor.id, visitor_of(call))
    one = await answering.question(found, await needed_live(call))
    if one is None:
        raise not_allowed("device_code_wrong")
    return _view(one)


async def list_approvals(call: Call) -> Approvals:
    """What a window asks of this person right now."""
    one = await answering.next_for(await needed_live(call))
    return Approvals(approvals=[_view(one)] if one else [])


async def answer_approval(call: Call) -> None:
    """Say yes or no."""
    body: Answer = call.body
    await answering.answer(
        call.path["id"], await needed_live(call), visitor_of(call),
        agree=body.agree, elements=tuple(body.elements), acting_by=body.acting,
    )  # fmt: skip


async def _device(shown: Shown, call: Call) -> dict[str, object]:
    return await devices.begin(shown)


async def _ciba(shown: Shown, call: Call) -> dict[str, object]:
    return await windows.begin(shown)


ROUTES = (
    endpoint("device_authorization", _device, "begin_device_sign_in",
             "A machine asks for a code to show (设备授权)"),
    endpoint("backchannel_authentication", _ciba, "ask_person_for_client",
             "Ask a person on their phone (后台认证)"),
    preflight("device_authorization"),
    web.route("POST", "/auth/approvals/codes", find_device_request, actor=web.PERSON,
              body=TypedCode, returns=Approval, tags=TAGS,
              summary="Who asks behind a code (输入设备上的代码)"),
    web.route("GET", "/auth/approvals", list_approvals, actor=web.PERSON, returns=Approvals,
              summary="What waits for my yes (等我确认的登录)", tags=TAGS),
    web.route("POST", "/auth/approvals/{id}/answer", answer_approval, actor=web.PERSON,
              body=Answer, status=204, summary="Say yes or no (同意或拒绝)", tags=TAGS),
)  # fmt: skip
