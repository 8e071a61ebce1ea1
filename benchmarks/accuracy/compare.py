"""Compares a record with the truth, and tells which faults are silent.

A fault is silent if the record gives something wrong, or lacks something, and says so nowhere:

    invented   an indicator, a goal or a subject that the document has not
    strayed    an indicator under another subject than the document's own
    lost       an indicator, name, goal, amount or table that neither the record has nor a
               problem or the unread text quotes
    wrong      a field of an indicator that differs, at confidence 1, where no problem is about
               a column of its table
    misnamed   a kind, department, year or region that is given and is another

Texts are compared without white space and in half-width; levels and names without brackets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import msgspec

from benchmarks.accuracy.truth import TrueIndicator, TrueStatement, TrueSubject, Truth
from jixiao.model.record import Amount, Goal, Indicator, Record
from jixiao.text import fold

FIELDS = ("level1", "level2", "value", "actual", "weight", "score")
_NUMBERS = ("actual", "weight", "score")
# A form of goals is a budget's; that of an evaluation may be of any kind.
_KINDS = {"goals": ("budget",), "evaluation": ("budget", "final-accounts", "self-evaluation")}
OUTCOMES = ("exact", "usable", "partial", "misleading", "refused")


@dataclass(slots=True)
class Comparison:
    """What is right of what is due, figure by figure; the faults that are silent, and the others.

    `read` are the indicators that the record has under the document's own subjects.
    """

    due: Counter[str] = field(default_factory=Counter[str])
    right: Counter[str] = field(default_factory=Counter[str])
    invented: int = 0
    silent: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])

    def count(self, figure: str, right: bool) -> bool:
        """Count one of a figure as due, and as right if it is; return whether it is."""
        self.due[figure] += 1
        self.right[figure] += right
        return right

    @property
    def outcome(self) -> str:
        """One of `OUTCOMES`: a document is exact if all is right, and usable if its indicators are.

        It is misleading if any fault is silent.
        """
        if self.silent:
            return "misleading"
        if not self.invented and all(self.right[name] == n for name, n in self.due.items()):
            return "exact"
        return "usable" if self.right["indicators"] == self.due["indicators"] else "partial"


@dataclass(frozen=True, slots=True)
class _Subject:
    """A project, or the department, as the record has it."""

    name: str
    goals: Sequence[Goal]
    amounts: Sequence[Amount]
    indicators: Sequence[Indicator]


def compare(truth: Truth, record: Record) -> Comparison:
    """Return what a record has of the truth.

    Args:
        truth: What the document says.
        record: What was read of it.
    """
    found = Comparison()
    _identity(truth, record, found)
    if truth.level == "head":
        return found
    told = _told(record)
    department, projects = _department(record), _projects(record)
    own, others = (
        ([department], projects) if truth.level == "department" else (projects, [department])
    )
    left = list(own)
    for at, want in enumerate(truth.subjects):
        got = _found(want, own, left, at, len(truth.subjects), told, found)
        if got in left:
            left.remove(got)
        _indicators(truth, want, got, record, told, found)
        _amounts(want, got, record, found)
        _goals(want, got, told, found)
    for stray in left if truth.subjects else []:
        found.silent.append(f"invented subject: {stray.name or '(no name)'}")
    strayed = [i for s in (*(left if truth.subjects else []), *others) for i in s.indicators]
    found.invented += len(strayed)
    found.silent += [f"strayed indicator: {i.level3}" for i in strayed if i.confidence >= 1]
    for table in truth.statements:
        _statement(table, record, told, found)
    return found


def bare(text: str) -> str:
    """Return a name without brackets, stars and the template's numbering: 指标1：设备数（台）."""
    return re.sub(r"\([^()]*\)|^指标\d+[:：]?|^[*★]+", "", fold(text))


def _told(record: Record) -> str:
    """Return all that the problems and the unread text of a record quote."""
    quoted = msgspec.json.encode([record.problems, record.unread]).decode()
    return fold(quoted)


def _identity(truth: Truth, record: Record, found: Comparison) -> None:
    document = record.document
    departments = {fold(name) for name in (truth.department, *truth.department_also)}
    region = document.region.code if document.region else None
    kinds = _KINDS.get(truth.kind, (truth.kind,))
    facts = (
        ("kind", document.kind in kinds, document.kind, truth.kind),
        ("department", fold(document.department) in departments, document.department,
         truth.department),
        ("year", document.fiscal_year == truth.fiscal_year, document.fiscal_year,
         truth.fiscal_year),
        ("region", region == truth.region, region, truth.region),
    )  # fmt: skip
    for name, right, given, want in facts:
        if not found.count(name, right) and given:
            found.silent.append(f"misnamed {name}: {given}, not {want}")


def _department(record: Record) -> _Subject:
    goals = [*([record.overall_goal] if record.overall_goal else []), *record.goals]
    return _Subject(
        "",
        goals,
        [amount for goal in record.goals for amount in goal.amounts],
        [indicator for goal in goals for indicator in goal.indicators],
    )


def _projects(record: Record) -> list[_Subject]:
    return [
        _Subject(
            p.name, p.goals, p.amounts, [*p.indicators, *(i for g in p.goals for i in g.indicators)]
        )
        for p in record.projects
    ]


def _found(
    want: TrueSubject,
    own: Sequence[_Subject],
    left: Sequence[_Subject],
    at: int,
    wanted: int,
    told: str,
    found: Comparison,
) -> _Subject | None:
    """Return the subject of the record that a true one is: by its name, else by its place."""
    names = {fold(name) for name in (want.name, *want.aliases) if name}
    if names:
        named = next((s for s in left if fold(s.name) in names), None)
        if not found.count("names", named is not None) and not any(n in told for n in names):
            found.silent.append(f"lost name: {want.name}")
        if named:
            return named
    if len(own) == wanted:
        return own[at]
    return own[0] if len(own) == 1 and own[0] in left else None


def _indicators(
    truth: Truth,
    want: TrueSubject,
    got: _Subject | None,
    record: Record,
    told: str,
    found: Comparison,
) -> None:
    doubted = {p.where.table for p in record.problems if p.where and "column" in p.code}
    left = list(got.indicators) if got else []
    for due in want.indicators:
        near = [i for i in left if bare(i.level3) == bare(due.level3)]
        same = [i for i in near if fold(i.value) == fold(due.value)]
        indicator = next(iter([*same, *near]), None)
        if indicator is None:
            found.count("indicators", False)
            if fold(due.level3) not in told:
                found.silent.append(f"lost indicator: {due.level3}")
            continue
        left.remove(indicator)
        wrong = list(_wrong_fields(due, indicator, regional=truth.regional, found=found))
        found.count("indicators", not wrong)
        for name in wrong:
            fault = (
                f"wrong {name} of {due.level3}: {getattr(indicator, name)!r}, "
                f"not {getattr(due, name)!r}"
            )
            sure = indicator.confidence >= 1 and indicator.where.table not in doubted
            (found.silent if sure else found.told).append(fault)
    found.invented += len(left)
    for indicator in left:
        fault = f"invented indicator: {indicator.level3} = {indicator.value}"
        (found.silent if indicator.confidence >= 1 else found.told).append(fault)


def _wrong_fields(
    due: TrueIndicator, indicator: Indicator, *, regional: bool, found: Comparison
) -> Iterator[str]:
    for name in FIELDS:
        want, got = str(getattr(due, name)), str(getattr(indicator, name) or "")
        if not want and name != "value":
            continue
        right = _same(name, want, got)
        if not right and name == "value" and regional:
            right = _by_recipient(want, indicator)
        if not found.count(name, right):
            yield name


def _same(name: str, want: str, got: str) -> bool:
    if name in ("level1", "level2"):
        return bare(want) == bare(got)
    if name in _NUMBERS:
        one, other = _number(want), _number(got)
        if one is not None and one == other:
            return True
    return fold(want) == fold(got)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(fold(text).replace("%", "").replace(",", ""))
    except InvalidOperation:
        return None


def _by_recipient(want: str, indicator: Indicator) -> bool:
    """Tell whether the recipients of an indicator have the values that the truth joins."""
    parts = [fold(part) for part in re.split("[；／]", want)]
    given = [(fold(r.name), fold(r.value)) for r in indicator.recipients]
    return len(parts) == len(given) and all(
        any(part in (name + value, value) for name, value in given) for part in parts
    )


def _amounts(want: TrueSubject, got: _Subject | None, record: Record, found: Comparison) -> None:
    money = {amount.yuan for amount in (got.amounts if got else ())}
    for yuan in want.amounts:
        if not found.count("amounts", yuan in money):
            fault = f"lost amount: {yuan} yuan"
            (found.told if record.problems else found.silent).append(fault)


def _goals(want: TrueSubject, got: _Subject | None, told: str, found: Comparison) -> None:
    given = [fold(goal.text) for goal in (got.goals if got else ())]
    due = [fold(goal) for goal in want.goals]
    for goal in due:
        read = goal in given or (goal != "" and goal in "".join(given))
        if not found.count("goals", read) and goal not in told:
            found.silent.append(f"lost goal: {goal[:40]}")
    if due:
        found.silent += [
            f"invented goal: {goal[:40]}"
            for goal in given
            if goal and not any(goal in other or other in goal for other in due)
        ]


def _statement(table: TrueStatement, record: Record, told: str, found: Comparison) -> None:
    title = fold(table.title)
    read = [
        {
            cell.yuan if cell.yuan is not None else cell.number
            for row in statement.rows
            for cell in row.values.values()
        }
        for statement in record.statements
        if title in fold(statement.title)
    ]
    right = any(set(table.figures) <= figures for figures in read)
    if not found.count("tables", right) and title not in told:
        found.silent.append(f"lost table: {table.title}")
