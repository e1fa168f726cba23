"""In whose place a person signs in at a department (办事身份): only if it asks, and they agree.

A system that does not ask for ``capacity`` meets the person themselves, whatever their session
stands for. In a browser it is the session's capacity that is told; to a machine or a window the
person says on the phone for whom they have come. What was agreed to goes with the grant: the
tokens keep it, but nothing is given or renewed once the representation is over.
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
from backend.kernel import clock, db
from backend.kernel.errors import conflict, not_allowed

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


def is_asked(asked: Asked) -> bool:
    """Whether a department wants to know in whose place somebody comes."""
    return not ABOUT.isdisjoint(asked.elements)


async def told(asked: Asked, live: Live | None) -> Told:
    """The capacity that a request would be answered in."""
    if live is None or live.kind != "person" or not is_asked(asked):
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


async def chosen(asked: Asked, live: Live, bond_id: str | None) -> Told:
    """What somebody chose for a machine or a window, None for oneself.

    Raises:
        Refusal: ``consent_missing`` (nobody asked), ``not_found`` (not one of theirs),
            ``capacity_over``, ``real_name_first``, ``market_down``.
    """
    if bond_id is None:
        return Told(None)
    if not is_asked(asked):
        raise not_allowed("consent_missing")
    bond = await acting.theirs(live, bond_id)
    if not bond.lives(clock.now()):
        raise not_allowed("capacity_over")
    return Told(Capacity(bond, acting.shown_name(bond), over=False))


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


def standing(grant: Given) -> tuple[db.Statement, ...]:
    """Goes into a write that gives tokens: ``Stale`` if the representation is over by then."""
    return () if grant.capacity is None else (acting.standing(grant.capacity),)
