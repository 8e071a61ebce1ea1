"""Finds near-duplicates among many short texts, by MinHash and locality-sensitive hashing.

Texts are compared by the pairs of neighbouring characters they have in common (Jaccard). Hashing
only proposes pairs; each is then measured exactly, so that none is wrong and few are missed
(`python -m benchmarks.duplicates`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from jixiao.extract.profiles import likeness

# 32 bands of 4: a pair that has 0.7 in common is missed 2 times in 10,000.
_PERMUTATIONS, _BANDS, _SEED = 128, 32, 1


@dataclass(slots=True)
class Group:
    """Near-duplicates: all are like the centre, `least` says how much at least."""

    centre: str
    members: list[str] = field(default_factory=list[str])
    least: float = 1.0


@lru_cache(maxsize=2**16)
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


class _Near:
    """Texts that can be asked for those near another: some that are not are proposed as well."""

    def __init__(self) -> None:
        self._rensa: Any = import_module("rensa")  # it has no type hints
        self._index: Any = self._rensa.RMinHashLSH(
            threshold=0.5, num_perm=_PERMUTATIONS, num_bands=_BANDS
        )

    def hashed(self, text: str) -> Any:
        """Return what texts are looked up and added by."""
        found = self._rensa.RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        found.update(sorted(_shingles(text)))
        return found

    def proposed(self, hashed: Any) -> list[int]:
        """Return the numbers of the texts that may be near."""
        return list(self._index.query(hashed))

    def add(self, number: int, hashed: Any) -> None:
        """Add a text under a number."""
        self._index.insert(number, hashed)


def _proposed(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    near = _Near()
    for number, text in enumerate(texts):
        hashed = near.hashed(text)
        for earlier in near.proposed(hashed):
            yield earlier, number
        near.add(number, hashed)


def groups(counts: Mapping[str, int]) -> Iterator[Group]:
    """Yield the groups of near-duplicates among texts, by how often each is used.

    What is used most comes first and is a centre, or joins the centre that it is most like. So
    each member is like its centre, no chain of small steps joins what is not alike, and the work
    grows with the texts, not with their pairs: a text is held against centres only.
    """
    near, found, least = _Near(), list[Group](), likeness().clusters.least
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        hashed = near.hashed(text)
        shares = [(in_common(text, found[n].centre), -n) for n in near.proposed(hashed)]
        share, number = max(shares, default=(0.0, 0))
        if share >= least:
            group = found[-number]
            group.members.append(text)
            group.least = min(group.least, share)
        else:
            near.add(len(found), hashed)
            found.append(Group(text))
    yield from (group for group in found if group.members)
