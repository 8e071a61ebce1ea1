"""What rules ask of the wording: signs in it, how alike two texts are, how many words they share.

The signs and the words to be left out are in `extract/lexicons/`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal

import msgspec
from rapidfuzz import fuzz, process

from jixiao.config import folder, read_toml
from jixiao.text import fold


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sign in the wording, of `lexicons/signs.toml`: where it is looked for, and its patterns."""

    of: list[Literal["name", "description", "basis", "value", "goal", "project"]]
    patterns: list[str]


class Clusters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From how much in common indicators are near-duplicates."""

    least: float


class Continuity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much names and contents say of whether something goes on, and the least confidence."""

    names: float
    contents: float
    floor: float


class Continuation(Continuity, frozen=True, kw_only=True):
    """The same of projects from year to year, and what is left out of their names."""

    like_name: float
    years: str


class Succession(Continuity, frozen=True, kw_only=True):
    """The same of departments; what more of them have than `commonplace` tells nothing."""

    commonplace: int
    department_ignores: list[str]


class Likeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`lexicons/likeness.toml`: how wordings are compared."""

    name_ignores: list[str]
    tails: list[str]
    stop_words: frozenset[str]
    stop_characters: str
    goal_floor: float
    indicator_floor: float
    clusters: Clusters
    continuation: Continuation
    succession: Succession


@cache
def sign_patterns() -> tuple[tuple[str, frozenset[str], tuple[re.Pattern[str], ...]], ...]:
    """Return the signs of `lexicons/signs.toml` with the fields they are of and their patterns."""
    found = read_toml(folder("extract") / "lexicons" / "signs.toml", dict[str, Sign])
    return tuple(
        (name, frozenset(sign.of), tuple(re.compile(pattern) for pattern in sign.patterns))
        for name, sign in found.items()
    )


@cache
def likeness() -> Likeness:
    """Return `lexicons/likeness.toml`."""
    return read_toml(folder("extract") / "lexicons" / "likeness.toml", Likeness)


# Texts of the papers before that are kept: they repeat. More would grow with what was read.
_TEXTS, _SETS = 16_384, 2_048


@lru_cache(_TEXTS)
def signs(field: str, text: str) -> tuple[str, ...]:
    """Return the signs in a text of a field ("name", "description", "basis", "goal", …)."""
    folded = fold(text)
    return tuple(
        sign
        for sign, fields, patterns in sign_patterns()
        if field in fields and any(pattern.search(folded) for pattern in patterns)
    )


@lru_cache(_TEXTS)
def normalised(text: str) -> str:
    """Return a text as it is compared: half-width, no white space, no punctuation."""
    return re.sub(r"[\W_]", "", fold(text))


@lru_cache(_TEXTS)
def normalised_name(name: str) -> str:
    """Return a project's name as it is compared, without what only says that it is a project."""
    bare = fold(name)
    for pattern in likeness().name_ignores:
        bare = re.sub(pattern, "", bare)
    return normalised(bare)


def nearest(name: str, goals: Sequence[str]) -> tuple[int, float] | None:
    """Return which goal an indicator's name is most like, and how much: 1 where it is part of it.

    None where no goal is like it at all.
    """
    bare = _without_tail(name)
    alike = [_likeness(bare, normalised(goal)) for goal in goals] if bare else []
    best = max(alike, default=0.0)
    return (alike.index(best), best) if best >= likeness().indicator_floor else None


def _likeness(name: str, goal: str) -> float:
    return 1.0 if name in goal else fuzz.ratio(name, goal) / 100


def _without_tail(name: str) -> str:
    bare = normalised(name)
    for pattern in likeness().tails:
        bare = re.sub(pattern, "", bare)
    return bare


@lru_cache(_SETS)
def words(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters, but for those that say nothing."""
    rules = likeness()
    pairs = (
        part[at : at + 2] for part in re.split(r"[\W_]+", fold(text)) for at in range(len(part) - 1)
    )
    return frozenset(
        pair
        for pair in pairs
        if pair not in rules.stop_words and not set(pair) & set(rules.stop_characters)
    )


def coverage(goal: str, texts: Sequence[str]) -> float | None:
    """Return the share of a goal's words that others have, None for a goal without any."""
    asked = words(goal)
    known = frozenset[str]().union(*(words(text) for text in texts))
    return len(asked & known) / len(asked) if asked else None


def alike(texts: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of texts that are alike, by their numbers, and how much.

    Of texts that are the same, each is paired with the next one only.
    """
    first, pairs = dict[str, int](), list[tuple[int, int, float]]()
    last = dict[str, int]()
    for number, text in enumerate(map(normalised, texts)):
        if text in last:
            pairs.append((last[text], number, 1.0))
        last[text] = number
        first.setdefault(text, number)
    yield from pairs
    unique, floor = list(first), 100 * likeness().goal_floor
    scores = process.cdist(unique, unique, scorer=fuzz.ratio, score_cutoff=floor)
    for one, row in enumerate(scores):
        for other in range(one + 1, len(unique)):
            if row[other]:
                yield first[unique[one]], first[unique[other]], float(row[other]) / 100
