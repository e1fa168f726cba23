"""Guessing from one place, from many places, and slowly: a budget for each (防暴力破解).

Whatever a guesser wears out, the owner keeps another way in, and the second factor.
"""

from collections.abc import AsyncIterator

import pytest

from auth.models import pins
from auth.rules import limits
from backend.kernel.settings import Settings
from tests.auth.conftest import LIANG, Door, refusal
from tests.conftest import _opened

PASSWORD = "one that is long"
BODY = {"account": LIANG.phone, "password": PASSWORD}


@pytest.fixture
async def street(embedded_parts: Settings) -> AsyncIterator[Door]:
    """The door behind a gateway, so that visitors come from as many addresses as a test likes."""
    async with _opened(embedded_parts.model_copy(update={"trust_proxy": True})) as city:
        yield Door(city)


async def test_promise_10_many_addresses_at_one_account(street: Door) -> None:
    browser = await street.registered(password=PASSWORD)
    await street.proves(browser, "pwd", PASSWORD)
    assert (await browser.put("/auth/pin", json={"pin": "728104"})).status_code == 204
    compared = 0
    for number in range(80):
        guesser = await street.visitor(X_Forwarded_For=f"203.0.113.{number}")
        body = {**BODY, "password": f"a guess, number {number}"}
        status, code = refusal(await guesser.post("/auth/sessions", json=body))
        assert (status, code) in {(403, "sign_in_failed"), (429, "too_many_tries")}
        compared += status == 403
    assert compared <= limits.LIMITS["password.account"].times + 1
    owner = await street.visitor(X_Forwarded_For="198.51.100.7")
    assert refusal(await owner.post("/auth/sessions", json=BODY)) == (429, "too_many_tries")
    body = {"phone": LIANG.phone, "code": await street.code(LIANG.phone, "sign_in")}
    answer = await owner.post("/auth/sessions", json=body)  # the other way in is open
    assert answer.status_code == 201
    owner.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    await street.proves(owner, "pin", "728104")  # and so is every second factor
    await street.proves(owner, "pwd", PASSWORD)


async def test_promise_10_one_address_at_many_accounts(street: Door) -> None:
    await street.registered()
    guesser = await street.visitor(X_Forwarded_For="203.0.113.9")
    most = limits.LIMITS["sign_in.address"].times
    answered = 0
    for number in range(most + 30):
        body = {"phone": f"1990000{number:04d}", "code": "000000"}
        answer = await guesser.post("/auth/sessions", json=body)
        answered += answer.status_code != 429
    assert most <= answered <= most + 10  # it refills while the test runs
    owner = await street.visitor(X_Forwarded_For="198.51.100.7")
    body = {"phone": LIANG.phone, "code": await street.code(LIANG.phone, "sign_in")}
    assert (await owner.post("/auth/sessions", json=body)).status_code == 201


def test_promise_10_the_slow_guesser_has_a_budget_too() -> None:
    """The most that each limit lets through in a year, against what there is to guess."""
    day, year = 86400, 365 * 86400

    def most(name: str, seconds: int) -> float:
        limit = limits.LIMITS[name]
        return limit.times + limit.times * seconds / limit.seconds

    codes = most("code.phone.day", day) * limits.CODE_TRIES / 1_000_000
    pin = (pins.TRIES + year / pins.REST.total_seconds()) / 1_000_000
    otp = most("otp.staff", day) * 3 / 1_000_000  # three steps are good at a time
    assert codes <= 0.0002  # a day; each of them sends the owner a message
    assert pin <= 0.00074  # a year of a stolen session; the owner is told on the first day
    assert otp <= 0.00076  # a day, for whoever knows the password; every try is recorded
    assert most("password.account", year) <= 440_000  # against the list of common passwords
