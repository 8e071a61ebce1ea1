"""The names of indicators' levels in headings and before sentences.

Which levels there are is in `extract/categories.toml`, what may stand around their names in
`extract/indicators.toml`.
"""

import re
from collections.abc import Sequence

from jixiao.config import cache
from jixiao.extraction.evidence.categories import category_rules
from jixiao.extraction.narrative.inline_rules import inline_rules
from jixiao.extraction.narrative.outline import Heading, outline_rules
from jixiao.text import fold

Levels = tuple[str, str]


def levels_of(headings: Sequence[Heading], before: Levels = ("", "")) -> Levels:
    """Return the names of the two levels among some headings, as printed; blank if none is one.

    Under a first level, a heading that is no known second one is one in the report's own words.

    Args:
        headings: The headings, the outermost first.
        before: The names above them.
    """
    levels, inside = before, False
    for heading in headings:
        named = with_level(levels, re.sub(inline_rules().tail, "", heading.text))
        if named and named[0] and (aside := re.search(outline_rules().aside, heading.text)):
            named = with_level(named, aside[0][1:-1]) or named  # brackets may name the second
        if named is None and inside and not levels[1]:
            named = levels[0], re.sub(inline_rules().heading_end, "", heading.text)
        inside = inside or bool(named and named[0])
        levels = named or levels
    return levels


def with_level(levels: Levels, text: str) -> Levels | None:
    """Return the levels with the one that a text names, None if it names none.

    Args:
        levels: The names of the two levels so far.
        text: A heading, or what stands before a colon.
    """
    first, second = _level_names()
    bare = fold(text)
    if bare not in first and bare not in second:
        text = re.sub(inline_rules().head, "", text)
        bare = fold(text)
    if bare in first and not (levels[0] and bare in second and fold(levels[0]) != bare):
        return text, ""
    if bare not in second and (both := _both(bare)):
        return both
    return (levels[0], text) if bare in second else None


def _both(text: str) -> Levels | None:
    """Return the two levels that one label names together, None if it does not."""
    first, second = _level_names()
    ending = next((e for e in inline_rules().endings if text.endswith(e)), "")
    for at in range(2, len(text) - len(ending)):
        for outer in (text[:at], text[:at] + ending):
            if ending and outer in first and text[at:] in second:
                return outer, text[at:]
    return None


@cache
def _level_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of first and of second levels, with their endings."""
    schemes = category_rules().schemes
    first = {w for scheme in schemes for words in scheme.first.values() for w in words}
    second = {w for scheme in schemes for words in scheme.second.values() for w in words}
    endings = inline_rules().endings
    return (
        frozenset(word + ending for word in first for ending in endings),
        frozenset(word + ending for word in second for ending in endings),
    )


def plain_levels(levels: Levels) -> Levels:
    """Return the names of levels without what they may end with."""
    first, second = (re.sub(f"(?:{'|'.join(inline_rules().endings)})$", "", n) for n in levels)
    return first, second
