"""Proving again who one is, in the middle of something (再次验证身份)."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from auth.api.answer import SessionView, signed_in
from auth.api.door import CodeSent
from auth.api.passkeys import PasskeyShown
from auth.api.visit import needed_live, visitor_of
from auth.rules import limits
from auth.usecases import passkeys, pins, prove
from backend.kernel import web
from backend.kernel.errors import FieldError, invalid
from backend.kernel.web import Call, Reply, Schema

BY = {
    "sms": prove.by_code,
    "pwd": prove.by_password,
    "pin": pins.by_pin,
    "otp": prove.by_otp,
}
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]


class Proof(Schema):
    """A code from one's own phone, the password, the PIN, a one-time password, or a passkey.

    ``passkey`` comes with the way of that name, ``secret`` with all the others.
    """

    way: Literal["sms", "pwd", "pin", "otp", "passkey"]
    secret: Secret | None = None
    passkey: PasskeyShown | None = None


async def send_proof_code(call: Call) -> CodeSent:
    """Send a code to the phone of whoever is signed in."""
    await prove.send_code(await needed_live(call), visitor_of(call))
    return CodeSent(resend_after=limits.RESEND_SECONDS, expires_in=limits.CODE_SECONDS)


async def create_proof(call: Call) -> Reply:
    """Show again who one is; the session goes on under a new token."""
    body: Proof = call.body
    live, visitor = await needed_live(call), visitor_of(call)
    if body.way == "passkey":
        if body.passkey is None:
            raise invalid("check_input", errors=[FieldError("/passkey", "required")])
        token = await passkeys.prove_again(live, body.passkey.assertion(), visitor)
    else:
        if body.secret is None:
            raise invalid("check_input", errors=[FieldError("/secret", "required")])
        token = await BY[body.way](live, body.secret, visitor)
    return await signed_in(token, visitor)


TAGS = ("auth",)
ROUTES = (
    web.route("POST", "/auth/session/codes", send_proof_code, actor=web.PERSON, budget="free",
              returns=CodeSent,
              status=202, summary="Send a code to one's own phone (向本人手机发送验证码)",
              tags=TAGS),
    web.route("POST", "/auth/session/proofs", create_proof, actor=web.SIGNED_IN, budget="free",
              body=Proof,
              returns=SessionView, status=201, summary="Prove again who one is (再次验证身份)",
              tags=TAGS),
)  # fmt: skip
