"""What the sandboxes stand on: the demo people are sound, and the memory forgets the oldest."""

from itertools import islice

import pytest
from stdnum.cn import ric, uscc

from backend.outside.demo import Ledger, by_id_number, read_people
from backend.outside.population.codes import ETHNIC_GROUPS

PEOPLE = [person["population"] for person in read_people()]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["XM"])
def test_every_demo_person_has_a_sound_number(person):
    # only the check digit: stdnum wants the district code of the birth year (440604 is of 2002)
    assert ric.calc_check_digit(person["GMSFHM"]) == person["GMSFHM"][-1]
    assert ric.get_birth_date(person["GMSFHM"]).strftime("%Y%m%d") == person["CSRQ"]
    assert {"1": "M", "2": "F"}[person["XBDM"]] == ("M" if int(person["GMSFHM"][16]) % 2 else "F")
    assert person["MZDM"] in ETHNIC_GROUPS


def test_numbers_and_phones_are_one_each():
    numbers = [person["GMSFHM"] for person in PEOPLE]
    phones = [person["phone"] for person in read_people() if "phone" in person]
    assert len(numbers) == len({*numbers})
    assert len(phones) == len({*phones})


def test_families_and_employers_exist():
    known = {person["GMSFHM"]: person["XM"] for person in PEOPLE}
    for members in by_id_number("household").values():
        for member in members:
            assert known[member["GMSFHM"]] == member["XM"]
    for insured in by_id_number("social_security").values():
        for line in insured["items"]:
            assert not line["AAB998"] or uscc.is_valid(line["AAB998"])


def test_a_ledger_finds_by_key_and_forgets_the_oldest():
    ledger = Ledger(keeps=3)
    for n in range(5):
        ledger.add(n, {"n": n})
    ledger.add(3, {"n": "again"})
    assert [message["n"] for message in ledger] == ["again", 4, 2]
    assert ledger.find(1) is None
    assert next(islice(ledger, 1, None)) == {"n": 4}
