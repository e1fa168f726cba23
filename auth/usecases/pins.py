"""The six-digit PIN (六位数字密码): set it, prove oneself by it, give it up."""

from auth.models import events, people, pins
from auth.rules import pins as rules
from auth.usecases import alerts, passwords, prove
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db
from backend.kernel.errors import FieldError, invalid, not_allowed


async def set_pin(live: Live, pin: str, visitor: Visitor) -> None:
    """Set a PIN, in the place of the last; all its tries are back.

    Raises:
        Refusal: ``check_input`` (not six digits, or too easy).
    """
    identity = await people.find_identity(live.owner_id)
    if identity is None:
        raise not_allowed("not_for_you")
    if problem := rules.problem(pin, id_number=identity.id_number, phone=identity.phone):
        raise invalid("check_input", errors=[FieldError("/pin", problem)])
    kept = await passwords.hashed(_bound(live.owner_id, pin))
    await db.write(
        pins.setting(live.owner_id, kept),
        _event("pin_set", live, visitor),
        alerts.telling(live.owner_id, "pin_set", device=visitor.device),
    )


async def remove_pin(live: Live, visitor: Visitor) -> None:
    """Give the PIN up."""
    await db.write(
        pins.removing(live.owner_id),
        _event("pin_removed", live, visitor),
        alerts.telling(live.owner_id, "pin_removed", device=visitor.device),
    )


async def by_pin(live: Live, pin: str, visitor: Visitor) -> str:
    """The session's new token, for the PIN of its owner. The try counts before it is compared.

    Raises:
        Refusal: ``pin_wrong``, ``pin_resting`` after five wrong ones in a row (twelve hours),
            ``session_over``.
    """
    await knock("prove.session", f"pin {live.session_id}")
    kept = await pins.claim(live.owner_id)
    if kept is None:
        raise not_allowed("pin_resting")
    if not await passwords.fits(_bound(live.owner_id, pin), kept):
        await prove.failed(live, "pin", visitor)
        left = await pins.tries_left(live.owner_id) or 0
        if not left:
            once = f"pin {live.owner_id} {clock.today()}"
            await db.write(alerts.telling(live.owner_id, "pin_resting", once=once))
        raise invalid("pin_wrong", errors=[FieldError("/secret", "pin_wrong")], left=left)
    return await prove.raised(live, "pin", visitor, also=(pins.right(live.owner_id, kept),))


def _bound(person_id: str, pin: str) -> str:
    """A PIN with its owner, so that equal PINs have nothing in common before the salt either."""
    return f"pin\0{person_id}\0{pin}"


def _event(kind: events.EventKind, live: Live, visitor: Visitor) -> db.Statement:
    return events.happened(
        kind, method="pin", via=visitor.via, address=visitor.address, person_id=live.owner_id
    )
