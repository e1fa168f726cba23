"""Who stands at the window (窗口亮码认人): the phone's digits and the clerk's reading of them."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.visit import needed_live, place_of, visitor_of
from auth.rules import handoffs as rules
from auth.usecases import prompts, window
from backend.kernel import web
from backend.kernel.web import Call, Reply, Schema


class WindowCode(Schema):
    """Digits to show at a window, and seconds until the next ones."""

    code: str
    next_in: int
    expires_in: int


class WindowReading(Schema):
    """The digits a clerk reads off a phone, the window and what it is for."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
    window: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    purpose: Literal["apply", "progress", "papers", "collect"]


class WindowAsked(Schema):
    """The number for the clerk's screen."""

    id: str
    number: str
    expires_in: int


class WindowState(Schema):
    """How the person has answered so far."""

    state: Literal["asked", "agreed", "refused", "done"]
    expires_in: int


async def show_window_code(call: Call) -> WindowCode:
    """The next digits for this phone."""
    code = await window.show(await needed_live(call))
    return WindowCode(code=code, next_in=rules.WINDOW_EVERY, expires_in=rules.WINDOW_SECONDS)


async def read_window_code(call: Call) -> WindowAsked:
    """A clerk reads a phone's digits."""
    live, visitor, body = await needed_live(call), visitor_of(call), call.body
    place = await place_of(call)  # what an administrator named counts for more than what is typed
    named = place.said if place and place.kind == "window" else body.window
    row, number = await window.read(
        live, body.code, window=named, purpose=body.purpose, visitor=visitor
    )
    return WindowAsked(id=row, number=number, expires_in=rules.ASK_SECONDS)


async def read_window_answer(call: Call) -> WindowState:
    """How the person has answered."""
    request = await window.standing(await needed_live(call), call.path["id"])
    return WindowState.model_validate(
        {"state": request.state, "expires_in": prompts.seconds_left(request)}
    )


async def leave_window(call: Call) -> Reply:
    """The person has left the window."""
    await window.leave(await needed_live(call))
    return Reply(status=204)


TAGS = ("auth",)
ROUTES = (
    web.route("POST", "/auth/window/codes", show_window_code, actor=web.PERSON, status=201,
              returns=WindowCode, summary="Digits to show at a window (窗口亮码)", tags=TAGS),
    web.route("POST", "/auth/staff/readings", read_window_code, actor=web.staff("clerk"),
              body=WindowReading, status=201, returns=WindowAsked,
              summary="Read a phone's digits (窗口读码)", tags=TAGS),
    web.route("GET", "/auth/staff/readings/{id}", read_window_answer, actor=web.staff("clerk"),
              returns=WindowState, summary="How the person has answered (读码结果)", tags=TAGS),
    web.route("DELETE", "/auth/staff/readings", leave_window, actor=web.staff("clerk"),
              status=204, summary="The person has left the window (离开窗口)", tags=TAGS),
)  # fmt: skip
