"""The real platform for one test (真实平台): started as an operator starts it, with the demo city.

Tests act on it besides the phone through its HTTP API, as another device, a clerk or the SMS inbox.
"""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2

from tests.city import card_for
from tests.services.city import CityProcess, demo_environ, hall_of, operate

STAFF_PASSWORD = "Yimen-demo-2026"
PATIENCE = 60
"""Seconds to wait on a busy machine."""


@dataclass(frozen=True)
class Person:
    """A demo person, with the password that the tests give at registration."""

    name: str
    masked: str
    id_number: str
    phone: str
    password: str = "Lv-dao-2026-xin"


class Platform:
    """A running platform."""

    def __init__(self, address: str, http: httpx2.Client, state: Path) -> None:
        self.address = address
        self.state = state
        self.http = http

    def sms_code(self, phone: str, purpose: Literal["注册", "登录", "验证身份"]) -> str:
        """The code sent to this phone; it leaves through the outbox, so it may take a moment."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            inbox = self._json(self.http.get("/sandbox/sms/messages", params={"phone": phone}))
            for message in inbox["messages"]:
                code = re.search(rf"您正在{purpose}，验证码 (\d{{6}})", message["text"])
                if code:
                    return code.group(1)
            time.sleep(0.05)
        raise AssertionError(f"no text message to {phone}")

    def register(self, person: Person) -> None:
        """The person registered before, on the web."""
        ask = {"phone": person.phone, "purpose": "register"}
        self.http.post("/auth/codes", json=ask).raise_for_status()
        body = {
            "name": person.name,
            "id_number": person.id_number,
            "phone": person.phone,
            "code": self.sms_code(person.phone, "注册"),
            "password": person.password,
            "bank_card": card_for(person.id_number),
            "consent": True,
        }
        with httpx2.Client(base_url=self.address) as browser:
            browser.post("/auth/registrations", json=body).raise_for_status()

    def case_numbers(self, person: Person) -> list[str]:
        """Numbers of the cases this person has handed in."""
        with self._as_citizen(person) as device:
            return [case["number"] for case in self._json(device.get("/api/cases"))["cases"]]

    def draft(self, person: Person, item: str) -> dict[str, Any]:
        """The draft as the platform has it."""
        with self._as_citizen(person) as device:
            draft = self._json(device.get(f"/api/items/{item}/application"))["draft"]
            assert isinstance(draft, dict)
            return draft

    def drafts(self, person: Person) -> list[dict[str, Any]]:
        """The person's drafts."""
        with self._as_citizen(person) as device:
            return list(self._json(device.get("/api/drafts"))["drafts"])

    def draft_elsewhere(self, person: Person, item: str, values: dict[str, Any]) -> None:
        """The person saves the draft on another device."""
        with self._as_citizen(person) as device:
            draft = self._json(device.get(f"/api/items/{item}/application"))["draft"]
            revision = draft["revision"] if draft else 0
            body = {"revision": revision, "values": values, "materials": {}}
            device.put(f"/api/drafts/{item}", json=body).raise_for_status()

    def end_session(self, token: str) -> None:
        """This session is over, as when it was idle for too long."""
        headers = {"Authorization": f"Bearer {token}"}
        self.http.delete("/auth/session", headers=headers).raise_for_status()

    @contextmanager
    def window(self, login: str = "clerk.ga") -> Iterator[httpx2.Client]:
        """A clerk at work."""
        with httpx2.Client(base_url=self.address) as desk:
            body = {"login": login, "password": STAFF_PASSWORD}
            session = self._json(desk.post("/auth/staff/sessions", json=body))
            desk.headers["X-CSRF-Token"] = session["csrf_token"]
            yield desk

    @contextmanager
    def department(self) -> Iterator[httpx2.Client]:
        """A department's own system, registered by the operator's command."""
        auth = hall_of(demo_environ(self.state))
        with httpx2.Client(base_url=self.address, auth=auth) as system:
            yield system

    def ask_correction(self, number: str, target: str, code: str, reason: str) -> None:
        """The clerk asks the citizen to correct one thing."""
        with self.window() as desk:
            case = self._json(desk.get(f"/api/staff/cases/{number}"))
            step = {
                "action": "request_correction",
                "seq": case["seq"],
                "items": [{"target": target, "code": code, "reason": reason}],
            }
            headers = {"Idempotency-Key": f"ask-{number}"}
            answer = desk.post(f"/api/staff/cases/{number}/actions", json=step, headers=headers)
            self._json(answer)

    def act_for_first_child(self, person: Person) -> str:
        """A parent acts for the eldest child from now on; the representation."""
        with self._as_citizen(person) as device:
            device.post("/auth/session/codes").raise_for_status()
            proof = {"way": "sms", "secret": self.sms_code(person.phone, "验证身份")}
            token = self._json(device.post("/auth/session/proofs", json=proof))["token"]
            device.headers["Authorization"] = f"Bearer {token}"
            children = self._json(device.get("/auth/representations/children"))["children"]
            body = {"child": children[0]["child"], "consent": True}
            return str(self._json(device.post("/auth/representations/children", json=body))["id"])

    def end_representation(self, person: Person, representation: str) -> None:
        """Ended on another device."""
        with self._as_citizen(person) as device:
            device.delete(f"/auth/representations/{representation}").raise_for_status()

    @contextmanager
    def _as_citizen(self, person: Person) -> Iterator[httpx2.Client]:
        client = {"X-Yimen-Client": "miniprogram"}
        with httpx2.Client(base_url=self.address, headers=client) as device:
            body = {"account": person.phone, "password": person.password}
            token = self._json(device.post("/auth/sessions", json=body))["token"]
            device.headers["Authorization"] = f"Bearer {token}"
            yield device

    @staticmethod
    def _json(response: httpx2.Response) -> dict[str, Any]:
        assert response.is_success, response.text
        body = response.json()
        assert isinstance(body, dict)
        return body


def load_demo_city(state: Path) -> None:
    """Migrate and load once; tests copy the folder."""
    operate(demo_environ(state), "load")


@contextmanager
def serving(template: Path, state: Path) -> Iterator[Platform]:
    """A platform of its own on a free port, with a copy of the loaded city."""
    shutil.copytree(template, state)
    with CityProcess(demo_environ(state), state / "log.jsonl") as process:
        address = f"http://127.0.0.1:{process.port}"
        with httpx2.Client(base_url=address) as http:
            yield Platform(address, http, state)
