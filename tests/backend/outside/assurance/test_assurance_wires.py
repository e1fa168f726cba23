"""Operators, card network and document register over their wires: answers, and every failure."""

from datetime import date

import pytest

from backend.outside.bank import sandbox as bank_sandbox
from backend.outside.bank.client import Bank, CardCheck, is_card
from backend.outside.demo import read_people
from backend.outside.immigration import sandbox as immigration_sandbox
from backend.outside.immigration.client import DocumentCheck, Immigration
from backend.outside.operators import sandbox as operators_sandbox
from backend.outside.operators.client import Operators, PhoneCheck
from backend.outside.wire import Down

LIANG = {"name": "梁嘉欣", "id_number": "440604199005120222", "phone": "19900000001"}
CARD = bank_sandbox.card_of(next(p for p in read_people() if p.get("phone") == LIANG["phone"]))


@pytest.fixture
def operators(wire):
    return Operators(wire(operators_sandbox.build(token="k")), token="k", deadline=0.05)


@pytest.fixture
def bank(wire):
    return Bank(wire(bank_sandbox.build(token="k")), token="k", deadline=0.05)


@pytest.fixture
def immigration(wire):
    return Immigration(wire(immigration_sandbox.build(token="k")), token="k", deadline=0.05)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, PhoneCheck.MATCH),
        ({"name": "黄伯明"}, PhoneCheck.MISMATCH),
        ({"phone": "19900000002"}, PhoneCheck.MISMATCH),
        ({"phone": "13800000000"}, PhoneCheck.MISMATCH),
        ({"phone": "19900000915"}, PhoneCheck.NOT_FOUND),
    ],
)
async def test_a_phone_belongs_to_a_person_or_does_not(operators, change, answer):
    assert await operators.check_phone(**(LIANG | change)) is answer


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, CardCheck.MATCH),
        ({"phone": "19900000002"}, CardCheck.MISMATCH),
        ({"name": "梁佳欣"}, CardCheck.MISMATCH),
        ({"card": "6228480000000000109"}, CardCheck.NOT_FOUND),
        ({"card": bank_sandbox.LOST}, CardCheck.NOT_FOUND),
    ],
)
async def test_a_card_belongs_to_a_person_or_does_not(bank, change, answer):
    assert await bank.check_card(**({"card": CARD, **LIANG} | change)) is answer


@pytest.mark.parametrize(
    ("kind", "number", "name", "check", "until"),
    [
        ("hk_macao_permit", "H12345678", "陈大文", DocumentCheck.MATCH, date(2032, 5, 31)),
        ("hk_macao_permit", "H12345678", "陈小文", DocumentCheck.MISMATCH, None),
        ("taiwan_permit", "H12345678", "陈大文", DocumentCheck.NOT_FOUND, None),
        ("passport", "X99999999", "OLD PAPER", DocumentCheck.EXPIRED, date(2020, 1, 1)),
        ("passport", "X88888888", "LOST PAPER", DocumentCheck.REVOKED, date(2030, 1, 1)),
    ],
)
async def test_a_document_was_issued_or_was_not(immigration, kind, number, name, check, until):
    answer = await immigration.check_document(kind=kind, number=number, name=name)
    assert (answer.check, answer.valid_until) == (check, until)


REASONS = ("timeout", "status", "garbled", "refused")


@pytest.mark.parametrize("place", range(4))
async def test_every_failure_is_one_exception_without_personal_data(
    operators, bank, immigration, place
):
    phone = list(operators_sandbox.MAGIC)[place]
    card = list(bank_sandbox.MAGIC)[place]
    number = list(immigration_sandbox.MAGIC)[place]
    calls = {
        "operators": operators.check_phone(**(LIANG | {"phone": phone})),
        "bank": bank.check_card(card=card, **LIANG),
        "immigration": immigration.check_document(kind="passport", number=number, name="梁嘉欣"),
    }
    for system, call in calls.items():
        with pytest.raises(Down) as caught:
            await call
        assert (caught.value.system, caught.value.reason) == (system, REASONS[place])
        assert caught.value.permanent is (place == 3)
        for secret in (LIANG["name"], LIANG["id_number"], phone, card, number):
            assert secret not in repr(caught.value) + str(caught.value)


@pytest.mark.parametrize("system", ["operators", "bank", "immigration"])
async def test_a_wrong_key_is_a_permanent_failure(wire, system):
    calls = {
        "operators": lambda: Operators(
            wire(operators_sandbox.build(token="right")), token="wrong"
        ).check_phone(**LIANG),
        "bank": lambda: Bank(wire(bank_sandbox.build(token="right")), token="wrong").check_card(
            card=CARD, **LIANG
        ),
        "immigration": lambda: Immigration(
            wire(immigration_sandbox.build(token="right")), token="wrong"
        ).check_document(kind="passport", number="E12345678", name="MARIA GARCIA"),
    }
    with pytest.raises(Down) as caught:
        await calls[system]()
    assert caught.value.permanent


def test_card_numbers_by_luhn():
    assert is_card(CARD)
    assert all(is_card(card) for card in (*bank_sandbox.MAGIC, bank_sandbox.LOST))
    assert not is_card(CARD[:-1] + str((int(CARD[-1]) + 1) % 10))
    for text in ("", "12345", "0" * 16, CARD + "0000", "６２２８４８００００００００００１８"):
        assert not is_card(text)
