"""Finds the indicator scheme that a table follows, and the category of each indicator in it."""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, read_toml
from jixiao.text import fold


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An indicator scheme: its first budget year, and the names of its levels by notation."""

    id: Annotated[str, CodeOf("indicator-scheme")]
    since: int
    first: dict[Annotated[str, CodeOf("category")], list[str]]
    second: dict[Annotated[str, CodeOf("category")], list[str]]


class LevelSigns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What shows a text to be the name of a level, in whatever scheme."""

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


Levels = tuple[str, str]  # the first- and second-level name of an indicator, as stated


def scheme_of(levels: Sequence[Levels], year: int | None) -> Scheme | None:
    """Return the scheme that has a category for most of the indicators, None if none has any.

    Args:
        levels: The first- and second-level name of each indicator.
        year: The budget's year, which rules out later schemes; None if it is not known.
    """
    # A scheme that was not in force yet cannot be meant, even if its names fit.
    possible = [s for s in category_rules().schemes if year is None or year >= s.since]
    counted = [
        (sum(category(scheme, pair) is not None for pair in levels), scheme) for scheme in possible
    ]
    best = max((count for count, _ in counted), default=0)
    return next((scheme for count, scheme in counted if count == best and count), None)


def category(scheme: Scheme, levels: Levels) -> str | None:
    """Return the notation of an indicator's second level ("output.quantity"), None if unknown.

    Args:
        scheme: The scheme of the table.
        levels: The indicator's first- and second-level name; the first may be blank.
    """
    first, second = (_bare(level) for level in levels)
    found = [notation for notation, names in scheme.second.items() if second in names]
    for notation in found:
        parent = notation.partition(".")[0]  # "output" of "output.quantity"
        if not first or first in scheme.first[parent]:
            return notation
    # Satisfaction is a benefit in some forms; a name that only one category has says enough.
    return found[0] if len(found) == 1 else None


def _bare(level: str) -> str:
    """Return the name of a level without what forms add: 数量指标（必填）, 满意度指标等."""
    word = re.sub(r"\([^()]*\)|[*★]|等$", "", fold(level))
    return word.removesuffix(category_rules().suffix)
