"""The chain of hashes: any edit, deletion or exchange shows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.cases.rules import Link, first_hash, is_whole, link

NUMBER = "44062026112300000001"
payloads = st.dictionaries(
    st.text(max_size=5),
    st.one_of(st.text(max_size=10), st.integers(-(2**63), 2**63 - 1), st.booleans()),
    max_size=3,
)
Chain = list[tuple[Link, dict[str, Any]]]


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    chain: Chain = []
    before = first_hash(NUMBER)
    for seq, payload in enumerate(draw(st.lists(payloads, min_size=1, max_size=6)), 1):
        at = f"2026-11-23T01:02:0{seq}.000Z"
        one = link(before, seq=seq, kind="review", actor="staff:a", at=at, payload=payload)
        chain.append((one, payload))
        before = one.hash
    return chain


def whole(chain: Chain, of: Chain) -> bool:
    return is_whole(NUMBER, chain, seq=len(of), last_hash=of[-1][0].hash)


@given(chains())
def test_an_untouched_chain_is_whole(chain: Chain) -> None:
    assert whole(chain, chain)
    assert not is_whole("4406-another", chain, seq=len(chain), last_hash=chain[-1][0].hash)


@given(chains(), st.data())
def test_a_deleted_step_shows(chain: Chain, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    assert not whole(chain[:place] + chain[place + 1 :], chain)


@given(chains(), st.data())
def test_exchanged_steps_show(chain: Chain, data: st.DataObject) -> None:
    if len(chain) > 1:
        place = data.draw(st.integers(0, len(chain) - 2))
        moved = [*chain[:place], chain[place + 1], chain[place], *chain[place + 2 :]]
        assert not whole(moved, chain)


@given(chains(), st.data())
def test_an_edit_of_any_part_shows(chain: Chain, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    one, payload = chain[place]
    name = data.draw(st.sampled_from([*Link._fields, "payload"]))
    if name == "payload":
        edited = (one, {**payload, "seen": "otherwise"})
    elif name == "seq":
        edited = (one._replace(seq=one.seq + 1), payload)
    else:
        edited = (one._replace(**{name: getattr(one, name) + "0"}), payload)
    assert not whole([*chain[:place], edited, *chain[place + 1 :]], chain)


@given(chains())
def test_a_rewritten_end_shows_against_the_case(chain: Chain) -> None:
    one, payload = chain[-1]
    forged = link(
        one.prev_hash, seq=one.seq, kind="deny", actor=one.actor, at=one.at, payload=payload
    )
    assert not whole([*chain[:-1], (forged, payload)], chain)
