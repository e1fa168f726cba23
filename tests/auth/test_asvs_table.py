"""auth/ASVS.csv answers for every requirement of OWASP ASVS 5.0.0 that we measure ourselves by.

All of levels 1 and 2, and level 3 where this is an identity house: authentication (V6), sessions
(V7), tokens (V9), OAuth and OpenID (V10), cryptography (V11), logging (V16). A row that is missing,
twice, of the wrong level, without a proof or with one that does not exist, fails.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "auth" / "ASVS.csv"
HEAD = ["requirement", "level", "state", "in our words", "proof or reason"]

# The levels of the requirements of each section, in order, as the standard numbers them.
SECTIONS = """
V1.1 22 V1.2 1111122223 V1.3 112222222223 V1.4 222 V1.5 123
V2.1 122 V2.2 112 V2.3 12223 V2.4 23
V3.1 3 V3.2 113 V3.3 12223 V3.4 11222233 V3.5 11122333 V3.6 3 V3.7 22333
V4.1 12233 V4.2 23333 V4.3 22 V4.4 1222
V5.1 2 V5.2 112333 V5.3 113 V5.4 222
V6.1 122 V6.2 111111112222 V6.3 11223333 V6.4 112233 V6.5 22222333 V6.6 2223 V6.7 33 V6.8 2222
V7.1 222 V7.2 1111 V7.3 22 V7.4 11222 V7.5 223 V7.6 22
V8.1 1233 V8.2 1123 V8.3 133 V8.4 23
V9.1 111 V9.2 1222
V10.1 22 V10.2 223 V10.3 22223 V10.4 1111122222233333 V10.5 22222 V10.6 22 V10.7 222
V11.1 2233 V11.2 22233 V11.3 11233 V11.4 1222 V11.5 23 V11.6 23 V11.7 33
V12.1 12233 V12.2 11 V12.3 22223
V13.1 2333 V13.2 222223 V13.3 2233 V13.4 1222233
V14.1 22 V14.2 12223333 V14.3 122
V15.1 12233 V15.2 12233 V15.3 1222222 V15.4 3333
V16.1 2 V16.2 22222 V16.3 2222 V16.4 222 V16.5 2223
V17.1 23 V17.2 22223333 V17.3 22
"""
STRICT = ("V6", "V7", "V9", "V10", "V11", "V16")
STRICTER_AT_3 = {"V6.3.3", "V6.6.1", "V10.4.3", "V10.4.5", "V16.3.2"}
"""Requirements of a lower level whose own text asks for more at level 3: they have two rows."""

STATES = {"kept", "not applicable", "operator", "open"}
PROOF = re.compile(r"((?:tests|pwa/test)/[\w/.]+\.(?:py|ts))(?:::([^;)]+))?")


def requirements() -> list[tuple[str, int]]:
    words = SECTIONS.split()
    return [
        (f"{section}.{number}", int(level))
        for section, levels in zip(words[::2], words[1::2], strict=True)
        for number, level in enumerate(levels, 1)
    ]


def wanted() -> set[tuple[str, int]]:
    """Every requirement that we answer for, with its level."""
    ours = {
        (name, level) for name, level in requirements() if level < 3 or name.split(".")[0] in STRICT
    }
    return ours | {(name, 3) for name in STRICTER_AT_3}


@cache
def table() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        lines = csv.DictReader(file)
        assert lines.fieldnames == HEAD
        return list(lines)


def named(row: dict[str, str]) -> str:
    return f"{row['requirement']} at level {row['level']}"


def test_the_list_is_that_of_the_standard() -> None:
    """345 requirements: 70 of level 1, 183 of level 2, 92 of level 3, as published."""
    assert Counter(level for _, level in requirements()) == {1: 70, 2: 183, 3: 92}


def test_every_requirement_has_its_row() -> None:
    rows = [(row["requirement"], int(row["level"])) for row in table()]
    assert len(rows) == len(set(rows)), "a row stands twice"
    assert wanted() - set(rows) == set(), "rows are missing"
    assert set(rows) - wanted() == set(), "rows nobody asked for, or of another level"


def faults(row: dict[str, str]) -> Iterator[str]:
    """What is wrong with a row: no state, no proof, a proof that is not there."""
    reason, state = row["proof or reason"], row["state"]
    proofs = PROOF.findall(reason)
    if state not in STATES:
        yield f"no such state: {state}"
    if len(row["in our words"]) < 8:
        yield "says nothing"
    if state == "kept" and not proofs:
        yield "no proof"
    elif state == "kept" and "; ".join("::".join(one) for one in proofs) != reason:
        yield "a kept row is nothing but tests"
    if state != "kept" and len(PROOF.sub("", reason)) < 7:
        yield "say why"
    for file, test in proofs:
        if not (ROOT / file).is_file():
            yield f"{file} is gone"
        elif test and test not in names_in(file):
            yield f"{file} has no {test}"
        elif not test and state == "kept":
            yield f"name the test in {file}"


def test_every_row_says_how_it_is_kept_or_why_it_is_not() -> None:
    found = [f"{named(row)}: {fault}" for row in table() for fault in faults(row)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("kept", ""),
        ("kept", "we are careful"),
        ("kept", "tests/auth/test_sessions.py"),
        ("kept", "tests/auth/test_sessions.py::test_of_nothing"),
        ("kept", "tests/auth/test_nothing.py::test_every_sign_in_turns_the_token"),
        ("open", ""),
        ("perhaps", "tests/auth/test_sessions.py::test_every_sign_in_turns_the_token"),
    ],
)
def test_the_check_sees_a_row_that_proves_nothing(state: str, reason: str) -> None:
    row = {"requirement": "V7.2.4", "level": "1", "state": state, "in our words": "Turn tokens"}
    assert list(faults({**row, "proof or reason": reason}))


@cache
def names_in(file: str) -> frozenset[str]:
    text = (ROOT / file).read_text()
    found = (
        re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE)
        if file.endswith(".py")
        else [name for _, name in re.findall(r"\btest\((['\"])(.+?)\1,", text)]
    )
    return frozenset(found)


def test_what_is_open_is_counted_where_everybody_reads_it() -> None:
    states = Counter(row["state"] for row in table())
    promise = (ROOT / "auth" / "PROMISES.md").read_text()
    said = (
        f"{len(table())} rows: {states['kept']} kept, {states['operator']} the operator's, "
        f"{states['not applicable']} without an object, {states['open']} open"
    )
    assert said in promise, said
