"""“This was not me” (不是本人操作): end every other session at once, and leave a mark of it.

A recovery of the account that is under way is stopped as well, whatever line was pointed at.
"""

from contextlib import suppress

from auth.models import events, sessions
from auth.models.events import Entry
from auth.usecases import recoveries
from auth.usecases.sessions import Live, end
from auth.usecases.visitor import Visitor
from backend.kernel import db
from backend.kernel.errors import Refusal, not_found


async def disown(live: Live, event_id: str, visitor: Visitor) -> int:
    """End all sessions of a person but the one that asks; how many there were.

    Raises:
        Refusal: ``not_found`` for an event that is not the person's own.
    """
    entry: Entry | None = await events.find(event_id, person_id=live.account_id)
    if entry is None:
        raise not_found()
    await db.write(
        events.happened(
            "disowned",
            via=visitor.via,
            address=visitor.address,
            person_id=live.account_id,
            detail=entry.kind,
        )
    )
    with suppress(Refusal):  # nobody is recovering anything, as a rule
        await recoveries.stop(live, visitor)
    others = await sessions.living(kind="person", owner_id=live.account_id)
    others = [digest for digest in others if digest != live.digest]
    for digest in others:
        await end(digest, by="disowned")
    return len(others)
