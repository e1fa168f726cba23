"""The ways in that ``make bench`` measures still lead in, and their bare cost is what is done."""

import itertools
from collections import Counter

from benchmarks.sign_ins import people, soak, spike
from benchmarks.sign_ins.recording import record
from benchmarks.sign_ins.ways import WAYS
from tests.conftest import OpenCity


async def test_every_way_in_is_walked_with_its_sql_and_cryptography(
    embedded_city: OpenCity,
) -> None:
    town = await people.settle(2)
    did = {}
    for name in WAYS:
        said, again = await record(embedded_city, itertools.islice(town.ways(name), 2))
        assert [ask.path.partition("?")[0] for ask, _ in said] == [
            ask.path.partition("?")[0] for ask, _ in again
        ]
        assert all(told.statements or ask.path == "/auth/onward" for ask, told in said)
        did[name] = Counter(piece.kind for _, told in said for piece in told.crypto)
    assert {name: found["argon2"] for name, found in did.items()} == {
        "handoff": 0, "code_es256": 0, "code_rs256": 0, "code_high": 0, "password": 1,
    }  # fmt: skip
    assert (did["code_es256"]["ES256"], did["code_rs256"]["RS256"]) == (1, 1)
    # two assertions, two proofs by a key that came with them, and a token that its reader opens
    assert (did["code_high"]["ES256"], did["code_high"]["JWE"]) == (1, 1)
    assert did["code_high"]["ES256 check"] == 4
    assert all(found["seal"] and found["mac"] and found["open"] for found in did.values())


def test_the_rush_rises_within_a_second_to_the_whole_rate() -> None:
    times = spike.times(100)
    counted = Counter(int(at) for at in times)
    calm, rise = int(spike.CALM_S), int(spike.CALM_S)
    assert all(32 <= counted[second] <= 34 for second in range(calm))
    assert 60 <= counted[rise] <= 70
    assert all(99 <= counted[second] <= 101 for second in range(rise + 1, rise + 15))


def test_growth_is_the_slope_whatever_it_began_from() -> None:
    assert round(soak.slope([(second, 100 + second / 4) for second in range(100)]), 6) == 0.25
    assert soak.slope([(second, 100.0) for second in range(100)]) == 0.0
