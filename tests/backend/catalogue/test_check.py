"""The checker, by planted faults: each must be found at its line, with what to do about it."""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.catalogue.check import check_folder
from backend.catalogue.source import DATA, Fault

Plant = Callable[[str, str, str], list[Fault]]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Replace a text once in one file of a copy of the catalogue; the faults that follow."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)

    def do(file: str, before: str, after: str) -> list[Fault]:
        path = folder / file
        text = path.read_text("utf-8")
        assert before in text, f"{file} no longer holds {before!r}"
        path.write_text(text.replace(before, after, 1), "utf-8")
        return check_folder(folder)

    return do


def test_the_shipped_catalogue_has_no_fault() -> None:
    assert check_folder() == []


RENT = "items/fund-rent-withdrawal.yaml"
PERMIT = "items/residence-permit.yaml"
HOME = "items/second-hand-transfer.yaml"
FEE_LAW = "国家发展改革委 财政部关于不动产登记收费标准等有关问题的通知（发改价格规〔2016〕2559 号）"
PLANTED = {
    "a misspelt element": (
        RENT, "{element: spouse_name,", "{element: spouse_nam,",
        "field 'spouse_nam' is not a data element; did you mean 'spouse_name'?",
    ),
    "a misspelt column": (
        RENT, "family_members.relation", "family_members.relatoin",
        ("field 'family_members.relatoin' is not a data element; did you mean "
         "'family_members.relation'?"),
    ),
    "a misspelt key": (
        PERMIT, "summary_en:", "summery_en:",
        "'summery_en' is not a key of item; did you mean 'summary_en'?",
    ),
    "a missing English name": (
        PERMIT, "name_en: Residence permit\n", "",
        "item lacks 'name_en'; add it, short and in English",
    ),
    "a key written twice": (
        PERMIT, "icon: permit\n", "icon: permit\nicon: card\n",
        "'icon' already stands in line 9; keep one",
    ),
    "a promise longer than the law": (
        PERMIT, "statutory_days: 15", "statutory_days: 9",
        "promised 10 days are longer than the statutory 9; promise 9 or less",
    ),
    "an immediate item that takes days": (
        PERMIT, "handling: promised", "handling: immediate",
        "an immediate item (即办件) promises 0 days; set it to 0",
    ),
    "steps that do not add up": (
        PERMIT, "days: 4, who: 市公安局", "days: 5, who: 市公安局",
        "the steps take 11 days, promised are 10; make them agree",
    ),
    "visits without a reason": (
        HOME, "visit_reason: 买卖双方到窗口当面核验身份和真实意思\n", "",
        "visits above 0 need a 'visit_reason'; say why people must come",
    ),
    "fully online with a visit": (
        HOME, "online: part", "online: full",
        "fully online means 0 visits; set 'visits: 0' or 'online: part'",
    ),
    "a free item that takes payment": (
        PERMIT, "fees: []\n", "fees: []\npayment_online: true\n",
        "a free item takes no online payment; remove it",
    ),
    "a fee without a basis": (
        HOME, f", basis: {FEE_LAW}}}", "}",
        "fees lacks 'basis'; add it",
    ),
    "one telephone for advice and complaints": (
        "departments.yaml", "complain: 0757-12345001", "complain: 0757-83032110",
        "department GA takes advice and complaints on one telephone; give complaints their own",
    ),
    "an unknown code of a code set": (
        PERMIT, 'kind: "20"', 'kind: "21"', "'kind' is '21'; did you mean '20'?",
    ),
    "a picture that nobody draws": (
        PERMIT, "icon: permit", "icon: permitt", "'icon' is 'permitt'; did you mean 'permit'?",
    ),
    "an unknown office": (
        PERMIT, "department: GA", "department: GAJ",
        "department 'GAJ' is unknown; did you mean 'GA'?",
    ),
    "a licence without a step": (
        PERMIT, 'kind: "20"', 'kind: "01"', "a licence (行政许可) has the step 审批; add it",
    ),
    "an unknown material": (
        RENT, "{type: fund_record,", "{type: fund_recrod,",
        "'fund_recrod' is not a material type; did you mean 'fund_record'?",
    ),
    "an unknown declaration": (
        RENT, "data_use, no_home]", "data_use, nohome]",
        "'nohome' is not a declaration; did you mean 'no_home'?",
    ),
    "a condition on no field": (
        RENT, "{field: spouse_joins, op", "{field: spouse_join, op",
        ("'when' looks at 'spouse_join', which is not a field of this form; did you mean "
         "'spouse_joins'?"),
    ),
    "a condition on a later field": (
        RENT, "{field: spouse_joins, op: eq, value: true}", "{field: no_home, op: eq, value: true}",
        "'when' looks at 'no_home', which stands further down; move it above",
    ),
    "a condition on a field of rows": (
        HOME, "{type: power_of_attorney, when: {field: apply_by_agent, op: eq, value: true}",
        "{type: power_of_attorney, when: {field: counterparties_name, op: present}",
        ("'when' looks at 'counterparties_name', a field of the rows 'parties'; look at 'parties' "
         "itself (present, absent)"),
    ),
    "a condition with an unknown option": (
        RENT, "{field: withdraw_cycle, op: eq, value: once}",
        "{field: withdraw_cycle, op: eq, value: onec}",
        "'onec' is not an option of 'withdraw_cycle'; did you mean 'once'?",
    ),
    "a condition with an unknown operator": (
        RENT, "{field: withdraw_cycle, op: eq, value: once}",
        "{field: withdraw_cycle, op: equals, value: once}",
        "a condition has 'field' and 'op'; op is 'equals'",
    ),
    "yes compared with a text": (
        RENT, "{field: spouse_joins, op: eq, value: true}",
        '{field: spouse_joins, op: eq, value: "yes"}',
        "'spouse_joins' is answered yes or no; compare with true or false",
    ),
    "a field that can never be shown": (
        RENT, "when: {field: withdraw_cycle, op: eq, value: once}",
        ("when: {all: [{field: withdraw_cycle, op: eq, value: once}, "
         "{field: withdraw_cycle, op: eq, value: monthly}]}"),
        "field 'withdraw_amount' can never be shown; its conditions exclude each other",
    ),
    "a field twice": (
        RENT, "      - no_home\n", "      - no_home\n      - no_home\n",
        "'no_home' already names a field or section; give one its own 'code'",
    ),
    "a foreign implementation code": (
        PERMIT, "implementation_code: 11440600007038901Q",
        "implementation_code: 11440600007038902U",
        ("implementation code must start with the office's credit code and the base code: "
         "11440600007038901Q442009015000"),
    ),
    "a theme with an unknown item": (
        "themes/newborn.yaml", "item: birth-registration", "item: birth-registraton",
        "'birth-registraton' is not an item; did you mean 'birth-registration'?",
    ),
    "an element of an unknown source": (
        "elements.yaml", "sensitivity: personal, source: population, group: identity}\n",
        "sensitivity: personal, source: popluation, group: identity}\n",
        "source 'popluation' of 'name' is unknown; did you mean 'population'?",
    ),
    "a choice without options": (
        "elements.yaml", "type: text, max_length: 50, sensitivity: personal, source: population",
        "type: choice, max_length: 50, sensitivity: personal, source: population",
        "'name' is a choice; add its 'options'",
    ),
    "a pattern that browsers read differently": (
        "elements.yaml", r'pattern: "[A-Z]\\d{9}"', r'pattern: "(?P<a>[A-Z])\\d{9}"',
        ("pattern of 'birth_certificate_number' uses what browsers read differently; use classes, "
         "groups (?:) and counts only"),
    ),
    "a paper waived by no element": (
        "materials.yaml", "waived_by: [name, id_number]", "waived_by: [name, id_nummer]",
        ("material 'id_card' is waived by 'id_nummer', which is not a data element; did you mean "
         "'id_number'?"),
    ),
    "yes for true": (
        PERMIT, "delivery: true", "delivery: yes", "'delivery' is 'yes'; write true or false",
    ),
    "unreadable YAML": (
        PERMIT, "keywords: [", "keywords: [[", "not readable as YAML",
    ),
    "a file that is named otherwise": (
        PERMIT, "code: residence-permit", "code: residence-card",
        "item 'residence-card' must live in residence-card.yaml; rename one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_at_its_line(name: str, plant: Plant, tmp_path: Path) -> None:
    file, before, after, message = PLANTED[name]
    faults = plant(file, before, after)
    found = [fault for fault in faults if fault.message.startswith(message)]
    assert found, [str(fault) for fault in faults]
    fault = found[0]
    assert fault.file == str(tmp_path / "data" / file)
    assert str(fault).startswith(f"{fault.file}:{fault.line}: ")
    if after and name not in ("steps that do not add up", "a promise longer than the law",
                              "a licence without a step", "an immediate item that takes days",
                              "fully online with a visit", "unreadable YAML",
                              "a fee without a basis"):  # fmt: skip
        lines = (tmp_path / "data" / file).read_text("utf-8").splitlines()
        new = next(line for line in after.splitlines()[::-1] if line.strip())
        assert new.strip() in lines[fault.line - 1], (fault.line, lines[fault.line - 1])


def test_a_credit_code_that_fails_its_check_digit_only_warns(plant: Plant) -> None:
    faults = plant("departments.yaml", "uscc: 11440600007038901Q", "uscc: 11440600007038901R")
    doubts = [fault for fault in faults if not fault.blocks]
    assert len(doubts) == 1
    assert "warning: credit code of GA fails its check digit" in str(doubts[0])


def test_an_earlier_version_may_stay_beside_the_one_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    (folder / "items/archive").mkdir()
    old = (folder / PERMIT).read_text("utf-8")
    (folder / "items/archive/residence-permit@1.yaml").write_text(old, "utf-8")
    same = check_folder(folder)
    assert any("already belongs to" in fault.message for fault in same)
    (folder / PERMIT).write_text(old.replace("version: 1", "version: 2", 1), "utf-8")
    assert check_folder(folder) == []


@pytest.mark.parametrize("seed", range(24))
def test_no_mistake_of_an_operator_breaks_the_checker(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = chance.choice(sorted(folder.rglob("*.yaml")))
    lines = path.read_text("utf-8").split("\n")
    at = chance.randrange(len(lines))
    spoilt = chance.choice(["", ": 7", ": {a: b}", ": [x, 1]", ":"])
    lines[at] = re.sub(r": .*", spoilt, lines[at], count=1) if spoilt else ""
    path.write_text("\n".join(lines), "utf-8")
    for fault in check_folder(folder):
        assert fault.message


def test_a_missing_file_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    faults = check_folder(tmp_path)
    assert any("the file is missing" in fault.message for fault in faults)
