"""Comparisons of many documents, summed up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.accuracy.compare import Comparison, compare
from benchmarks.accuracy.truth import Known
from jixiao.errors import FileError
from jixiao.extraction import read
from jixiao.model.divisions import by_code

_ENDINGS = "(?:省|市|(?:壮族|回族|维吾尔)?自治区)$"
FIGURES = {
    "indicators": "indicators, all fields exact",
    "level1": "first level",
    "level2": "second level",
    "value": "value",
    "actual": "actual",
    "weight": "weight",
    "score": "score",
    "goals": "goals",
    "amounts": "amounts",
    "names": "names of projects",
    "tables": "budget tables",
    "kind": "kind of document",
    "department": "department",
    "year": "year",
    "region": "region",
}


@dataclass(slots=True)
class Sum:
    """The comparisons of several documents together."""

    documents: int = 0
    misleading: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    silent: int = 0
    invented: int = 0
    due: Counter[str] = field(default_factory=Counter[str])
    right: Counter[str] = field(default_factory=Counter[str])

    def add(self, outcome: str, found: Comparison | None) -> None:
        """Add a document; one that was refused has no comparison."""
        self.documents += 1
        self.outcomes[outcome] += 1
        if found:
            self.misleading += bool(found.silent)
            self.silent += len(found.silent)
            self.invented += found.invented
            self.due += found.due
            self.right += found.right

    def __iadd__(self, other: Sum) -> Sum:
        """Add the documents of another sum."""
        self.documents += other.documents
        self.misleading += other.misleading
        self.outcomes += other.outcomes
        self.silent += other.silent
        self.invented += other.invented
        self.due += other.due
        self.right += other.right
        return self

    def share(self, figure: str) -> str:
        """Return how many of a figure are right, as "49 of 50 (98.0 %)"."""
        right, due = self.right[figure], self.due[figure]
        return f"{right} of {due} ({right / due:.1%})" if due else "—"


def measured(documents: Iterable[Known]) -> list[tuple[Known, Comparison | None]]:
    """Return each document with its comparison; None for one that is refused."""
    found = list[tuple[Known, Comparison | None]]()
    for known in documents:
        try:
            found.append((known, compare(known.truth, read(known.file))))
        except FileError:
            found.append((known, None))
    return found


def summed(found: Iterable[tuple[Known, Comparison | None]]) -> Sum:
    """Return the sum of some documents."""
    total = Sum()
    for _, comparison in found:
        total.add(comparison.outcome if comparison else "refused", comparison)
    return total


def province_of(known: Known) -> str:
    """Return the province of a document, by its region where the truth does not name it."""
    truth = known.truth
    above = by_code(f"{truth.region[:2]}0000") if truth.region else None
    return truth.province or (re.sub(_ENDINGS, "", above.name) if above else "none")
