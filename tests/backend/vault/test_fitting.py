"""A register's value in the shape that a form's field takes; laws and the small print."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue.rules import FIELD_TYPES
from backend.catalogue.rules.kinds import check_of
from backend.library.usecases import Fact, FeedState
from backend.vault import rules
from backend.vault.blanks import Blanks
from backend.vault.prefill import fill

OPTIONS = [{"value": "han", "label": "汉族"}, {"value": "hui", "label": "回族"}]


def field(kind, **more):
    options = {"options": OPTIONS} if kind in ("choice", "choices") else {}
    return {
        "code": "x", "element": "sex", "label": "x", "type": kind, "required": True, "when": None,
        **options, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "answer"),
    [
        ("month", "2012-07-01", "2012-07"),
        ("month", "201207", "2012-07"),
        ("month", "2012年7月", "2012-07"),
        ("date", "20120701", "2012-07-01"),
        ("date", "2012年7月1日", "2012-07-01"),
        ("date", "2012/07/01", "2012-07-01"),
        ("number", "171", 171),
        ("money", "6,800.00", 6800.0),
        ("choice", "汉族", "han"),
        ("choices", "回族", ["hui"]),
        ("yes_no", "是", True),
        ("yes_no", "0", False),
        ("phone", "+86 199-0000-0001", "19900000001"),
        ("phone", "(86)19900000001", "19900000001"),
        ("phone", "0757-83032110", "0757-83032110"),
        ("id_number", "44060619930214029x", "44060619930214029X"),
        ("region", "440604000000", "440604"),
        ("region", "440604003", "440604003"),
        ("uscc", "91440604ma4uj7k218", "91440604MA4UJ7K218"),
        ("bank_card", "6222 0212 3456 7890 128", "6222021234567890128"),
        ("text", 12, "12"),
        ("text", "  ", None),
        ("textarea", "", None),
        ("choice", None, None),
        ("choices", [], None),
    ],
)
def test_shapes(kind, value, answer):
    fitted = rules.fitting(field(kind), value)
    assert (fitted, type(fitted)) == (answer, type(answer))
    if answer is not None:
        assert check_of(field(kind))(fitted, "2026-11-23") is None


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.text(max_size=3), max_size=3), st.dictionaries(st.text(max_size=2), st.integers()),
)  # fmt: skip


@given(st.sampled_from(FIELD_TYPES), anything)
def test_no_value_breaks_it_and_fitting_twice_is_fitting_once(kind, value):
    spec = field(kind)
    once = rules.fitting(spec, value)
    again = rules.fitting(spec, once)
    assert repr(again) == repr(once)


@pytest.mark.parametrize("kind", FIELD_TYPES)
@given(value=anything)
def test_what_is_verified_passes_the_forms_check(kind, value):
    form = one_field(field(kind))
    found = fill(Blanks(form), {"sex": fact(value)}, [], [])
    answer = found.prefill.get("x")
    if answer is not None:
        good = check_of(field(kind))(answer["value"], "2026-11-23") is None
        assert answer["state"] == ("verified" if good else "to_verify")
        assert answer["value"] not in (None, "", [])


def fact(value, **more):
    known = {
        "element": "sex", "value": value, "source": "population", "grade": "A",
        "verified_at": "2026-11-23T08:00:00.000Z", "source_ref": "", "valid_until": None,
        "expired": False, **more,
    }  # fmt: skip
    return Fact(**known)


def one_field(*specs, repeat=None, **more):
    section = {
        "code": "main", "title": "t", "when": None, "repeat": repeat, "fields": list(specs), **more
    }  # fmt: skip
    return {"item": "x", "version": 1, "sections": [section], "materials": [], "declarations": []}


def offered(spec, one):
    return fill(Blanks(one_field(spec)), {"sex": one}, [], []).prefill.get("x")


def test_a_value_that_fails_the_forms_check_stays_editable():
    assert offered(field("text", max_length=3), fact("梁嘉欣梁"))["state"] == "to_verify"
    assert offered(field("choice"), fact("满族"))["state"] == "to_verify"
    assert offered(field("text"), fact(["a"])) is None


def test_what_a_person_declared_or_what_has_run_out_is_to_be_looked_at():
    assert offered(field("text"), fact("a"))["state"] == "verified"
    assert offered(field("text"), fact("a", grade="B"))["state"] == "verified"
    assert offered(field("text"), fact("a", grade="D"))["state"] == "to_verify"
    assert offered(field("text"), fact("a", expired=True))["state"] == "to_verify"


def test_a_source_that_holds_nothing_locks_no_field():
    for value in (None, "", "  ", []):
        assert offered(field("text"), fact(value)) is None


def rows_of(value, *, least=0, most=2, required=True):
    columns = [
        {**field("text"), "code": "n", "element": "children.name"},
        {**field("id_number", required=required), "code": "i", "element": "children.id_number"},
    ]
    form = one_field(*columns, repeat={"min": least, "max": most, "row_name": "孩子"})
    return fill(Blanks(form), {"children": fact(value)}, [], []).prefill.get("main")


GOOD = {"name": "甲", "id_number": "440604201509060446"}


def test_rows():
    assert rows_of([GOOD])["value"] == [{"n": "甲", "i": GOOD["id_number"]}]
    assert rows_of([GOOD])["state"] == "verified"
    assert rows_of([GOOD] * 3)["value"] == rows_of([GOOD] * 2)["value"]
    assert rows_of([GOOD] * 3)["state"] == "to_verify"
    assert rows_of([GOOD], least=2)["state"] == "to_verify"
    assert rows_of([{"name": "甲"}])["state"] == "to_verify"
    assert rows_of([{"name": "甲"}], required=False)["state"] == "verified"
    assert rows_of([{**GOOD, "id_number": "440604201509060447"}])["state"] == "to_verify"
    assert rows_of([]) is None
    assert rows_of([{}, "x"]) is None


def test_a_waiting_register_is_named_too():
    feeds = [FeedState("population", "waiting", datetime(2026, 11, 23, tzinfo=UTC))]
    form = one_field(field("text"))
    (silent,) = fill(Blanks(form), {}, feeds, []).down
    assert (silent["state"], silent["fields"]) == ("waiting", ["x"])
    assert fill(Blanks(form), {"sex": fact("a")}, feeds, []).down == []


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_a_paper_lasts_that_many_months(made_on, months):
    last = rules.last_good_day(made_on, months)
    assert (last.year - made_on.year) * 12 + last.month - made_on.month == months
    assert last.day <= made_on.day


def test_a_paper_made_at_a_months_end():
    assert rules.last_good_day(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert rules.last_good_day(date(2026, 8, 31), None) is None


@given(st.binary(max_size=300))
def test_no_bytes_break_the_examination(data):
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"%PDF-1.7"):
        try:
            kind, kept = rules.examine_file(start + data)
        except rules.Unfit:
            continue
        assert kind in rules.ENDINGS
        assert (start + data).startswith(kept)
        assert rules.examine_file(kept) == (kind, kept)
