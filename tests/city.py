"""One factory per noun: visitors, residents, staff, answers, papers.

Everything goes through HTTP, as a phone or a clerk's browser would send it.
"""

import os
import re
import uuid
from datetime import date
from html import unescape
from typing import Any

import httpx2
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auth import client as auth
from backend.kernel.settings import Settings
from backend.outside.bank.sandbox import card_of
from backend.outside.demo import read_people
from backend.outside.webpush.encryption import b64
from tests.conftest import OpenCity

PASSWORD = "Yimen-demo-2026"

# A white pixel: what a phone's camera would send.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ff"
    "ff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def environ(settings: Settings, **more: str) -> dict[str, str]:
    """The environment that gives a process of its own the same settings."""
    plain = settings.model_dump(exclude={"host", "port"}, exclude_defaults=True)
    named = {f"YIMEN_{name.upper()}": str(value) for name, value in plain.items()}
    return {**named, "PATH": os.environ["PATH"], **more}


def key() -> str:
    """A fresh idempotency key."""
    return str(uuid.uuid4())


class Visitor:
    """Somebody with a browser: cookies, and the CSRF token that the session answer gave."""

    def __init__(self, city: OpenCity, http: httpx2.AsyncClient) -> None:
        self.city = city
        self.http = http
        self.person_id = ""

    async def ask(
        self, method: str, path: str, *, expect: int | None = None, **request: Any
    ) -> httpx2.Response:
        """One request; with ``expect`` any other status fails and shows the problem."""
        answer = await self.http.request(method, path, **request)
        if expect is not None:
            assert answer.status_code == expect, (method, path, answer.status_code, answer.text)
        return answer

    async def get(self, path: str, expect: int = 200, **params: Any) -> Any:
        """The JSON of a GET."""
        return (await self.ask("GET", path, expect=expect, params=params)).json()

    async def post(
        self, path: str, body: Any = None, *, expect: int = 200, idempotency_key: str | None = None
    ) -> Any:
        """The JSON of a POST."""
        headers = {"Idempotency-Key": idempotency_key or key()}
        answer = await self.ask("POST", path, expect=expect, json=body, headers=headers)
        return answer.json() if answer.content else None

    async def put(self, path: str, body: Any, *, expect: int = 200) -> Any:
        """The JSON of a PUT."""
        return (await self.ask("PUT", path, expect=expect, json=body)).json()

    async def delete(self, path: str, *, expect: int = 204, **request: Any) -> None:
        """A DELETE."""
        await self.ask("DELETE", path, expect=expect, **request)

    def _signed_in(self, session: dict[str, Any]) -> None:
        self.http.headers["X-CSRF-Token"] = session["csrf_token"]

    async def sms_code(self, phone: str, purpose: str) -> str:
        """Ask for a code and read it from the text-message sandbox."""
        await self.post("/auth/codes", {"phone": phone, "purpose": purpose}, expect=202)
        await self.city.work()
        messages = (await self.get("/sandbox/sms/messages", phone=phone))["messages"]
        codes = [one["text"] for one in messages if "验证码" in one["text"]]
        found = re.search(r"\b\d{6}\b", codes[0])
        assert found
        return found.group()

    async def register(self, who: dict[str, Any]) -> None:
        """Register a demo person with a real name; the worker opens My Space."""
        body = {
            "name": who["name"],
            "id_number": who["id_number"],
            "phone": who["phone"],
            "code": await self.sms_code(who["phone"], "register"),
            "bank_card": card_for(who["id_number"]),
            "consent": True,
        }
        self._signed_in(await self.post("/auth/registrations", body, expect=201))
        self.person_id = await auth.person_by_id_number(who["id_number"]) or ""
        await self.city.work()

    async def sign_in(self, phone: str) -> None:
        """Sign in by phone code."""
        body = {"phone": phone, "code": await self.sms_code(phone, "sign_in")}
        self._signed_in(await self.post("/auth/sessions", body, expect=201))

    async def sign_in_as_staff(self, login: str) -> None:
        """Sign in at the staff door."""
        body = {"login": login, "password": PASSWORD}
        self._signed_in(await self.post("/auth/staff/sessions", body, expect=201))

    async def link_wechat(self, nickname: str = "嘉欣") -> str:
        """Agree on WeChat's own page as one of its demo people; the openid that WeChat knows."""
        started = await self.post("/auth/links/wechat")
        page = (await self.ask("GET", started["authorize_url"], expect=200)).text
        agree = re.search(rf'href="([^"]+)">{nickname}</a>', page)
        assert agree, page
        await self.ask("GET", unescape(agree.group(1)), expect=303)
        openids = {"嘉欣": "Liang", "黄伯": "Huang", "路人（未关注）": "Passer"}
        return f"oDemo_{openids[nickname].ljust(22, '0')}"

    async def allow_push(self, browser: str, *, expect: int = 201) -> dict[str, Any]:
        """Let a browser be woken through the sandbox's push service."""
        point = (
            ec.generate_private_key(ec.SECP256R1())
            .public_key()
            .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        keys = {"p256dh": b64(point), "auth": b64(bytes(16))}
        endpoint = f"{self.city.settings.base_url}/sandbox/webpush/{browser}"
        body = {"endpoint": endpoint, "keys": keys}
        return await self.post("/api/push/subscriptions", body, expect=expect)  # type: ignore[no-any-return]

    async def upload(self, material_type: str, *, expect: int = 201) -> dict[str, Any]:
        """Photograph a paper."""
        answer = await self.ask(
            "POST", "/api/documents", expect=expect,
            files={"file": ("照片.png", PNG, "image/png")},
            data={"material_type": material_type},
            headers={"Idempotency-Key": key()},
        )  # fmt: skip
        return answer.json()  # type: ignore[no-any-return]

    async def prepare(self, item: str) -> dict[str, Any]:
        """Open an item's form as its page does and answer everything: the body of a submission."""
        opened = await self.get(f"/api/items/{item}/application", form=1)
        form = opened["form"]
        values = {code: known["value"] for code, known in opened["prefill"].items()}
        values |= {}
        answer_missing(form, values)
        materials: dict[str, list[str]] = {}
        for material in form["materials"]:
            state = opened["materials"][material["code"]]
            asked = holds(material["when"], values) and holds(material["required"], values)
            if state["state"] == "needed" and asked:
                materials[material["code"]] = [(await self.upload(material["type"]))["id"]]
        return {
            "item": item,
            "version": opened["version"],
            "values": values,
            "materials": materials,
            "declarations": [one["code"] for one in form["declarations"]],
        }

    async def submit(self, item: str) -> dict[str, Any]:
        """Fill and submit an item; the case."""
        found: dict[str, Any] = await self.post("/api/cases", await self.prepare(item), expect=201)
        return found

    async def step(self, number: str, action: str, *, expect: int = 200, **more: Any) -> Any:
        """One staff action on a case, with the sequence number as last seen."""
        seen = await self.get(f"/api/staff/cases/{number}")
        body = {"action": action, "seq": seen["seq"], **more}
        return await self.post(f"/api/staff/cases/{number}/actions", body, expect=expect)


def demo_person(phone: str) -> dict[str, Any]:
    """Name, ID number and phone of one of the demo city's people."""
    for person in read_people():
        if person.get("phone") == phone:
            record = person["population"]
            return {"name": record["XM"], "id_number": record["GMSFHM"], "phone": phone}
    raise LookupError(phone)


def card_for(id_number: str) -> str:
    """The bank card that people give at registration whom the social insurance does not know."""
    for person in read_people():
        if person["population"]["GMSFHM"] == id_number and "phone" in person:
            return "" if "social_security" in person else card_of(person)
    return ""


TOUR = "19900000001"
ELDER = "19900000002"
LONG_NAME = "19900000003"
GRADUATE = "19900000004"


async def visitor(city: OpenCity, **headers: str) -> Visitor:
    """Somebody who has just arrived."""
    return Visitor(city, await city.client(**headers))


async def resident(city: OpenCity, phone: str = TOUR) -> Visitor:
    """A registered demo person, signed in, with an open My Space."""
    person = await visitor(city)
    await person.register(demo_person(phone))
    return person


async def clerk(city: OpenCity, login: str) -> Visitor:
    """A member of staff, signed in."""
    person = await visitor(city)
    await person.sign_in_as_staff(login)
    return person


def holds(condition: Any, values: dict[str, Any]) -> bool:
    """A condition over answers, for filling forms in tests (the product has its own)."""
    if isinstance(condition, bool):
        return condition
    if condition is None:
        return True
    if "all" in condition:
        return all(holds(one, values) for one in condition["all"])
    if "any" in condition:
        return any(holds(one, values) for one in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], values)
    value, wanted = values.get(condition["field"]), condition.get("value")
    present = value not in (None, "", [])
    checks = {
        "present": lambda: present,
        "absent": lambda: not present,
        "eq": lambda: value == wanted,
        "ne": lambda: value != wanted,
        "in": lambda: value in wanted,
        "not_in": lambda: value not in wanted,
        "gt": lambda: present and value > wanted,
        "gte": lambda: present and value >= wanted,
        "lt": lambda: present and value < wanted,
        "lte": lambda: present and value <= wanted,
    }
    return bool(checks[condition["op"]]())


def answer_missing(form: dict[str, Any], values: dict[str, Any]) -> None:
    """Answer every visible required field that has no value yet, as a patient person would."""
    for _ in range(4):  # an answer may make another field appear
        for section in form["sections"]:
            if not holds(section["when"], values):
                continue
            if section["repeat"] is None:
                _answer(section["fields"], values, values)
            else:
                rows = values.setdefault(section["code"], [])
                while len(rows) < section["repeat"]["min"]:
                    rows.append({})
                for row in rows:
                    _answer(section["fields"], row, {**values, **row})


def _answer(fields: list[dict[str, Any]], into: dict[str, Any], seen: dict[str, Any]) -> None:
    for field in fields:
        code = field["code"]
        wanted = holds(field["when"], seen) and holds(field["required"], seen)
        if wanted and into.get(code) in (None, "", []):
            into[code] = seen[code] = an_answer(field)


PATTERNED = {
    "business_uscc": "92440604MA4UJ7K21D",
    "residence_permit_number": "440604202108010001",
    "spouse_fund_account": "0088271936",
}


def an_answer(field: dict[str, Any]) -> Any:
    """A plausible answer to a field of any type."""
    options = [one["value"] for one in field.get("options") or []]
    smallest = field.get("min")
    plain: dict[str, Any] = {
        "number": smallest or 1,
        "money": smallest or 1200,
        "date": "2026-11-02",
        "month": "2026-10",
        "yes_no": True,
        "id_number": "110101199003070134",
        "phone": "13800000005",
        "region": "440604",
        "bank_card": "6228480088888888885",
        "uscc": "91440600MA4UXYP00B",
        "choice": options[0] if options else None,
        "choices": options[:1],
    }
    if field.get("type") == "region" and options:
        return options[0]
    if field.get("pattern") or field.get("element") in PATTERNED:
        return PATTERNED[field["element"]]
    return plain.get(field["type"], "佛山市禅城区祖庙街道一号"[: field.get("max_length") or 40])


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, to compare answers."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def in_days(days: int) -> str:
    """A date from a fixed day, as the API writes it."""
    return date.fromordinal(date(2026, 11, 23).toordinal() + days).isoformat()
