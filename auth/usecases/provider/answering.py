"""The person's answer to a machine or a window (同意或拒绝): seen on their own phone."""

from dataclasses import dataclass

from auth.models.provider import clients, tickets
from auth.models.provider.tickets import Found
from auth.rules.provider import requests
from auth.rules.provider.client import Client
from auth.rules.provider.requests import Asked
from auth.usecases import acting, prove
from auth.usecases.acting import Capacity
from auth.usecases.provider import authorizing, capacity, redeeming
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor
from backend.kernel import db
from backend.kernel.errors import conflict, not_allowed, not_found


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for an answer. ``capacities`` are those, besides the person's own, in which they
    may answer; None where the department does not ask.
    """

    found: Found
    client: Client
    asked: Asked
    capacities: list[Capacity] | None


async def question(found: Found, live: Live) -> Question | None:
    """A ticket as its person sees it; None when the department is shut out."""
    client = await clients.find(found.client_id)
    if client is None or not client.enabled:
        return None
    asked = requests.again(found.payload["asked"])
    capacities = await acting.choices(live) if capacity.is_asked(asked) else None
    return Question(found, client, asked, capacities)


async def next_for(live: Live) -> Question | None:
    """The one question a person is shown: the oldest that waits."""
    for found in await tickets.waiting_for(live.owner_id):
        if (one := await question(found, live)) is not None:
            return one
    return None


async def answer(
    ticket_id: str,
    live: Live,
    visitor: Visitor,
    *,
    agree: bool,
    elements: tuple[str, ...],
    acting_by: str | None,
) -> None:
    """Say yes to exactly what was shown, or no. ``acting_by`` is the representation that they
    chose, None for oneself.

    Raises:
        Refusal: ``not_found``, ``request_answered`` (or too late), ``prove_again``,
            ``consent_missing``, ``capacity_over``, ``real_name_first``, ``market_down``.
    """
    found = await tickets.find_by_id(ticket_id, "device")
    if found is None:
        found = await tickets.find_by_id(ticket_id, "ciba")
        if found is None or found.person_id != live.owner_id:
            raise not_found()
    one = await question(found, live)
    if one is None:
        raise not_found()
    statements: list[db.Statement] = []
    payload = dict(found.payload)
    if agree:
        if live.aal < one.asked.acr:
            raise await prove.again(live, aal=one.asked.acr, within=0)
        if set(elements) != set(one.asked.elements):
            raise not_allowed("consent_missing")
        told = await capacity.chosen(one.asked, live, acting_by)
        payload |= redeeming.agreed(
            person_id=live.owner_id, session_id=live.session_id, acr=live.aal,
            methods=live.methods, proved=live.proved, acting_by=told.id,
        )  # fmt: skip
        statements = authorizing.consenting(live.owner_id, one.client, elements, visitor, told)
    try:
        await db.write(
            tickets.answering(found, "agreed" if agree else "refused", payload), *statements
        )
    except db.Stale:
        raise conflict("request_answered") from None
