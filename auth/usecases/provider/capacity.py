"""In whose place a person signs in at a department (办事身份): only if it asks, and they agree.

A system that does not ask for ``capacity`` meets the person themselves, whatever their session
stands for; so does a machine or a window, where a phone answers for its owner. What was agreed
to goes with the grant: the tokens keep it, but nothing is renewed once the representation is over.
"""

from dataclasses import dataclass
from typing import Any

from auth.models import companies, representations
from auth.models.provider.grants import Given
from auth.rules.provider.client import Client
from auth.rules.provider.requests import Asked
from auth.usecases import acting
from auth.usecases.acting import Capacity
from auth.usecases.provider import issuing
from auth.usecases.sessions import Live
from backend.kernel import clock
from backend.kernel.errors import conflict

ABOUT = frozenset({"capacity", "uscc"})
ONESELF: dict[str, Any] = {"kind": "self"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a department would learn: None for oneself."""

    capacity: Capacity | None

    @property
    def id(self) -> str | None:
        """The representation, as the consent and the grant keep it."""
        return self.capacity.bond.id if self.capacity else None


async def told(asked: Asked, live: Live | None) -> Told:
    """The capacity that a request would be answered in."""
    if live is None or live.kind != "person" or not ABOUT & set(asked.elements):
        return Told(None)
    return Told(await acting.capacity(live))


def agreed(told: Told, shown: str | None) -> None:
    """Let a yes count for the capacity that the screen showed, and only while it lives.

    Raises:
        Refusal: ``acting_changed``, ``acting_over``.
    """
    if told.id != shown:
        raise conflict("acting_changed")
    if told.capacity is not None and told.capacity.over:
        raise acting.acting_over()


async def claims_of(client: Client, grant: Given) -> dict[str, Any]:
    """``capacity`` (kind, role, name, pairwise ``sub`` of the represented), and ``uscc``."""
    bond = await representations.find(grant.capacity) if grant.capacity else None
    if bond is None or bond.subject is None:
        return {"capacity": ONESELF}
    found: dict[str, Any] = {
        "capacity": {
            "kind": bond.kind,
            "role": bond.role,
            "name": acting.shown_name(bond),
            "sub": issuing.subject(client, bond.subject),
        }
    }
    if bond.legal_person_id is not None:
        company = await companies.find(bond.legal_person_id)
        found["uscc"] = company.uscc if company else None
    return found


async def over(grant: Given) -> bool:
    """Whether the representation that a grant was given in has ended."""
    if grant.capacity is None:
        return False
    bond = await representations.find(grant.capacity)
    return bond is None or not bond.lives(clock.now())
