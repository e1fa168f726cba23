"""Who stands at the window (窗口亮码认人): the phone shows digits, the clerk reads them.

1. ``show``: the person's phone shows eight digits, good once and for thirty seconds.
2. ``read``: a clerk's session reads them and says where and what for. The phone shows who asks
   (``prompts``), the clerk's screen a number; the person picks the same one.
3. From then on, and for a quarter of an hour, that session knows the person (``present``), until
   it reads the next one's digits or says that this one has left.
"""

from datetime import timedelta

from auth.models import events, handoffs
from auth.models.handoffs import Request
from auth.rules import handoffs as rules
from auth.usecases import once
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db
from backend.kernel.errors import Refusal, conflict, not_allowed, not_found


def code_over() -> Refusal:
    """The refusal for digits nobody is being shown, that were read already or are too old."""
    return not_allowed("window_code_over")


async def show(live: Live) -> str:
    """The digits for a person's phone.

    Raises:
        Refusal: ``too_many_tries``.
    """
    await knock("window.person", live.owner_id)
    value = {"person": live.owner_id}
    return await once.keep("window", value, seconds=rules.WINDOW_SECONDS, draw=once.digits)


async def read(
    clerk: Live, code: str, *, window: str, purpose: str, visitor: Visitor
) -> tuple[str, str]:
    """The request that the person's phone now shows, and the number for the clerk's screen.

    Raises:
        Refusal: ``window_code_over``, ``prompt_pending``, ``too_many_tries``.
    """
    await knock("window.clerk", clerk.account_id)
    kept = await once.look("window", code)
    if kept is None or kept.used:
        raise code_over()
    number, offered = rules.numbers()
    row, person_id = db.new_id(), kept.value["person"]
    asked = {
        "number": number,
        "numbers": offered,
        "officer": clerk.name,
        "department": clerk.department_name,
        "window": window,
        "purpose": purpose,
    }
    until = clock.in_seconds(rules.ASK_SECONDS)
    staff = (clerk.account_id, clerk.session_id)
    event = events.happened(
        "window_read",
        method=purpose,
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        staff_id=clerk.account_id,
    )
    try:
        await db.write(
            once.using(kept),
            handoffs.leaving(clerk.session_id),
            handoffs.starting(row, "window", asked, until=until, staff=staff),
            *handoffs.asking(row, person_id),
            event,
        )
    except db.Stale:
        raise code_over() from None
    except db.IntegrityError:
        raise conflict("prompt_pending") from None
    return row, number


async def standing(clerk: Live, row: str) -> Request:
    """How a request of this clerk's session stands.

    Raises:
        Refusal: ``not_found``.
    """
    request = await handoffs.find(row) if db.is_id(row) else None
    if request is None or request.staff_session != clerk.session_id:
        raise not_found()
    return request


async def present(session_id: str) -> str | None:
    """The person whom a clerk's session knows to stand at its window."""
    if not session_id:
        return None
    return await handoffs.at_window(
        session_id, since=clock.now() - timedelta(seconds=rules.KNOWN_SECONDS)
    )


async def leave(clerk: Live) -> None:
    """The person has left the window."""
    await db.write(handoffs.leaving(clerk.session_id))
