"""What the clock does to cases, in batches, as often as one likes."""

from datetime import date

from backend.cases.models import history, lists
from backend.cases.rules import deadline, fold
from backend.cases.usecases.steps import deem_accept
from backend.cases.usecases.submit import add_working_days
from backend.kernel import clock, db, log
from backend.kernel.errors import Refusal

BATCH = 100


async def deem_accepted() -> int:
    """Accept every case that was met with silence for five working days; how many there were.

    A case that somebody moves on at the same moment is left to them.
    """
    count = 0
    after = (date.min, db.FIRST_ID)
    while rows := await lists.silent(clock.today(), after=after, count=BATCH):
        for row in rows:
            day = history.as_day(row["due_on"])
            assert day is not None
            after = (day, str(row["id"]))
            try:
                count += await deem_accept(row["number"])
            except Refusal as refusal:
                log.event("cases.not_deemed", reason=refusal.code)
    return count


async def give_due_dates() -> int:
    """Enter dates into cases that had none because nobody had loaded the year's calendar."""
    count = 0
    after = db.FIRST_ID
    while rows := await lists.undated(after=after, count=BATCH):
        for row in rows:
            after = str(row["id"])
            case = await history.find(row["number"], fresh=True)
            assert case is not None
            limit = deadline(
                fold(case.steps), promised_days=case.promised_days, add=add_working_days
            )
            if limit is not None:
                await db.write(history.set_due(case, limit))
                count += 1
    return count
