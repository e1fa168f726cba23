"""The social insurance system over its wire: signed requests, code translation, failures."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.kernel import clock
from backend.outside.social_security import sandbox
from backend.outside.social_security.client import SocialSecurity, facts_from, signature
from backend.outside.wire import Down

LIANG = "440604199005120222"
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def http(wire):
    with clock.showing(NOW):
        yield wire(sandbox.build(token="s"))


def asking(http, **changed):
    return SocialSecurity(http, **{"token": "s", "deadline": 0.05, **changed})


async def test_facts_of_an_employee(http):
    record = await asking(http).find_insured(LIANG)
    assert facts_from(record) == {
        "social_card_number": "FS0604120222",
        "insurance_status": "insured",
        "insurance_type": "employee",
        "insured_since": "2012-07",
        "contribution_base": 6800.0,
        "months_paid": 171,
        "employer_name": "佛山市禅城区季华文化传播有限公司",
        "employer_uscc": "91440604MA4UJ7K218",
    }
    assert repr(record) == "<InsuredRecord>"


async def test_a_pensioner_and_a_resident(http):
    elder = facts_from(await asking(http).find_insured("440604195103080131"))
    assert elder["insurance_status"] == "pension"
    assert "contribution_base" not in elder
    resident = facts_from(await asking(http).find_insured("440605198206180362"))
    assert resident["insurance_type"] == "resident"
    assert "employer_name" not in resident


async def test_nobody_is_none(http):
    assert await asking(http).find_insured("440604200111200264") is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("44060419860101021X", "timeout"),
        ("440604198601020282", "status"),
        ("440604198601030253", "garbled"),
        ("440604198601040224", "refused"),
    ],
)
async def test_magic_identities(http, number, reason):
    with pytest.raises(Down) as caught:
        await asking(http).find_insured(number)
    assert (caught.value.system, caught.value.reason) == ("social_security", reason)
    assert number not in repr(caught.value)


async def test_a_wrong_secret_is_refused(http):
    with pytest.raises(Down) as caught:
        await asking(http, token="other").find_insured(LIANG)
    assert (caught.value.reason, caught.value.permanent) == ("refused", True)


BODY = b'{"trid":"RY01","input":{"AAC002":"440604199005120222"}}'


async def sent(http, *, body=BODY, signed=BODY, at=NOW, nonce="n" * 16):
    stamp = str(int(at.timestamp()))
    headers = {
        "X-App-Id": "yimen",
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": signature(b"s", stamp, nonce, signed),
    }
    answer = await http.post("/gateway", content=body, headers=headers)
    return answer.json()["appcode"]


async def test_the_system_itself_refuses_replays_stale_clocks_and_changed_bodies(http):
    assert await sent(http) == "0"
    assert await sent(http) == "-401"
    assert await sent(http, nonce="o" * 16, at=NOW - timedelta(seconds=301)) == "-401"
    assert await sent(http, nonce="o" * 16, at=NOW + timedelta(seconds=301)) == "-401"
    assert await sent(http, nonce="o" * 16, body=BODY.replace(b"222", b"223")) == "-401"
    assert await sent(http, nonce="o" * 16) == "0"
