"""Prepares the words of `extract/*.toml` for comparison: sets, look-up tables, patterns."""

import re
from typing import TypeVar

from jixiao.config import cache, lru_cache
from jixiao.text import fold, squeeze

K = TypeVar("K")


@lru_cache(2_048)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a regular expression of the knowledge compiled, for those that each cell is tried on.

    `re` remembers 512 and takes as long to find one of them as to match it with a short text.
    """
    return re.compile(pattern)


def comparable(words: list[str]) -> frozenset[str]:
    """Return header words without white space, as a set to compare squeezed texts with."""
    return _squeezed(tuple(words))


# The same few lists are compared with every cell of every table.
@cache
def _squeezed(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(squeeze(word) for word in words)


def key_by_word(table: dict[K, list[str]]) -> dict[str, K]:
    """Return a table from each word, folded, to the key that lists it."""
    return {fold(word): key for key, words in table.items() for word in words}


def any_of(words: list[str]) -> str:
    """Return a regular expression for any of the words; the longest alternative comes first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
