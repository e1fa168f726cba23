"""People who have just registered, and what the registers then told."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from auth import client as auth
from backend.library import usecases as library
from tests.auth.conftest import LIANG, Door, Somebody, door

__all__ = ["door"]

YANG = Somebody("杨帆", "44060619930214029X", "19900000016")
STOPPED = Somebody("孙停停", "440604198601020282", "19900000022")
REFUSED = Somebody("孙拒拒", "440604198601040224", "19900000024")


@dataclass
class Resident:
    """Somebody registered, with the registers asked once."""

    id: str
    who: Somebody
    browser: httpx2.AsyncClient
    door: Door

    @property
    def self(self) -> library.Reader:
        return library.Reader("person", self.id)

    async def facts(self, *elements: str) -> dict[str, Any]:
        found = await library.current(
            self.id, reader=self.self, purpose="test", elements=elements or None
        )
        return {element: fact.value for element, fact in found.items()}

    async def states(self) -> dict[str, str]:
        return {feed.source: feed.state for feed in await library.source_states(self.id)}


async def moved_in(door: Door, who: Somebody) -> Resident:
    browser = await door.registered(who)
    await door.city.work()
    person_id = await auth.person_by_id_number(who.id_number)
    assert person_id is not None
    return Resident(person_id, who, browser, door)


@pytest.fixture
async def liang(door: Door) -> Resident:
    """The tour's citizen, on each set of parts."""
    return await moved_in(door, LIANG)
