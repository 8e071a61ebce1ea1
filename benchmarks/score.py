"""Compares a record with what a document truly says, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from benchmarks.invent import Money, Row, Truth
from jixiao.model.record import Goal, Indicator, Project, Record
from jixiao.text import squeeze

FIELDS = ("level1", "level2", "level3", "description", "value", "basis", "nature", "weight",
          "direction", "actual", "score", "deviation", "remark", "scope")  # fmt: skip

# Problems that tell nothing of a row's text.
ELSEWHERE = ("no-department", "no-year", "unknown-category", "unparsed-target")


@dataclass(slots=True)
class Score:
    """How many cells there are, how many were read exactly, and which were lost silently."""

    cells: int = 0
    exact: int = 0
    silent: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add another document's score to this one."""
        self.cells += other.cells
        self.exact += other.exact
        self.silent += other.silent
        self.misses += other.misses

    @property
    def rate(self) -> float:
        """The share of cells that are exact."""
        return self.exact / self.cells if self.cells else 1.0


def score(record: Record, truth: Sequence[Truth]) -> Score:
    """Return how much of the truth a record holds."""
    total = Score()
    read = [*_wholes(record), *map(_of_project, record.projects)]
    for want, got in _paired(truth, read):
        told = any(problem.code not in ELSEWHERE for problem in record.problems)
        _compare(want, got, told, total)
    return total


@dataclass(slots=True)
class _Read(Truth):
    confidence: list[float] = field(default_factory=list)


def _wholes(record: Record) -> Iterator[_Read]:
    if record.overall_goal and record.overall_goal.indicators:
        goal = record.overall_goal
        yield _Read("", _goals([goal]), indicators=[_row(i) for i in goal.indicators],
                    confidence=[i.confidence for i in goal.indicators])  # fmt: skip
    for task in record.goals:
        amounts: list[Money] = [
            (a.scope or "", a.fund or "", a.stage or "", a.yuan) for a in task.amounts
        ]
        yield _Read(task.name or "", [task.text], amounts)


def _of_project(project: Project) -> _Read:
    named = project.layout is not None and project.layout.name == "prose"
    amounts: list[Money] = [
        (a.scope or "", (a.name if named else a.fund) or "", a.stage or "", a.yuan)
        for a in project.amounts
        if a.source != "cost-indicator"
    ]
    said = [p.text for p in project.particulars] + [f"{b.title}|{b.number}" for b in project.basis]
    said += [project.period.text] if project.period else []
    rows, sure = [_row(i) for i in project.indicators], [i.confidence for i in project.indicators]
    return _Read(project.name, _goals(project.goals), amounts, rows, said, sure)


def _goals(goals: Sequence[Goal]) -> list[str]:
    return [text for goal in goals for text in (goal.text, goal.achieved) if text]


def _row(indicator: Indicator) -> Row:
    return {name: str(getattr(indicator, name) or "") for name in FIELDS}


def _paired(truth: Sequence[Truth], read: Sequence[_Read]) -> Iterator[tuple[Truth, _Read]]:
    left = list(read)
    for want in truth:
        got = next((r for r in left if _same(r.name, want.name)), None)
        if got:
            left.remove(got)
        yield want, got or _Read("")


def _compare(want: Truth, got: _Read, told: bool, total: Score) -> None:
    _cells([want.name], [got.name], total, want.name)
    _cells(want.goals, got.goals, total, want.name)
    _cells(want.stated, [s for s in got.stated if _among(s, want.stated)], total, want.name)
    for amount in want.amounts:
        total.cells += 1
        _exact(total, amount in got.amounts, f"{want.name} amount {amount}", got.amounts)
    for row, read, sure in _aligned(want.indicators, got):
        wrong = [name for name, text in row.items() if not _same(text, read.get(name, ""))]
        total.cells += len(row)
        total.exact += len(row) - len(wrong)
        total.misses += [
            f"{want.name} {row['level3']} {n}: {row[n]!r} read {read.get(n)!r}" for n in wrong
        ]
        if wrong and sure >= 1.0 and not told:
            total.silent.append(f"{want.name} {row['level3']}")


def _aligned(rows: Sequence[Row], got: _Read) -> Iterator[tuple[Row, Row, float]]:
    """Yield each true row with the row read for it, by the order of the third levels."""
    mine = [squeeze(row["level3"] + row["value"]) for row in rows]
    theirs = [squeeze(row["level3"] + row["value"]) for row in got.indicators]
    pairs = dict[int, int]()
    for block in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        tag, i0, i1, j0, j1 = block
        if tag in ("equal", "replace"):
            pairs |= dict(zip(range(i0, i1), range(j0, j1), strict=False))
    for at, row in enumerate(rows):
        if at in pairs:
            yield row, got.indicators[pairs[at]], got.confidence[pairs[at]]
        else:
            yield row, {}, 1.0


def _cells(want: Sequence[str], got: Sequence[str], total: Score, name: str) -> None:
    for text in want:
        total.cells += 1
        _exact(total, _among(text, got), f"{name}: {text}", got)


def _exact(total: Score, right: bool, told: str, got: object) -> None:
    total.exact += right
    if not right:
        total.misses.append(f"{told} read {got!r}"[:300])


def _among(text: str, texts: Sequence[str]) -> bool:
    return any(_same(text, other) for other in texts)


def _same(one: str, other: str) -> bool:
    return squeeze(one) == squeeze(other)
