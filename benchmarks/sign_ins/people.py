"""Fills a city with people who can sign in, as registration and consent leave them."""

import secrets
from hashlib import sha256

from auth.models import devices, people
from auth.models.provider import consents
from auth.usecases import passwords, sessions
from auth.usecases.provider import registry
from backend.kernel import db, settings
from benchmarks.sign_ins.strict import Strict
from benchmarks.sign_ins.ways import BACK, PASSWORD, SCOPES, Resident, Town
from tests.auth.pairs import somebody

PURPOSE = "查询和办理您的社会保险"


async def settle(count: int) -> Town:
    """Give the open city that many people and three departments' systems."""
    given = {alg: await _client(alg.lower(), id_token_alg=alg) for alg in ("ES256", "RS256")}
    strict = Strict("high", settings.current().issuer)
    await _client("high", profile="high", jwks=strict.jwks)
    password_hash = await passwords.hashed(PASSWORD)
    clients = [*map(str.lower, given), "high"]
    residents = [await _resident(place, password_hash, clients) for place in range(count)]
    return Town(residents, given, strict)


async def _client(client_id: str, **more: object) -> str:
    _, secret = await registry.add({
        "client_id": client_id, "name": "社保网上服务厅", "department": "RS",
        "department_name": "佛山市人力资源和社会保障局", "purpose": PURPOSE,
        "redirect_uris": [BACK], "scopes": ["openid", *SCOPES],
        "grants": ["authorization_code", "refresh_token"], **more,
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
