"""Answers: provenance marks, savings, and what a correction may change."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.cases.rules import Item, answer, marks, names, savings

FORM: dict[str, Any] = {
    "sections": [
        {
            "code": "who",
            "title": "申请人",
            "fields": [{"code": "name", "label": "姓名"}, {"code": "phone", "label": "电话"}],
        },
        {
            "code": "children",
            "title": "子女",
            "repeat": {"min": 0, "max": 5, "row_name": "子女"},
            "fields": [{"code": "child_name", "label": "子女姓名"}],
        },
    ],
    "materials": [{"code": "photo", "name": "照片"}],
}
NAMES = names(FORM)


def offered(value: object) -> dict[str, object]:
    return {"value": value, "source": "population", "source_name": "公安人口库", "grade": "A"}


def test_names_of_a_form() -> None:
    found = NAMES.of("field", "child_name")
    assert found is not None
    assert (found.label, found.key) == ("子女姓名", "children")
    assert NAMES.of("field", "photo") is None
    assert NAMES.of("material", "photo") is not None


def test_what_the_register_said_is_marked_and_a_change_flagged() -> None:
    prefill = {"name": offered("陈小明"), "phone": offered("13800000001"), "email": offered("")}
    found = marks({"name": "陈小明", "phone": "13900000001", "email": "a@b.cn"}, prefill)
    assert not found["name"]["changed"]
    assert found["phone"]["changed"]
    assert "email" not in found


def test_a_group_is_unchanged_when_its_asked_columns_are() -> None:
    rows = [{"child_name": "甲", "relation": "子"}]
    prefill = {"children": offered(rows)}
    assert not marks({"children": [{"child_name": "甲"}]}, prefill)["children"]["changed"]
    assert marks({"children": [{"child_name": "乙"}]}, prefill)["children"]["changed"]
    more = [{"child_name": "甲"}, {"child_name": "乙"}]
    assert marks({"children": more}, prefill)["children"]["changed"]


def test_savings_count_answers_and_papers() -> None:
    values = {"name": "陈小明", "phone": "13900000001", "children": [{"child_name": "甲"}]}
    prefill = {"name": offered("陈小明"), "children": offered([{"child_name": "甲"}])}
    found = savings(values, prefill, papers=["photo", "card"], unspared=["photo"])
    assert found == (1, 3, 1, 2)


@given(st.dictionaries(st.text(max_size=4), st.one_of(st.integers(), st.text(max_size=3))))
def test_nothing_offered_means_everything_supplied(values: dict[str, object]) -> None:
    found = savings(values, {}, [], [])
    assert found.fields_supplied == found.fields_total <= len(values)


def asked(target: str, code: str) -> Item:
    return Item(target, code, "请更正")


BEFORE = ({"name": "陈小明", "phone": "1", "children": []}, {"photo": ["a"]})


def test_an_answer_changes_what_was_asked_for() -> None:
    items = [asked("field", "phone"), asked("material", "photo")]
    found = answer(items, NAMES, before=BEFORE, given=({"phone": "2"}, {"photo": ["b"]}))
    assert found.faults == []
    assert found.values["phone"] == "2"
    assert found.materials == {"photo": ["b"]}


def test_what_was_not_asked_for_stays() -> None:
    found = answer([asked("field", "phone")], NAMES, before=BEFORE,
                   given=({"phone": "2", "name": "陈大明"}, {"photo": ["b"]}))  # fmt: skip
    assert found.faults == [("/values/name", "not_asked"), ("/materials/photo", "not_asked")]


def test_each_thing_asked_for_must_be_there() -> None:
    items = [asked("field", "child_name"), asked("material", "photo")]
    found = answer(items, NAMES, before=BEFORE, given=({}, {"photo": ["a"]}))
    assert found.faults == [
        ("/values/children", "required"),
        ("/materials/photo", "material_missing"),
    ]


def test_a_field_may_be_confirmed_and_a_new_question_answered() -> None:
    given_now = ({"phone": "1", "email": "a@b.cn", "name": "陈小明"}, {})
    found = answer([asked("field", "phone")], NAMES, before=BEFORE, given=given_now)
    assert found.faults == []
    assert found.values["email"] == "a@b.cn"
