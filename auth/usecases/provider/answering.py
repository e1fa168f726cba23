"""The person's answer to a machine or a window (同意或拒绝): seen on their own phone."""

from dataclasses import dataclass

from auth.models.provider import clients, tickets
from auth.models.provider.tickets import Found
from auth.rules.provider import requests
from auth.rules.provider.client import Client
from auth.rules.provider.requests import Asked
from auth.usecases import prove
from auth.usecases.provider import authorizing, redeeming
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import db
from backend.kernel.errors import conflict, not_allowed, not_found


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for an answer."""

    found: Found
    client: Client
    asked: Asked


async def question(found: Found) -> Question | None:
    """A ticket as its person sees it; None when the department is shut out."""
    client = await clients.find(found.client_id)
    if client is None or not client.enabled:
        return None
    return Question(found, client, requests.again(found.payload["asked"]))


async def next_for(person_id: str) -> Question | None:
    """The one question a person is shown: the oldest that waits."""
    for found in await tickets.waiting_for(person_id):
        if (one := await question(found)) is not None:
            return one
    return None


async def answer(
    ticket_id: str, live: Live, visitor: Visitor, *, agree: bool, elements: tuple[str, ...]
) -> None:
    """Say yes to exactly what was shown, or no.

    Raises:
        Refusal: ``not_found``, ``request_answered`` (or too late), ``prove_again``,
            ``consent_missing``.
    """
    found = await tickets.find_by_id(ticket_id, "device")
    if found is None:
        found = await tickets.find_by_id(ticket_id, "ciba")
        if found is None or found.person_id != live.owner_id:
            raise not_found()
    one = await question(found)
    if one is None:
        raise not_found()
    statements: list[db.Statement] = []
    payload = dict(found.payload)
    if agree:
        if live.aal < one.asked.acr:
            raise await prove.again(live, aal=one.asked.acr, within=0)
        if set(elements) != set(one.asked.elements):
            raise not_allowed("consent_missing")
        payload |= redeeming.agreed(
            person_id=live.owner_id, session_id=live.session_id, acr=live.aal,
            methods=live.methods, proved=live.proved,
        )  # fmt: skip
        statements = authorizing.consenting(live.owner_id, one.client, elements, visitor)
    try:
        await db.write(
            tickets.answering(found, "agreed" if agree else "refused", payload), *statements
        )
    except db.Stale:
        raise conflict("request_answered") from None
