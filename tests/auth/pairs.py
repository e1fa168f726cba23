"""Pairs of questions about somebody whom the city knows and somebody whom it does not.

The test of promise 9 looks at the answers, ``benchmarks/enumeration.py`` at the time they take.
"""

import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from stdnum.cn import ric

from auth.models import people
from backend.kernel import db
from tests.conftest import ADDRESS, OpenCity

# The hash of a password that nobody types here: made once, since a thousand would take a minute.
HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZWJvZHkncyBvd24$c29tZWJvZHkncyBvd24gcGFzc3dvcmQgaXMga2VwdCE"
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Made up from a number."""

    id_number: str
    phone: str


def somebody(place: int, *, known: bool) -> Somebody:
    """Known ones and unknown ones differ in one digit that nobody else has."""
    region = "440604" if known else "440605"
    bare = f"{region}1980{place % 12 + 1:02d}{place % 28 + 1:02d}{place // 84:03d}"
    phone = f"1{'70' if known else '71'}{place:08d}"
    return Somebody(bare + ric.calc_check_digit(bare + "0"), phone)


async def settle(count: int) -> None:
    """Give the city that many persons, as registration leaves them."""
    for place in range(count):
        who = somebody(place, known=True)
        await db.write(
            people.adding(
                db.new_id(),
                name="陈大文",
                id_number=who.id_number,
                phone=who.phone,
                password_hash=HASH,
                level="real_name",
            )
        )


Ask = Callable[[Somebody], tuple[str, dict[str, Any]]]

ASKS: dict[str, Ask] = {
    "sign in by password, ID number": lambda who: (
        "/auth/sessions", {"account": who.id_number, "password": "guessing one"}
    ),
    "sign in by password, phone": lambda who: (
        "/auth/sessions", {"account": who.phone, "password": "guessing one"}
    ),
    "sign in by code, wrong": lambda who: (
        "/auth/sessions", {"phone": who.phone, "code": "000000"}
    ),
    "ask for a code": lambda who: (
        "/auth/codes", {"phone": who.phone, "purpose": "sign_in"}
    ),
    "register, wrong code": lambda who: (
        "/auth/registrations",
        {"name": "陈大文", "id_number": who.id_number, "phone": who.phone, "code": "000000",
         "consent": True},
    ),
    "recover: ask for a code": lambda who: (
        "/auth/recoveries/codes", {"phone": who.phone}
    ),
    "recover, wrong code": lambda who: (
        "/auth/recoveries",
        {"name": "陈大文", "id_number": who.id_number, "phone": who.phone, "code": "000000",
         "consent": True},
    ),
    "recover: finish, wrong code": lambda who: (
        "/auth/recoveries/completion", {"phone": who.phone, "code": "000000"}
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer tells by its looks; ``seconds`` is how long it took."""

    status: int
    length: int
    code: str
    headers: tuple[str, ...]
    seconds: float


async def pairs(city: OpenCity, ask: Ask, count: int) -> AsyncIterator[tuple[Told, Told]]:
    """Ask about a known and an unknown one, in random order, each pair from another address."""
    order = random.Random(9)
    for place in range(count):
        asked = [somebody(place, known=True), somebody(place, known=False)]
        turns = [0, 1]
        order.shuffle(turns)
        told: dict[int, Told] = {}
        for turn in turns:
            told[turn] = await once(
                city, ask, asked[turn], address=f"10.{turn}.{place >> 8}.{place & 255}"
            )
        yield told[0], told[1]


async def once(city: OpenCity, ask: Ask, who: Somebody, *, address: str) -> Told:
    """One question by somebody who has just arrived."""
    path, body = ask(who)
    transport = httpx2.ASGITransport(app=city.app, client=(address, 4711))
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as visitor:
        start = time.perf_counter()
        answer = await visitor.post(path, json=body)
        seconds = time.perf_counter() - start
    return Told(
        answer.status_code,
        len(answer.content),
        str(answer.json().get("code", "")),
        tuple(sorted(answer.headers)),
        seconds,
    )
