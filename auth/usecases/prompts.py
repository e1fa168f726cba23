"""What somebody else asks of a person, answered on the person's phone (手机确认).

1. A request comes before one person, who sees who asks and from where; one at a time.
2. The other side shows a two-digit number, the phone three: whoever was sent a picture of a QR
   code by a swindler has no screen to read the number from. A wrong number ends the request.
3. What is agreed is never surer than the phone's own session: ``aal`` is 2 at most, because a QR
   code can be shown to somebody who takes it for another; ``proved_at`` and ``until`` are the
   phone's.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from auth.models import events, handoffs
from auth.models.handoffs import Request
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import clock, db
from backend.kernel.errors import Refusal, not_allowed

SUREST = 2


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request as the phone shows it; which of the numbers is right it is not told."""

    id: str
    kind: str
    numbers: tuple[str, ...]
    expires_in: int
    words: dict[str, str] = field(repr=False)
    near: bool


def prompt_over() -> Refusal:
    """The refusal for a request that ran out, was answered or was never this person's."""
    return not_allowed("prompt_over")


def shown(request: Request, visitor: Visitor) -> Prompt:
    """What the phone is told of a request."""
    asked = request.asked
    return Prompt(
        id=request.id,
        kind=request.kind,
        numbers=tuple(asked["numbers"]),
        expires_in=seconds_left(request),
        words={k: v for k, v in asked.items() if k in SHOWN},
        near=bool(asked.get("network")) and asked["network"] == visitor.network,
    )


SHOWN = ("device", "place", "address", "officer", "department", "window", "purpose")


def seconds_left(request: Request) -> int:
    """Whole seconds until a request runs out."""
    return max(0, int((request.expires_at - clock.now()).total_seconds()))


async def pending(live: Live, visitor: Visitor) -> Prompt | None:
    """The request that waits for this person's answer."""
    request = await handoffs.pending(live.owner_id)
    return None if request is None else shown(request, visitor)


async def answer(live: Live, request_id: str, number: str | None, visitor: Visitor) -> None:
    """Agree by picking the number that the other side shows, or say no with None.

    Raises:
        Refusal: ``prompt_over``; ``number_wrong`` ends the request.
    """
    request = await handoffs.find(request_id) if db.is_id(request_id) else None
    if request is None or request.person_id != live.owner_id or request.state != "asked":
        raise prompt_over()
    right = number == request.asked["number"]
    deciding = (
        handoffs.agreeing(
            request.id,
            live.owner_id,
            giver=live.session_id,
            aal=min(live.aal, SUREST),
            proved_at=datetime.fromtimestamp(live.proved, UTC),
            until=live.expires_at,
        )
        if right
        else handoffs.refusing(request.id, live.owner_id)
    )
    event = events.happened(
        "handoff_agreed" if right else "handoff_refused",
        method=request.kind,
        via=visitor.via,
        address=visitor.address,
        person_id=live.owner_id,
    )
    try:
        await db.write(deciding, event)
    except db.Stale:  # answered in another window a moment ago
        raise prompt_over() from None
    if not right and number is not None:
        raise not_allowed("number_wrong")
