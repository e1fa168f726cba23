"""The fold of assertions is a law: neither order nor repetition changes it."""

from hypothesis import given
from hypothesis import strategies as st

from backend.library import rules
from backend.library.rules import Assertion

TODAY = "2026-11-23"

instants = st.integers(0, 5).map(lambda n: f"2026-11-2{n}T08:00:00.000Z")
days = st.none() | st.sampled_from(["2026-11-01", TODAY, "2027-01-01"])
assertions = st.builds(
    Assertion,
    element=st.sampled_from(["phone", "sex"]),
    value=st.sampled_from([None, "", "a", "b", 0, False, []]),
    source=st.sampled_from(["population", "declared", "case"]),
    grade=st.sampled_from(rules.GRADES),
    verified_at=instants,
    source_ref=st.sampled_from(["", "44062026"]),
    valid_until=days,
)
logs = st.lists(assertions, max_size=12)


def said(**more):
    return Assertion(
        **{
            "element": "phone", "value": "a", "source": "population", "grade": "A",
            "verified_at": "2026-11-20T08:00:00.000Z", **more,
        }
    )  # fmt: skip


@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_the_log_does_not_matter(log, random):
    shuffled = log[:]
    random.shuffle(shuffled)
    assert rules.fold(shuffled) == rules.fold(log)


@given(logs, logs)
def test_a_document_kept_up_step_by_step_is_the_fold_of_the_whole_log(before, after):
    document = rules.fold(before)
    for one in after:
        rules.put(document, one)
    assert document == rules.fold(before + after)


@given(logs)
def test_a_replay_changes_nothing(log):
    document = rules.fold(log)
    assert not any(rules.put(document, one) for one in log)
    assert document == rules.fold(log)


@given(logs)
def test_what_counts_is_never_worse_than_something_else_that_is_good(log):
    for entries in rules.fold(log).values():
        best = rules.best(entries, today=TODAY)
        for entry in entries:
            if "v" in entry and not rules.has_expired(entry, today=TODAY):
                assert best is not None
                assert not rules.has_expired(best, today=TODAY)
                assert best["grade"] <= entry["grade"]
                if best["grade"] == entry["grade"]:
                    assert best["verified_at"] >= entry["verified_at"]


def chosen(*log):
    entry = rules.best(rules.fold(log).get("phone", ()), today=TODAY)
    return None if entry is None else entry["v"]


def test_trust_comes_first_then_the_newer():
    a_year_later = "2027-11-20T08:00:00.000Z"
    typed = said(value="b", source="declared", grade="D", verified_at=a_year_later)
    assert chosen(said(), typed) == "a"
    other = said(value="c", source="residence", verified_at=a_year_later)
    assert chosen(said(), typed, other) == "c"


def test_what_has_run_out_loses_but_is_better_than_nothing():
    old = said(valid_until="2026-11-22")
    assert chosen(old) == "a"
    assert chosen(old, said(value="b", source="declared", grade="D")) == "b"
    assert chosen(said(valid_until=TODAY), said(value="b", source="declared", grade="D")) == "a"


def test_a_source_that_holds_nothing_any_more_cannot_be_outdated_by_its_own_past():
    gone = said(value=None, verified_at="2026-11-21T08:00:00.000Z")
    assert chosen(gone, said()) is None
    assert chosen(gone, said(), said(value="b", source="declared", grade="D")) == "b"


def test_no_and_none_at_all_are_values():
    for value in (0, False, []):
        assert rules.best(rules.fold([said(value=value)])["phone"], today=TODAY)["v"] == value
    assert chosen(said(value="")) is None


NOW, LATER = "2026-11-20T08:00:00.000Z", "2026-11-23T08:00:00.000Z"


def news(held, *answer, at=LATER, fresh_since="2026-11-23T07:00:00.000Z"):
    found = rules.news(held, "population", answer, at=at, fresh_since=fresh_since)
    return [(one.element, one.value, one.verified_at) for one in found]


def test_a_register_that_repeats_itself_soon_tells_nothing_new():
    held = rules.fold([said(verified_at="2026-11-23T07:30:00.000Z")])
    assert news(held, said(verified_at=LATER)) == []
    assert news(held, said(verified_at=LATER, value="b")) == [("phone", "b", LATER)]
    assert news(held, said(verified_at=LATER, valid_until="2027-01-01")) != []


def test_a_register_that_repeats_itself_much_later_confirms():
    assert news(rules.fold([said()]), said(verified_at=LATER)) == [("phone", "a", LATER)]


def test_what_a_register_does_not_name_any_more_is_gone():
    held = rules.fold([said(), said(source="declared", grade="D", element="sex")])
    assert news(held) == [("phone", None, LATER)]
    for one in rules.news(held, "population", [], at=LATER, fresh_since=NOW):
        rules.put(held, one)
    assert news(held) == []
