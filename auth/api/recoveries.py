"""Getting an account back (账号找回), the code for that day, and another phone number."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.door import CodeSent, Typed
from auth.api.visit import needed_live, visitor_of
from auth.rules import limits
from auth.usecases import codes, recoveries
from backend.kernel import clock, web
from backend.kernel.errors import not_found
from backend.kernel.web import Call, Reply, Schema


class PhoneAsked(Schema):
    """Which phone a code goes to."""

    phone: Typed


class RecoveryStart(Schema):
    """Who one is, as at registration, and the phone one has now; ``code`` came to that phone."""

    name: Typed
    id_number: Typed
    phone: Typed
    code: Typed
    bank_card: Annotated[str, StringConstraints(max_length=40)] = ""
    recovery_code: Annotated[str, StringConstraints(max_length=40)] = ""
    consent: Literal[True]


class PhoneShown(Schema):
    """A phone and the code that came to it."""

    phone: Typed
    code: Typed


class RecoveryView(Schema):
    """A recovery that waits.

    Whoever is signed in sees when it began; whom the recovery code let in gets their session.
    """

    due_at: str
    started_at: str | None = None
    session: SessionView | None = None


class RecoveryCodeView(Schema):
    """The code to write down; it is shown this once."""

    code: str


async def send_recovery_code(call: Call) -> CodeSent:
    """Send a code to the phone one has now, whatever it is."""
    await codes.request(phone=call.body.phone, purpose="recover", visitor=visitor_of(call))
    return CodeSent(resend_after=limits.RESEND_SECONDS, expires_in=limits.CODE_SECONDS)


async def start_recovery(call: Call) -> Reply:
    """Prove anew who one is; wait, or be let in by the recovery code."""
    body: RecoveryStart = call.body
    visitor = visitor_of(call)
    token, due = await recoveries.start(
        name=body.name,
        id_number=body.id_number,
        phone=body.phone,
        code=body.code,
        bank_card=body.bank_card,
        recovery_code=body.recovery_code,
        visitor=visitor,
    )
    view = RecoveryView(due_at=clock.rfc3339(due))
    if token is None:
        return Reply(view)
    entered = await signed_in(token, visitor)
    return replace(entered, body=view.model_copy(update={"session": entered.body}))


async def finish_recovery(call: Call) -> Reply:
    """After the waiting: the account under the new phone."""
    visitor = visitor_of(call)
    token = await recoveries.finish(phone=call.body.phone, code=call.body.code, visitor=visitor)
    return await signed_in(token, visitor)


async def read_recovery(call: Call) -> RecoveryView:
    """Whether somebody is recovering one's own account."""
    found = await recoveries.waiting(await needed_live(call))
    if found is None:
        raise not_found()
    return RecoveryView(
        due_at=clock.rfc3339(found.due_at), started_at=clock.rfc3339(found.started_at)
    )


async def stop_recovery(call: Call) -> Reply:
    """It is not me who recovers: stop it."""
    await recoveries.stop(await needed_live(call), visitor_of(call))
    return Reply(status=204)


async def make_recovery_code(call: Call) -> RecoveryCodeView:
    """A new recovery code."""
    return RecoveryCodeView(
        code=await recoveries.new_code(await needed_live(call), visitor_of(call))
    )


async def send_new_phone_code(call: Call) -> CodeSent:
    """Send a code to the phone that is to be one's own from now on."""
    await codes.request(phone=call.body.phone, purpose="phone", visitor=visitor_of(call))
    return CodeSent(resend_after=limits.RESEND_SECONDS, expires_in=limits.CODE_SECONDS)


async def change_phone(call: Call) -> Reply:
    """Take another phone number."""
    body: PhoneShown = call.body
    live = await needed_live(call)
    await recoveries.change_phone(live, phone=body.phone, code=body.code, visitor=visitor_of(call))
    return Reply(status=204)


TAGS = ("auth",)
SURE = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("POST", "/auth/recoveries/codes", send_recovery_code, body=PhoneAsked,
              returns=CodeSent, status=202, summary="A code to the new phone (找回账号验证码)",
              tags=TAGS),
    web.route("POST", "/auth/recoveries", start_recovery, body=RecoveryStart, returns=RecoveryView,
              status=201, summary="Begin to recover (申请找回账号)",
              tags=TAGS),
    web.route("POST", "/auth/recoveries/completion", finish_recovery, body=PhoneShown,
              returns=SessionView, status=201, summary="Finish recovering (完成找回)", tags=TAGS),
    web.route("GET", "/auth/recovery", read_recovery, actor=web.PERSON, budget="free",
              returns=RecoveryView,
              summary="Is somebody recovering my account (找回进度)", tags=TAGS),
    web.route("DELETE", "/auth/recovery", stop_recovery, actor=web.PERSON, budget="free",
              status=204,
              summary="Stop a recovery that is not mine (撤销找回)", tags=TAGS),
    web.route("POST", "/auth/recovery-code", make_recovery_code, actor=web.PERSON, fresh=SURE,
              returns=RecoveryCodeView, status=201, summary="A new recovery code (生成找回码)",
              tags=TAGS),
    web.route("POST", "/auth/phone/codes", send_new_phone_code, actor=web.PERSON, fresh=SURE,
              body=PhoneAsked, returns=CodeSent, status=202,
              summary="A code to one's new phone (新手机验证码)", tags=TAGS),
    web.route("PUT", "/auth/phone", change_phone, actor=web.PERSON, fresh=SURE, body=PhoneShown,
              status=204, summary="Change one's phone number (更换手机号码)", tags=TAGS),
)  # fmt: skip
