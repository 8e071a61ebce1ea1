"""Reads the head of a form: labels, and the cells beside or below them with the values.

Rows are read from top to bottom. A row is
- a row of headings, which name the columns of the rows below (预算数, 执行数; tasks);
- a task, below the headings of tasks;
- a row of amounts, one below each heading (资金总额, 其中：财政拨款);
- or labels, each with its value in its own cell, to its right, or below it.
Cells that none of these explain become problems.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from jixiao.documents.model import Cell, Table, Text
from jixiao.extraction.field_words import IndicatorLayout, Label, bare, field_words, label
from jixiao.extraction.forms import funding
from jixiao.extraction.grounds import grounds
from jixiao.extraction.passages import Passage
from jixiao.extraction.periods import between, period_of
from jixiao.extraction.problems import problem
from jixiao.model.record import (
    Amount,
    Execution,
    Goal,
    Ground,
    Particular,
    Period,
    Problem,
    Scope,
    Where,
)

_HEADINGS = ("stage", "execution-weight", "execution-rate", "execution-score")
_TASKS = ("task-name", "task-text", "task-amount")


@dataclass(slots=True)
class Form:
    """The contents of a form's head."""

    name: Cell | None = None
    department: str | None = None
    particulars: list[Particular] = field(default_factory=list[Particular])
    grounds: list[Ground] = field(default_factory=list[Ground])
    amounts: list[Amount] = field(default_factory=list[Amount])
    goals: list[Goal] = field(default_factory=list[Goal])
    tasks: list[Goal] = field(default_factory=list[Goal])
    dates: dict[str, tuple[str, Where]] = field(default_factory=dict[str, tuple[str, Where]])
    execution: dict[str, tuple[str, Where]] = field(default_factory=dict[str, tuple[str, Where]])
    problems: list[Problem] = field(default_factory=list[Problem])


@dataclass(slots=True)
class _Reader:
    """The state of reading one form, row by row.

    `read` has the ids of the cells that were explained. `headings` are the labels above each
    column, and `heading_row` is their row; `scopes` are the scopes of labels by column.
    """

    table: Table
    layout: IndicatorLayout
    unit: str
    form: Form
    read: set[int] = field(default_factory=set[int])
    headings: dict[int, Label] = field(default_factory=dict[int, Label])
    heading_row: int = -1
    scopes: dict[int, Scope] = field(default_factory=dict[int, Scope])


def read_form(
    table: Table, rows: Iterable[int], layout: IndicatorLayout, above: list[Text]
) -> Form:
    """Read the head of a form.

    Args:
        table: The form.
        rows: The rows without indicators.
        layout: The form's layout.
        above: The paragraphs above the table, which may state the unit of money.
    """
    numbers = list(rows)
    reader = _Reader(table, layout, funding.unit_of(table, numbers, layout, above), Form())
    for row in numbers:
        cells = [cell for cell in _distinct(table.grid[row]) if cell.row == row]
        _read_row(reader, row, cells)
    reader.form.problems += _unread(reader, numbers)
    return reader.form


def _distinct(row: list[Cell | None]) -> list[Cell]:
    return list({id(cell): cell for cell in row if cell}.values())


def _read_row(reader: _Reader, row: int, cells: list[Cell]) -> None:
    marked = [(c, mark) for c in cells if (mark := label(c.text.text, reader.layout))]
    if _is_heading(reader, row, cells, marked):
        if row != reader.heading_row + 1:  # headings may take two rows
            reader.headings = {}
        reader.heading_row = row
        for cell, mark in marked:
            reader.read.add(id(cell))
            if mark.field != "group":
                reader.headings |= dict.fromkeys(
                    range(cell.column, cell.column + cell.columns), mark
                )
    elif _is_task(reader, row, marked):
        _read_task(reader, row)
    elif reader.headings and (total := next((p for p in marked if p[1].field == "amount"), None)):
        _read_matrix_row(reader, row, *total)
    else:
        for cell in cells:
            _read_label(reader, row, cell)


def _is_heading(
    reader: _Reader, row: int, cells: list[Cell], marked: list[tuple[Cell, Label]]
) -> bool:
    """Tell whether a row has headings; directly below the heading of tasks, any label is one."""
    kinds = [mark.field for _, mark in marked]
    if "task-name" in kinds or sum(kind in _HEADINGS for kind in kinds) > 1:
        return True
    below = row == reader.heading_row + 1 and _columns_headed(reader, "task-name")
    return bool(below and marked and len(marked) == sum(bool(c.text.text) for c in cells))


def _columns_headed(reader: _Reader, name: str) -> list[int]:
    return [column for column, mark in reader.headings.items() if mark.field == name]


def _is_task(reader: _Reader, row: int, marked: list[tuple[Cell, Label]]) -> bool:
    """Tell whether a row states a task; a row with the label of a goal ends the tasks."""
    columns = _columns_headed(reader, "task-name")
    if not columns:
        return False
    ends = any(mark.field in ("goal", "group", "achieved") for _, mark in marked)
    if ends:
        reader.headings = {}
    return not ends


def _read_task(reader: _Reader, row: int) -> None:
    """Add the task of a row; sums and repeated labels are none, but count as read."""
    table, form = reader.table, reader.form
    texts = {kind: _under(reader, row, kind) for kind in ("task-name", "task-text")}
    name = texts["task-name"]
    for cell in _distinct(table.grid[row]):
        reader.read.add(id(cell))
    if not name or bare(name.text.text) in field_words().totals or not name.text.text:
        return
    if label(name.text.text, reader.layout):  # a heading that is repeated
        return
    amounts = list(_task_amounts(reader, row))
    text = texts["task-text"]
    form.tasks.append(
        Goal(
            name=name.text.text,
            text=text.text.text if text else "",
            scope="annual",
            where=table.place(text or name, row=row),
            amounts=tuple(amounts),
        )
    )


def _under(reader: _Reader, row: int, kind: str) -> Cell | None:
    columns = _columns_headed(reader, kind)
    return reader.table.grid[row][columns[0]] if columns else None


def _task_amounts(reader: _Reader, row: int) -> Iterator[Amount]:
    for cell, heading in _headed(reader, row):
        if heading.field in ("task-amount", "amount"):
            where = reader.table.place(cell, row=row)
            amount = funding.amount(cell.text.text, reader.unit, where, "annual", heading)
            if isinstance(amount, Problem):
                reader.form.problems.append(amount)
            elif amount:
                yield amount


def _headed(reader: _Reader, row: int) -> Iterator[tuple[Cell, Label]]:
    """Yield a row's cells below headings, each once, with the heading."""
    seen = set[int]()
    for column, heading in sorted(reader.headings.items()):
        cell = reader.table.grid[row][column]
        if cell and id(cell) not in seen:
            seen.add(id(cell))
            yield cell, heading


def _read_matrix_row(reader: _Reader, row: int, cell: Cell, total: Label) -> None:
    """Read a row of amounts: its label names the fund, the headings name the stages."""
    reader.read.add(id(cell))
    form = reader.form
    for value, heading in _headed(reader, row):
        reader.read.add(id(value))
        if heading.field == "stage":
            merged = msgspec.structs.replace(total, stage=heading.stage)
            _add_amount(reader, row, value, merged, "annual")
        elif not total.part and value.text.text:
            where = reader.table.place(value, row=row)
            form.execution.setdefault(heading.field, (value.text.text, where))


def _read_label(reader: _Reader, row: int, cell: Cell) -> None:
    """Read the value of a label: in the same cell after a colon, to its right, or below it."""
    mark = label(cell.text.text, reader.layout)
    if mark is None:
        inline = re.match(field_words().inline, cell.text.text)
        mark = label(inline["label"], reader.layout) if inline else None
        if inline and mark and mark.field != "stop":
            reader.read.add(id(cell))
            _take(reader, row, cell, inline["value"].strip(), mark)
        return
    reader.read.add(id(cell))
    for value in _values(reader, cell, mark):
        reader.read.add(id(value))
        if value.text.text:
            _take(reader, value.row, value, value.text.text, mark, of=cell)


def _values(reader: _Reader, cell: Cell, mark: Label) -> list[Cell]:
    """Return the cells with the value of a label: those to its right, else the one below."""
    if mark.field in ("group", "stop"):
        return []
    if mark.field == "total-score":  # points and score, below the indicators' headers
        return _distinct(reader.table.grid[cell.row][cell.column + cell.columns :])
    # A label to the right means that the value is below, as in a row of headings.
    right = list(_right(reader, cell))
    if right and not any(label(value.text.text, reader.layout) for value in right):
        return right
    if right and right[0].rows < cell.rows:  # a heading of the labels to its right
        return []
    below = cell.row + cell.rows
    under = reader.table.grid[below][cell.column] if below < len(reader.table.grid) else None
    if under is None or under.row != below or label(under.text.text, reader.layout):
        return []
    return [under]


def _right(reader: _Reader, cell: Cell) -> Iterator[Cell]:
    """Yield the nearest cell to the right in each row of a label.

    In a table without ruling lines blanks are skipped, because a merged cell appears as blanks.
    """
    seen = set[int]()
    for row in range(cell.row, cell.row + cell.rows):
        for value in reader.table.grid[row][cell.column + cell.columns :]:
            if value is None or (not reader.table.ruled and not value.text.text):
                continue
            if id(value) not in seen:
                seen.add(id(value))
                yield value
            break


def _take(
    reader: _Reader, row: int, cell: Cell, text: str, mark: Label, of: Cell | None = None
) -> None:
    """Add the value of a label to the form; `of` is the cell of the label, if it is another."""
    form, where = reader.form, reader.table.place(cell, row=row)
    match mark.field:
        case "name":
            form.name = form.name or cell
        case "department-name":
            form.department = form.department or text
        case "particular":
            form.particulars.append(Particular(mark.kind or mark.field, text, where))
        case "ground":
            form.grounds += _grounds(reader, row, cell, text)
        case "period" | "start" | "end":
            form.dates[mark.field] = text, where
        case "amount" | "stage":
            _take_amount(reader, row, cell, text, mark, of or cell)
        case "goal" | "achieved":
            _take_goal(reader, row, cell, text, mark, of or cell)
        case _:
            pass


def _grounds(reader: _Reader, row: int, cell: Cell, text: str) -> Iterator[Ground]:
    # Without a label in the same cell, which would be part of the first title.
    stated = Passage(cell.text.part(cell.text.text.index(text)))
    for ground in grounds(stated):
        where = reader.table.numbered(ground.where, row)
        yield msgspec.structs.replace(ground, where=where)


def _take_amount(reader: _Reader, row: int, cell: Cell, text: str, mark: Label, of: Cell) -> None:
    """Add an amount; a label without a scope has that of the label above it."""
    if mark.scope:
        reader.scopes[of.column] = mark.scope
    scope = mark.scope or reader.scopes.get(of.column) or "annual"
    _add_amount(reader, row, cell, mark, scope, text)


def _add_amount(
    reader: _Reader, row: int, cell: Cell, mark: Label, scope: Scope, text: str | None = None
) -> None:
    """Add the amount that a cell states to the form, or the problem that it states none."""
    stated = cell.text.text if text is None else text
    where = reader.table.place(cell, row=row)
    amount = funding.amount(stated, reader.unit, where, scope, mark)
    if isinstance(amount, Problem):
        reader.form.problems.append(amount)
    elif amount:
        reader.form.amounts.append(amount)


def _take_goal(reader: _Reader, row: int, cell: Cell, text: str, mark: Label, of: Cell) -> None:
    """Add a goal, or the achievement of the goal before it, which stays unread without one."""
    pattern, goals = reader.layout.goal_item, reader.form.goals
    if mark.field == "achieved":
        if goals:
            goals[-1] = msgspec.structs.replace(goals[-1], achieved=text)
        else:
            reader.read.discard(id(cell))
        return
    scope = mark.scope or _scope_beside(reader, of)
    if pattern:
        goals += goal_items(cell, reader.table, row, pattern, scope)
    else:
        goals.append(Goal(text=text, scope=scope, where=reader.table.place(cell, row=row)))


def _scope_beside(reader: _Reader, of: Cell) -> Scope | None:
    """Return the scope of the nearest label to the left of a label that has one."""
    for cell in reversed(reader.table.grid[of.row][: of.column]):
        mark = label(cell.text.text, reader.layout) if cell else None
        if mark and mark.scope:
            return mark.scope
    return None


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


def _unread(reader: _Reader, rows: list[int]) -> Iterator[Problem]:
    """Yield a problem for each unexplained cell; one as wide as the table is a title."""
    seen = set[int]()
    for row in rows:
        for cell in _distinct(reader.table.grid[row]):
            wide = cell.columns == len(reader.table.grid[0])
            if id(cell) in seen or id(cell) in reader.read or wide or not cell.text.text:
                continue
            seen.add(id(cell))
            where = reader.table.place(cell, row=cell.row)
            yield problem("unread-cell", where, text=cell.text.text)
