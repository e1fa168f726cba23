"""A lost factor: two administrators, or the operator; and what staff do with their own factors."""

import asyncio
from base64 import b32decode
from collections.abc import AsyncIterator

import httpx2
import pytest

from auth import commands, demo
from auth.models.resets import LIFE
from auth.rules import otp
from auth.usecases import load_staff
from backend.kernel import clock
from backend.kernel.settings import Settings
from tests.auth.conftest import Door, refusal
from tests.auth.test_members import MEMBERS, enter, journal, sign_in, staff
from tests.conftest import _opened

RESETS = "/auth/staff/resets"
OWN = "/auth/staff/otp"


def code(secret: str, step: int = 0) -> str:
    return otp.code(b32decode(secret), int(clock.now().timestamp()) // otp.STEP + step)


@pytest.fixture
async def strict(parts: Settings) -> AsyncIterator[Door]:
    """The door of a city that asks its staff for a second factor."""
    async with _opened(parts.model_copy(update={"staff_second_factor": True})) as city:
        await load_staff(demo.staff(), only_new=True)
        yield Door(city)


async def enrolled(door: Door, login: str) -> httpx2.AsyncClient:
    """Somebody who has tied an authenticator at the first sign-in."""
    secret = (await enter(await door.visitor(), login, demo.PASSWORD)).json()["otp_secret"]
    return await sign_in(door, login, demo.PASSWORD, otp=code(secret))


async def asked(admin: httpx2.AsyncClient, login: str = "clerk.gjj") -> str:
    path = f"{MEMBERS}/{login}/reset"
    answer = await admin.post(path, json={"reason": "手机丢了，本人到场"})
    assert answer.status_code == 204, answer.text
    return str((await admin.get(RESETS)).json()["resets"][-1]["id"])


async def decided(admin: httpx2.AsyncClient, row: str, *, approve: bool = True) -> httpx2.Response:
    return await admin.post(f"{RESETS}/{row}/decision", json={"approve": approve})


async def test_a_lost_factor_takes_two_administrators(strict: Door) -> None:
    first, second = await enrolled(strict, "admin"), await enrolled(strict, "admin.second")
    clerk = await enrolled(strict, "clerk.gjj")
    device = await strict.passkey(clerk)
    row = await asked(first)
    again = await first.post(f"{MEMBERS}/clerk.gjj/reset", json={"reason": "再来"})
    assert refusal(again) == (409, "reset_waits")
    assert refusal(await decided(first, row)) == (403, "reset_same_officer")
    answers = await asyncio.gather(*(decided(second, row) for _ in range(20)))
    won = [one for one in answers if one.status_code == 200]
    assert len(won) == 1
    assert {one.status_code for one in answers} == {200, 404}
    password = won[0].json()["started"]["password"]
    # everything of before is gone
    assert not (await clerk.get("/auth/session")).json()["signed_in"]
    shown = device.show(await strict.challenge())
    visitor = await strict.visitor()
    gone = await visitor.post("/auth/passkeys/sessions", json=shown)
    assert refusal(gone) == (403, "passkey_refused")
    assert refusal(await enter(visitor, "clerk.gjj", demo.PASSWORD))[1] == "staff_sign_in_failed"
    # a password of one's own, a new authenticator, and nothing is kept before both are there
    assert refusal(await enter(visitor, "clerk.gjj", password))[1] == "start_password"
    own = {"new_password": "one of my own"}
    offered = await enter(visitor, "clerk.gjj", password, **own)
    assert refusal(offered) == (403, "second_factor_enrol")
    secret = offered.json()["otp_secret"]
    wrong = await enter(visitor, "clerk.gjj", password, **own, otp="000000")
    assert refusal(wrong) == (422, "otp_wrong")
    done = await enter(visitor, "clerk.gjj", password, **own, otp=code(secret))
    assert (done.status_code, done.json()["aal"]) == (201, 2)
    lines = (await first.get("/auth/staff/acts", params={"name": "clerk.gjj"})).json()["acts"]
    assert [(one["act"], one["by"], one["second"]) for one in lines[:2]] == [
        ("anew", "管理员小岑", "管理员老简"), ("reset_asked", "管理员老简", ""),
    ]  # fmt: skip


async def test_who_may_not_decide(small_door: Door) -> None:
    first = await staff(small_door, "admin")
    await load_staff(demo.staff(), only_new=True)
    second, fund = [
        await sign_in(small_door, login, demo.PASSWORD) for login in ("admin.second", "admin.gjj")
    ]
    about_second = await asked(first, "admin.second")
    assert refusal(await decided(second, about_second)) == (403, "own_post")
    about_police = await asked(first, "clerk.ga")
    assert refusal(await decided(fund, about_police)) == (404, "not_found")
    assert (await fund.get(RESETS)).json() == {"resets": []}
    assert refusal(await fund.post(f"{MEMBERS}/clerk.ga/reset", json={"reason": "x"}))[0] == 404
    clerk = await sign_in(small_door, "clerk.ga", demo.PASSWORD)
    for method, path in (
        ("GET", RESETS), ("POST", f"{RESETS}/{about_police}/decision"),
        ("POST", f"{MEMBERS}/clerk.gjj/reset"),
    ):  # fmt: skip
        assert refusal(await clerk.request(method, path)) == (403, "not_for_you")
    # declined: nothing is changed, and it may be asked for again
    assert (await decided(second, about_police, approve=False)).json() == {"started": None}
    assert (await clerk.get("/auth/session")).json()["signed_in"]
    assert [act for act, _, _ in await journal(first, "clerk.ga")][:2] == [
        "reset_declined", "reset_asked",
    ]  # fmt: skip
    late = await asked(second, "clerk.ga")
    with clock.showing(clock.now() + LIFE):
        first = await sign_in(small_door, "admin", demo.PASSWORD)
        assert refusal(await decided(first, late)) == (404, "not_found")
        assert await asked(first, "clerk.ga") != late


async def test_the_operator_brings_the_first_administrator_in(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["add", "first.admin", "name=管理员老大", "roles=administrator"]
    assert await commands.staff(add) == 0
    password = capsys.readouterr().out.split()[-1]
    admin = await sign_in(door, "first.admin", password, new_password="one of my own")
    assert (await admin.get(MEMBERS)).status_code == 200
    assert await commands.staff(add) == 1  # there already
    assert await commands.staff(["reset", "first.admin"]) == 0
    password = capsys.readouterr().out.split()[-1]
    assert not (await admin.get("/auth/session")).json()["signed_in"]
    admin = await sign_in(door, "first.admin", password, new_password="another of my own")
    assert [(act, by) for act, by, _ in await journal(admin, "first.admin")] == [
        ("anew", ""), ("added", ""),
    ]  # fmt: skip
    assert await commands.staff(["lock", "first.admin"]) == 0
    assert not (await admin.get("/auth/session")).json()["signed_in"]
    assert await commands.staff(["unlock", "first.admin"]) == 0
    assert await commands.staff(["list"]) == 0
    assert "first.admin  administrator  *  管理员老大" in capsys.readouterr().out
    assert await commands.staff(["reset", "nobody"]) == 1
    assert await commands.staff(["add", "x.y", "roles=mayor"]) == 1
    assert await commands.staff(["dance"]) == 2


async def test_staff_change_their_own_factors(strict: Door) -> None:
    with clock.showing(clock.now()):
        clerk = await enrolled(strict, "clerk.gjj")
        assert (await clerk.get("/auth/staff/account")).json() == {"otp": True, "needed": True}
        # the only second factor stays
        assert refusal(await clerk.delete(OWN)) == (403, "second_factor_kept")
        assert refusal(await clerk.put(OWN, json={"code": "123456"})) == (403, "otp_begin_again")
        offered = (await clerk.post(OWN)).json()
        assert offered["secret"] in offered["address"]
        assert refusal(await clerk.put(OWN, json={"code": "000000"})) == (422, "otp_wrong")
        answer = await clerk.put(OWN, json={"code": code(offered["secret"])})
        assert answer.status_code == 204, answer.text
        shown = code(offered["secret"], 1)
        await sign_in(strict, "clerk.gjj", demo.PASSWORD, otp=shown)
        await strict.passkey(clerk)
        assert (await clerk.delete(OWN)).status_code == 204
        weak = await clerk.put(
            "/auth/staff/password", json={"password": "clerk.gjj1", "present": demo.PASSWORD}
        )
        assert weak.json()["errors"][0]["code"] == "too_personal"
        for given in ({}, {"present": "some other one"}):
            body = {"password": "one of my own", **given}
            refused = await clerk.put("/auth/staff/password", json=body)
            assert [e["pointer"] for e in refused.json()["errors"]] == ["/present"]
        body = {"password": "one of my own", "present": demo.PASSWORD}
        answer = await clerk.put("/auth/staff/password", json=body)
        assert answer.status_code == 204
        kinds = {one["kind"] for one in (await clerk.get("/auth/staff/events")).json()["events"]}
        assert {"otp_set", "otp_removed", "password_set", "signed_in"} <= kinds
    person = await strict.registered()
    for method, path in (
        ("GET", "/auth/staff/account"), ("POST", OWN), ("PUT", OWN), ("DELETE", OWN),
        ("PUT", "/auth/staff/password"), ("GET", "/auth/staff/events"),
    ):  # fmt: skip
        assert refusal(await person.request(method, path)) == (403, "not_for_you")
