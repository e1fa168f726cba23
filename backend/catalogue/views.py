"""The catalogue in one language (目录视图): what the API hands out, made once and then only read.

English comes from the ``_en`` twins, Traditional Chinese from the Simplified texts.
A text without a twin stays Chinese: the wording of a law has no official translation.
"""

import gzip
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from backend.catalogue import book, codes
from backend.catalogue.source import Record
from backend.catalogue.traditional import traditional

CITY = ("佛山市", "Foshan")
_POPULAR = 8


class Page(NamedTuple):
    """One answer as bytes, plain and packed with gzip, with its entity tag (RFC 9110 §8.8.3)."""

    body: bytes
    packed: bytes
    etag: str


class View:
    """Everything the catalogue says, in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        shelf = book.current()
        self.departments = _said(shelf.source.departments, lang)
        self.elements = _said(shelf.source.elements, lang)
        self.sources = _said(shelf.source.sources, lang)
        self.groups = _said(shelf.source.element_groups, lang)
        self.materials = _said(shelf.source.materials, lang)
        self.regions = {r["code"]: r["name"] for r in _said(shelf.source.regions, lang)}
        self.forms = {key: _said(form, lang) for key, form in shelf.forms.items()}
        self.cards = {code: self._card(item) for code, item in shelf.items.items()}
        self.items = {code: self._item(item) for code, item in shelf.items.items()}
        self.themes = {code: self._theme(theme) for code, theme in shelf.themes.items()}
        self.home = self._home()
        self._pages: dict[tuple[str, ...], Page] = {}

    def page(self, kind: str, *key: Any) -> Page:
        """The bytes of ``home``, an item, a form or a theme. Raises ``KeyError``."""
        name = (kind, *map(str, key))
        if name not in self._pages:
            self._pages[name] = page_of(self._found(kind, key))
        return self._pages[name]

    def _found(self, kind: str, key: tuple[Any, ...]) -> Any:
        match kind:
            case "home":
                return self.home
            case "item":
                return self.items[key[0]]
            case "theme":
                return self.themes[key[0]]
        return self.forms[key[0], key[1]]

    def _card(self, item: Record) -> dict[str, Any]:
        texts = ("name", "name_en", "summary", "summary_en")
        said = _said({key: item[key] for key in texts}, self.lang)
        department = item["department"]
        return {
            "code": item["code"],
            "name": said["name"],
            "summary": said["summary"],
            "department": {"code": department, "name": self.departments[department]["name"]},
            "audience": "person" if "natural" in item["audience"] else "legal_person",
            "online": item["online"] != "none",
            "visits": item["visits"],
            "promised_days": item["promised_days"],
            "fee": _said(_fee(item), self.lang)["fee"],
            "icon": item["icon"],
        }

    def _item(self, item: Record) -> dict[str, Any]:
        office = self.departments[item["department"]]
        shown = {key: item[key] for key in item if key not in ("form", "keywords", "popular")}
        body = _said(shown, self.lang)
        form = self.forms[item["code"], item["version"]]
        ways = [self._named(codes.WAYS[way]) for way in item["ways"]]
        if "window" in item["ways"]:
            ways[item["ways"].index("window")] += f"：{office['address']}（{office['hours']}）"
        return {
            **body,
            **self.cards[item["code"]],
            "payment_online": item.get("payment_online", False),
            "visit_reason": body.get("visit_reason"),
            "ended_on": item.get("ended_on"),
            "conditions": [condition["text"] for condition in body["conditions"]],
            "materials": form["materials"],
            "declarations": form["declarations"],
            "channels": ways,
            "phones": item.get("phones") or office["phones"],
            "remedies": body.get("remedies") or office["remedies"],
            "office": {key: office[key] for key in ("name", "uscc", "nature", "address", "hours")},
            "kind_name": self._named(codes.ITEM_KINDS[item["kind"]]),
            "level_name": self._named(codes.LEVELS[item["level"]]),
            "handling_name": self._named(codes.HANDLINGS[item["handling"]]),
            "online_depth": item["online"],
            "online_depth_name": self._named(codes.ONLINE_DEPTHS[item["online"]]),
            "audience_names": [self._named(codes.AUDIENCES[one]) for one in item["audience"]],
        }

    def _theme(self, theme: Record) -> dict[str, Any]:
        said = _said(theme, self.lang)
        return {
            **self._theme_card(theme),
            "items": [{**self.cards[one["item"]], "why": one["why"]} for one in said["items"]],
        }

    def _theme_card(self, theme: Record) -> dict[str, Any]:
        said = _said(theme, self.lang)
        card = {key: said[key] for key in ("code", "name", "summary", "icon")}
        return {**card, "item_count": len(theme["items"])}

    def _home(self) -> dict[str, Any]:
        shelf = book.current()
        popular = sorted(
            (item for item in shelf.items.values() if "popular" in item),
            key=lambda item: int(item["popular"]),
        )
        owners = [item["department"] for item in shelf.items.values()]
        return {
            "city": {"name": self._named(CITY)},
            "themes": [self._theme_card(theme) for theme in shelf.themes.values()],
            "popular": [self.cards[item["code"]] for item in popular[:_POPULAR]],
            "departments": [
                {"code": code, "name": department["name"], "item_count": owners.count(code)}
                for code, department in self.departments.items()
            ],
        }

    def _named(self, pair: tuple[str, str]) -> str:
        if self.lang == "en":
            return pair[1]
        return traditional(pair[0]) if self.lang == "zh-Hant" else pair[0]


@cache
def view(lang: str) -> View:
    """The process's view in one of the three languages."""
    return View(lang)


def page_of(body: Any) -> Page:
    """Any answer as bytes with its entity tag."""
    data = orjson.dumps(body)
    return Page(
        data, gzip.compress(data, 6, mtime=0), f'"{blake2b(data, digest_size=9).hexdigest()}"'
    )


def _fee(item: Mapping[str, Any]) -> dict[str, str]:
    fees = item["fees"]
    if not fees:
        return {"fee": "不收费", "fee_en": "Free"}
    return {
        "fee": "、".join(fee["standard"] for fee in fees),
        "fee_en": ", ".join(fee["standard_en"] for fee in fees),
    }


def _said(body: Any, lang: str) -> Any:
    """The same structure with each text in one language and the ``_en`` twins gone."""
    if lang == "zh-Hant":
        simplified = orjson.dumps(_picked(body, english=False))
        return orjson.loads(traditional(simplified.decode()))
    return _picked(body, english=lang == "en")


def _picked(body: Any, *, english: bool) -> Any:
    if isinstance(body, dict):
        return {
            key: _picked(body.get(key + "_en", value) if english else value, english=english)
            for key, value in body.items()
            if not key.endswith("_en")
        }
    if isinstance(body, list):
        return [_picked(part, english=english) for part in body]
    return body
