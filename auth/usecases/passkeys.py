"""Register a passkey and sign in with it (通行密钥, WebAuthn level 2).

1. The city gives a challenge that is good once, for five minutes.
2. The device signs it together with the address it was asked from: a page that looks like the
   city's gets nothing that the city would take. Every use asks for finger, face or PIN (UV).
3. Signature, address, flags and counter are checked by py_webauthn; whose key it is, here.

The user handle is a keyed digest, so that nothing on a lost security key says whose it is.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    structs,
)
from webauthn.helpers.exceptions import WebAuthnException

from auth.models import events, passkeys, staff
from auth.models.passkeys import Known
from auth.rules import limits
from auth.usecases import alerts, devices, prove, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import cache, db, privacy, settings
from backend.kernel.errors import conflict, not_allowed, not_found

MOST = 10
"""Passkeys that one person may have."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a device answers when a passkey is made."""

    credential: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    attestation: bytes = field(repr=False)
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a device answers when a passkey is used."""

    credential: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    authenticator_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    user_handle: bytes | None = field(default=None, repr=False)


async def challenge(visitor: Visitor) -> dict[str, Any]:
    """Options for ``navigator.credentials.get``, which name nobody: the device knows its keys.

    Raises:
        Refusal: ``too_many_tries``.
    """
    await visitor.knock("sign_in.address")
    options = generate_authentication_options(
        rp_id=_rp_id(),
        challenge=await _challenge("get"),
        timeout=limits.CHALLENGE_SECONDS * 1000,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


async def begin(live: Live, *, name: str) -> dict[str, Any]:
    """Options for ``navigator.credentials.create``; ``name`` is what the device's own list shows.

    Raises:
        Refusal: ``passkeys_enough``.
    """
    known = await passkeys.of(live.kind, live.account_id)
    if len(known) >= MOST:
        raise not_allowed("passkeys_enough", most=MOST)
    options = generate_registration_options(
        rp_id=_rp_id(),
        rp_name=f"一门 · {settings.current().city_name}",
        user_id=_handle(live.kind, live.account_id),
        user_name=name,
        user_display_name=name,
        challenge=await _challenge(f"create {live.session_id}"),
        timeout=limits.CHALLENGE_SECONDS * 1000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=one.credential) for one in known
        ],
    )
    return options_to_json_dict(options)


async def add(live: Live, made: Attestation, *, label: str, visitor: Visitor) -> None:
    """Keep a new passkey.

    Raises:
        Refusal: ``passkey_refused`` (used or old challenge, other address, no check of its owner),
            ``passkey_known``.
    """
    asked = await _answered(made.client_data, f"create {live.session_id}")
    verified = _checked(
        lambda: verify_registration_response(
            credential=structs.RegistrationCredential(
                id=bytes_to_base64url(made.credential),
                raw_id=made.credential,
                response=structs.AuthenticatorAttestationResponse(
                    client_data_json=made.client_data, attestation_object=made.attestation
                ),
            ),
            expected_challenge=asked,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    )
    adding = passkeys.adding(
        live.kind,
        live.account_id,
        credential=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        movable=verified.credential_device_type is structs.CredentialDeviceType.MULTI_DEVICE,
        transports=made.transports,
        aaguid=verified.aaguid,
        label=label,
    )
    try:
        await db.write(adding, *_told(live, "passkey_added", visitor))
    except db.IntegrityError:
        raise conflict("passkey_known") from None


async def rename(live: Live, passkey_id: str, label: str) -> None:
    """Give one's own passkey another name.

    Raises:
        Refusal: ``not_found``.
    """
    await _own(live, passkeys.naming(live.kind, live.account_id, _id(passkey_id), label))


async def remove(live: Live, passkey_id: str, visitor: Visitor) -> None:
    """Forget one's own passkey.

    Raises:
        Refusal: ``not_found``, ``second_factor_kept`` for the last of staff who must have one.
    """
    if live.kind == "staff" and settings.current().staff_second_factor:
        means = await prove.means("staff", live.owner_id)
        if "otp" not in means.ways and len(await passkeys.of("staff", live.account_id)) < 2:
            raise not_allowed("second_factor_kept")
    removing = passkeys.removing(live.kind, live.account_id, _id(passkey_id))
    await _own(live, removing, *_told(live, "passkey_removed", visitor))


async def sign_in(given: Assertion, visitor: Visitor) -> str:
    """The token of a new session for whoever the passkey belongs to.

    Raises:
        Refusal: ``passkey_refused``, whatever is amiss; ``too_many_tries``.
    """
    await visitor.knock("sign_in.address")
    known, using = await _shown(given, visitor)
    if known.kind == "staff" and not await staff.is_active(known.account_id):
        raise not_allowed("passkey_refused")
    opened = sessions.opening(
        known.kind,
        known.account_id,
        via=visitor.via,
        method="passkey",
        aal=level(known),
        device=visitor.device,
    )
    event = events.happened(
        "signed_in",
        method="passkey",
        via=visitor.via,
        address=visitor.address,
        **{f"{known.kind}_id": known.account_id},
    )
    seen = await devices.arriving(known.account_id, visitor) if known.kind == "person" else ()
    await _used(using, opened.statement, event, *seen)
    await sessions.replace_former(visitor.former)
    return opened.token


async def prove_again(live: Live, given: Assertion, visitor: Visitor) -> str:
    """The session's new token, for a passkey of its owner.

    Raises:
        Refusal: ``passkey_refused``, ``session_over``, ``too_many_tries``.
    """
    await knock("prove.session", f"passkey {live.session_id}")
    known, using = await _shown(given, visitor)
    if (known.kind, known.account_id) != (live.kind, live.account_id):
        raise not_allowed("passkey_refused")
    await _used(using)
    return await prove.raised(live, "passkey", visitor, aal=level(known))


def level(known: Known) -> int:
    """3 for a key that cannot leave its device, 2 for one that its maker's cloud may carry."""
    return 2 if known.movable else 3


async def _shown(given: Assertion, visitor: Visitor) -> tuple[Known, db.Statement]:
    """The passkey that signed, and the statement that moves its counter."""
    asked = await _answered(given.client_data, "get")
    known = await passkeys.find(given.credential)
    if known is None:
        raise not_allowed("passkey_refused")
    if given.user_handle is not None and not hmac.compare_digest(
        given.user_handle, _handle(known.kind, known.account_id)
    ):
        raise not_allowed("passkey_refused")
    verified = _checked(
        lambda: verify_authentication_response(
            credential=structs.AuthenticationCredential(
                id=bytes_to_base64url(given.credential),
                raw_id=given.credential,
                response=structs.AuthenticatorAssertionResponse(
                    client_data_json=given.client_data,
                    authenticator_data=given.authenticator_data,
                    signature=given.signature,
                    user_handle=given.user_handle,
                ),
            ),
            expected_challenge=asked,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            credential_public_key=known.public_key,
            credential_current_sign_count=0,  # looked at below, where the owner can be told
            require_user_verification=True,
        )
    )
    if (known.sign_count or verified.new_sign_count) and (
        verified.new_sign_count <= known.sign_count
    ):
        await _copied(known, visitor)
        raise not_allowed("passkey_refused")
    return known, passkeys.using(known.passkey_id, verified.new_sign_count)


async def _copied(known: Known, visitor: Visitor) -> None:
    """A counter that does not rise: two devices hold the key. The owner hears of it."""
    event = events.happened(
        "sign_in_failed",
        method="passkey",
        via=visitor.via,
        address=visitor.address,
        **{f"{known.kind}_id": known.account_id},
    )
    told = (alerts.telling(known.account_id, "passkey_copied"),) if known.kind == "person" else ()
    await db.write(event, *told)


async def _used(*statements: db.Statement) -> None:
    try:
        await db.write(*statements)
    except db.Stale:  # the same key signed twice at once
        raise not_allowed("passkey_refused") from None


async def _own(live: Live, *statements: db.Statement) -> None:
    try:
        await db.write(*statements)
    except db.Stale:
        raise not_found() from None


def _told(live: Live, what: alerts.What, visitor: Visitor) -> tuple[db.Statement, ...]:
    event = events.happened(
        "passkey_added" if what == "passkey_added" else "passkey_removed",
        method="passkey",
        via=visitor.via,
        address=visitor.address,
        **prove.owner(live),
    )
    if live.kind == "staff":
        return (event,)
    return event, alerts.telling(live.account_id, what, device=visitor.device)


async def _challenge(purpose: str) -> bytes:
    fresh = secrets.token_bytes(32)
    await cache.put(_name(fresh), purpose.encode(), seconds=limits.CHALLENGE_SECONDS)
    return fresh


async def _answered(client_data: bytes, purpose: str) -> bytes:
    """The challenge that an answer belongs to, handed out to its first answer alone."""
    try:
        told = orjson.loads(client_data)["challenge"]
        asked = base64url_to_bytes(told)
    except (ValueError, KeyError, TypeError):
        raise not_allowed("passkey_refused") from None
    if await cache.take(_name(asked)) != purpose.encode():
        raise not_allowed("passkey_refused")
    return asked


def _checked(verify: Callable[[], Result]) -> Result:
    try:
        return verify()
    # what lies inside comes from outside: its parsers fail in many ways, and all of them mean no
    except (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise not_allowed("passkey_refused") from None


def _handle(kind: str, account_id: str) -> bytes:
    return hmac.digest(privacy.ring().secret("passkey"), f"{kind} {account_id}".encode(), sha256)


def _rp_id() -> str:
    chosen = settings.current()
    return chosen.passkey_domain or urlsplit(chosen.base_url).hostname or "localhost"


def _origin() -> str:
    parts = urlsplit(settings.current().base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _name(asked: bytes) -> str:
    return "auth.passkey:" + sha256(asked).hexdigest()


def _id(passkey_id: str) -> str:
    if not db.is_id(passkey_id):
        raise not_found()
    return passkey_id
