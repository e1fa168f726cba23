"""What a person agreed to give (我的授权): see it, and take it back."""

from auth.models import events
from auth.models.provider import clients, consents
from auth.models.provider.consents import Consented
from auth.rules.provider.client import Client
from auth.usecases.provider import leaving
from auth.usecases.visitor import Visitor

ABOUT = ("consented", "consent_ended", "passed_on", "data_given")
"""Kinds of events whose detail is a department's system."""


async def names() -> dict[str, str]:
    """What people read for each registered system."""
    return {one.client_id: f"{one.name}（{one.department_name}）" for one in await clients.every()}


async def every(person_id: str) -> list[tuple[Client, Consented]]:
    """The consents in force, with whom they are for."""
    found = [(await clients.find(one.client_id), one) for one in await consents.every(person_id)]
    return [(client, one) for client, one in found if client is not None]


async def withdraw(person_id: str, client_id: str, visitor: Visitor) -> None:
    """Take a consent back at once; the department is told. What is not there stays so."""
    event = events.happened(
        "consent_ended",
        via=visitor.via,
        address=visitor.address,
        person_id=person_id,
        detail=client_id[:60],
    )
    await leaving.withdraw(person_id, client_id, event)
