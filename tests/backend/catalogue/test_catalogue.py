"""The catalogue that is shipped, and what other houses ask of it."""

import shutil
from pathlib import Path

import pytest

from backend.catalogue import book, usecases
from backend.catalogue.rules import FIELD_TYPES
from backend.catalogue.source import DATA
from backend.kernel.errors import Refusal

CODES = sorted(book.current().items)
SHARED = [
    "name", "id_number", "sex", "birth_date", "ethnic_group", "household_address",
    "household_region", "household_type", "marital_status", "spouse_name", "spouse_id_number",
    "children", "phone", "residence_address", "residence_region", "residence_permit_number",
    "residence_since", "social_card_number", "insurance_status", "insurance_type",
    "insured_since", "contribution_base", "months_paid", "employer_name", "employer_uscc",
    "education_level", "graduated_from", "student_number", "children_school", "fund_account",
    "fund_status", "fund_balance", "fund_monthly", "fund_employer", "properties",
    "property_count", "bank_name", "bank_account", "email", "emergency_contact",
    "emergency_phone",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_forms_are_of_a_size_that_people_finish(code: str) -> None:
    fields = [field for s in usecases.get_form(code)["sections"] for field in s["fields"]]
    assert 10 <= len(fields) <= 30
    assert any(field["when"] for field in fields)
    assert {field["type"] for field in fields} <= set(FIELD_TYPES)


def test_several_forms_ask_about_rows_of_people() -> None:
    forms = [usecases.get_form(code) for code in CODES]
    repeated = [form for form in forms if any(s["repeat"] for s in form["sections"])]
    assert len(repeated) >= 8


def test_five_offices_offer_items() -> None:
    owners = {card["department"]["code"] for card in usecases.list_items()}
    assert owners == {"GA", "RS", "JY", "GJJ", "BDC"}


def test_the_dictionary_holds_the_shared_elements() -> None:
    assert set(SHARED) <= set(usecases.elements())
    groups = usecases.groups()
    for code, element in usecases.elements().items():
        assert element["group"] in groups, code
        assert usecases.source_name(element["source"]) != element["source"]


def test_every_fact_that_waives_a_paper_is_supplied_by_a_register() -> None:
    registers = {
        "population", "residence", "social_security", "education", "housing_fund", "real_estate",
        "market",
    }  # fmt: skip
    for material in book.current().source.materials.values():
        for element in material["waived_by"]:
            known = usecases.element(element)["source"] in registers
            assert known or element in ("apply_by_agent", "agent_name", "agent_id_number")


def test_a_submission_is_checked_whole() -> None:
    errors = usecases.check_submission(
        "property-records-query", 1, {"name": " ", "phone": "123", "nick": 1}, {}, []
    )
    found = {(error.pointer, error.code) for error in errors}
    assert {
        ("/values/name", "required"),
        ("/values/phone", "format"),
        ("/values/nick", "unknown_field"),
        ("/materials/id_card", "material_missing"),
        ("/declarations/purpose_only", "declaration_missing"),
    } <= found


def test_facts_stand_for_papers() -> None:
    def missing(*waived: str) -> bool:
        errors = usecases.check_submission(CODES[0], 1, {}, {}, [], waived=waived)
        return any(error.pointer == "/materials/parents_papers" for error in errors)

    assert CODES[0] == "birth-registration"
    assert missing()
    assert not missing("parents_papers")


def test_only_the_papers_that_the_answers_call_for() -> None:
    papers = usecases.visible_materials("residence-permit", 1, {"residence_kind": "rent"})
    assert papers == {"id_card": True, "photo": True, "lease_contract": True}


@pytest.mark.parametrize(
    ("element", "value", "chinese", "english"),
    [
        ("sex", "female", "女", "Female"),
        ("children.relation", "son", "儿子", "Son"),
        ("residence_region", "440604012", "广东省佛山市禅城区祖庙街道",
         "Zumiao Chancheng Foshan Guangdong"),
        ("household_region", "650102", "新疆维吾尔自治区天山区", "Xinjiang (650102)"),
        ("household_region", "999999", "999999", "999999"),
        ("fund_balance", 86420.35, "86,420.35 元", "86,420.35 yuan"),
        ("birth_date", "1990-05-02", "1990年5月2日", "1990-05-02"),
        ("insured_since", "2012-07", "2012年7月", "2012-07"),
        ("no_home", False, "否", "No"),
        ("query_scope", ["owned", "register"], "有无房屋证明、登记簿信息",
         "Homes owned or none, Register entry"),
        ("children", [{"name": "陈乐怡"}, {"name": "陈乐天"}], "陈乐怡、陈乐天", "陈乐怡, 陈乐天"),
        ("name", None, "", ""),
        ("nonsense", 7, "7", "7"),
    ],
)  # fmt: skip
def test_values_read_as_people_say_them(
    element: str, value: object, chinese: str, english: str
) -> None:
    assert usecases.display(element, value) == chinese
    assert usecases.display(element, value, "en") == english


def test_a_running_case_keeps_its_version(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "items/residence-permit.yaml"
    first = path.read_text("utf-8")
    (folder / "items/archive").mkdir()
    (folder / "items/archive/residence-permit@1.yaml").write_text(first, "utf-8")
    second = first.replace("version: 1", "version: 2", 1).replace(
        "      - residence_reason\n", "", 1
    )
    second = "\n".join(line for line in second.splitlines() if "residence_reason" not in line)
    path.write_text(second, "utf-8")
    shelf = book.current(folder)
    today = "2026-11-23"
    old = shelf.compiled("residence-permit", 1).examine({}, today=today)
    new = shelf.compiled("residence-permit", 2).examine({}, today=today)
    assert "/values/residence_reason" in old.visible
    assert "/values/residence_reason" not in new.visible


def test_a_faulty_catalogue_does_not_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "items/residence-permit.yaml"
    path.write_text(path.read_text("utf-8").replace("visits: 0", "visits: x"), "utf-8")
    with pytest.raises(book.BrokenCatalogue, match=r"residence-permit\.yaml:19: 'visits' must be"):
        book.current(folder)


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: usecases.get_item("x"), "item_unknown"),
        (lambda: usecases.item_card("x"), "item_unknown"),
        (lambda: usecases.get_form("residence-permit", 9), "form_unknown"),
        (lambda: usecases.get_theme("x"), "theme_unknown"),
        (lambda: usecases.material_type("x"), "material_unknown"),
        (lambda: usecases.examine("x", 1, {}), "form_unknown"),
    ],
)
def test_what_is_not_there_is_refused(ask: object, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        ask()  # type: ignore[operator]
    assert refusal.value.code == code
