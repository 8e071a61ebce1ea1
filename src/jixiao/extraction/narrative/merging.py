"""Pairs the projects that the prose describes with those of the forms: a project told twice is one.

Name, amount and place decide together, over all pairs at once (`alignment.toml`, `merging`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import lap
import msgspec
import numpy as np
from rapidfuzz import fuzz

from jixiao.extraction.narrative.alignment import alignment_rules, bare_name
from jixiao.model.record import (
    Alignment,
    Amount,
    Decision,
    Indicator,
    Problem,
    Project,
)
from jixiao.text import fold


@dataclass(frozen=True, slots=True)
class Told:
    """A project that the prose describes.

    `named` has what its sums are said to be for (拆违经费预算金额), which may hold its name.
    `doubts` are the problems of its name, which a form may solve. `points` has the weight and the
    score that it states for a name.
    """

    project: Project
    named: tuple[str, ...] = ()
    doubts: list[Problem] = field(default_factory=list[Problem])
    points: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])


@dataclass(slots=True)
class Described:
    """The projects that the prose describes, and the problems in reading them."""

    projects: list[Told] = field(default_factory=list[Told])
    problems: list[Problem] = field(default_factory=list[Problem])


@dataclass(frozen=True, slots=True)
class _Likeness:
    """The agreement of names, amounts and places, each 0 to 1, and the amounts that are equal."""

    name: float
    money: float
    place: float
    words: tuple[str, ...]

    @property
    def score(self) -> float:
        weights = alignment_rules().merging
        total = weights.name * self.name + weights.amount * self.money + weights.place * self.place
        return total if total >= weights.least else 0.0


def merge(
    described: Sequence[Told], forms: Sequence[Project]
) -> tuple[list[Project], list[Problem]]:
    """Return the projects of a document: those of its forms, with what the prose says of them.

    Args:
        described: The projects that the prose describes.
        forms: The projects of the forms.

    Returns:
        The projects of the forms in their order, then the others of the prose, which have no
        identifiers yet; and the problems with the names of those.
    """
    merged, alone, problems = list(forms), list[Project](), list[Problem]()
    pairs = _pairs(described, forms)
    for at, prose in enumerate(described):
        if at in pairs:
            form, why = pairs[at]
            merged[form] = _one(merged[form], prose, why)
        else:
            alone.append(prose.project)
            problems += prose.doubts
    return [*merged, *alone], problems


def _pairs(described: Sequence[Told], forms: Sequence[Project]) -> dict[int, tuple[int, Alignment]]:
    if not described or not forms:
        return {}
    sole = len(described) == len(forms) == 1
    table = [[_likeness(prose, form, sole=sole) for form in forms] for prose in described]
    scores = np.array([[likeness.score for likeness in row] for row in table])
    _, chosen, _ = lap.lapjv(1 - scores, extend_cost=True)
    result = dict[int, tuple[int, Alignment]]()
    for row, column in enumerate(int(c) for c in chosen):
        if column < 0 or not scores[row, column]:
            continue
        rivals = np.concatenate((np.delete(scores[row], column), np.delete(scores[:, column], row)))
        # Two forms that fit as well: nobody can tell which of them the prose describes.
        if scores[row, column] > rivals.max(initial=0.0):
            result[row] = column, _why(table[row][column])
    return result


def _likeness(prose: Told, form: Project, *, sole: bool) -> _Likeness:
    rules = alignment_rules().merging
    mine, others = bare_name(prose.project.name), bare_name(form.name)
    equal = [
        amount
        for amount in form.amounts
        if any(amount.yuan == a.yuan and not a.part for a in prose.project.amounts)
    ]
    if mine and others:
        name = fuzz.ratio(mine, others) / 100
        shorter, longer = sorted((mine, others), key=len)
        # A name printed with or without its place or year: the rest must be most of it.
        if shorter in longer and len(shorter) * 2 > len(longer):
            name = max(name, rules.contained)
        elif not equal:
            name *= rules.alone
    else:
        name = float(bool(others) and any(others in fold(words) for words in prose.named))
    # The only description beside the only form, where one of them has no name of its own.
    place = float(sole and not (mine and others))
    return _Likeness(name, float(bool(equal)), place, tuple(f"= {a.text}" for a in equal))


def _why(likeness: _Likeness) -> Alignment:
    thresholds = alignment_rules().confidence
    decided: Decision
    if likeness.name == 1:
        decided, confidence = "same-name", thresholds.same_name
    elif likeness.name >= thresholds.similar:
        decided, confidence = "similar-name", 0.5 + likeness.name / 2
    elif likeness.money:
        decided, confidence = "amount", 0.9
    else:
        decided, confidence = "elimination", 0.5
    return Alignment(
        decided_by=decided,
        confidence=round(confidence, 2),
        name_similarity=round(likeness.name, 2),
        evidence=tuple(dict.fromkeys(likeness.words)),
    )


def _one(form: Project, told: Told, why: Alignment) -> Project:
    """Return the form's project with what the prose adds; the form's own words come first."""
    prose = told.project
    stated = [
        msgspec.structs.replace(amount, alignment=amount.alignment or why)
        for amount in prose.amounts
    ]
    goals = [g for g in prose.goals if fold(g.text) not in {fold(o.text) for o in form.goals}]
    kinds = {(p.kind, fold(p.text)) for p in form.particulars}
    return msgspec.structs.replace(
        form,
        name=form.name or prose.name,
        goals=(*form.goals, *goals),
        amounts=(*_in_order(stated), *form.amounts),
        basis=form.basis or prose.basis,
        period=form.period or prose.period,
        particulars=(
            *form.particulars,
            *(p for p in prose.particulars if (p.kind, fold(p.text)) not in kinds),
        ),
        total_score=form.total_score or prose.total_score,
        indicators=_indicators(form.indicators, told),
        scheme=form.scheme or prose.scheme,
    )


def _in_order(amounts: Sequence[Amount]) -> list[Amount]:
    return sorted(amounts, key=lambda amount: amount.part)


def _indicators(form: Sequence[Indicator], told: Told) -> tuple[Indicator, ...]:
    """Return the form's indicators, with what only the prose says of them, and the prose's own."""
    further = {_key(indicator): indicator for indicator in told.project.indicators}
    result = list[Indicator]()
    for indicator in form:
        also = further.pop(_key(indicator), None)
        indicator = _completed(indicator, also) if also else indicator
        points = next((p for n, p in told.points.items() if n.endswith(_key(indicator))), None)
        result.append(_scored(indicator, *points) if points else indicator)
    return (*result, *further.values())


def _key(indicator: Indicator) -> str:
    """Return an indicator's name without white space and remarks in brackets."""
    return re.sub(r"[(（][^()（）]*[)）]", "", fold(indicator.level3))


def _completed(indicator: Indicator, other: Indicator) -> Indicator:
    """Return a form's indicator with the target and the result that only the prose states."""
    return msgspec.structs.replace(
        indicator,
        value=indicator.value or other.value,
        target=indicator.target or other.target,
        actual=indicator.actual or other.actual,
    )


def _scored(indicator: Indicator, weight: str, score: str) -> Indicator:
    return msgspec.structs.replace(
        indicator, weight=indicator.weight or weight or None, score=indicator.score or score or None
    )
