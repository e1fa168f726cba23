"""Passkeys (通行密钥): sign in with one, make one, name it, remove it."""

import binascii
from base64 import urlsafe_b64decode
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.visit import needed_live, visitor_of
from auth.models import passkeys as rows
from auth.usecases import passkeys
from auth.usecases.passkeys import Assertion, Attestation
from backend.kernel import clock, web
from backend.kernel.errors import not_allowed
from backend.kernel.web import Call, Reply, Schema

# base64url without padding, as browsers write it
Bytes = Annotated[str, StringConstraints(min_length=1, max_length=1400, pattern=r"^[\w-]+$")]
Long = Annotated[str, StringConstraints(min_length=1, max_length=16000, pattern=r"^[\w-]+$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Transport = Annotated[str, StringConstraints(max_length=12, pattern=r"^[a-z-]+$")]


class Options(Schema):
    """What to hand to the browser (PublicKeyCredential.parse…OptionsFromJSON)."""

    public_key: dict[str, Any]


class PasskeyMade(Schema):
    """A new passkey, as the browser made it, and what its owner calls it."""

    credential: Bytes
    client_data: Long
    attestation: Long
    transports: Annotated[list[Transport], Field(max_length=6)] = Field(default_factory=list)
    label: Label


class PasskeyShown(Schema):
    """A passkey's answer to a challenge."""

    credential: Bytes
    client_data: Long
    authenticator_data: Long
    signature: Bytes
    user_handle: Bytes | None = None

    def assertion(self) -> Assertion:
        """The same in bytes."""
        return Assertion(
            credential=unpacked(self.credential),
            client_data=unpacked(self.client_data),
            authenticator_data=unpacked(self.authenticator_data),
            signature=unpacked(self.signature),
            user_handle=unpacked(self.user_handle) if self.user_handle else None,
        )


class PasskeyName(Schema):
    """What its owner calls a passkey."""

    label: Label


class PasskeyView(Schema):
    """One's own passkey. ``movable``: its maker may copy it to one's other devices."""

    id: str
    label: str
    movable: bool
    created_at: str
    used_at: str | None = None


class PasskeyList(Schema):
    """One's own passkeys, oldest first."""

    passkeys: list[PasskeyView]


def unpacked(text: str) -> bytes:
    """The bytes behind base64url.

    Raises:
        Refusal: ``passkey_refused``.
    """
    try:
        return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise not_allowed("passkey_refused") from None


async def ask_passkey(call: Call) -> Options:
    """A challenge for any passkey of this city."""
    return Options(public_key=await passkeys.challenge(visitor_of(call)))


async def create_passkey_session(call: Call) -> Reply:
    """Sign in by passkey alone, as a person or as staff."""
    visitor = visitor_of(call)
    return await signed_in(await passkeys.sign_in(call.body.assertion(), visitor), visitor)


async def begin_passkey(call: Call) -> Options:
    """What the browser needs to make a passkey."""
    return Options(public_key=await passkeys.begin(await needed_live(call), name=call.actor.name))


async def create_passkey(call: Call) -> PasskeyList:
    """Keep a new passkey."""
    body: PasskeyMade = call.body
    live = await needed_live(call)
    made = Attestation(
        unpacked(body.credential),
        unpacked(body.client_data),
        unpacked(body.attestation),
        tuple(body.transports),
    )
    await passkeys.add(live, made, label=body.label, visitor=visitor_of(call))
    return await list_passkeys(call)


async def list_passkeys(call: Call) -> PasskeyList:
    """One's own passkeys."""
    live = await needed_live(call)
    return PasskeyList(
        passkeys=[
            PasskeyView(
                id=one.passkey_id,
                label=one.label,
                movable=one.movable,
                created_at=clock.rfc3339(one.created_at),
                used_at=clock.rfc3339(one.used_at) if one.used_at else None,
            )
            for one in await rows.of(live.kind, live.account_id)
        ]
    )


async def rename_passkey(call: Call) -> Reply:
    """Give a passkey another name."""
    await passkeys.rename(await needed_live(call), call.path["id"], call.body.label)
    return Reply(status=204)


async def remove_passkey(call: Call) -> Reply:
    """Forget a passkey."""
    await passkeys.remove(await needed_live(call), call.path["id"], visitor_of(call))
    return Reply(status=204)


TAGS = ("auth",)
SURE = web.Fresh(aal=2, within=600, or_best=True)
ROUTES = (
    web.route("POST", "/auth/passkeys/challenges", ask_passkey, returns=Options, status=201,
              summary="A challenge for a passkey (通行密钥登录第一步)", tags=TAGS),
    web.route("POST", "/auth/passkeys/sessions", create_passkey_session, body=PasskeyShown,
              returns=SessionView, status=201, summary="Sign in by passkey (通行密钥登录)",
              tags=TAGS),
    web.route("POST", "/auth/passkeys/options", begin_passkey, actor=web.SIGNED_IN, fresh=SURE,
              returns=Options, status=201, summary="Begin to make a passkey (添加通行密钥第一步)",
              tags=TAGS),
    web.route("POST", "/auth/passkeys", create_passkey, actor=web.SIGNED_IN, fresh=SURE,
              body=PasskeyMade, returns=PasskeyList, status=201,
              summary="Keep a new passkey (添加通行密钥)", tags=TAGS),
    web.route("GET", "/auth/passkeys", list_passkeys, actor=web.SIGNED_IN, returns=PasskeyList,
              summary="One's own passkeys (我的通行密钥)", tags=TAGS),
    web.route("PUT", "/auth/passkeys/{id}", rename_passkey, actor=web.SIGNED_IN, body=PasskeyName,
              status=204, summary="Rename a passkey (通行密钥改名)", tags=TAGS),
    web.route("DELETE", "/auth/passkeys/{id}", remove_passkey, actor=web.SIGNED_IN, fresh=SURE,
              status=204, summary="Remove a passkey (删除通行密钥)", tags=TAGS),
)  # fmt: skip
