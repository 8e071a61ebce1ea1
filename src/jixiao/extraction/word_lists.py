"""What `extract/` declares, as values; an unknown key in a file there is an error.

Patterns are compiled, words are made comparable, once for each process.
"""

import re
from functools import cache
from typing import TypeVar

import msgspec

from jixiao.config import folder, read_toml
from jixiao.text import fold, squeeze

K = TypeVar("K")


class Grounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`grounds.toml`: how documents are cited."""

    title: str
    number: str
    documents: list[str]


def compared(words: list[str]) -> frozenset[str]:
    """Return header words as they are compared: without white space."""
    return _squeezed(tuple(words))


@cache
def _squeezed(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(squeeze(word) for word in words)


def by_word(table: dict[K, list[str]]) -> dict[str, K]:
    """Return which key each word belongs to; the words in half-width."""
    return {fold(word): key for key, words in table.items() for word in words}


def any_of(words: list[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def grounds() -> Grounds:
    """Return `grounds.toml`."""
    return read_toml(folder("extract") / "grounds.toml", Grounds)
