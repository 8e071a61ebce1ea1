"""Features of wordings that rules use: signs in a text, likeness of two texts, shared words.

A sign is a pattern that says something of a text: a vague word, a number, a date. The signs and
the words that are left out are in `extract/lexicons/`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec
from rapidfuzz import fuzz, process

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.text import fold


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sign of `lexicons/signs.toml`: the fields it is searched in, and its patterns."""

    of: list[Literal["name", "description", "basis", "value", "goal", "project"]]
    patterns: list[Regex]


Signs = dict[Annotated[str, CodeOf("sign")], Sign]


class Clusters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`least` is the share in common from which indicators are near-duplicates, 0 to 1."""

    least: float


class Continuity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The weights of names and contents in a link between years, and its least confidence."""

    names: float
    contents: float
    floor: float


class Continuation(Continuity, frozen=True, kw_only=True):
    """The same for projects from year to year.

    `like_name` is the likeness from which a name is evidence, `years` a pattern that is removed
    from names.
    """

    like_name: float
    years: Regex


class Succession(Continuity, frozen=True, kw_only=True):
    """The same for departments.

    A project name that more than `commonplace` departments use is no evidence of a succession.
    """

    commonplace: int
    department_ignores: list[Regex]


class Likeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`lexicons/likeness.toml`: how wordings are compared.

    Attributes:
        name_ignores: patterns removed from names of projects ("项目", "（上年结转）").
        tails: patterns removed from names of indicators before they are compared with goals.
        stop_words: pairs of characters that are no evidence of a shared topic.
        stop_characters: characters whose pairs are no evidence either.
        goal_floor: the likeness from which two goals are alike, 0 to 1.
        indicator_floor: the likeness from which an indicator is about a goal, 0 to 1.
        clusters: near-duplicates of indicators.
        continuation: projects from year to year.
        succession: departments that replace others.

    """

    name_ignores: list[Regex]
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
    declared = read_toml(folder("extract") / "lexicons" / "signs.toml", Signs)
    return tuple(
        (name, frozenset(sign.of), tuple(re.compile(pattern) for pattern in sign.patterns))
        for name, sign in declared.items()
    )


@cache
def likeness() -> Likeness:
    """Return `lexicons/likeness.toml`."""
    return read_toml(folder("extract") / "lexicons" / "likeness.toml", Likeness)


# Texts of earlier documents repeat, so that their results are kept; the number is limited, for
# otherwise a worker's memory would grow with all it has read.
_TEXTS, _SETS = 16_384, 2_048


@lru_cache(_TEXTS)
def signs(field: str, text: str) -> tuple[str, ...]:
    """Return the names of the signs in a text.

    Args:
        field: the field it is of: "name", "description", "basis", "value", "goal" or "project".
        text: the text.

    """
    folded = fold(text)
    return tuple(
        sign
        for sign, fields, patterns in sign_patterns()
        if field in fields and any(pattern.search(folded) for pattern in patterns)
    )


@lru_cache(_TEXTS)
def normalised(text: str) -> str:
    """Return a text as it is compared: half-width, without white space and punctuation."""
    return re.sub(r"[\W_]", "", fold(text))


@lru_cache(_TEXTS)
def normalised_name(name: str) -> str:
    """Return a project's name as it is compared, without words that any project's name can have."""
    bare = fold(name)
    for pattern in likeness().name_ignores:
        bare = re.sub(pattern, "", bare)
    return normalised(bare)


def nearest(name: str, goals: Sequence[str]) -> tuple[int, float] | None:
    """Return the goal that an indicator's name is most like.

    Args:
        name: the name of the indicator.
        goals: the texts of the goals.

    Returns:
        The number of the goal from 0 and the likeness, 1 if the name is a part of it; None if no
        goal reaches the floor.

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
    """Return the pairs of neighbouring characters, without stop words.

    Most Chinese words have two characters; pairs need no dictionary.
    """
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
    """Return the share of a goal's words that some texts use, 0 to 1.

    Returns:
        The share; None for a goal without words.

    """
    of_goal = words(goal)
    of_texts = frozenset[str]().union(*(words(text) for text in texts))
    return len(of_goal & of_texts) / len(of_goal) if of_goal else None


def alike(texts: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of texts that are alike: their numbers from 0, and the likeness, 0 to 1.

    Of equal texts each is paired with the next one only, or thirty copies would make 435 pairs.
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
