"""The social insurance system over its wire: signed requests, code translation, failures."""

import httpx2
import pytest

from backend.outside.social_security import sandbox
from backend.outside.social_security.client import SocialSecurity, facts_from, signature
from backend.outside.wire import Down

LIANG = "440604199005120222"
NOW = 1_795_000_000.0


@pytest.fixture
def http(wire):
    return wire(sandbox.build(token="s", now=lambda: NOW))


def asking(http, **changed):
    return SocialSecurity(http, **{"token": "s", "deadline": 0.05, "now": lambda: NOW, **changed})


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


@pytest.mark.parametrize(
    "changed", [{"token": "other"}, {"now": lambda: NOW - 301}, {"now": lambda: NOW + 301}]
)
async def test_a_wrong_secret_or_a_wrong_clock_is_refused(http, changed):
    with pytest.raises(Down) as caught:
        await asking(http, **changed).find_insured(LIANG)
    assert (caught.value.reason, caught.value.permanent) == ("refused", True)


async def test_a_replayed_request_is_refused(http):
    body, nonce = b'{"trid":"RY01","input":{"AAC002":"440604199005120222"}}', "n" * 16
    headers = {
        "X-App-Id": "yimen",
        "X-Timestamp": str(int(NOW)),
        "X-Nonce": nonce,
        "X-Signature": signature(b"s", str(int(NOW)), nonce, body),
    }
    codes = []
    for content in (body, body, body.replace(b"222", b"223")):
        answer: httpx2.Response = await http.post("/gateway", content=content, headers=headers)
        codes.append(answer.json()["appcode"])
    assert codes == ["0", "-401", "-401"]
