"""Tells whether a text names a first or a second level of indicators (产出指标)."""

import re
from typing import Annotated

import msgspec

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.extraction.evidence.shapes import folded
from jixiao.extraction.word_matching import any_of, compiled
from jixiao.text import fold

_LONGEST = 14  # characters of the name of a level


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An indicator scheme: its first budget year, and the names of its levels by notation."""

    id: Annotated[str, CodeOf("indicator-scheme")]
    since: int
    first: dict[Annotated[str, CodeOf("category")], list[str]]
    second: dict[Annotated[str, CodeOf("category")], list[str]]


class LevelSigns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What shows a text to be the name of a level, in whatever scheme."""

    added: list[Regex]
    endings: list[str]
    starts: list[str]
    never: list[str]
    first: list[str]
    second: list[str]
    parts: list[str]


class Categories(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`categories.toml`: the indicator schemes, the newest first."""

    suffix: str
    signs: LevelSigns
    schemes: list[Scheme]


@cache
def category_rules() -> Categories:
    """Return the content of `categories.toml`."""
    return read_toml(folder("extract") / "categories.toml", Categories)


def plain_level(text: str) -> str:
    """Return the name of a level without what forms add to it: points, brackets, stars."""
    return compiled("|".join(category_rules().signs.added)).sub("", folded(text))


@lru_cache(16_384)
def levels(text: str) -> tuple[float, float]:
    """Return how much a text is the name of a first and of a second level, 0 to 1 each.

    A name with an ending of levels speaks for more than a bare one, which may stand in any text.
    """
    signs, stated = category_rules().signs, plain_level(text)
    stem = _endings().sub("", stated)
    if not stem or len(stem) > _LONGEST or re.search(r"\d", stem) or stem in _folded("never"):
        return 0.0, 0.0
    short = _starts().sub("", stem)
    first = 1.0 if {stem, short} & _folded("first") else 0.0
    second = 1.0 if {stem, short} & _folded("second") else 0.0
    if stem == stated:
        return first * 0.5, second * 0.5
    if first or second or not re.search(f"{signs.endings[0]}.?$", stated):
        return first, second
    return (0.0, 0.8) if any(part in stem for part in signs.parts) else (0.3, 0.4)


@cache
def _endings() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of(category_rules().signs.endings)})+$")


@cache
def _starts() -> re.Pattern[str]:
    return re.compile(f"^(?:{any_of(category_rules().signs.starts)})")


@cache
def _folded(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in getattr(category_rules().signs, name))
