"""A screen signs in with a phone (扫码登录), and the phone answers who asks it."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.visit import needed_live, place_of, visitor_of
from auth.rules import cookies
from auth.rules import handoffs as rules
from auth.usecases import prompts, scans
from auth.usecases.provider import answering
from backend.kernel import settings, web
from backend.kernel.web import Call, Reply, Schema

Secret = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ScreenView(Schema):
    """A screen's request: the number to show, and how the phone has answered so far."""

    state: Literal["waiting", "asked", "agreed", "refused"]
    number: str
    expires_in: int


class QrView(Schema):
    """A QR code's content (the phone opens ``/scan#code``) and seconds until the next one."""

    code: str
    next_in: int
    expires_in: int


class Scanned(Schema):
    """What the phone read."""

    code: Secret


class PromptView(Schema):
    """Who asks. ``numbers`` holds the one that the other side shows; words may be empty."""

    id: str
    kind: Literal["scan", "window"]
    numbers: list[str]
    expires_in: int
    near: bool
    device: str = ""
    place: str = ""
    address: str = ""
    officer: str = ""
    department: str = ""
    window: str = ""
    purpose: str = ""


class Pending(Schema):
    """The request that waits for an answer, if there is one.

    ``approvals``: a department's own system waits for a yes as well (``/auth/approvals``).
    """

    prompt: PromptView | None
    approvals: bool


class Choice(Schema):
    """The number that the other side shows; none to say no."""

    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None


def prompt_view(prompt: prompts.Prompt) -> PromptView:
    """A prompt for the phone."""
    return PromptView.model_validate(
        {
            "id": prompt.id,
            "kind": prompt.kind,
            "numbers": list(prompt.numbers),
            "expires_in": prompt.expires_in,
            "near": prompt.near,
            **prompt.words,
        }
    )


async def start_screen(call: Call) -> Reply:
    """Begin to sign this screen in by phone."""
    place = await place_of(call)
    token, number = await scans.start(visitor_of(call), place.said if place else "")
    cookie = cookies.scan(token, secure=settings.current().secure, seconds=rules.SCAN_SECONDS)
    view = ScreenView(state="waiting", number=number, expires_in=rules.SCAN_SECONDS)
    return Reply(view, headers={"Set-Cookie": cookie})


async def read_screen(call: Call) -> ScreenView:
    """How this screen's request stands."""
    request = await scans.look(_token(call))
    return ScreenView.model_validate(
        {
            "state": request.state,
            "number": request.asked["number"],
            "expires_in": prompts.seconds_left(request),
        }
    )


async def draw_screen_code(call: Call) -> QrView:
    """The next QR code of this screen."""
    code = await scans.draw(_token(call))
    return QrView(code=code, next_in=rules.QR_EVERY, expires_in=rules.QR_SECONDS)


async def finish_screen(call: Call) -> Reply:
    """Sign this screen in, once the phone has agreed."""
    visitor = visitor_of(call)
    reply = await signed_in(await scans.finish(_token(call), visitor), visitor)
    gone = cookies.scan("", secure=settings.current().secure, seconds=0)
    return Reply(reply.body, headers=reply.headers, cookies=(*reply.cookies, gone))


async def open_scan(call: Call) -> PromptView:
    """The phone has read a screen's QR code."""
    live = await needed_live(call)
    return prompt_view(await scans.scanned(live, call.body.code, visitor_of(call)))


async def read_prompt(call: Call) -> Pending:
    """Who asks something of me now."""
    live = await needed_live(call)
    found = await prompts.pending(live, visitor_of(call))
    return Pending(
        prompt=None if found is None else prompt_view(found),
        approvals=await answering.next_for(live) is not None,
    )


async def answer_prompt(call: Call) -> Reply:
    """Pick the number, or say no."""
    live, visitor = await needed_live(call), visitor_of(call)
    await prompts.answer(live, call.path["id"], call.body.number, visitor)
    return Reply(status=204)


def _token(call: Call) -> str:
    name = cookies.scan_name(secure=settings.current().secure)
    return call.request.cookies.get(name, "")


TAGS = ("auth",)
ROUTES = (
    web.route("POST", "/auth/screens", start_screen, returns=ScreenView, status=201,
              summary="Begin to sign a screen in by phone (扫码登录)", tags=TAGS),
    web.route("GET", "/auth/screens/own", read_screen, returns=ScreenView,
              summary="How this screen's request stands (扫码状态)", tags=TAGS),
    web.route("POST", "/auth/screens/own/codes", draw_screen_code, returns=QrView, status=201,
              summary="The next QR code of this screen (刷新二维码)", tags=TAGS),
    web.route("POST", "/auth/screens/own/session", finish_screen, returns=SessionView, status=201,
              summary="Sign this screen in (完成扫码登录)", tags=TAGS),
    web.route("POST", "/auth/scans", open_scan, actor=web.PERSON, body=Scanned, status=201,
              returns=PromptView, summary="The phone has read a QR code (扫码)", tags=TAGS),
    web.route("GET", "/auth/prompt", read_prompt, actor=web.PERSON, returns=Pending,
              summary="Who asks something of me (待确认的请求)", tags=TAGS),
    web.route("POST", "/auth/prompts/{id}/answer", answer_prompt, actor=web.PERSON, body=Choice,
              status=204, summary="Pick the number, or say no (确认或拒绝)", tags=TAGS),
)  # fmt: skip
