"""What the content of a column says, whatever its header: the features that rules weigh."""

import re
from dataclasses import dataclass

from jixiao.config import cache
from jixiao.extraction.evidence.categories import levels
from jixiao.extraction.evidence.rules import evidence_rules, limits
from jixiao.extraction.evidence.shapes import folded, shape
from jixiao.extraction.field_words import label_like
from jixiao.extraction.forms.blocks import Column
from jixiao.extraction.forms.grid import distinct, text
from jixiao.extraction.value_rules import units_by_word, value_rules
from jixiao.extraction.word_matching import any_of

_HEADINGS = frozenset({"group", "goal"})


@dataclass(frozen=True, slots=True)
class Profile:
    """The features of a column by name, the sum of its numbers, its number of filled cells."""

    features: dict[str, float]
    filled: int


def profile(column: Column) -> Profile:
    """Return the features of a column's content.

    Args:
        column: A column of a block.
    """
    cells = distinct(cell for cell in column.cells if cell and cell.column == column.at)
    texts = [text(cell) for cell in cells]
    stated = [t for t in texts if t and shape(t) != "filler"]
    shapes = [shape(t) for t in stated]
    count = max(1, len(stated))
    numbers = [float(folded(t).replace(",", "")) for t in stated if shape(t) == "number"]
    kinds, hints = evidence_rules().kinds, evidence_rules().hints
    features = {
        "bias": 1.0,
        "empty": 0.0 if stated else 1.0,
        "filled": len(stated) / max(1, len(texts)),
        "value": sum(s in kinds.values for s in shapes) / count,
        "number": shapes.count("number") / count,
        "comparator": shapes.count("comparator") / count,
        "quantity": sum(s in kinds.quantities for s in shapes) / count,
        "grade": shapes.count("grade") / count,
        "text": sum(s in kinds.texts for s in shapes) / count,
        "long": shapes.count("long") / count,
        "distinct": len(set(stated)) / count,
        "spans": sum(cell.rows > 1 for cell in cells) / max(1, len(cells)),
        "short_text": float(bool(stated) and sum(map(len, stated)) / count < 6),
        "unit": sum(_is_unit(t) or _is_tiny(t) for t in stated) / count,
        "known_unit": sum(map(_is_unit, stated)) / count,
        "first": sum(levels(t)[0] for t in stated) / count,
        "second": sum(levels(t)[1] for t in stated) / count,
        "round": float(len(numbers) > 1 and _is_round(sum(numbers))),
        "above_100": float(max(numbers, default=0) > 100),
        "law": _share(stated, "law"),
        "points": _share(stated, "points"),
        "way": sum(folded(t) in hints.way for t in stated) / count,
        "reason": _share(stated, "reason"),
        "label": sum(label_like(t, _HEADINGS)[1] > limits().label_cell for t in stated) / count,
        "recipient": float(bool(column.headers) and column.header.endswith(_recipients())),
    }
    return Profile(features, len(stated))


@cache
def _recipients() -> tuple[str, ...]:
    return tuple(evidence_rules().hints.recipient)


def _is_unit(stated: str) -> bool:
    """Tell whether a text is a unit, perhaps with a multiplier before it: 万亩."""
    word = folded(stated)
    return word in units_by_word() or (word[1:] in units_by_word() and word[0] in _multipliers())


@cache
def _multipliers() -> frozenset[str]:
    return frozenset(value_rules().multipliers)


def _is_tiny(stated: str) -> bool:
    return shape(stated) == "short" and len(stated) <= 3


def _is_round(total: float) -> bool:
    return any(abs(total - points) < 0.6 for points in evidence_rules().hints.round_sums)


def _share(texts: list[str], hint: str) -> float:
    search = _hints(hint).search
    return sum(search(t) is not None for t in texts) / max(1, len(texts))


@cache
def _hints(name: str) -> re.Pattern[str]:
    return re.compile(any_of(getattr(evidence_rules().hints, name)))
