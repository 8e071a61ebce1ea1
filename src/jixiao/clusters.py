"""Finds near-duplicates among many short texts, by MinHash and locality-sensitive hashing.

Texts are compared by the pairs of neighbouring characters they have in common (Jaccard). Hashing
only proposes pairs; each is then measured exactly, so that none is wrong and few are missed
(`python -m benchmarks.duplicates`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from jixiao.extract.profiles import likeness

# 32 bands of 4: a pair that has 0.7 in common is missed 2 times in 10,000.
_PERMUTATIONS, _BANDS, _SEED = 128, 32, 1


@dataclass(frozen=True, slots=True)
class Group:
    """Near-duplicates, by their numbers: all are like the centre, `least` says how much."""

    centre: int
    members: tuple[int, ...]
    least: float


@cache
def _shingles(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def in_common(one: str, other: str) -> float:
    """Return the share of pairs of characters that two texts have in common, from 0 to 1."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second)


def pairs(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of texts with at least so much in common, by their numbers, and how much."""
    for one, other in _proposed(texts):
        share = in_common(texts[one], texts[other])
        if share >= least:
            yield one, other, share


def _proposed(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    rensa: Any = import_module("rensa")  # it has no type hints
    hashes = list[Any]()
    for text in texts:
        found = rensa.RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        found.update(sorted(_shingles(text)))
        hashes.append(found)
    index = rensa.RMinHashLSH(threshold=0.5, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    for number, found in enumerate(hashes):
        for earlier in index.query(found):
            yield earlier, number
        index.insert(number, found)


def groups(texts: Sequence[str]) -> list[Group]:
    """Return the groups of near-duplicates among different texts, the largest first.

    The text that most others are like is a centre and takes them; then the next of those left.
    So each member is like its centre, and no chain of small steps joins what is not alike.
    """
    near = dict[int, dict[int, float]]()
    for one, other, share in pairs(texts, likeness().clusters.least):
        near.setdefault(one, {})[other] = near.setdefault(other, {})[one] = share
    found, taken = list[Group](), set[int]()
    for centre in sorted(near, key=lambda number: (-len(near[number]), texts[number])):
        members = {n: share for n, share in near[centre].items() if n not in taken}
        if centre in taken or not members:
            continue
        taken |= {centre, *members}
        ordered = tuple(sorted(members, key=lambda number: texts[number]))
        found.append(Group(centre, ordered, min(members.values())))
    return sorted(found, key=lambda group: (-len(group.members), texts[group.centre]))
