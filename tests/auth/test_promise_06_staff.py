"""Staff of a real city come in with a passkey or with a second factor (工作人员双因素)."""

import asyncio
from base64 import b32decode
from collections.abc import AsyncIterator

import httpx2
import pytest

from auth import demo
from auth.rules import otp
from auth.usecases import load_staff
from backend.kernel import clock
from backend.kernel.settings import Settings, load
from tests.auth.conftest import Door, refusal
from tests.conftest import OpenCity, _opened

SESSIONS = "/auth/passkeys/sessions"


@pytest.fixture
async def strict(parts: Settings) -> AsyncIterator[Door]:
    """The door of a real city, which asks its staff for a second factor."""
    async with _opened(parts.model_copy(update={"staff_second_factor": True})) as city:
        await load_staff(demo.staff()[:4])
        yield Door(city)


async def _staff(visitor: httpx2.AsyncClient, **more: str) -> httpx2.Response:
    body = {"login": "clerk.ga", "password": demo.PASSWORD, **more}
    answer = await visitor.post("/auth/staff/sessions", json=body)
    if answer.status_code == 201:
        visitor.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


def _code(secret: str, step: int = 0) -> str:
    return otp.code(b32decode(secret), int(clock.now().timestamp()) // otp.STEP + step)


async def test_promise_06_staff_need_a_second_factor(strict: Door) -> None:
    visitor = await strict.visitor()
    offered = await _staff(visitor)
    assert refusal(offered) == (403, "second_factor_enrol")
    secret = offered.json()["otp_secret"]
    assert (await _staff(visitor)).json()["otp_secret"] == secret  # nothing is lost by a reload
    assert refusal(await _staff(visitor, otp="000000")) == (422, "otp_wrong")
    racers = [await strict.visitor() for _ in range(3)]
    with clock.showing(clock.now()):
        code = _code(secret)
        answers = await asyncio.gather(*(_staff(one, otp=code) for one in racers))
        assert sorted(one.status_code for one in answers) == [201] + [422] * 2
        assert refusal(await _staff(visitor)) == (403, "second_factor_needed")
        assert refusal(await _staff(visitor, otp=code)) == (422, "otp_wrong")  # good once
        answer = await _staff(visitor, otp=_code(secret, 1))
        assert (answer.status_code, answer.json()["aal"]) == (201, 2)
        # a passkey opens the door without password and code
        device = await strict.passkey(visitor)
        shown = device.show(await strict.challenge())
        answer = await (await strict.visitor()).post(SESSIONS, json=shown)
        assert (answer.status_code, answer.json()["kind"]) == (201, "staff")


async def test_who_does_not_know_the_password_wears_out_no_second_factor(strict: Door) -> None:
    visitor = await strict.visitor()
    secret = (await _staff(visitor)).json()["otp_secret"]
    body = {"login": "clerk.ga", "password": "wrong and long", "otp": "000000"}
    for _ in range(8):
        answer = await visitor.post("/auth/staff/sessions", json=body)
        assert refusal(answer) == (403, "staff_sign_in_failed")
    assert (await _staff(visitor, otp=_code(secret))).status_code == 201


async def test_staff_who_left_have_no_passkey_either(strict: Door) -> None:
    visitor = await strict.visitor()
    secret = (await _staff(visitor)).json()["otp_secret"]
    await _staff(visitor, otp=_code(secret))
    device = await strict.passkey(visitor)
    await load_staff([{**demo.staff()[0], "active": False}])
    shown = device.show(await strict.challenge())
    answer = await (await strict.visitor()).post(SESSIONS, json=shown)
    assert refusal(answer) == (403, "passkey_refused")


async def test_who_lost_the_authenticator_begins_anew(strict: Door) -> None:
    visitor = await strict.visitor()
    secret = (await _staff(visitor)).json()["otp_secret"]
    await _staff(visitor, otp=_code(secret))
    device = await strict.passkey(visitor)
    await load_staff([{**demo.staff()[0], "anew": True}])
    assert not (await visitor.get("/auth/session")).json()["signed_in"]
    shown = device.show(await strict.challenge())
    answer = await (await strict.visitor()).post(SESSIONS, json=shown)
    assert refusal(answer) == (403, "passkey_refused")
    again = await _staff(await strict.visitor())
    assert refusal(again) == (403, "second_factor_enrol")
    assert again.json()["otp_secret"] != secret


def test_one_time_passwords_as_the_standard_has_them() -> None:
    """RFC 6238, appendix B, the last six digits."""
    secret = b"12345678901234567890"
    for at, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert otp.code(secret, at // 30) == code
        assert otp.matching_step(secret, code, now=at + 30) == at // 30
        assert otp.matching_step(secret, code, now=at + 90) is None
    assert "otpauth://totp/%E4%B8%80" in otp.address(secret, login="a", issuer="一门")


async def test_a_demo_asks_no_second_factor_and_a_city_does(embedded_city: OpenCity) -> None:
    assert embedded_city.settings.staff_second_factor is False
    assert load({"YIMEN_SANDBOXES": "1"}).staff_second_factor is True
