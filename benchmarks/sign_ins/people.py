"""Fills a city with people who can sign in, as registration and consent leave them."""

import secrets
from hashlib import sha256

from auth.models import devices, people
from auth.models.provider import consents
from auth.usecases import passwords, sessions
from auth.usecases.provider import registry
from backend.kernel import db
from benchmarks.sign_ins.ways import BACK, PASSWORD, SCOPES, Resident, Town
from tests.auth.pairs import somebody

PURPOSE = "查询和办理您的社会保险"


async def settle(count: int) -> Town:
    """Give the open city that many people and two departments' systems."""
    given = {alg: await _client(alg) for alg in ("ES256", "RS256")}
    password_hash = await passwords.hashed(PASSWORD)
    clients = [alg.lower() for alg in given]
    residents = [await _resident(place, password_hash, clients) for place in range(count)]
    return Town(residents, given)


async def _client(alg: str) -> str:
    _, secret = await registry.add({
        "client_id": alg.lower(), "name": "社保网上服务厅", "department": "RS",
        "department_name": "佛山市人力资源和社会保障局", "purpose": PURPOSE,
        "redirect_uris": [BACK], "scopes": ["openid", *SCOPES], "id_token_alg": alg,
        "grants": ["authorization_code", "refresh_token"],
    })  # fmt: skip
    return secret


async def _resident(place: int, password_hash: str, clients: list[str]) -> Resident:
    who, person_id = somebody(place, known=True), db.new_id()
    device = secrets.token_urlsafe(24)
    opened = sessions.opening("person", person_id, via="web", method="sms")
    await db.write(
        people.adding(
            person_id, name="陈大文", id_number=who.id_number, phone=who.phone,
            password_hash=password_hash, level="real_name",
        ),
        opened.statement,
        devices.seeing(person_id, sha256(device.encode()).hexdigest()),
        *(consents.giving(person_id, name, elements=SCOPES, purpose=PURPOSE) for name in clients),
    )  # fmt: skip
    live = await sessions.find(opened.token, via="web")
    assert live is not None
    return Resident(who.phone, opened.token, live.csrf, device)
