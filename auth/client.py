"""All that the backend may ask of the identity house (统一身份认证的唯一入口)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from starlette.requests import Request

from auth.models import companies, links, merges, people
from auth.models.companies import Company
from auth.models.people import Identity, Standing
from auth.rules import documents
from auth.usecases import acting as capacities
from auth.usecases import prove, raising, sessions, window
from auth.usecases.sessions import Live
from backend.kernel import db, web
from backend.kernel.errors import not_found
from backend.kernel.web.application import SAFE
from backend.kernel.web.call import NOBODY

__all__ = [
    "Company", "Identity", "Standing", "acting", "acting_lives", "acting_stands", "at_window",
    "authenticate", "identity", "legal_person", "means", "merge_is_moved", "merge_moved",
    "person_by_id_number", "person_by_number", "person_by_openid", "standing", "wechat_openid",
]  # fmt: skip


async def authenticate(request: Request) -> web.Actor:
    """Who a request comes from: a person, a member of staff or nobody.

    A browser's token counts only as a cookie (and then asks for the CSRF token), the
    mini-program's only in the ``Authorization`` header.

    Raises:
        Refusal: ``session_over`` when the session ended, idled or ran out.
    """
    live = await sessions.find_in(request.scope["headers"])
    if live is None:
        return NOBODY
    return _actor(live, live.via == "web" and request.method not in SAFE)


@lru_cache(maxsize=5000)  # the very same session object comes again as long as nothing changed
def _actor(live: Live, with_csrf: bool) -> web.Actor:
    return web.Actor(
        kind=live.kind,
        id=live.owner_id,
        name=live.name,
        department=live.department,
        district=live.district,
        hall=live.hall,
        roles=frozenset(live.roles),
        session_id=live.session_id,
        csrf=live.csrf if with_csrf else None,
        level=live.level,
        aal=live.aal,
        proved=live.proved,
        methods=live.methods,
        via=live.via,
        capacity=live.acting or "",
    )


async def acting(actor: web.Actor) -> web.Acting:
    """In whose place an actor stands, by the table as it is now.

    Raises:
        Refusal: ``acting_over``, ``real_name_first``.
    """
    return await capacities.acting_of(actor.id, actor.capacity, actor.level)  # type: ignore[arg-type]


def acting_stands(representation_id: str) -> db.Statement:
    """Goes into the write that somebody makes in another's name: ``db.Stale`` if it has ended.

    An end that comes at the same time comes before the write, which is then not kept, or after it.
    """
    return capacities.standing(representation_id)


async def acting_lives(representation_id: str) -> bool:
    """Whether a representation lets its agent act now."""
    return await capacities.lives(representation_id)


async def means(actor: web.Actor) -> web.Means:
    """How an actor can prove again who they are, the easiest way first."""
    return await prove.means(
        actor.kind, actor.id, methods=actor.methods, aal=actor.aal, via=actor.via
    )


async def identity(person_id: str) -> Identity:
    """Name, ID number and phone of a person in plain text. Whoever asks records the read.

    An account that became part of another one leads to that.

    ``phone`` is empty for somebody who is only represented: a child, an elder without a phone.

    Raises:
        Refusal: ``not_found``, ``real_name_first`` while nothing has proven them.
    """
    found = await people.find_identity(person_id)
    if found is None:
        raise not_found()
    if found.became:
        return await identity(found.became)
    raising.need_real_name(found.level)
    return found


async def legal_person(company_id: str) -> Company:
    """A legal person: code, name, legal representative's name, state and as of when.

    Raises:
        Refusal: ``not_found``.
    """
    found = await companies.find(company_id)
    if found is None:
        raise not_found()
    return found


async def standing(person_id: str) -> Standing:
    """The masked name of a person, how far it is proven and since when.

    Raises:
        Refusal: ``not_found``, ``real_name_first`` while nothing has proven them.
    """
    found = await people.find_standing(person_id)
    if found is None:
        raise not_found()
    if found.became:
        return await standing(found.became)
    raising.need_real_name(found.level)
    return found


async def person_by_id_number(id_number: str) -> str | None:
    """The id of the person with an ID number."""
    found = await people.find_account(id_number_blind=people.blind_id_number(id_number))
    return None if found is None else found.person_id


async def person_by_number(number: str) -> str | None:
    """The id of the person with a document of any kind, one of a merged account too."""
    found = await people.find_by_number(documents.normal_number(number))
    return None if found is None else found.person_id


async def wechat_openid(person_id: str) -> str | None:
    """The person's openid at the city's official account, if linked."""
    return await links.find_openid("official", person_id)


async def person_by_openid(openid: str) -> str | None:
    """The person who linked an openid of the city's official account."""
    return await links.find_person("official", openid)


def merge_moved(merge_id: str, moved: Mapping[str, Sequence[str]]) -> db.Statement:
    """Note with a merge of two accounts which rows went over, so that parting brings them back.

    ``Stale`` when that was noted before, or the two are parted already.
    """
    return merges.noting(merge_id, moved)


async def merge_is_moved(merge_id: str) -> bool:
    """Whether it is noted already which rows went over, or the two are parted again."""
    found = await merges.find(merge_id)
    return found is None or found.moved is not None or found.state == "undone"


async def at_window(session_id: str) -> str | None:
    """The person who has shown a member of staff, in this session, that they stand there."""
    return await window.present(session_id)
