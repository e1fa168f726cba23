"""Citizens with applications and offices with queues, through HTTP alone."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from auth import demo
from auth.usecases import load_staff
from backend.catalogue import usecases as catalogue
from tests.auth.conftest import LIANG, Door, Somebody
from tests.city import PNG
from tests.conftest import OpenCity

ITEM = "residence-permit"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

# What a careful person types for each kind of field.
_TYPED: dict[str, Any] = {
    "text": "季华五路32号", "textarea": "情况属实", "number": 1, "money": 100, "date": "2020-01-02",
    "month": "2020-01", "yes_no": False, "id_number": LIANG.id_number, "phone": "19900000001",
    "bank_card": "6222021234567890128", "uscc": "91440604MA4UJ7K218", "region": "440604",
}  # fmt: skip

_keys = itertools.count(1)


def new_key() -> str:
    """A fresh idempotency key."""
    return f"test-key-{next(_keys):06d}"


def keyed(key: str | None = None) -> dict[str, str]:
    """The header of a keyed write."""
    return {"Idempotency-Key": key or new_key()}


def typed(spec: Mapping[str, Any]) -> Any:
    """An answer that a field accepts."""
    if spec.get("options"):
        value = spec["options"][0]["value"]
        return [value] if spec["type"] == "choices" else value
    if spec["type"] in ("number", "money"):
        return max(spec.get("min", 0), _TYPED[spec["type"]])
    return _TYPED[spec["type"]]


def filled(item: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Answers that pass: what is known, and the rest typed until nothing is wanting."""
    form = catalogue.get_form(item)
    specs = {f["code"]: f for s in form["sections"] for f in s["fields"] if not s.get("repeat")}
    groups = {s["code"]: s for s in form["sections"] if s.get("repeat") and s["repeat"]["min"]}
    values: dict[str, Any] = dict(known)
    for _ in range(60):
        errors = [
            e for e in catalogue.examine(item, form["version"], values).errors
            if e.pointer.startswith("/values/")
        ]  # fmt: skip
        if not errors:
            return values
        for error in errors:
            code = error.pointer.split("/")[2]
            if code in specs:
                values[code] = typed(specs[code])
            elif code in groups and code not in values:
                fields = groups[code]["fields"]
                row = {field["code"]: typed(field) for field in fields}
                values[code] = [row] * groups[code]["repeat"]["min"]
            else:
                values.pop(code)
    raise AssertionError(f"{item} cannot be filled in: {errors}")


@dataclass
class Citizen:
    """Somebody signed in, with what they do on the citizens' side."""

    browser: httpx2.AsyncClient
    who: Somebody
    papers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.browser.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def upload(self, material_type: str, data: bytes = PNG) -> str:
        answer = await self.browser.post(
            "/api/documents",
            files={"file": ("scan", data, "application/octet-stream")},
            data={"material_type": material_type},
            headers=keyed(),
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def application(self, item: str = ITEM) -> dict[str, Any]:
        """A body for ``POST /api/cases`` that passes, made from the opened form."""
        opened = await self.get(f"/api/items/{item}/application")
        known = {code: one["value"] for code, one in opened["prefill"].items()}
        values = filled(item, known)
        called_for = catalogue.visible_materials(item, opened["version"], values)
        materials = {}
        for paper in catalogue.get_form(item)["materials"]:
            state = opened["materials"].get(paper["code"], {"state": "needed"})["state"]
            if called_for.get(paper["code"]) and state == "needed":
                if paper["type"] not in self.papers:
                    self.papers[paper["type"]] = await self.upload(paper["type"])
                materials[paper["code"]] = [self.papers[paper["type"]]]
        declarations = [one["code"] for one in catalogue.get_form(item)["declarations"]]
        return {
            "item": item, "version": opened["version"], "values": values,
            "materials": materials, "declarations": declarations,
        }  # fmt: skip

    async def post(self, path: str, body: Any, key: str | None = None) -> httpx2.Response:
        return await self.browser.post(path, json=body, headers=keyed(key))

    async def submits(self, item: str = ITEM) -> dict[str, Any]:
        answer = await self.post("/api/cases", await self.application(item))
        assert answer.status_code == 201, answer.text
        case: dict[str, Any] = answer.json()
        return case

    async def case(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"/api/cases/{number}")
        return found


@dataclass
class Officer:
    """A member of staff at work."""

    browser: httpx2.AsyncClient

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.browser.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def searches(self, q: str) -> Any:
        """The cases of a number, or of whose number it is."""
        answer = await self.browser.post("/api/staff/cases/search", json={"q": q})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tries(
        self, number: str, action: str, *, seq: int, key: str | None = None, **more: Any
    ) -> httpx2.Response:
        return await self.browser.post(
            f"/api/staff/cases/{number}/actions",
            json={"action": action, "seq": seq, **more},
            headers=keyed(key),
        )

    async def does(self, number: str, action: str, **more: Any) -> dict[str, Any]:
        """Look at the case, then take the step."""
        seen = await self.get(f"/api/staff/cases/{number}")
        answer = await self.tries(number, action, seq=seen["seq"], **more)
        assert answer.status_code == 200, answer.text
        case: dict[str, Any] = answer.json()
        return case


@dataclass
class Town:
    """The city with its people."""

    door: Door

    @property
    def city(self) -> OpenCity:
        return self.door.city

    async def citizen(self, who: Somebody = LIANG) -> Citizen:
        """Somebody registered, whose space is open and filled."""
        browser = await self.door.registered(who)
        await self.city.work()
        return Citizen(browser, who)

    async def officer(self, login: str) -> Officer:
        await load_staff([entry for entry in demo.staff() if entry["login"] == login])
        browser = await self.door.visitor()
        answer = await browser.post(
            "/auth/staff/sessions", json={"login": login, "password": demo.PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return Officer(browser)


@pytest.fixture
def town(city_app: OpenCity) -> Town:
    """The city with its people, on each set of parts."""
    return Town(Door(city_app))
