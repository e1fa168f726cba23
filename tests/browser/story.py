"""Bring a served city to a point worth looking at: a resident, her cases, an office at work.

Goes over HTTP, quickly; what the pages themselves do is shown by the tests.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.browser.people import photo
from tests.browser.served import ServedCity
from tests.city import PASSWORD, answer_missing, card_for, demo_person, holds

RENT = "fund-rent-withdrawal"


class Caller:
    """Somebody who is signed in, without a browser; the cookies can be handed to one."""

    def __init__(self, city: ServedCity) -> None:
        self.city = city
        self.http = city.visit()

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """The JSON of an answer; any refusal fails the test."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answer = self.http.request(method, path, headers=headers, **request)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def _enter(self, path: str, body: dict[str, Any]) -> None:
        session = self.ask("POST", path, json=body)
        self.http.headers["X-CSRF-Token"] = session["csrf_token"]

    @property
    def cookies(self) -> list[dict[str, str]]:
        """The session, as a browser context takes it."""
        return [
            {"name": name, "value": value, "url": self.city.address}
            for name, value in self.http.cookies.items()
        ]


class Resident(Caller):
    """A demo person, registered."""

    def __init__(self, city: ServedCity, phone: str) -> None:
        super().__init__(city)
        self.who = demo_person(phone)
        seen = len(city.codes(phone))
        self.ask("POST", "/auth/codes", json={"phone": phone, "purpose": "register"})
        code = city.sms_code(phone, seen)
        body = {**self.who, "code": code, "consent": True}
        body["bank_card"] = card_for(self.who["id_number"])
        self._enter("/auth/registrations", body)
        self._wait_for_facts()

    def _wait_for_facts(self) -> None:
        waiting = True
        while waiting:  # the worker reads the registers after the answer
            sources = self.ask("GET", "/api/space")["sources"]
            waiting = not sources or any(source["state"] == "waiting" for source in sources)

    def submit(self, item: str) -> str:
        """Fill an item's form and submit it; the number."""
        return str(self.ask("POST", "/api/cases", json=self.prepare(item))["number"])

    def prepare(self, item: str) -> dict[str, Any]:
        """Answer an item's form as a patient person would; what would be submitted."""
        opened = self.ask("GET", f"/api/items/{item}/application?form=1")
        form = opened["form"]
        values = {code: known["value"] for code, known in opened["prefill"].items()}
        answer_missing(form, values)
        return {
            "item": item, "version": opened["version"], "values": values,
            "materials": self._papers(form, opened["materials"], values),
            "declarations": [one["code"] for one in form["declarations"]],
        }  # fmt: skip

    def _papers(self, form: Any, states: Any, values: dict[str, Any]) -> dict[str, list[str]]:
        handed: dict[str, list[str]] = {}
        for paper in form["materials"]:
            asked = holds(paper["when"], values) and holds(paper["required"], values)
            if asked and states[paper["code"]]["state"] == "needed":
                found = self.ask(
                    "POST", "/api/documents", data={"material_type": paper["type"]},
                    files={"file": (f"{paper['name']}.png", photo(), "image/png")},
                )  # fmt: skip
                handed[paper["code"]] = [found["id"]]
        return handed


class Guardian(Resident):
    """A registered parent's second session, which acts for the eldest child."""

    def __init__(self, parent: Resident) -> None:
        Caller.__init__(self, parent.city)
        phone = parent.who["phone"]
        seen = len(self.city.codes(phone))
        self.ask("POST", "/auth/codes", json={"phone": phone, "purpose": "sign_in"})
        code = self.city.sms_code(phone, seen)
        self._enter("/auth/sessions", {"phone": phone, "code": code})
        child = self.ask("GET", "/auth/representations/children")["children"][0]["child"]
        begun = {"child": child, "consent": True}
        bond = self.ask("POST", "/auth/representations/children", json=begun)["id"]
        self.ask("PUT", "/auth/session/acting", json={"representation": bond})


class Office(Caller):
    """A chief: every role of one department."""

    def __init__(self, city: ServedCity, login: str) -> None:
        super().__init__(city)
        self._enter("/auth/staff/sessions", {"login": login, "password": PASSWORD})

    def step(self, number: str, action: str, **more: Any) -> None:
        """One action on a case."""
        seen = self.ask("GET", f"/api/staff/cases/{number}")
        body = {"action": action, "seq": seen["seq"], **more}
        self.ask("POST", f"/api/staff/cases/{number}/actions", json=body)


@dataclass(frozen=True)
class Story:
    """A city in which a good deal has happened."""

    city: ServedCity
    resident: Resident
    guardian: Guardian
    office: Office
    keeper: Office
    closed: str
    correcting: str
    waiting: str
    running: str
    theme: str


def tell(city: ServedCity) -> Story:
    """One case closed, one to be corrected, one at another office, one running, one draft."""
    resident, office = Resident(city, "19900000001"), Office(city, "chief.gjj")
    keeper = Office(city, "admin")
    closed = resident.submit(RENT)
    for action in ("accept", "review"):
        office.step(closed, action, note="符合条件")
    office.step(closed, "decide", result="approve")
    office.step(closed, "close")
    correcting = resident.submit(RENT)
    asked = [
        {"target": "field", "code": "monthly_rent", "reason": "请与租赁合同上的月租核对"},
        {"target": "material", "code": "id_card", "reason": "照片太暗，看不清"},
    ]
    office.step(correcting, "request_correction", items=asked)
    running = resident.submit(RENT)
    office.step(running, "accept")
    waiting = resident.submit("property-records-query")
    draft = {"revision": 0, "values": {"monthly_rent": 1800}, "materials": {}}
    resident.ask("PUT", f"/api/drafts/{RENT}", json=draft)
    theme = city.http.get("/api/home").json()["themes"][0]["code"]
    guardian = Guardian(resident)
    people = (resident, guardian, office, keeper)
    return Story(city, *people, closed, correcting, waiting, running, theme)
