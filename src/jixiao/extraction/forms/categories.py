"""Finds the indicator scheme a table follows, and the category of each indicator in it."""

from collections.abc import Sequence
from functools import cache

import msgspec

from jixiao.config import folder, read_toml
from jixiao.text import squeeze


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An indicator scheme: the names of its first and second level, by notation."""

    id: str
    since: int
    first: dict[str, list[str]]
    second: dict[str, list[str]]


class Categories(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`categories.toml`: the schemes there are."""

    suffix: str
    schemes: list[Scheme]


@cache
def categories() -> Categories:
    """Return `categories.toml`."""
    return read_toml(folder("extract") / "categories.toml", Categories)


Levels = tuple[str, str]  # the first- and second-level name of an indicator, as stated


def scheme_of(levels: Sequence[Levels], year: int | None) -> Scheme | None:
    """Return the scheme that knows most of the indicators; the newer one where two know as many."""
    possible = [s for s in categories().schemes if year is None or year >= s.since]
    known = [
        (sum(category(scheme, pair) is not None for pair in levels), scheme) for scheme in possible
    ]
    best = max((count for count, _ in known), default=0)
    return next((scheme for count, scheme in known if count == best and count), None)


def category(scheme: Scheme, levels: Levels) -> str | None:
    """Return the notation of the second level ("output.quantity"), None where it is unknown."""
    first, second = (_bare(level) for level in levels)
    for notation, names in scheme.second.items():
        if second in names:
            parent = notation.partition(".")[0]
            if not first or first in scheme.first[parent]:
                return notation
    return None


def _bare(level: str) -> str:
    return squeeze(level).removesuffix(categories().suffix)
