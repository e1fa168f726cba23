"""A stolen copy of the tables or of the cache tells nobody anything, nor does a stop-watch."""

import pytest
from argon2 import PasswordHasher

from auth.usecases import passwords
from backend.kernel import cache, db
from tests.auth.conftest import HUANG, LIANG, STRANGER, Door

PASSWORD = "one that is long"


async def everything_kept() -> bytes:
    """All rows of the identity house and all values of the cache, in one piece."""
    pieces: list[str] = []
    tables = ("code", "consent", "event", "link", "person", "session", "staff")
    for table in (*(f"auth_{name}" for name in tables), "outbox"):
        for row in await db.rows(f"SELECT * FROM {table}"):
            pieces += [
                bytes(v).hex() + repr(bytes(v)) if isinstance(v, bytes | memoryview) else str(v)
                for v in dict(row).values()
            ]
    redis = cache.redis()
    async for key in redis.scan_iter():
        pieces.append(repr(key))
        if await redis.type(key) == b"string":
            pieces.append(repr(await redis.get(key)))
    return "\n".join(pieces).encode()


async def test_a_copy_of_everything_kept_names_nobody(door: Door) -> None:
    browser = await door.registered(password=PASSWORD)
    code = await door.code(HUANG.phone, "sign_in")
    answer = await door.visitor(X_Yimen_Client="miniprogram")
    ticket = await answer.post("/auth/miniprogram/sessions", json={"code": "liang.0001"})
    await browser.post("/auth/links/wechat")
    kept = (await everything_kept()).decode()
    for who in (LIANG, HUANG):
        assert who.name not in kept
        assert who.id_number not in kept
        assert who.phone not in kept
    for secret in (
        PASSWORD, browser.cookies["yimen_session"], ticket.json()["link_ticket"], code,
        "mDemo_Liang", browser.headers["X-CSRF-Token"],
    ):  # fmt: skip
        assert secret not in kept
    assert "$argon2id$" in kept  # the hash is there, under a pepper that is not


async def test_a_sealed_value_does_not_open_in_another_row(door: Door) -> None:
    from auth import client
    from backend.kernel.privacy import SealBroken

    await door.registered(LIANG)
    await door.registered(HUANG)
    one, two = [str(r["id"]) for r in await db.rows("SELECT id FROM auth_person ORDER BY id")]
    (row,) = await db.rows("SELECT name FROM auth_person WHERE id = $1", one)
    await db.execute("UPDATE auth_person SET name = $1 WHERE id = $2", bytes(row["name"]), two)
    with pytest.raises(SealBroken):
        await client.identity(two)


async def test_every_failed_password_costs_one_hash(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time would tell known from unknown accounts if one of these cost none."""
    await door.registered(LIANG, password=PASSWORD)
    await door.registered(HUANG)
    await door.clerk()
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    visitor = await door.visitor()
    for account in (LIANG.phone, HUANG.phone, STRANGER, LIANG.id_number, "nobody at all"):
        body = {"account": account, "password": "not this one"}
        assert (await visitor.post("/auth/sessions", json=body)).status_code == 403
    for login in ("clerk.ga", "nobody.ga", "???"):
        body = {"login": login, "password": "not this one"}
        assert (await visitor.post("/auth/staff/sessions", json=body)).status_code == 403
    assert len(checked) == 8
    assert {one.rsplit("$", 2)[0] for one in checked} == {"$argon2id$v=19$m=19456,t=2,p=1"}
