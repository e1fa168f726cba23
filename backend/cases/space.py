"""My Space (我的空间), composed: the vault's part, then drafts, cases and what was spared.

The vault stands below and knows no cases, so the page is put together here. So is the inbox: the
notices stand below the library, whose access log names everyone who read them.
"""

from typing import Any

from orjson import Fragment

from backend.cases.models import lists
from backend.cases.usecases.drafts import cards_of, within
from backend.cases.usecases.read import card
from backend.kernel import web
from backend.library import usecases as library
from backend.library.recent import Recent
from backend.notices import usecases as notices
from backend.vault import usecases as vault

LATEST = 5


async def inbox(actor: web.Actor, *, cursor: str | None, lang: str) -> dict[str, Any]:
    """A page of somebody's notices (消息), or of whom they act for; recorded."""
    found = await notices.notices(actor, before=cursor, lang=lang)
    if found["notices"]:
        await library.note_read(
            actor.holder, reader=library.reader_of(actor), elements=(), purpose="view_notices"
        )
    return found


_told: Recent[Fragment] = Recent(1000)


async def my_space(person: web.Actor, *, lang: str) -> dict[str, Any]:
    """Everything on the person's own page, or of whom they act for, as far as they may see it."""
    own = await vault.my_space(person, lang=lang)
    drafts = await within(person)
    latest = await lists.latest(
        person.holder, LATEST, person.acting.items if person.acting else None
    )
    sums = ("all_supplied", "all_fields", "all_waived", "all_papers")
    supplied, total, waived, papers = (int(latest[0][name]) if latest else 0 for name in sums)
    return {
        **own,
        "savings": {
            "fields_supplied": supplied,
            "fields_total": total,
            "papers_waived": waived,
            "papers_total": papers,
        },
        "drafts": _told.told(("drafts", lang, *drafts), lambda: cards_of(drafts, lang)),
        "cases": _told.told(("cases", lang, *latest), lambda: [card(row, lang) for row in latest]),
        "unread": await notices.unread(person),
    }
