"""What a form's labels say of its project: name, departments, money, period, goals, tasks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from jixiao.documents.model import Cell, Table
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.evidence.shapes import shape
from jixiao.extraction.field_words import IndicatorLayout, field_words, label_like, scope_of
from jixiao.extraction.forms.funding import is_bare, is_blank, money_of, unit_in
from jixiao.extraction.forms.pairs import Pair
from jixiao.extraction.grounds import grounds
from jixiao.extraction.passages import Passage
from jixiao.extraction.periods import between, period_of
from jixiao.extraction.problems import problem
from jixiao.model.record import (
    Amount,
    Execution,
    Goal,
    Ground,
    Other,
    Particular,
    Period,
    Problem,
    Scope,
    Where,
)
from jixiao.text import squeeze

_EXECUTION = {"execution-rate", "execution-weight", "execution-score"}
_SUMS = frozenset({"task-amount", "total-score"})
_OF_PROJECTS = {"particular", "ground", "period", "start", "end", "total-score", *_EXECUTION}
_TASKS = {"task-name", "task-text", "task-amount"}


@dataclass(slots=True)
class Form:
    """The contents of a form's head.

    `stated` has what only projects have fields for, as it is printed beside its label.
    """

    name: Pair | None = None
    department: str | None = None
    particulars: list[Particular] = field(default_factory=list[Particular])
    grounds: list[Ground] = field(default_factory=list[Ground])
    amounts: list[Amount] = field(default_factory=list[Amount])
    goals: list[Goal] = field(default_factory=list[Goal])
    tasks: list[Goal] = field(default_factory=list[Goal])
    dates: dict[str, tuple[str, Where]] = field(default_factory=dict[str, tuple[str, Where]])
    execution: dict[str, tuple[str, Where]] = field(default_factory=dict[str, tuple[str, Where]])
    total_score: str | None = None
    other: list[Other] = field(default_factory=list[Other])
    stated: list[Other] = field(default_factory=list[Other])
    problems: list[Problem] = field(default_factory=list[Problem])
    fields: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class FormReader:
    """Takes the pairs of a form's tables in, one table after the other.

    `unit` is that of amounts without one, None if nothing tells it; `scopes` are the scopes of
    labels by column.
    """

    layout: IndicatorLayout | None
    unit: str | None
    form: Form = field(default_factory=Form)
    scopes: dict[int, Scope] = field(default_factory=dict[int, Scope])

    def take(self, table: Table, pairs: list[Pair]) -> None:
        """Add what the labels of a table state to the form.

        Args:
            table: The table, or the part of it that holds the form.
            pairs: Its labels and values, in their order.
        """
        tasks = dict[int, list[Pair]]()
        for pair in pairs:
            kind = _kind(pair)
            self.form.fields.add(kind)
            if kind in _TASKS and pair.row is not None:
                tasks.setdefault(pair.row, []).append(pair)
            elif pair.row in tasks and kind == "amount":
                tasks[pair.row].append(pair)
            else:
                self._take(table, pair, kind)
        for row in tasks.values():
            self._take_task(table, row)

    def _take(self, table: Table, pair: Pair, kind: str) -> None:
        form, where = self.form, pair_place(table, pair)
        if pair.heading is not None:
            self._take_figure(table, pair)
            return
        if kind in _OF_PROJECTS:
            form.stated.append(Other(pair.label, pair.stated, where))
        match kind:
            case "name" if pair.row is None:
                form.name = form.name or pair
            case "department-name":
                form.department = form.department or re.sub(r"^[(（].*?[)）]", "", pair.stated)
            case "particular" if pair.mark and pair.row is None:
                form.particulars.append(Particular(pair.mark.kind or kind, pair.stated, where))
            case "ground":
                form.grounds += _grounds(table, pair)
            case "period" | "start" | "end" if pair.row is None:
                form.dates.setdefault(kind, (pair.stated, where))
            case "amount" | "stage" | "department-amount":
                self._take_amount(table, pair)
            case "execution-rate":
                self._take_execution(pair, kind, where)
            case "goal" | "achieved":
                self._take_goal(table, pair, kind)
            case "total-score":
                form.total_score = form.total_score or pair.stated
            case _:
                self._take_unknown(table, pair)

    def _take_unknown(self, table: Table, pair: Pair) -> None:
        """Keep a value whose label has no field under the label's own words.

        A number whose label tells a large unit (中期市财政预算（万元）) is money all the same.
        """
        if shape(pair.stated) == "number" and unit_in(pair.label) in field_words().large_units:
            self._take_named_amount(table, pair)
            return
        label = pair.label or (pair.above[-1] if pair.above else "")
        self.form.other.append(Other(label, pair.stated, pair_place(table, pair)))

    def _take_named_amount(self, table: Table, pair: Pair) -> None:
        """Add money of which only its own label tells what it is."""
        for stated in money_of(pair.stated, unit_in(pair.label)):
            where = pair_place(table, pair)
            amount = Amount(
                yuan=stated.yuan, text=stated.text, source="table", where=where, name=pair.label
            )
            self.form.amounts.append(amount)

    def _take_figure(self, table: Table, pair: Pair) -> None:
        """Take a figure of a matrix: its row names the fund, its heading the stage."""
        assert pair.heading is not None
        kind = pair.heading.field
        if kind in _EXECUTION:
            where = pair_place(table, pair)
            label = "/".join(part for part in (pair.label, *pair.above[-1:]) if part)
            if pair.mark and pair.mark.part:
                self.form.other.append(Other(label, pair.stated, where))
            else:
                self._take_execution(pair, kind, where)
                self.form.stated.append(Other(label, pair.stated, where))
            return
        self._take_amount(table, pair)

    def _take_execution(self, pair: Pair, kind: str, where: Where) -> None:
        if not is_blank(pair.stated):
            self.form.execution.setdefault(kind, (pair.stated, where))

    def _take_amount(self, table: Table, pair: Pair) -> None:
        """Add the amounts of a cell; a label without a scope has that of the label above it."""
        if is_blank(pair.stated):
            return
        mark, where = pair.mark, pair_place(table, pair)
        if mark and mark.scope:
            self.scopes[pair.cell.column] = mark.scope
        scope = mark.scope if mark else None
        if pair.heading is None:
            scope = scope or self.scopes.get(pair.cell.column)
        stage = pair.heading.stage if pair.heading else mark.stage if mark else None
        money = money_of(pair.stated, self._unit(pair))
        if not money:
            if is_bare(pair.stated):
                self._take_unknown(table, pair)
                told = problem("amount-without-unit", where, text=pair.stated, label=pair.label)
                self.form.problems.append(told)
            elif pair.row is not None:  # a remark beside the figures, below its own heading
                label = pair.above[-1] if pair.above else pair.label
                self.form.other.append(Other(label, pair.stated, where))
            elif re.search(r"\d", pair.stated) or pair.likeness < limits().money_label:
                self._take_unknown(table, pair)
            else:
                self.form.problems.append(
                    problem("no-number", where, text=pair.stated, column=pair.label)
                )
        for stated in money:
            part = stated.part or mark
            self.form.amounts.append(
                Amount(
                    yuan=stated.yuan,
                    text=stated.text,
                    source="table",
                    where=where,
                    scope=scope if pair.heading is None and scope else "annual",
                    stage=stage or "budget",
                    fund=part.fund if part else None,
                    part=bool(part and (part.part or part.field == "department-amount")),
                )
            )

    def _unit(self, pair: Pair) -> str | None:
        for label in (pair.label, *reversed(pair.above)):
            if unit := unit_in(label):
                return unit
        return self.unit

    def _take_goal(self, table: Table, pair: Pair, kind: str) -> None:
        """Add a goal, or what came of the goal before it."""
        goals = self.form.goals
        if kind == "achieved":
            if goals and goals[-1].achieved is None:
                goals[-1] = msgspec.structs.replace(goals[-1], achieved=pair.stated)
            else:
                self._take_unknown(table, pair)
            return
        scope = pair.mark.scope if pair.mark else None
        for label in (pair.label, *reversed(pair.above)):
            scope = scope or scope_of(label)
        pattern = self.layout.goal_item if self.layout else None
        if pattern:
            goals += goal_items(pair.cell, table, pair.cell.row, pattern, scope)
        else:
            where = pair_place(table, pair)
            goals.append(Goal(text=pair.stated, scope=scope, where=where))

    def _take_task(self, table: Table, row: list[Pair]) -> None:
        """Add the task of a row; a row of sums is none."""
        by_field = {pair.mark.field: pair for pair in row if pair.mark}
        name = by_field.get("task-name")
        if name is None or squeeze(name.stated) in field_words().totals:
            return
        mark, like = label_like(name.stated, _SUMS)
        if mark is not None and like > 0.9:
            return
        stated = by_field.get("task-text")
        self.form.tasks.append(
            Goal(
                name=name.stated,
                text=stated.stated if stated else "",
                scope="annual",
                where=pair_place(table, stated or name),
                amounts=tuple(self._task_amounts(table, row)),
            )
        )

    def _task_amounts(self, table: Table, row: list[Pair]) -> Iterator[Amount]:
        for pair in row:
            mark = pair.mark
            if mark is None or mark.field not in ("task-amount", "amount"):
                continue
            for stated in money_of(pair.stated, self._unit(pair)):
                yield Amount(
                    yuan=stated.yuan,
                    text=stated.text,
                    source="table",
                    where=pair_place(table, pair),
                    scope="annual",
                    stage="budget",
                    fund=mark.fund,
                    part=mark.part,
                )


def _kind(pair: Pair) -> str:
    """Return the field of a pair; the heading of the funds (项目金额) may have their total."""
    kind = pair.mark.field if pair.mark else ""
    unit = shape(pair.stated) == "number" and unit_in(pair.label)
    return "amount" if kind == "group" and (unit or shape(pair.stated) == "money") else kind


def _grounds(table: Table, pair: Pair) -> Iterator[Ground]:
    # Without a label in the same cell, which would be part of the first title.
    stated = Passage(pair.cell.text.part(pair.cell.text.text.index(pair.stated)))
    for ground in grounds(stated):
        where = table.numbered(ground.where, pair.cell.row)
        yield msgspec.structs.replace(ground, where=where)


def goal_items(
    cell: Cell, table: Table, row: int, pattern: str, scope: Scope | None = None
) -> Iterator[Goal]:
    """Yield the numbered goals of a cell; without numbers, the whole text is one goal.

    Args:
        cell: A cell with goals.
        table: Its table.
        row: Its row.
        pattern: The layout's pattern of an ordinal. Only consecutive ordinals count, because
            other numbers are part of the text.
        scope: The period that the goals are for.
    """
    text = cell.text.text
    starts, wanted = list[tuple[int, int]](), 1
    for match in re.finditer(pattern, text):
        if int(match["ordinal"]) == wanted:
            starts.append(match.span())
            wanted += 1
    if not starts or text[: starts[0][0]].strip():
        starts.insert(0, (0, 0))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    for (_, start), end in zip(starts, ends, strict=True):
        if item := text[start:end].strip():
            begin = text.index(item, start)
            where = table.place(cell, begin, begin + len(item), row=row)
            yield Goal(text=item, scope=scope, where=where)


def pair_place(table: Table, pair: Pair) -> Where:
    """Return the place of the value of a pair."""
    return table.place(pair.cell, row=pair.cell.row)


def period(form: Form) -> Period | None:
    """Return the period that a form states as one text, or as a start and an end."""
    if "period" in form.dates:
        return period_of(*form.dates["period"])
    return between(form.dates.get("start"), form.dates.get("end"))


def execution(form: Form) -> Execution | None:
    """Return the execution rate of the budget, None if the form states none."""
    stated = {name.removeprefix("execution-"): each for name, each in form.execution.items()}
    if not stated:
        return None
    texts = {name: text for name, (text, _) in stated.items()}
    places = {name: where for name, (_, where) in stated.items()}
    first = places.get("rate") or next(iter(places.values()))
    return Execution(
        rate=texts.get("rate"),
        weight=texts.get("weight"),
        score=texts.get("score"),
        where=msgspec.structs.replace(first, cells=places),
    )
