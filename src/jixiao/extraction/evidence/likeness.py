"""How like a header or a label is to the known words of each role.

Words are evidence, not a gate: 年初目标值 is no known word, but shares its ending with many words
for the value. What few roles share weighs more than what all share (指标, 年度).
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from jixiao.config import lru_cache
from jixiao.extraction.evidence.rules import evidence_rules
from jixiao.extraction.evidence.shapes import folded
from jixiao.extraction.word_matching import compiled


class Likeness(NamedTuple):
    """How like a text is to a role, 0 to 1, and the known word that is nearest."""

    score: float
    word: str


NOT_LIKE = Likeness(0.0, "")
_NEARLY = 1 - 1e-9  # a bound that rounding cannot make too high
Vector = dict[str, float]


@lru_cache(16_384)
def bare(text: str) -> str:
    """Return a header or label without what only decorates it: stars, ordinals, brackets."""
    word = folded(text)
    for pattern in evidence_rules().likeness.decoration:
        word = compiled(pattern).sub("", word) or word  # a text that is nothing else stays
    return word


class Lexicon:
    """The known words of each role, with a weight for each.

    A role may have variants, "value:total"; what these share is not what tells roles apart.
    """

    def __init__(self, roles: Mapping[str, Mapping[str, float]]) -> None:
        self._roles = {
            role: {bare(word): weight for word, weight in words.items()}
            for role, words in roles.items()
        }
        self._remembered = dict[str, dict[str, Likeness]]()

    def scores(self, text: str) -> dict[str, Likeness]:
        """Return the roles that a text is like, with how much.

        Args:
            text: A header or a label, as printed.
        """
        word = bare(text)
        if word not in self._remembered:
            if len(self._remembered) > 20_000:
                self._remembered.clear()
            self._remembered[word] = self._scored(word)
        return self._remembered[word]

    def best(self, text: str) -> tuple[str, Likeness]:
        """Return the role that a text is most like; a blank role if it is like none."""
        found = self.scores(text)
        if not found:
            return "", NOT_LIKE
        role = max(found, key=lambda name: found[name].score)
        return role, found[role]

    def role(self, text: str, least: float) -> str:
        """Return the role that a text is at least so much like, blank if there is none."""
        role, likeness = self.best(text)
        return role if likeness.score >= least else ""

    def _scored(self, word: str) -> dict[str, Likeness]:
        rules = evidence_rules().likeness
        if not word or len(word) > rules.longest:
            return {}
        vector, size = self._vector(word)
        found = dict[str, Likeness]()
        products = defaultdict[int, float](float)
        for gram, weight in vector.items():
            for at, other in self._postings.get(gram, ()):
                products[at] += weight * other
        words, factors = self._words, self._factors
        least = rules.floor * size * _NEARLY
        for at, product in products.items():
            if product * factors[at] < least:  # as nearly all are
                continue
            role, known, weight, length = words[at]
            score = min(weight * product / (size * length), 1.0)
            if known == word:
                score = max(score, min(weight, 1.0))
            if score > rules.floor and score > found.get(role, NOT_LIKE).score:
                found[role] = Likeness(score, known)
        return found

    @cached_property
    def _words(self) -> list[tuple[str, str, float, float]]:
        """The role, the word, its weight and the length of its vector, of all known words."""
        return [
            (role, word, weight, self._vector(word)[1])
            for role, words in self._roles.items()
            for word, weight in words.items()
        ]

    @cached_property
    def _factors(self) -> list[float]:
        return [weight / length for _, _, weight, length in self._words]

    @cached_property
    def _postings(self) -> dict[str, list[tuple[int, float]]]:
        """The known words that have a part, by their index, with its weight in each."""
        postings = defaultdict[str, list[tuple[int, float]]](list)
        for at, (_, word, _, _) in enumerate(self._words):
            for gram, weight in self._vector(word)[0].items():
                postings[gram].append((at, weight))
        return dict(postings)

    @cached_property
    def _rarity(self) -> tuple[Vector, float]:
        """How few roles share each part of a word; and the same of a part that none has."""
        sharing = defaultdict[str, set[str]](set)
        for role, words in self._roles.items():
            for word in words:
                for gram in _grams(word):
                    sharing[gram].add(role.partition(":")[0])
        count = len({role.partition(":")[0] for role in self._roles}) + 1
        rarity = {gram: math.log((1 + count) / len(roles)) for gram, roles in sharing.items()}
        return rarity, 0.6 * math.log(1 + count)

    def _vector(self, word: str) -> tuple[Vector, float]:
        rarity, unknown = self._rarity
        vector = {gram: weight * rarity.get(gram, unknown) for gram, weight in _grams(word).items()}
        return vector, math.sqrt(sum(value * value for value in vector.values())) or 1.0


def _grams(word: str) -> Vector:
    """Return the characters of a word, its pairs, and its endings, with their weights."""
    rules = evidence_rules().likeness
    grams = dict.fromkeys(word, rules.character)
    grams |= dict.fromkeys((a + b for a, b in itertools.pairwise(word)), rules.pair)
    grams[word[-1:] + "$"] = rules.ending
    grams[word[-2:] + "$"] = rules.long_ending
    return grams
