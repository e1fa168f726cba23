"""One's own account (账号安全): where it is signed in, its password and its PIN."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.visit import needed_live, visitor_of
from auth.models.sessions import Via
from auth.usecases import account, pins
from backend.kernel import clock, web
from backend.kernel.web import Call, Reply, Schema

Secret = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]


class AccountView(Schema):
    """How the account is secured. ``pin`` rests for half a day after five wrong ones."""

    phone: str
    password: bool
    pin: Literal["none", "set", "resting"]
    passkeys: int


class PlaceView(Schema):
    """One sign-in. ``device`` is empty when its browser says nothing of itself."""

    id: str
    device: str
    via: Via
    methods: list[str]
    opened_at: str
    seen_at: str
    this: bool


class PlaceList(Schema):
    """Where the account is signed in, this place first."""

    sessions: list[PlaceView]


class NewPassword(Schema):
    """A password, at least eight characters; with the ``present`` one, by whoever has one."""

    password: Secret
    present: Secret | None = None


class NewPin(Schema):
    """Six digits."""

    pin: Secret


async def read_account(call: Call) -> AccountView:
    """How one's own account is secured."""
    found = await account.look(await needed_live(call))
    return AccountView.model_validate(
        {"phone": found.phone, "password": found.password, "pin": found.pin,
         "passkeys": found.passkeys}
    )  # fmt: skip


async def list_sessions(call: Call) -> PlaceList:
    """Where one is signed in."""
    found = await account.places(await needed_live(call))
    return PlaceList(
        sessions=[
            PlaceView(
                id=one.session_id,
                device=one.device,
                via=one.via,
                methods=list(one.methods),
                opened_at=clock.rfc3339(one.opened_at),
                seen_at=clock.rfc3339(one.seen_at),
                this=one.this,
            )
            for one in found
        ]
    )


async def end_one_session(call: Call) -> Reply:
    """Sign out somewhere else."""
    await account.end_place(await needed_live(call), call.path["id"], visitor_of(call))
    return Reply(status=204)


async def end_other_sessions(call: Call) -> Reply:
    """Sign out everywhere else."""
    await account.end_others(await needed_live(call), visitor_of(call))
    return Reply(status=204)


async def set_password(call: Call) -> Reply:
    """Set or change one's password; every other place is signed out."""
    live, body = await needed_live(call), call.body
    await account.set_password(live, body.password, visitor_of(call), present=body.present)
    return Reply(status=204)


async def set_pin(call: Call) -> Reply:
    """Set or change one's PIN."""
    await pins.set_pin(await needed_live(call), call.body.pin, visitor_of(call))
    return Reply(status=204)


async def remove_pin(call: Call) -> Reply:
    """Give one's PIN up."""
    await pins.remove_pin(await needed_live(call), visitor_of(call))
    return Reply(status=204)


TAGS = ("auth",)
SURE = web.Fresh(aal=2, within=600, or_best=True)
# One proof of any kind: whoever wants a thief out must not be held up.
LATELY = web.Fresh(aal=1, within=600)
ROUTES = (
    web.route("GET", "/auth/account", read_account, actor=web.PERSON, budget="free",
              returns=AccountView,
              summary="How one's account is secured (账号安全)", tags=TAGS),
    web.route("GET", "/auth/sessions", list_sessions, actor=web.SIGNED_IN, budget="free",
              returns=PlaceList,
              summary="Where one is signed in (登录的设备)", tags=TAGS),
    web.route("DELETE", "/auth/sessions/{id}", end_one_session, actor=web.SIGNED_IN, budget="free",
              fresh=LATELY,
              status=204, summary="Sign out somewhere else (退出某台设备)", tags=TAGS),
    web.route("DELETE", "/auth/sessions", end_other_sessions, actor=web.SIGNED_IN, budget="free",
              fresh=LATELY,
              status=204, summary="Sign out everywhere else (退出其他设备)", tags=TAGS),
    web.route("PUT", "/auth/password", set_password, actor=web.PERSON, fresh=SURE,
              body=NewPassword, status=204, summary="Set or change one's password (设置密码)",
              tags=TAGS),
    web.route("PUT", "/auth/pin", set_pin, actor=web.PERSON, fresh=SURE, body=NewPin, status=204,
              summary="Set or change one's PIN (设置六位数字密码)", tags=TAGS),
    web.route("DELETE", "/auth/pin", remove_pin, actor=web.PERSON, fresh=SURE, status=204,
              summary="Give one's PIN up (取消六位数字密码)", tags=TAGS),
)  # fmt: skip
