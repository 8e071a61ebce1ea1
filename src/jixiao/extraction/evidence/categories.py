"""Tells whether a text names a first or a second level of indicators: 产出指标, 数量指标."""

import re

from jixiao.config import cache, lru_cache
from jixiao.extraction.evidence.shapes import folded
from jixiao.extraction.forms.categories import category_rules
from jixiao.extraction.word_matching import any_of
from jixiao.text import fold

_LONGEST = 14  # characters of the name of a level


@lru_cache(65_536)
def levels(text: str) -> tuple[float, float]:
    """Return how much a text is the name of a first and of a second level, 0 to 1 each.

    A name with 指标 at its end speaks for more than a bare one, which may stand in any text.
    """
    signs = category_rules().signs
    stated = re.sub(r"\([^()]*\)?|[*★]|等$|\d+分$|:$", "", folded(text))
    stem = re.sub(f"(?:{any_of(signs.endings)})+$", "", stated)
    if not stem or len(stem) > _LONGEST or re.search(r"\d", stem) or stem in _folded("never"):
        return 0.0, 0.0
    short = re.sub(f"^(?:{any_of(signs.starts)})", "", stem)
    first = 1.0 if {stem, short} & _folded("first") else 0.0
    second = 1.0 if {stem, short} & _folded("second") else 0.0
    if stem == stated:
        return first * 0.5, second * 0.5
    if first or second or not re.search(f"{signs.endings[0]}.?$", stated):
        return first, second
    return (0.0, 0.8) if any(part in stem for part in signs.parts) else (0.3, 0.4)


@cache
def _folded(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in getattr(category_rules().signs, name))
