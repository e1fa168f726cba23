"""What must leave the building after the commit (发件箱).

1. A use case calls ``enqueue`` (or adds ``row_for`` to its ``db.write``): the row is kept with the
   change itself or not at all.
2. ``Dispatcher`` leases due rows for a while, so that two workers never hold the same one.
3. The handler runs outside any transaction. It gets ``job.key``, which every receiver uses to
   drop what it has already seen: after a crash a row is handed out again.
4. A failing row waits longer each time, with jitter, and at last lies with the dead letters,
   where an operator sees it and may send it again.
"""

from backend.kernel.outbox.dispatch import Dispatcher, Handler
from backend.kernel.outbox.models import GiveUp, Job, enqueue, nudge, row_for

__all__ = ["Dispatcher", "GiveUp", "Handler", "Job", "enqueue", "nudge", "row_for"]
