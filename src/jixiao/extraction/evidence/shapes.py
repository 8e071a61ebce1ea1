"""Tells the kind of a cell by its shape: blank, filler, number, quantity, grade, text ..."""

import re

from jixiao.config import cache, lru_cache
from jixiao.extraction.evidence.rules import evidence_rules
from jixiao.extraction.value_rules import value_rules
from jixiao.extraction.word_matching import any_of
from jixiao.text import fold

# Texts of cells to remember, of this document and those before: words repeat.
_TEXTS = 16_384


@lru_cache(_TEXTS)
def folded(text: str) -> str:
    """Return a text for comparison: `jixiao.text.fold`, remembered."""
    return fold(text)


@lru_cache(_TEXTS)
def shape(text: str) -> str:
    """Return the kind of a cell.

    Args:
        text: Its text.

    Returns:
        "blank", a kind of `[[shapes]]` in `evidence.toml`, "grade", or by length "short", "text"
        or "long".
    """
    stated = folded(text)
    if not stated:
        return "blank"
    for kind, pattern in _patterns():
        if pattern.fullmatch(stated):
            return kind
    lengths = evidence_rules().lengths
    if len(stated) <= lengths.grade and _grade().fullmatch(stated):
        return "grade"
    if len(stated) <= lengths.short:
        return "short"
    return "text" if len(stated) <= lengths.text else "long"


def is_value(text: str) -> bool:
    """Tell whether a cell states a value by its shape."""
    return shape(text) in _values()


@cache
def _values() -> frozenset[str]:
    return frozenset(evidence_rules().kinds.values)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    values = value_rules()
    comparators = [w for words in values.comparators.before.values() for w in words]
    # Digits and words that stand in units: 元/人·月, 平方米.
    characters = sorted({c for words in values.units.values() for w in words for c in fold(w)})
    unit = f"[{re.escape(''.join(characters))}每/*·、万亿]{{1,9}}"
    parts = {
        "number": rf"(?:{values.number}|\d[\d,]*(?:\.\d+)?)",
        "comparator": f"(?:{any_of([fold(w) for w in comparators])})",
        "sign": any_of([w for w in map(fold, comparators) if len(w) > 1 or not w.isalpha()]),
        "unit": unit,
    }
    compiled = list[tuple[str, re.Pattern[str]]]()
    for entry in evidence_rules().shapes:
        pattern = entry.pattern
        for name, part in parts.items():
            pattern = pattern.replace(f"{{{name}}}", part)
        compiled.append((entry.kind, re.compile(pattern)))
    return tuple(compiled)


@cache
def _grade() -> re.Pattern[str]:
    grades = value_rules().grades
    adverbs, words = any_of(grades.adverbs), any_of(grades.words)
    return re.compile(f"(?:{adverbs})*(?:(?:{words})[{re.escape(grades.joins)}]?)+")
