"""The text-message gateway over its wire, and the inbox people read in the demo."""

import pytest

from backend.outside.sms import sandbox
from backend.outside.sms.client import Sms
from backend.outside.wire import Down

PHONE = "19900000001"
CODE = {"code": "042917", "minutes": "5"}


@pytest.fixture
def http(wire):
    return wire(sandbox.build(token="t"))


@pytest.fixture
def sms(http):
    return Sms(http, token="t", deadline=0.05)


async def inbox(http, phone=""):
    return (await http.get("/messages", params={"phone": phone})).json()["messages"]


async def test_a_message_lands_in_the_inbox_newest_first(sms, http):
    await sms.send(phone=PHONE, template="sign_in_code", params=CODE, key="a")
    await sms.send(phone="19900000002", template="register_code", params=CODE, key="b")
    assert [m["phone"] for m in await inbox(http)] == ["19900000002", PHONE]
    (mine,) = await inbox(http, PHONE)
    assert "042917" in mine["text"]
    assert mine["params"]["code"] == "042917"


async def test_one_key_is_one_message(sms, http):
    first = await sms.send(phone=PHONE, template="sign_in_code", params=CODE, key="a")
    again = await sms.send(phone=PHONE, template="sign_in_code", params=CODE, key="a")
    assert (again.id, first.repeated, again.repeated) == (first.id, False, True)
    assert len(await inbox(http)) == 1
    with pytest.raises(Down) as caught:
        await sms.send(phone="19900000002", template="sign_in_code", params=CODE, key="a")
    assert (caught.value.detail, caught.value.permanent) == ("key_reused", True)


@pytest.mark.parametrize(
    ("phone", "reason", "permanent", "wait"),
    [
        ("19900000901", "timeout", False, None),
        ("19900000902", "status", False, 30),
        ("19900000903", "refused", True, None),
        ("19900000904", "status", False, 17),
        ("19900000905", "garbled", False, None),
        ("12345", "refused", True, None),
    ],
)
async def test_magic_phones(sms, phone, reason, permanent, wait):
    with pytest.raises(Down) as caught:
        await sms.send(phone=phone, template="sign_in_code", params=CODE, key="a")
    failure = caught.value
    assert (failure.reason, failure.permanent, failure.retry_after) == (reason, permanent, wait)
    assert phone not in repr(failure)


async def test_a_lost_answer_is_healed_by_the_key(sms, http):
    for _ in range(2):
        with pytest.raises(Down):
            await sms.send(phone="19900000905", template="sign_in_code", params=CODE, key="a")
    assert len(await inbox(http)) == 1


@pytest.mark.parametrize(
    ("template", "params", "detail"),
    [
        ("love_letter", CODE, "unknown_template"),
        ("sign_in_code", {"code": "1"}, "bad_params"),
        ("sign_in_code", {**CODE, "code": "1" * 41}, "bad_params"),
    ],
)
async def test_templates_are_checked(sms, template, params, detail):
    with pytest.raises(Down) as caught:
        await sms.send(phone=PHONE, template=template, params=params, key="a")
    assert (caught.value.detail, caught.value.permanent) == (detail, True)


async def test_a_wrong_token_is_refused(http):
    with pytest.raises(Down) as caught:
        await Sms(http, token="x").send(phone=PHONE, template="sign_in_code", params=CODE, key="a")
    assert (caught.value.reason, caught.value.permanent) == ("status", True)


async def test_the_inbox_page_is_strict_and_escapes(sms, http):
    params = {"item": "<script>alert(1)</script>", "status": "已受理", "number": "4406"}
    await sms.send(phone=PHONE, template="case_notice", params=params, key="a")
    answer = await http.get("/", params={"phone": '"><img>'})
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "<img>" not in answer.text
    answer = await http.get("/")
    assert "<script>alert" not in answer.text
    assert "已受理" in answer.text
    for asset in ("/look.css", "/live.js"):
        assert (await http.get(asset)).status_code == 200


async def test_a_thousand_messages_sent_twice_are_a_thousand(sms, http):
    for _ in range(2):
        for n in range(1000):
            params = {"item": "社保", "status": "已受理", "number": str(n)}
            await sms.send(phone=PHONE, template="case_notice", params=params, key=f"k{n}")
    assert len(await inbox(http)) == 1000
    assert (await http.get("/")).text.count("<article") == 50
