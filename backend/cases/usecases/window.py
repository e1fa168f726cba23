"""The window (窗口): who stands there, as they have agreed on their phone, and their cases."""

from typing import Any

from auth import client as auth
from backend.cases.models import lists
from backend.cases.models.lists import Wanted
from backend.cases.usecases.queue import PAGE, line, reader, scope
from backend.kernel import clock, db, privacy
from backend.kernel.errors import not_found
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library


async def at_window(asker: Asker, *, lang: str) -> dict[str, Any]:
    """Who stands at the asker's window, and that person's cases within the asker's reach.

    That it was read is recorded for the person to see.

    Raises:
        Refusal: ``not_found``: nobody has agreed, or a quarter of an hour ago;
            ``real_name_first``.
    """
    person_id = await auth.at_window(asker.session_id)
    if person_id is None:
        raise not_found()
    who = await auth.identity(person_id)
    await db.write(
        library.record_read(
            person_id,
            reader=reader(asker),
            elements={"name", "id_number"},
            purpose="window",
            agreed=True,
        )
    )
    today = clock.today()
    within = scope(asker)
    wanted = Wanted(
        within.department, id_number=who.id_number, person=person_id, district=within.district
    )
    rows, total = await lists.queue(wanted, today=today, after=None, count=PAGE)
    return {
        "name": who.name,
        "id_number": privacy.mask_id(who.id_number),
        "level": who.level,
        "cases": [line(row, today, lang) for row in rows],
        "total": total,
    }
