"""Opening a form (打开申请表): already filled in, with what was typed before."""

from typing import Any

from orjson import Fragment

from backend.cases.models import drafts
from backend.cases.usecases.acting import need_item
from backend.cases.usecases.drafts import shown
from backend.catalogue import usecases as catalogue
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library
from backend.library.recent import Recent
from backend.vault import usecases as vault

_told: Recent[Fragment] = Recent(1000)


async def open_application(
    asker: Asker, item: str, *, with_form: bool, lang: str
) -> dict[str, Any]:
    """The draft for an item, what the city knows already, and which papers are still needed.

    Raises:
        Refusal: ``item_unknown``, ``for_companies``, ``for_people``, ``beyond_scope``.
    """
    need_item(asker, item)
    person_id = asker.holder
    form = catalogue.get_form(item, lang=lang)
    row = await drafts.find_sealed(person_id, item)
    # by the sealed bytes and the day they were written: equal ones can only open to the same
    draft = row and _told.told(
        (row["id"], row["content"], row["updated_at"]), lambda: shown(drafts.opened(row))
    )
    opened = await vault.prefill(
        person_id, form, reader=library.reader_of(asker), purpose="fill_form", lang=lang
    )
    return {
        **({"form": form} if with_form else {}),
        "version": form["version"],
        "draft": draft,
        **opened.shown,
    }
