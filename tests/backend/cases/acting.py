"""Somebody who acts for another: the representation as it is kept, the rest through HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from auth import client as auth
from auth.models import bonds, companies
from backend.kernel import clock, db
from tests.auth.conftest import Somebody
from tests.backend.cases.conftest import Citizen, Town


@dataclass
class Agent(Citizen):
    """A citizen whose session stands for somebody else."""

    bond: str = ""
    id: str = field(default="")

    async def stands_for(self, bond: str | None) -> None:
        """Go on in another capacity, None for one's own."""
        answer = await self.browser.put("/auth/session/acting", json={"representation": bond})
        assert answer.status_code == 200, answer.text
        self.browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        self.browser.headers["Yimen-Acting"] = bond or "self"

    async def refused(self, method: str, path: str, **request: Any) -> tuple[int, str]:
        """The status and code of a refusal."""
        answer = await self.browser.request(method, path, **request)
        return answer.status_code, answer.json()["code"]


async def id_of(who: Somebody) -> str:
    found = await auth.person_by_id_number(who.id_number)
    assert found is not None
    return found


async def agent_for(
    town: Town, who: Somebody, principal: Somebody, *, scope: str = "view apply", **more: Any
) -> Agent:
    """Somebody who is registered and now acts for a registered relative."""
    citizen = await town.citizen(who)
    agent = Agent(citizen.browser, who, id=await id_of(who), bond=db.new_id())
    await db.write(
        bonds.beginning(
            agent.bond, kind="person", subject=await id_of(principal), agent_id=agent.id,
            role="family", relation="parent", scope=scope.split(), proof="counter",
            until=clock.now() + timedelta(days=30), **more,
        )
    )  # fmt: skip
    await agent.stands_for(agent.bond)
    return agent


async def agent_of_company(
    town: Town, who: Somebody, *, uscc: str, name: str, representative: str, **more: Any
) -> tuple[Agent, str]:
    """Somebody who is registered and now acts for a company; the company's id."""
    citizen = await town.citizen(who)
    agent = Agent(citizen.browser, who, id=await id_of(who), bond=db.new_id())
    company = db.new_id()
    await db.write(
        companies.adding(
            company, uscc=uscc, name=name, representative=representative, state="active"
        ),
        bonds.beginning(
            agent.bond, kind="legal_person", subject=company, agent_id=agent.id,
            role="agent", scope=["view", "apply"], proof="counter",
            until=clock.now() + timedelta(days=30), **more,
        ),
    )  # fmt: skip
    await agent.stands_for(agent.bond)
    return agent, company
