"""Seals, blind indexes, rotation and masks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel import privacy
from backend.kernel.privacy import SealBroken


@pytest.fixture(autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory) -> "Path":
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    privacy.create_keys(path)
    before = privacy._ring
    privacy.use(privacy.load_keys(path))
    yield path
    privacy.use(before)


CELL = {"at": "person.name", "row": "1"}


@given(st.binary(max_size=5000))
def test_what_is_sealed_opens_in_its_cell_alone(plain: bytes) -> None:
    sealed = privacy.seal(plain, **CELL)
    assert plain == privacy.unseal(sealed, **CELL)
    assert len(plain) < 8 or plain not in sealed
    for other in ({"at": "person.name", "row": "2"}, {"at": "person.phone", "row": "1"}):
        with pytest.raises(SealBroken):
            privacy.unseal(sealed, **other)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_changed_bit_breaks_the_seal(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(privacy.seal(plain, **CELL))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        privacy.unseal(bytes(sealed), **CELL)


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_json_survives(value: object) -> None:
    sealed = privacy.seal_json(value, **CELL)
    assert privacy.unseal_json(sealed, **CELL) == value


def test_twice_sealed_is_never_the_same() -> None:
    assert privacy.seal("440604", **CELL) != privacy.seal("440604", **CELL)


def test_old_values_open_after_a_rotation_and_new_ones_use_the_new_key(keys: Path) -> None:
    old = privacy.seal("before", **CELL)
    blind = privacy.blind("44060419900101123X", "id_number")
    assert privacy.rotate_keys(keys) == 2
    assert keys.stat().st_mode & 0o077 == 0
    privacy.use(privacy.load_keys(keys))
    assert privacy.unseal_text(old, **CELL) == "before"
    assert privacy.stale(old)
    assert not privacy.stale(privacy.seal("after", **CELL))
    assert privacy.blind("44060419900101123X", "id_number") == blind


def test_the_blind_index_is_keyed_and_by_purpose() -> None:
    one = privacy.blind(" 44060419900101123x ", "id_number")
    assert one == privacy.blind("44060419900101123X", "id_number")
    assert one != privacy.blind("44060419900101123X", "phone")
    ring = privacy.ring()
    privacy.use(privacy.KeyRing(ring.active, ring.data, (b"another key",), ring.named))
    assert one != privacy.blind("44060419900101123X", "id_number")


def test_the_key_file_is_for_its_owner_alone_and_never_overwritten(keys: Path) -> None:
    assert keys.stat().st_mode & 0o077 == 0
    before = keys.read_bytes()
    privacy.create_keys(keys)
    assert keys.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "masked"),
    [("李", "李"), ("李四", "李*"), ("陈小明", "陈*明"), ("阿依古丽·买买提江·努尔艾力", "阿*力")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert privacy.mask_name(name) == masked


@given(st.text(max_size=30))
def test_masks_never_show_a_whole_number(text: str) -> None:
    assert len(text) < 9 or privacy.mask_id(text)[4:-4].strip("*") == ""
    assert len(text) < 8 or "****" in privacy.mask_phone(text)
