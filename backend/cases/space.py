"""My Space (我的空间), composed: the vault's part, then drafts, cases and what was spared.

The vault stands below and knows no cases, so the page is put together here.
"""

from typing import Any

from orjson import Fragment

from backend.cases.models import drafts as rows
from backend.cases.models import lists
from backend.cases.usecases.drafts import cards_of
from backend.cases.usecases.read import card
from backend.kernel import web
from backend.library.recent import Recent
from backend.notices import usecases as notices
from backend.vault import usecases as vault

LATEST = 5

_told: Recent[Fragment] = Recent(1000)


async def my_space(person: web.Actor, *, lang: str) -> dict[str, Any]:
    """Everything on the person's own page."""
    own = await vault.my_space(person.id, lang=lang)
    drafts = await rows.of_person(person.id)
    latest = await lists.latest(person.id, LATEST)
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
        "unread": await notices.unread(person.id),
    }
