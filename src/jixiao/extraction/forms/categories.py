"""Finds the indicator scheme that a table follows, and the category of each indicator in it."""

from collections.abc import Sequence

from jixiao.extraction.evidence.categories import Scheme, category_rules, plain_level

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
    return plain_level(level).removesuffix(category_rules().suffix)
