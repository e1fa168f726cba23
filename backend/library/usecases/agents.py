"""What somebody does in another's place (代办), seen by the one it is done for.

A line of the access log for everything that is brought, changed or thrown away; and in the same
write the agent's standing, so that nothing is kept that was done a moment after it had ended.
"""

from collections.abc import Iterable

from auth import client as auth
from backend.kernel import db
from backend.kernel.web import Actor
from backend.library.usecases.reading import reader_of, record_read


def acted(
    actor: Actor, purpose: str, elements: Iterable[str] = (), *, case: str | None = None
) -> list[db.Statement]:
    """For the write in which an actor changes something of the one they act for.

    Nothing for those who act for themselves. ``db.Stale`` when the representation has just ended.
    """
    if actor.acting is None:
        return []
    line = record_read(
        actor.holder, reader=reader_of(actor), elements=elements, purpose=purpose, case=case
    )
    return [auth.acting_stands(actor.acting.id), line]


async def note_acted(actor: Actor, purpose: str) -> None:
    """Write the line now, for what has no write of its own."""
    if actor.acting is not None:
        await db.write(
            record_read(actor.holder, reader=reader_of(actor), elements=(), purpose=purpose)
        )
