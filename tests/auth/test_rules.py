"""Laws of what people type: names, numbers, phones, passwords, networks."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.rules import identity, limits, passwords

TODAY = date(2026, 11, 23)
HAN = st.one_of(
    *(st.characters(min_codepoint=first, max_codepoint=last) for first, last in identity._HAN)
).filter(lambda one: unicodedata.is_normalized("NFC", one))  # others are rewritten, see below
NAMES = st.lists(st.text(HAN, min_size=1, max_size=6), min_size=1, max_size=4).filter(
    lambda parts: len("".join(parts)) > 1
)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    for normal in (identity.normal_name, identity.normal_phone, identity.normal_id_number):
        assert normal(normal(text)) == normal(text)


@given(
    NAMES,
    st.sampled_from("·•・･‧∙⋅．.。"),
    st.sampled_from(["", " ", "\u3000", "\u200b", "\ufe00"]),
)
def test_rare_characters_and_every_kind_of_dot(parts: list[str], dot: str, blank: str) -> None:
    typed = blank + f"{blank}{dot}{blank}".join(parts) + blank
    name = identity.normal_name(typed)
    assert name == "·".join(parts)
    assert identity.name_problem(name) is None
    assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("梁嘉欣", None), ("欧阳婉清", None), ("阿依古丽·买买提江·努尔艾力", None), ("李〇", None),
        ("𠮷野", None), ("\U000323af一", None), ("㐆嬲", None),
        ("", "format"), ("梁", "format"), ("·梁嘉", "format"), ("梁嘉·", "format"),
        ("梁··嘉", "format"), ("Liang", "format"), ("梁嘉1", "format"), ("梁嘉😀", "format"),
        ("梁\ue000", "format"), ("梁" * 51, "too_long"), ("<b>梁</b>", "format"),
    ],
)  # fmt: skip
def test_names(name: str, problem: str | None) -> None:
    assert identity.name_problem(name) == problem


def test_compatibility_characters_become_the_plain_ones() -> None:
    assert identity.normal_name("\uf9d1\uf900") == "六豈"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_phones_however_written(phone: str) -> None:
    wide = phone.translate({ord("0") + n: ord("０") + n for n in range(10)})
    for typed in (
        phone,
        f" {phone[:3]} {phone[3:7]}-{phone[7:]}",
        f"+86{phone}",
        f"0086 {phone}",
        wide,
    ):
        assert identity.normal_phone(typed) == phone
    assert identity.phone_problem(phone) is None


@pytest.mark.parametrize(
    "phone", ["", "12345", "12900000001", "199000000012", "1990000000x", "١٩٩٠٠٠٠٠٠٠١"]
)
def test_other_phones(phone: str) -> None:
    assert identity.phone_problem(phone) == "format"


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    """Any number that GB 11643 allows."""
    region = draw(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True))
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    order = draw(st.integers(0, 999))
    body = f"{region}{born:%Y%m%d}{order:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(d) * w for d, w in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


@given(id_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, step: int) -> None:
    assert identity.id_number_problem(number, today=TODAY) is None
    assert identity.normal_id_number(number.lower()) == number
    digit = (int(number[place]) + step) % 10
    wrong = f"{number[:place]}{digit}{number[place + 1 :]}"
    assert identity.id_number_problem(wrong, today=TODAY) in ("checksum", "format")


@given(id_numbers(), st.integers(0, 15))
def test_two_swapped_digits_are_always_found(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    wrong = number[:place] + b + a + number[place + 2 :]
    if a != b:
        assert identity.id_number_problem(wrong, today=TODAY) is not None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("440604199005120222", None), ("44060419850103015X", None),
        ("440604199005120223", "checksum"), ("", "format"), ("440604900512022", "format"),
        ("440604199002300220", "checksum"), ("4406041990051202２2", "format"),
        ("X40604199005120222", "format"),
    ],
)  # fmt: skip
def test_id_numbers(number: str, problem: str | None) -> None:
    assert identity.id_number_problem(number, today=TODAY) == problem


def test_nobody_is_born_tomorrow() -> None:
    number = "440604202611240010"
    total = sum(
        int(d) * w
        for d, w in zip(number, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], strict=False)
    )
    number = number[:17] + "10X98765432"[total % 11]
    assert identity.id_number_problem(number, today=TODAY) == "format"
    assert identity.id_number_problem(number, today=date(2026, 11, 24)) is None


@pytest.mark.parametrize(
    ("today", "age"),
    [(date(2006, 5, 11), 15), (date(2006, 5, 12), 16), (date(2008, 2, 29), 17)],
)
def test_ages_turn_on_the_birthday(today: date, age: int) -> None:
    assert identity.age("440604199005120222", today=today) == age


OWN = ("440604199005120222", "19900000001", "梁嘉欣")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("correct horse", None), ("一条长长的咸鱼呀", None), ("Yimen-demo-2026", None),
        ("short7!", "too_short"), ("x" * 129, "too_long"),
        ("12345678", "weak"), ("PassWord1", "weak"), ("aaaabbbb", "weak"), ("abcdefghijk", "weak"),
        ("987654321", "weak"), ("jia19900512", "too_personal"), ("x440604x!", "too_personal"),
        ("my19900000001", "too_personal"), ("梁嘉欣19850101", "too_personal"),
    ],
)  # fmt: skip
def test_passwords(password: str, problem: str | None) -> None:
    assert passwords.problem(password, own=OWN) == problem


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"),
        ("", ""), ("unix", "unix"),
    ],
)  # fmt: skip
def test_networks(address: str, network: str) -> None:
    assert limits.network_of(address) == network
