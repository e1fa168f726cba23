"""The form rules (表单规则): the vectors shared with both clients, and the laws behind them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from backend.catalogue.rules import compile_form, doubtful_uscc, is_id_number

VECTORS = json.loads(Path("tests/vectors/forms.json").read_text("utf-8"))
CREDIT_CODES = json.loads(Path("tests/vectors/credit_codes.json").read_text("utf-8"))
TODAY = "2026-11-23"

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["2026-11-23", "single", "married", "440604", "11010519491231002X"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FORMS = [vector["form"] for vector in VECTORS]


def answers_for(form: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Any JSON under the form's own field codes, so that the rules behind them are reached."""
    keys = [section["code"] for section in form["sections"]]
    keys += [field["code"] for section in form["sections"] for field in section["fields"]]
    row = st.dictionaries(st.sampled_from(keys), ANY_JSON, max_size=4)
    value = ANY_JSON | st.lists(row, max_size=4)
    return ANY_JSON | st.dictionaries(st.sampled_from(keys), value)


FORM_AND_ANSWERS = st.sampled_from(FORMS).flatmap(lambda f: st.tuples(st.just(f), answers_for(f)))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector(vector: dict[str, Any]) -> None:
    form = compile_form(vector["form"])
    seen = form.check(
        vector["values"], vector["materials"], vector["declarations"], today=vector["today"]
    )
    errors = sorted(
        ({"pointer": error.pointer, "code": error.code} for error in seen.errors),
        key=lambda error: (error["pointer"], error["code"]),
    )
    assert errors == vector["expect"]["errors"]
    assert seen.visible == vector["expect"]["visible"]
    assert seen.required == vector["expect"]["required"]


@settings(deadline=None, max_examples=150)
@given(FORM_AND_ANSWERS, ANY_JSON, ANY_JSON)
def test_any_json_is_examined_without_raising(
    case: tuple[dict[str, Any], Any], materials: Any, declarations: Any
) -> None:
    form, values = case
    seen = compile_form(form).check(values, materials, declarations, today=TODAY)
    assert all(error.pointer.startswith("/") for error in seen.errors)


@settings(deadline=None, max_examples=100)
@given(FORM_AND_ANSWERS)
def test_cleaning_twice_is_cleaning_once(case: tuple[dict[str, Any], Any]) -> None:
    form = compile_form(case[0])
    once = form.examine(case[1], today=TODAY)
    twice = form.examine(once.values, today=TODAY)
    assert repr(twice.values) == repr(once.values)
    assert twice.visible == once.visible


@settings(deadline=None, max_examples=100)
@given(FORM_AND_ANSWERS, ANY_JSON)
def test_hidden_answers_never_matter(case: tuple[dict[str, Any], Any], noise: Any) -> None:
    form, values = case
    values = values if isinstance(values, dict) else {}
    compiled = compile_form(form)
    before = compiled.examine(values, today=TODAY)
    top = {
        field["code"]
        for section in form["sections"]
        if not section["repeat"]
        for field in section["fields"]
    }
    hidden = {code for code in top if f"/values/{code}" not in before.visible}
    after = compiled.examine(values | dict.fromkeys(hidden, noise), today=TODAY)
    assert repr(after) == repr(before)


@given(st.from_regex(r"44060[4-8](19|20)[0-9]{2}(0[1-9]|1[0-2])1[0-9]{4}", fullmatch=True))
def test_id_numbers_agree_with_the_standard_library_of_numbers(body: str) -> None:
    digit = ric.calc_check_digit(body + "0")
    assert is_id_number(body + digit)
    assert not is_id_number(body + ("1" if digit != "1" else "2"))


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_credit_codes_agree_with_the_standard_library_of_numbers(body: str) -> None:
    assert not doubtful_uscc(body + uscc.calc_check_digit(body))


@pytest.mark.parametrize("vector", CREDIT_CODES, ids=lambda vector: vector["code"] or "nothing")
def test_doubtful_credit_codes(vector: dict[str, Any]) -> None:
    assert doubtful_uscc(vector["code"]) is vector["doubtful"]
