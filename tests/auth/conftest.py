"""People at the door: what a visitor does, through HTTP alone."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from auth import demo
from auth.usecases import load_staff
from tests.auth.authenticator import Authenticator
from tests.city import card_for
from tests.conftest import OpenCity


@dataclass(frozen=True)
class Somebody:
    name: str
    id_number: str
    phone: str

    @property
    def body(self) -> dict[str, Any]:
        return {
            "name": self.name, "id_number": self.id_number, "phone": self.phone, "consent": True,
            "bank_card": card_for(self.id_number),
        }  # fmt: skip


LIANG = Somebody("梁嘉欣", "440604199005120222", "19900000001")
HUANG = Somebody("黄伯明", "440604195103080131", "19900000002")
STRANGER = "19900009999"


class Door:
    """The city's door and the text messages that come out of it."""

    def __init__(self, city: OpenCity) -> None:
        self.city = city

    async def visitor(self, **headers: str) -> httpx2.AsyncClient:
        return await self.city.client(**headers)

    async def phone_shows(self, phone: str) -> list[dict[str, Any]]:
        await self.city.work()
        visitor = await self.city.client()
        answer = await visitor.get("/sandbox/sms/messages", params={"phone": phone})
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def code(self, phone: str, purpose: str) -> str:
        """Ask for a code and read it off the phone."""
        visitor = await self.city.client()
        answer = await visitor.post("/auth/codes", json={"phone": phone, "purpose": purpose})
        assert answer.status_code == 202, answer.text
        shown = await self.phone_shows(phone)
        return str(next(m["params"]["code"] for m in shown if purpose in m["template"]))

    async def registered(self, who: Somebody = LIANG, **more: Any) -> httpx2.AsyncClient:
        """Somebody who has just registered, in their own browser."""
        browser = await self.visitor()
        code = await self.code(who.phone, "register")
        answer = await browser.post("/auth/registrations", json={**who.body, "code": code, **more})
        assert answer.status_code == 201, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return browser

    async def proves(self, browser: httpx2.AsyncClient, way: str, secret: str) -> None:
        """Somebody signed in shows once more who they are."""
        body = {"way": way, "secret": secret}
        answer = await browser.post("/auth/session/proofs", json=body)
        assert answer.status_code == 201, answer.text

    async def passkey(
        self, browser: httpx2.AsyncClient, device: Authenticator | None = None
    ) -> Authenticator:
        """Somebody signed in adds a passkey."""
        device = device or Authenticator()
        begun = await browser.post("/auth/passkeys/options")
        assert begun.status_code == 201, begun.text
        made = device.make(begun.json()["public_key"])
        answer = await browser.post("/auth/passkeys", json=made)
        assert answer.status_code == 201, answer.text
        return device

    async def proves_by(self, browser: httpx2.AsyncClient, device: Authenticator) -> None:
        """Somebody signed in shows their passkey once more."""
        body = {"way": "passkey", "passkey": device.show(await self.challenge())}
        answer = await browser.post("/auth/session/proofs", json=body)
        assert answer.status_code == 201, answer.text

    async def challenge(self) -> dict[str, Any]:
        """What the city asks a passkey."""
        answer = await (await self.visitor()).post("/auth/passkeys/challenges")
        options: dict[str, Any] = answer.json()["public_key"]
        return options

    async def clerk(self, login: str = "clerk.ga") -> httpx2.AsyncClient:
        await load_staff(demo.staff()[:4])
        browser = await self.visitor()
        answer = await browser.post(
            "/auth/staff/sessions", json={"login": login, "password": demo.PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return browser


@pytest.fixture
def door(city_app: OpenCity) -> Door:
    """The door, on each set of parts."""
    return Door(city_app)


@pytest.fixture
def small_door(embedded_city: OpenCity) -> Door:
    """The door on SQLite alone, for what storage plays no part in."""
    return Door(embedded_city)


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.json()["fix"]
    return answer.status_code, answer.json()["code"]


def said(answer: httpx2.Response) -> dict[str, Any]:
    """All of an answer that could tell one account from another."""
    body = {k: v for k, v in answer.json().items() if k != "request_id"}
    return {"status": answer.status_code, **body}
