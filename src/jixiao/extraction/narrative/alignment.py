"""Pairs the amounts that the prose names with the projects that the tables describe.

The prose and the tables write names differently and in another order. All pairs are therefore
decided together, as an assignment problem, by the similarity of names and by whether a project's
cost indicators confirm the amount.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import lap
import msgspec
import numpy as np
from rapidfuzz import fuzz

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import Regex, read_toml
from jixiao.extraction.forms.indicators import cost_words
from jixiao.extraction.money import bound_in_yuan
from jixiao.model.record import Alignment, Decision, Indicator, Project
from jixiao.text import fold


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The weight of each kind of evidence."""

    name: float
    amount: float


class AmountEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The score of each kind of agreement between an amount and a project's costs."""

    total: float
    product: float
    tolerance: Decimal


class Confidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The confidence in a pair of the same name, and the similarity that decides otherwise."""

    same_name: float
    similar: float


class Merging(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The weight of each kind of evidence that a described project is that of a form.

    `contained` is the likeness of a name that is most of the other one. Names that are only like
    count `alone` times where no amount agrees. Below `least` in all, two projects are two.
    """

    name: float
    amount: float
    place: float
    contained: float
    alone: float
    least: float


class AlignmentRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`alignment.toml`: the evidence for pairing an amount of the prose with a project."""

    ignore: list[Regex]
    weights: Weights
    amount: AmountEvidence
    confidence: Confidence
    merging: Merging


@cache
def alignment_rules() -> AlignmentRules:
    """Return the content of `alignment.toml`."""
    return read_toml(folder("extract") / "alignment.toml", AlignmentRules)


@dataclass(frozen=True, slots=True)
class Pair:
    """The index of an amount, the index of its project, and the evidence for the pair."""

    amount: int
    project: int
    why: Alignment


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The similarity of names, the agreement of amounts (both 0 to 1), and a description."""

    name: float
    money: float
    words: tuple[str, ...]

    @property
    def score(self) -> float:
        weights = alignment_rules().weights
        return weights.name * self.name + weights.amount * self.money


def align(amounts: Sequence[tuple[str, Decimal]], projects: Sequence[Project]) -> list[Pair]:
    """Pair amounts with projects so that the total evidence is greatest.

    Args:
        amounts: The name and the yuan of each amount.
        projects: The projects.

    Returns:
        The pairs; an amount or a project is in one at most, and in none without evidence.
    """
    if not amounts or not projects:
        return []
    table = [[_evidence(name, yuan, project) for project in projects] for name, yuan in amounts]
    scores = np.array([[evidence.score for evidence in row] for row in table])
    # The Jonker-Volgenant algorithm minimises cost; there may be more amounts than projects.
    _, chosen, _ = lap.lapjv(1 - scores, extend_cost=True)
    return [
        Pair(row, int(column), _why(table, scores, row, int(column)))
        for row, column in enumerate(chosen)
        if column >= 0 and scores[row, column] > 0
    ]


def _evidence(name: str, yuan: Decimal, project: Project) -> _Evidence:
    likeness = fuzz.ratio(bare_name(name), bare_name(project.name)) / 100
    money, words = _agreement(yuan, project)
    return _Evidence(likeness, money, words)


@lru_cache(maxsize=1024)
def bare_name(name: str) -> str:
    """Return a project's name without what tells nothing about which one is meant."""
    bare = fold(name)
    for pattern in alignment_rules().ignore:
        bare = re.sub(fold(pattern), "", bare)
    return bare


def _agreement(yuan: Decimal, project: Project) -> tuple[float, tuple[str, ...]]:
    """Return the score of an amount's agreement with a project's costs, and these costs.

    A total may be stated outright, or be the product of a quantity and a unit cost.
    """
    rules = alignment_rules().amount
    if any(amount.yuan == yuan for amount in project.amounts):
        return rules.total, tuple(f"= {a.text}" for a in project.amounts if a.yuan == yuan)
    for cost in _bounds(project, cost_words().categories):
        price = bound_in_yuan(*_bound(cost))
        for quantity in _bounds(project, cost_words().quantity):
            number, _ = _bound(quantity)
            # Rounded unit costs make the product differ a little from the total.
            if price is None or number is None or cost.cost_scope != "per-unit":
                continue
            if abs(price * number - yuan) <= rules.tolerance * yuan:
                sign = "=" if price * number == yuan else "≈"
                return rules.product, (f"{sign} {quantity.value} × {cost.value}",)
    return 0.0, tuple(f"≠ {amount.text}" for amount in project.amounts)


def _bounds(project: Project, categories: list[str]) -> list[Indicator]:
    return [i for i in project.indicators if i.category in categories and _bound(i)[0] is not None]


def _bound(indicator: Indicator) -> tuple[Decimal | None, str | None]:
    """Return the bound of a numeric target and its unit; a range has no single bound."""
    target = indicator.target
    if target is None or target.kind != "number":
        return None, None
    return target.lower if target.lower is not None else target.upper, target.unit


def _why(table: list[list[_Evidence]], scores: "np.ndarray", row: int, column: int) -> Alignment:
    """Return what decided a pair, and the confidence by its lead over the next best pair."""
    chosen, thresholds = table[row][column], alignment_rules().confidence
    # Rivals are the other projects for this amount and the other amounts for this project.
    rivals = np.concatenate((np.delete(scores[row], column), np.delete(scores[:, column], row)))
    lead = float(scores[row, column] - rivals.max(initial=0.0))
    decided: Decision
    if chosen.name == 1:
        decided, confidence = "same-name", thresholds.same_name
    elif lead > 0 and chosen.name >= thresholds.similar:
        decided, confidence = "similar-name", min(1.0, 0.5 + chosen.name / 2)
    elif lead > 0 and chosen.money:
        decided, confidence = "amount", min(0.9, 0.5 + lead)
    else:
        decided, confidence = "elimination", max(0.1, 0.5 + lead)
    return Alignment(
        decided_by=decided,
        confidence=round(confidence, 2),
        name_similarity=round(chosen.name, 2),
        evidence=chosen.words,
    )
