"""Acting for somebody else (代办): who may apply for what, and how a step says who took it."""

from collections.abc import Iterable, Mapping
from typing import Any

from auth import client as auth
from backend.cases.models.history import Actor, History
from backend.catalogue import usecases as catalogue
from backend.kernel import db, i18n
from backend.kernel.errors import conflict, not_allowed
from backend.kernel.web import Actor as Asker
from backend.library import usecases as library


def need_item(asker: Asker, item: str) -> None:
    """Refuse an item that is not for whoever somebody stands for now, or not theirs to apply for.

    Opening a form is the first step of applying: whoever may only look does not need it.

    Raises:
        Refusal: ``item_unknown``, ``for_companies``, ``for_people``; ``beyond_scope`` naming the
            item that an agent is not for.
    """
    acting = asker.acting
    kind = "person" if acting is None else acting.kind
    if not catalogue.serves(item, kind):
        raise not_allowed("for_companies" if kind == "person" else "for_people")
    if acting is not None and not (acting.covers(item) and may_apply(asker)):
        raise not_allowed("beyond_scope", item=catalogue.item_card(item)["name"])


def covers(asker: Asker, item: str) -> bool:
    """Whether somebody may see what there is of an item: their own always."""
    return asker.acting is None or asker.acting.covers(item)


def may_apply(asker: Asker) -> bool:
    """Whether somebody may take the applicant's steps, or only look."""
    return asker.acting is None or "apply" in asker.acting.scope


async def need_capacity(asker: Asker, case: History) -> None:
    """A notice leads somebody to a case of another capacity than they are in: name the right one.

    Raises:
        Refusal: ``case_of_oneself``; ``case_of_other`` when they have handed it in for somebody
            for whom they still may act.
    """
    if case.person_id == asker.id:
        raise conflict("case_of_oneself", representation="self")
    agent = case.agent
    if agent and agent.id == asker.id and await auth.acting_lives(agent.representation):
        raise conflict("case_of_other", representation=agent.representation)


def taker(asker: Asker) -> Actor:
    """Who takes the applicant's step; an agent's capacity goes into the chained payload."""
    acting = asker.acting
    if acting is None:
        return Actor("person", asker.id)
    return Actor(
        "person",
        asker.id,
        acting={
            "representation": acting.id,
            "for": acting.subject,
            "role": acting.role,
            "name": asker.name,
        },
    )


def recorded(
    asker: Asker, purpose: str, *, elements: Iterable[str] = (), case: str | None = None
) -> list[db.Statement]:
    """For the step's own write: an agent's standing and their line in the access log."""
    return library.acted(asker, purpose, elements, case=case)


async def need_standing(asker: Asker) -> None:
    """After a write that came to nothing: was it because the representation has just ended?

    Raises:
        Refusal: ``acting_over``.
    """
    if asker.acting is not None:
        await auth.acting(asker)


async def applicant_of(asker: Asker) -> dict[str, Any]:
    """Who applies, as the office is told: a person or a company, and who acts for them.

    Raises:
        Refusal: ``real_name_first``.
    """
    acting = asker.acting
    who: dict[str, Any]
    if acting is not None and acting.kind == "legal_person":
        company = await auth.legal_person(acting.subject)
        who = {
            "kind": "legal_person",
            "name": company.name,
            "id_number": company.uscc,
            "phone": "",
        }
    else:
        person = await auth.identity(asker.holder)
        who = {"name": person.name, "id_number": person.id_number, "phone": person.phone}
    if acting is not None:
        agent = await auth.identity(asker.id)
        who["agent"] = {
            "name": agent.name,
            "id_number": agent.id_number,
            "phone": agent.phone,
            "role": acting.role,
        }
    return who


def role_name(role: str, lang: str) -> str:
    """A capacity in words."""
    return i18n.text(f"roles.{role}", lang)


def agent_line(acting: Mapping[str, Any], lang: str) -> str:
    """Who acted and in which capacity, in one line."""
    role = role_name(acting["role"], lang)
    return i18n.text("cases.by.agent", lang, name=acting["name"], role=role)
