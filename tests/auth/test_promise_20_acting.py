"""Acting for others is explicit, scoped, limited in time and revocable at once (代办).

A model of who may act for whom is walked at random beside the city: named, asked, accepted,
declined, ended, run out, changed in the register, chosen and acted, through HTTP. After every step
each session gets exactly what the model says, at the very next request.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import httpx2
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from auth import client
from auth.models import bonds
from auth.rules import limits
from auth.usecases import market, representing, sessions
from backend.kernel import clock, db, web
from backend.kernel.settings import Settings
from tests.auth.conftest import HUANG, LIANG, Door, Somebody
from tests.auth.test_acting import PROBES
from tests.auth.test_companies import JIHUA
from tests.auth.test_family import HUSBAND, WEIJIE
from tests.conftest import _opened

PEOPLE = {"liang": LIANG, "huang": HUANG, "weijie": WEIJIE, "husband": HUSBAND}
CITY = ZoneInfo("Asia/Shanghai")
EXAMPLES, STEPS = 8, 25
person = st.sampled_from(sorted(PEOPLE))
which = st.integers(0, 30)


@dataclass
class Bond:
    """One representation as the model has it."""

    id: str
    principal: str
    agent: str
    asked_by: Literal["principal", "agent", ""]
    scope: frozenset[str]
    until: datetime | None
    answer_by: datetime | None
    state: str = "asked"
    named_by: str = ""
    role: str = "family"
    known: bool = False
    """Whether the city knows who the agent is: whom somebody only named is nobody yet."""

    @property
    def company(self) -> bool:
        return self.principal == "company"

    def lives(self, now: datetime) -> bool:
        return self.state == "living" and (self.until is None or now < self.until)

    def waits(self, now: datetime) -> bool:
        return self.state == "asked" and (self.answer_by is None or now < self.answer_by)

    @property
    def invited(self) -> str:
        return self.agent if self.asked_by == "principal" else self.principal


@dataclass
class World:
    """The city, its people's browsers, and the clock that all examples share."""

    runner: asyncio.Runner
    city: Any = None
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    sites: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))  # noqa: TID251

    def do(self, what: Coroutine[Any, Any, Any]) -> Any:
        with clock.showing(self.now):
            return self.runner.run(what)

    async def open(self, parts: Settings) -> None:
        long = {"session_idle": 10**9, "session_absolute": 10**9}
        self.opened = _opened(parts.model_copy(update=long))
        self.city = await self.opened.__aenter__()
        door = Door(self.city)
        site = web.build(
            PROBES, client.authenticate, base_url="http://localhost:8000", means_of=client.means,
            acting_of=client.acting,
        )  # fmt: skip
        for name, who in PEOPLE.items():
            self.browsers[name] = await door.registered(who)
            self.ids[name] = await client.person_by_id_number(who.id_number) or ""
            transport = httpx2.ASGITransport(app=site)
            self.sites[name] = httpx2.AsyncClient(
                transport=transport, base_url="http://localhost:8000"
            )

    async def fresh(self, name: str) -> None:
        """Somebody shows once more who they are."""
        browser = self.browsers[name]
        live = await sessions.find(browser.cookies["yimen_session"], via="web")
        assert live is not None
        token = await sessions.raise_to(live, 1, "sms")
        browser.cookies.clear()
        browser.cookies.set("yimen_session", token, domain="localhost.local", path="/")

    async def close(self) -> None:
        for site in self.sites.values():
            await site.aclose()
        await self.opened.__aexit__()


class Acting(RuleBasedStateMachine):
    """What people do, and what must follow."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.bonds: list[Bond] = []
        self.chosen: dict[str, Bond | None] = dict.fromkeys(PEOPLE)
        self.company = ""
        self.representative = "liang"
        self.world.do(self._clean())

    async def _clean(self) -> None:
        """The example begins with nobody acting for anybody."""
        for row in await db.rows("SELECT id FROM auth_representation WHERE state <> 'ended'"):
            await db.write(bonds.ending(str(row["id"]), by="test"))
        await self._register(LIANG)
        for name in PEOPLE:
            await self._choose(name, None)

    async def _register(self, who: Somebody) -> None:
        entry = {"UNISCID": JIHUA, "LEREP": who.name, "CERNO": who.id_number}
        answer = await self.world.browsers["liang"].post("/sandbox/market/changes", json=entry)
        assert answer.status_code == 200

    async def _choose(self, name: str, bond: str | None) -> httpx2.Response:
        answer = await self.world.browsers[name].put(
            "/auth/session/acting", json={"representation": bond}
        )
        if answer.status_code == 200:
            self.world.browsers[name].headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return answer

    @property
    def now(self) -> datetime:
        return self.world.now

    def _ask(self, name: str, method: str, path: str, **sent: Any) -> httpx2.Response:
        async def asking() -> httpx2.Response:
            await self.world.fresh(name)
            return await self.world.browsers[name].request(method, path, **sent)

        answer: httpx2.Response = self.world.do(asking())
        assert answer.status_code < 500, answer.text
        return answer

    # what people do

    @initialize()
    def a_company_and_a_family(self) -> None:
        """Examples begin in the middle of things: the random walk is short."""
        self.sign_up("liang")
        self.name_agent("liang", "husband", "agent")
        self.propose("huang", "weijie", "principal", apply=True, days=20)
        self.propose("husband", "liang", "agent", apply=False, days=365)
        for bond in self.bonds[1:]:
            self._accepts(bond.invited, bond)
        for bond in self.bonds[:3]:
            self._chooses(bond.agent, bond)

    @rule(who=person, other=person, by=st.sampled_from(["principal", "agent"]),
          apply=st.booleans(), days=st.sampled_from([0, 1, 20, 365]))  # fmt: skip
    def propose(self, who: str, other: str, by: Any, apply: bool, days: int) -> None:
        last = self.now.astimezone(CITY).date() + timedelta(days=days)
        body = {
            "name": PEOPLE[other].name, "phone": PEOPLE[other].phone, "relation": "spouse",
            "scope": ["apply"] if apply else ["view"], "until": last.isoformat(),
        }  # fmt: skip
        path = "/auth/representations" + ("" if by == "principal" else "/requests")
        answer = self._ask(who, "POST", path, json=body)
        principal, agent = (who, other) if by == "principal" else (other, who)
        if who == other:
            assert answer.status_code == 422
        elif self._same_waits(by, who, other):
            assert answer.status_code == 409
        else:
            scope = {"view", "apply"} if apply else {"view"}
            self._proposed(answer, principal, agent, by, scope, last, who)

    @precondition(lambda self: self.company)
    @rule(who=person, other=person, role=st.sampled_from(["agent", "viewer"]))
    def name_agent(self, who: str, other: str, role: str) -> None:
        body = {"name": PEOPLE[other].name, "phone": PEOPLE[other].phone, "role": role}
        answer = self._ask(who, "POST", f"/auth/legal-persons/{self.company}/agents", json=body)
        own = self._of_company(who)
        if own is None:
            assert answer.status_code == 404
        elif own.role != "legal_representative":
            assert answer.status_code == 403
        elif who == other:
            assert answer.status_code == 422
        elif self._same_waits("principal", "company", other):
            assert answer.status_code == 409
        else:
            last = self.now.astimezone(CITY).date() + timedelta(days=365)
            scope = {"view", "apply"} if role == "agent" else {"view"}
            self._proposed(answer, "company", other, "principal", scope, last, who, role)

    def _proposed(
        self, answer: httpx2.Response, principal: str, agent: str, by: Any, scope: set[str],
        last: Any, named_by: str, role: str = "family",
    ) -> None:  # fmt: skip
        assert answer.status_code == 201, answer.text
        midnight = datetime(last.year, last.month, last.day, tzinfo=CITY) + timedelta(days=1)
        self.bonds.append(
            Bond(
                answer.json()["id"], principal, agent, by, frozenset(scope), midnight,
                self.now + timedelta(days=14), named_by=named_by, role=role,
                known=by == "agent",
            )
        )  # fmt: skip

    def _same_waits(self, by: str, known: str, other: str) -> bool:
        return any(
            bond.waits(self.now) and bond.asked_by == by and bond.invited == other
            and known == (bond.principal if by == "principal" else bond.agent)
            for bond in self.bonds
        )  # fmt: skip

    def _of_company(self, who: str) -> Bond | None:
        found = (b for b in self.bonds if b.company and b.agent == who and b.lives(self.now))
        return next(found, None)

    @rule(who=person)
    def sign_up(self, who: str) -> None:
        answer = self._ask(who, "POST", "/auth/legal-persons", json={"uscc": JIHUA})
        own = self._of_company(who)
        if who != self.representative:
            assert answer.status_code == 403
        elif own and own.role == "legal_representative":
            assert answer.status_code == 409
        else:
            assert answer.status_code == 201, answer.text
            self.company = answer.json()["id"]
            for bond in self.bonds:
                if bond.company and bond.agent == who and bond.state == "living":
                    bond.state = "ended"
            scope = frozenset({"view", "apply", "manage"})
            new = Bond(
                answer.json()["representation"], "company", who, "", scope, None, None,
                state="living", role="legal_representative", known=True,
            )  # fmt: skip
            others = [b for b in self.bonds if b.role == "legal_representative"]
            self.bonds.append(new)
            if others:
                self._register_says()

    @precondition(lambda self: self.bonds)
    @rule(someone=st.none() | person, n=which)
    def accept(self, someone: str | None, n: int) -> None:
        asked = [bond for bond in self.bonds if bond.state == "asked"]
        bond = (asked or self.bonds)[n % len(asked or self.bonds)]
        self._accepts(someone or (bond.invited if bond.invited in PEOPLE else bond.agent), bond)

    def _accepts(self, who: str, bond: Bond) -> None:
        answer = self._ask(who, "POST", f"/auth/representations/{bond.id}/acceptance")
        if bond.state != "asked" or who != bond.invited:
            assert answer.status_code in (404, 409)
        elif (
            not bond.waits(self.now)
            or (bond.until and self.now >= bond.until)
            or any(
                b.lives(self.now) and (b.principal, b.agent) == (bond.principal, bond.agent)
                for b in self.bonds
            )
        ):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200, answer.text
            bond.state, bond.known = "living", True

    @precondition(lambda self: self.bonds)
    @rule(who=person, n=which)
    def end(self, who: str, n: int) -> None:
        """Either side ends it, takes it back or says no; nobody else can."""
        bond = self.bonds[n % len(self.bonds)]
        answer = self._ask(who, "DELETE", f"/auth/representations/{bond.id}")
        known = {bond.agent, bond.principal}
        if bond.state == "asked":
            known.discard("company")
        if who not in known:
            assert answer.status_code == 404
        elif bond.state != "ended":
            assert answer.status_code == 204, answer.text
            self._ended(bond)

    @precondition(lambda self: self.company and any(b.company for b in self.bonds))
    @rule(who=person, n=which)
    def end_agent(self, who: str, n: int) -> None:
        found = [bond for bond in self.bonds if bond.company]
        bond = found[n % len(found)]
        path = f"/auth/legal-persons/{self.company}/agents/{bond.id}"
        answer = self._ask(who, "DELETE", path)
        own = self._of_company(who)
        if own is None:
            assert answer.status_code == 404
        elif own.role != "legal_representative" or bond.role == "legal_representative":
            assert answer.status_code == 403
        else:
            assert answer.status_code == 204
            self._ended(bond)

    def _ended(self, bond: Bond) -> None:
        lived = bond.state == "living"
        bond.state = "ended"
        for other in self.bonds:
            if bond.company and lived and other.company and other.named_by == bond.agent:
                other.state = "ended" if other.state == "asked" else other.state

    @precondition(lambda self: self.bonds)
    @rule(someone=st.none() | person, n=which)
    def choose(self, someone: str | None, n: int) -> None:
        bond = self.bonds[n % len(self.bonds)]
        self._chooses(someone or bond.agent, bond)

    @rule(who=person)
    def choose_oneself(self, who: str) -> None:
        self._chooses(who, None)

    def _chooses(self, who: str, bond: Bond | None) -> None:
        asked = bond is not None and bond.agent == who and bond.lives(self.now)
        if asked and bond is not None and bond.role == "legal_representative":
            self._register_says()
        answer = self.world.do(self._choose(who, bond.id if bond else None))
        if bond is not None and (bond.agent != who or bond.state == "asked" or not bond.known):
            assert answer.status_code == 404
        elif bond is not None and not bond.lives(self.now):
            assert (answer.status_code, answer.json()["code"]) == (403, "acting_over")
        else:
            assert answer.status_code == 200, answer.text
            self.chosen[who] = bond

    @rule(hours=st.sampled_from([1, 24, 24 * 13, 24 * 21]))
    def time_passes(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)

    @rule(who=person)
    def register_changes(self, who: str) -> None:
        self.world.do(self._register(PEOPLE[who]))
        self.representative = who

    @rule()
    def a_day_of_the_clock(self) -> None:
        self.world.now += timedelta(hours=25)
        self.world.do(representing.lapse())
        self.world.do(market.check_all())
        for bond in self.bonds:
            over = bond.state == "living" and not bond.lives(self.now)
            if over or (bond.state == "asked" and not bond.waits(self.now)):
                bond.state = "ended"
        self._register_says()

    def _register_says(self) -> None:
        gone = {
            bond.agent
            for bond in self.bonds
            if bond.role == "legal_representative" and bond.state == "living"
        } - {self.representative}
        for bond in self.bonds:
            offered = bond.state == "asked" and bond.named_by in gone
            if bond.company and (offered or (bond.state == "living" and bond.agent in gone)):
                bond.state = "ended"

    # what must follow

    @rule(apply=st.booleans(), page=st.sampled_from(["right", "other", "none"]))
    def act(self, apply: bool, page: str) -> None:
        for who in PEOPLE:
            self._acts(who, apply, page)

    @invariant()
    def the_next_request_sees_what_has_happened(self) -> None:
        for who, bond in self.chosen.items():
            if bond is not None:
                self._acts(who, apply=False, page="right")

    def _acts(self, who: str, apply: bool, page: str) -> None:
        """A request for whoever the session stands for gets what the model says, and no more."""
        bond = self.chosen[who]
        header = {
            "right": {"Yimen-Acting": bond.id if bond else "self"},
            "other": {"Yimen-Acting": "self" if bond else "019aa000-0000-7000-8000-000000000000"},
            "none": {},
        }[page]
        browser, site = self.world.browsers[who], self.world.sites[who]
        headers = {
            "Cookie": f"yimen_session={browser.cookies['yimen_session']}",
            "X-CSRF-Token": browser.headers["X-CSRF-Token"],
            **header,
        }
        method, path = ("POST", "/apply") if apply else ("GET", "/view")
        answer = self.world.do(site.request(method, path, headers=headers))
        if page == "other" or (page == "none" and apply and bond):
            assert (answer.status_code, answer.json()["code"]) == (409, "acting_changed")
        elif bond is None:
            assert answer.json()["holder"] == self.world.ids[who]
        elif not bond.lives(self.now):
            assert (answer.status_code, answer.json()["code"]) == (403, "acting_over")
        elif apply and "apply" not in bond.scope:
            assert (answer.status_code, answer.json()["code"]) == (403, "beyond_scope")
        else:
            holder = self.company if bond.company else self.world.ids[bond.principal]
            assert answer.json()["holder"] == holder

    def teardown(self) -> None:
        """What everybody reads on their page is what the model says."""
        for name, browser in self.world.browsers.items():
            told = self.world.do(browser.get("/auth/representations")).json()
            living = {b["id"] for b in told["i_act_for"] if b["state"] == "living"}
            assert living == {
                b.id for b in self.bonds if b.agent == name and b.lives(self.now)
            }  # fmt: skip
            session = self.world.do(browser.get("/auth/session")).json()
            assert session["capacities"] == len(living)


def test_promise_20_who_acts_for_whom(parts: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = limits.Limit(10**6, 1)
    for name in ("representation.person", "company.person"):
        monkeypatch.setitem(limits.LIMITS, name, wide)
    with asyncio.Runner() as runner:
        world = World(runner)
        world.do(world.open(parts))
        machine = type("Machine", (Acting,), {"world": world})
        try:
            run_state_machine_as_test(
                machine,
                settings=hypothesis_settings(
                    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
                    database=None, derandomize=True,
                ),
            )  # fmt: skip
        finally:
            world.do(world.close())
