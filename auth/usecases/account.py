"""What a person does with their own account (账号安全): devices, password, a look at it all."""

from dataclasses import dataclass
from datetime import datetime

from auth.models import events, passkeys, people, pins
from auth.models import sessions as rows
from auth.rules import passwords as rules
from auth.usecases import alerts, passwords, prove, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import db, privacy
from backend.kernel.errors import FieldError, invalid, not_allowed, not_found


@dataclass(frozen=True, slots=True)
class Secured:
    """How a person's account is secured. ``pin`` is none, set or resting."""

    phone: str
    password: bool
    pin: str
    passkeys: int


@dataclass(frozen=True, slots=True)
class Place:
    """A session as its owner's list shows it."""

    session_id: str
    device: str
    via: str
    methods: tuple[str, ...]
    opened_at: datetime
    seen_at: datetime
    this: bool


async def look(live: Live) -> Secured:
    """How the account is secured now."""
    identity = await _identity(live)
    left = await pins.tries_left(live.owner_id)
    return Secured(
        phone=privacy.mask_phone(identity.phone),
        password=await people.find_password(live.owner_id) is not None,
        pin="none" if left is None else "set" if left else "resting",
        passkeys=len(await passkeys.of("person", live.owner_id)),
    )


async def places(live: Live) -> list[Place]:
    """Where the account is signed in: this session first, then by last use."""
    found = [
        Place(
            session_id=one.session_id,
            device=one.device,
            via=one.via,
            methods=one.methods,
            opened_at=one.opened_at,
            seen_at=one.seen_at,
            this=one.session_id == live.session_id,
        )
        for one in await rows.open_of(
            live.kind, live.account_id, idle=sessions.idle_seconds(live.kind)
        )
    ]
    return sorted(found, key=lambda one: (not one.this, -one.seen_at.timestamp()))


async def end_place(live: Live, session_id: str, visitor: Visitor) -> None:
    """End one of one's own sessions.

    Raises:
        Refusal: ``not_found``.
    """
    for one in await rows.open_of(live.kind, live.account_id, idle=None):
        if one.session_id == session_id:
            event = events.happened(
                "signed_out", via=visitor.via, address=visitor.address, **prove.owner(live)
            )
            await sessions.end(one.digest, by="owner", also=(event,))
            return
    raise not_found()


async def end_others(live: Live, visitor: Visitor) -> None:
    """End every session of one's own but this one."""
    event = events.happened(
        "signed_out", via=visitor.via, address=visitor.address, **prove.owner(live)
    )
    await db.write(event)
    await sessions.end_all(live.kind, live.account_id, by="owner", but=live.digest)


async def set_password(live: Live, password: str, visitor: Visitor, *, present: str | None) -> None:
    """Set the password, or change it with the ``present`` one, and sign out everywhere else.

    Raises:
        Refusal: ``check_input``, ``too_many_tries``.
    """
    identity = await _identity(live)
    await prove.with_present(live, present, await people.find_password(live.owner_id), visitor)
    own = (identity.id_number, identity.phone, identity.name)
    if problem := rules.problem(password, own=own):
        raise invalid("check_input", errors=[FieldError("/password", problem)])
    kept = await passwords.hashed(password)
    await db.write(
        people.setting_password(live.owner_id, kept),
        events.happened(
            "password_set", via=visitor.via, address=visitor.address, person_id=live.owner_id
        ),
        alerts.telling(live.owner_id, "password_set", device=visitor.device),
    )
    await sessions.end_all("person", live.owner_id, by="password", but=live.digest)


async def _identity(live: Live) -> people.Identity:
    found = await people.find_identity(live.owner_id)
    if found is None:
        raise not_allowed("not_for_you")
    return found
