"""Words by code and language. Files: ``backend/locales/{zh-CN,zh-Hant,en}.json``.

Simplified Chinese is the source; Traditional is generated from it by ``yimen locales``.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import orjson

LANGUAGES = ("zh-CN", "zh-Hant", "en")
DEFAULT = "zh-CN"
LOCALES = Path(__file__).parent.parent / "locales"


class _Blanks(dict[str, object]):
    """A missing word leaves a gap, never a broken notice."""

    def __missing__(self, key: str) -> str:
        return ""


@cache
def locale(lang: str) -> dict[str, Any]:
    """The whole file of one language."""
    return cast(dict[str, Any], orjson.loads((LOCALES / f"{lang}.json").read_bytes()))


def text(path: str, lang: str = DEFAULT, **params: object) -> str:
    """The words at a dotted path, with ``{name}`` filled from params; the path itself if absent."""
    found = _words(path, lang)
    return found.format_map(_Blanks(params)) if "{" in found else found


@lru_cache(maxsize=5000)  # paths are written in the code; few hold a code from the data
def _words(path: str, lang: str) -> str:
    found: Any = locale(lang)
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else path


@lru_cache(maxsize=256)
def pick(accept_language: str) -> str:
    """The best of our languages for an ``Accept-Language`` header (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.split(",")[:10]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), place, tag.strip().lower()))
        except ValueError:
            continue
    for _, _, tag in sorted(wanted):
        if tag.startswith("en"):
            return "en"
        if tag in ("zh-hant", "zh-hk", "zh-tw", "zh-mo") or tag.startswith("zh-hant"):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-CN"
    return DEFAULT
