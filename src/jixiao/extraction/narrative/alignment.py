"""Pairs the amounts that the prose names with the projects that the tables describe.

Names differ and so does the order: all pairs are decided at once, as an assignment problem, by
the likeness of the names and by what the projects' own cost indicators say about the amount.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

import lap
import msgspec
import numpy as np
from rapidfuzz import fuzz

from jixiao.config import folder, read_toml
from jixiao.extraction import targets
from jixiao.extraction.forms.indicators import cost_words
from jixiao.model.record import Alignment, Decision, Indicator, Project
from jixiao.text import fold


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much each evidence counts."""

    name: float
    amount: float


class AmountEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How well an amount agrees with a project's cost indicators."""

    total: float
    product: float
    tolerance: Decimal


class Confidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How sure a pair is, by what decided it."""

    same_name: float
    similar: float


class AlignmentRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`alignment.toml`: how an amount of the prose finds its project."""

    ignore: list[str]
    weights: Weights
    amount: AmountEvidence
    confidence: Confidence


@cache
def alignment() -> AlignmentRules:
    """Return `alignment.toml`."""
    return read_toml(folder("extract") / "alignment.toml", AlignmentRules)


@dataclass(frozen=True, slots=True)
class Pair:
    """An amount of the prose, the project it is for, and why; indexes into what was given."""

    amount: int
    project: int
    why: Alignment


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How well an amount fits a project: the names' likeness, the amounts', and it in words."""

    name: float
    money: float
    words: tuple[str, ...]

    @property
    def score(self) -> float:
        weights = alignment().weights
        return weights.name * self.name + weights.amount * self.money


def align(amounts: Sequence[tuple[str, Decimal]], projects: Sequence[Project]) -> list[Pair]:
    """Return the pairs that together have the most evidence; each side is in one pair at most."""
    if not amounts or not projects:
        return []
    table = [[_evidence(name, yuan, project) for project in projects] for name, yuan in amounts]
    scores = np.array([[evidence.score for evidence in row] for row in table])
    _, chosen, _ = lap.lapjv(1 - scores, extend_cost=True)
    return [
        Pair(row, int(column), _why(table, scores, row, int(column)))
        for row, column in enumerate(chosen)
        if column >= 0 and scores[row, column] > 0
    ]


def _evidence(name: str, yuan: Decimal, project: Project) -> _Evidence:
    likeness = fuzz.ratio(_bare(name), _bare(project.name)) / 100
    money, words = _agreement(yuan, project)
    return _Evidence(likeness, money, words)


@lru_cache(maxsize=1024)
def _bare(name: str) -> str:
    bare = fold(name)
    for pattern in alignment().ignore:
        bare = re.sub(fold(pattern), "", bare)
    return bare


def _agreement(yuan: Decimal, project: Project) -> tuple[float, tuple[str, ...]]:
    """Return how well the amount agrees with the project's costs, and by which of them."""
    rules = alignment().amount
    if any(amount.yuan == yuan for amount in project.amounts):
        return rules.total, tuple(f"= {a.text}" for a in project.amounts if a.yuan == yuan)
    for cost in _bounds(project, cost_words().categories):
        price = targets.yuan(*_bound(cost))
        for quantity in _bounds(project, cost_words().quantity):
            number, _ = _bound(quantity)
            if price is None or number is None or cost.cost_scope != "per-unit":
                continue
            if abs(price * number - yuan) <= rules.tolerance * yuan:
                sign = "=" if price * number == yuan else "≈"
                return rules.product, (f"{sign} {quantity.value} × {cost.value}",)
    return 0.0, tuple(f"≠ {amount.text}" for amount in project.amounts)


def _bounds(project: Project, categories: list[str]) -> list[Indicator]:
    return [i for i in project.indicators if i.category in categories and _bound(i)[0] is not None]


def _bound(indicator: Indicator) -> tuple[Decimal | None, str | None]:
    """Return the bound of a target and its unit; of a range there is not one."""
    target = indicator.target
    if target is None or target.kind != "number":
        return None, None
    return target.lower if target.lower is not None else target.upper, target.unit


def _why(table: list[list[_Evidence]], scores: "np.ndarray", row: int, column: int) -> Alignment:
    """Return what decided a pair, and how sure it is: by its lead over the next best pair."""
    chosen, sure = table[row][column], alignment().confidence
    rivals = np.concatenate((np.delete(scores[row], column), np.delete(scores[:, column], row)))
    lead = float(scores[row, column] - rivals.max(initial=0.0))
    decided: Decision
    if chosen.name == 1:
        decided, confidence = "same-name", sure.same_name
    elif lead > 0 and chosen.name >= sure.similar:
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
