"""Search (搜索) the way people ask: a word of the name, an everyday word, or a whole sentence.

1. Blanks separate words, and every word must be found.
2. The name counts most, then the item's everyday words (``keywords``: 医保卡, 取公积金), the
   summary, the office, the papers and the fields.
3. An everyday word inside a sentence counts too (我想给孩子上户口), and when nothing else fits,
   shared pairs of characters do.

It looks through every item's texts, some 5 µs each, and remembers what was asked most.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from backend.catalogue import book
from backend.catalogue.traditional import traditional
from backend.catalogue.views import View, view

_LONGEST = 60
_SHARED = 0.5


class _Entry(NamedTuple):
    code: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    summary: str
    office: str
    rest: str
    pairs: frozenset[str]


def search(text: str, lang: str) -> list[str]:
    """Codes of the items that fit, best first; everything in its usual order for a blank text."""
    return list(_found(" ".join(_plain(text[:_LONGEST]).split()), lang))


@lru_cache(maxsize=2048)
def _found(text: str, lang: str) -> tuple[str, ...]:
    entries = _entries(lang)
    words = text.split()
    if not words:
        return tuple(entry.code for entry in entries)
    scored = []
    for place, entry in enumerate(entries):
        scores = [_score(word, entry) for word in words]
        if all(scores):
            scored.append((-sum(scores), place, entry.code))
    scored.sort()
    # next to a true find, an item that merely asks for such a field is noise
    worst = scored[0][0] / 5 if scored else 0
    return tuple(code for score, _, code in scored if score <= worst)


def _score(word: str, entry: _Entry) -> float:
    for points, fits in _POINTS:
        if fits(word, entry):
            return points
    pairs = _pairs(word)
    shared = len(pairs & entry.pairs) / len(pairs) if pairs else 0
    return shared * 5 if shared >= _SHARED else 0


_POINTS: tuple[tuple[int, Callable[[str, _Entry], bool]], ...] = (
    (100, lambda word, entry: word in entry.names),
    (60, lambda word, entry: any(word in name for name in entry.names)),
    (55, lambda word, entry: word in entry.words),
    (40, lambda word, entry: any(word in known for known in entry.words)),
    (35, lambda word, entry: any(said in word for said in (*entry.words, *entry.names))),
    (20, lambda word, entry: word in entry.summary),
    (12, lambda word, entry: word in entry.office),
    (6, lambda word, entry: len(word) > 1 and word in entry.rest),
)


@cache
def _entries(lang: str) -> tuple[_Entry, ...]:
    views = [view(one) for one in dict.fromkeys((lang, "zh-CN", "en"))]
    shelf = book.current()
    order = sorted(shelf.items.values(), key=lambda item: int(item.get("popular", 99)))
    return tuple(_entry(item, views) for item in order)


def _entry(item: dict[str, Any], views: list[View]) -> _Entry:
    code = item["code"]
    cards = [one.cards[code] for one in views]
    names = tuple(_plain(card["name"]) for card in cards)
    words = [_plain(word) for word in item["keywords"]]
    if views[0].lang == "zh-Hant":
        words += [traditional(word) for word in words]
    summary = "\n".join(_plain(card["summary"]) for card in cards)
    forms = [one.forms[code, item["version"]] for one in views]
    rest = [m["name"] for form in forms for m in form["materials"]]
    rest += [f["label"] for form in forms for s in form["sections"] for f in s["fields"]]
    return _Entry(
        code=code,
        names=names,
        words=tuple(words),
        summary=summary,
        office="\n".join(_plain(card["department"]["name"]) for card in cards),
        rest="\n".join(map(_plain, rest)),
        pairs=_pairs("\n".join((*names, *words, summary))),
    )


def _plain(text: str) -> str:
    """Lower case, and punctuation as blanks."""
    return "".join(c if c.isalnum() else " " for c in text.casefold()).strip()


def _pairs(text: str) -> frozenset[str]:
    return frozenset(a + b for a, b in pairwise(text) if (a + b).isalnum())
