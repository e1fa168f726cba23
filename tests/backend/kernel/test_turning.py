"""The chain of index keys, and what is asked while it grows."""

import base64
from pathlib import Path

import orjson
import pytest

from backend.kernel import blinds, privacy
from backend.kernel.blinds import OldIndex, State

PHONE = ("13900000001", "auth.phone")


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    privacy.create_keys(path)
    privacy.use(privacy.load_keys(path))
    yield path
    privacy.use(None)


def turned(path: Path) -> None:
    privacy.turn_index_key(path)
    assert privacy.refresh()


def test_every_generation_is_made_from_the_one_before(keys_file: Path) -> None:
    first = privacy.blind(*PHONE)
    assert first.__class__ is str
    forms = [first]
    for _ in range(blinds.MOST - 1):
        turned(keys_file)
        found = privacy.blind(*PHONE)
        assert isinstance(found, blinds.Blind)
        assert found.forms[:-1] == tuple(forms)
        forms.append(str(found))
    assert len({form[0] for form in forms[1:]}) == blinds.MOST - 1
    for generation, form in enumerate(forms, 1):
        assert len(form) == blinds.LENGTH
        assert blinds.generation_of(form) == generation
        assert form[0] in blinds.firsts(generation)
        assert privacy.brought(form) == forms[-1]
        assert privacy.same(form, privacy.blind(*PHONE))
    assert not privacy.same(forms[3], privacy.blind("13900000002", "auth.phone"))
    with pytest.raises(ValueError, match="21 index keys at most"):
        privacy.turn_index_key(keys_file)


def test_without_the_last_key_nobody_makes_its_form(keys_file: Path) -> None:
    turned(keys_file)
    form = privacy.blind(*PHONE)
    file = orjson.loads(keys_file.read_bytes())
    file["index"][1] = base64.b64encode(bytes(32)).decode()
    keys_file.write_bytes(orjson.dumps(file))
    privacy.use(privacy.load_keys(keys_file))
    assert privacy.blind(*PHONE) != form


def test_what_hangs_on_the_first_key_stays(keys_file: Path) -> None:
    before = privacy.ring().secret("pepper"), privacy.keyed("a", "auth.limit")
    turned(keys_file)
    assert (privacy.ring().secret("pepper"), privacy.keyed("a", "auth.limit")) == before
    privacy.settle(2)
    assert privacy.blind(*PHONE).__class__ is str
    assert privacy.blind(*PHONE)[0] == "g"


@pytest.mark.parametrize("index", [[], ["AAAA"] * 22])
def test_a_file_with_no_index_key_or_too_many_is_refused(keys_file: Path, index: list[str]) -> None:
    file = orjson.loads(keys_file.read_bytes())
    file["index"] = index
    keys_file.write_bytes(orjson.dumps(file))
    with pytest.raises(ValueError, match="index keys"):
        privacy.load_keys(keys_file)


@pytest.mark.parametrize("mark", ["-00000000000000000000000000000aa", "", "Z"])
def test_a_mark_is_of_no_generation(mark: str) -> None:
    assert blinds.generation_of(mark) is None


class Database:
    """One that moves on when it is told to, between two steps of whoever asks."""

    def __init__(self, *states: State) -> None:
        self.states = list(states)
        self.brought: list[State] = []

    async def ask(self) -> State:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    async def bring(self, known: State) -> None:
        self.brought.append(known)


async def test_a_miss_while_it_moves_is_asked_again() -> None:
    city = Database(State(1, 1), State(2, 1))
    asked: list[int] = []

    async def run(known: State) -> list[int]:
        asked.append(known.generation)
        return [] if known.generation == 1 else [7]

    found = await blinds.answered(run, ask=city.ask, bring=city.bring, nothing=lambda one: not one)
    assert (found, asked, city.brought) == ([7], [1, 2], [State(2, 1)])


async def test_what_was_done_is_not_done_twice() -> None:
    city, asked = Database(State(1, 1), State(2, 1)), []

    async def run(known: State) -> int:
        asked.append(known.generation)
        return 1

    found = await blinds.answered(run, ask=city.ask, bring=city.bring, nothing=lambda one: not one)
    assert (found, asked) == (1, [1])


async def test_a_refused_write_is_tried_in_the_new_form_unless_a_transaction_is_lost() -> None:
    tried: list[int] = []

    async def run(known: State) -> int:
        tried.append(known.generation)
        if known.generation == 1:
            raise OldIndex
        return 1

    city = Database(State(1, 1), State(2, 1))
    found = await blinds.answered(run, ask=city.ask, bring=city.bring, nothing=lambda one: not one)
    assert found == 1
    assert tried == [1, 2]
    stuck = Database(State(1, 1))
    for tries, times in ((1, 1), (blinds.TRIES, blinds.TRIES)):
        tried.clear()
        with pytest.raises(OldIndex):
            await blinds.answered(
                run, ask=stuck.ask, bring=stuck.bring, nothing=lambda one: not one, tries=tries
            )
        assert len(tried) == times


def test_a_generation_beyond_what_was_known_is_refused() -> None:
    known = blinds.Blind(("a" * 32, "g" + "a" * 31), "auth.phone")
    assert blinds.at((known, 1), 2) == ("g" + "a" * 31, 1)
    with pytest.raises(OldIndex):
        blinds.at((known,), 3)
