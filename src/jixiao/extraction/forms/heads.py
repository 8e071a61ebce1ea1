"""Reads the head of a form: labels, and the cells beside or below that hold what they name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from jixiao.documents.model import Cell, Table, Text
from jixiao.extraction.forms import funding
from jixiao.extraction.forms.words import IndicatorLayout, Label, bare, fields, label
from jixiao.extraction.narrative.grounds import grounds
from jixiao.extraction.narrative.passages import Passage
from jixiao.extraction.narrative.periods import between, period_of
from jixiao.messages import message
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
    """What the head of a form states; `read_cells` are the cells that gave it."""

    name: Cell | None = None
    department: str | None = None
    particulars: list[Particular] = field(default_factory=list[Particular])
    grounds: list[Ground] = field(default_factory=list[Ground])
    amounts: list[Amount] = field(default_factory=list[Amount])
    goals: list[Goal] = field(default_factory=list[Goal])
    tasks: list[Goal] = field(default_factory=list[Goal])
    dates: dict[str, tuple[str, Where]] = field(default_factory=dict[str, tuple[str, Where]])
    execution: dict[str, str] = field(default_factory=dict[str, str])
    execution_place: Where | None = None
    problems: list[Problem] = field(default_factory=list[Problem])


@dataclass(slots=True)
class _Reader:
    """The state of reading one form, row by row."""

    table: Table
    layout: IndicatorLayout
    unit: str
    form: Form
    read: set[int] = field(default_factory=set[int])
    heads: dict[int, Label] = field(default_factory=dict[int, Label])
    head_row: int = -1
    scopes: dict[int, Scope] = field(default_factory=dict[int, Scope])


def read_form(
    table: Table, rows: Iterable[int], layout: IndicatorLayout, above: list[Text]
) -> Form:
    """Return what the given rows of a table state; what fits no label is a problem."""
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
    marked = [(c, found) for c in cells if (found := label(c.text.text, reader.layout))]
    if _is_heading(reader, row, cells, marked):
        if row != reader.head_row + 1:
            reader.heads = {}
        reader.head_row = row
        for cell, found in marked:
            reader.read.add(id(cell))
            if found.field != "group":
                reader.heads |= dict.fromkeys(range(cell.column, cell.column + cell.columns), found)
    elif _is_task(reader, row, marked):
        _read_task(reader, row)
    elif reader.heads and (total := next((p for p in marked if p[1].field == "amount"), None)):
        _read_matrix_row(reader, row, *total)
    else:
        for cell in cells:
            _read_label(reader, row, cell)


def _is_heading(
    reader: _Reader, row: int, cells: list[Cell], marked: list[tuple[Cell, Label]]
) -> bool:
    """Tell whether a row is of headings; below the heading of tasks, every label is one."""
    kinds = [found.field for _, found in marked]
    if "task-name" in kinds or sum(kind in _HEADINGS for kind in kinds) > 1:
        return True
    below = row == reader.head_row + 1 and _heads(reader, "task-name")
    return bool(below and marked and len(marked) == sum(bool(c.text.text) for c in cells))


def _heads(reader: _Reader, name: str) -> list[int]:
    return [column for column, found in reader.heads.items() if found.field == name]


def _is_task(reader: _Reader, row: int, marked: list[tuple[Cell, Label]]) -> bool:
    """Tell whether a row states a task; a row of labels ends the tasks."""
    columns = _heads(reader, "task-name")
    if not columns:
        return False
    ends = any(found.field in ("goal", "group", "achieved") for _, found in marked)
    if ends:
        reader.heads = {}
    return not ends


def _read_task(reader: _Reader, row: int) -> None:
    table, form = reader.table, reader.form
    texts = {kind: _under(reader, row, kind) for kind in ("task-name", "task-text")}
    name = texts["task-name"]
    for cell in _distinct(table.grid[row]):
        reader.read.add(id(cell))
    if not name or bare(name.text.text) in fields().totals or not name.text.text:
        return
    if label(name.text.text, reader.layout):
        return
    amounts = list(_task_amounts(reader, row))
    text = texts["task-text"]
    form.tasks.append(
        Goal(
            name=name.text.text,
            text=text.text.text if text else "",
            scope="annual",
            where=place(table, text or name, row),
            amounts=tuple(amounts),
        )
    )


def _under(reader: _Reader, row: int, kind: str) -> Cell | None:
    columns = _heads(reader, kind)
    return reader.table.grid[row][columns[0]] if columns else None


def _task_amounts(reader: _Reader, row: int) -> Iterator[Amount]:
    for cell, found in _headed(reader, row):
        if found.field in ("task-amount", "amount"):
            where = place(reader.table, cell, row)
            got = funding.amount(cell.text.text, reader.unit, where, "annual", found)
            if isinstance(got, Problem):
                reader.form.problems.append(got)
            elif got:
                yield got


def _headed(reader: _Reader, row: int) -> Iterator[tuple[Cell, Label]]:
    """Yield the row's cells below headings, each once."""
    seen = set[int]()
    for column, found in sorted(reader.heads.items()):
        cell = reader.table.grid[row][column]
        if cell and id(cell) not in seen:
            seen.add(id(cell))
            yield cell, found


def _read_matrix_row(reader: _Reader, row: int, cell: Cell, total: Label) -> None:
    """Read the money of a row by its label and by the headings of its columns."""
    reader.read.add(id(cell))
    form = reader.form
    for value, head in _headed(reader, row):
        reader.read.add(id(value))
        if head.field == "stage":
            merged = msgspec.structs.replace(total, stage=head.stage)
            _add_amount(reader, row, value, merged, "annual")
        elif not total.part and value.text.text:
            form.execution.setdefault(head.field, value.text.text)
            form.execution_place = form.execution_place or place(reader.table, value, row)


def _read_label(reader: _Reader, row: int, cell: Cell) -> None:
    """Read what a label names: in its own cell, to its right, or below it."""
    found = label(cell.text.text, reader.layout)
    if found is None:
        inline = re.match(fields().inline, cell.text.text)
        found = label(inline["label"], reader.layout) if inline else None
        if inline and found and found.field != "stop":
            reader.read.add(id(cell))
            _take(reader, row, cell, inline["value"].strip(), found)
        return
    reader.read.add(id(cell))
    for value in _values(reader, cell, found):
        reader.read.add(id(value))
        if value.text.text:
            _take(reader, value.row, value, value.text.text, found, of=cell)


def _values(reader: _Reader, cell: Cell, found: Label) -> list[Cell]:
    """Return the cells that hold what a label names."""
    if found.field in ("group", "stop"):
        return []
    if found.field == "total-score":  # its points and its score, under the indicators' headers
        return _distinct(reader.table.grid[cell.row][cell.column + cell.columns :])
    right = list(_right(reader, cell))
    if right and not any(label(value.text.text, reader.layout) for value in right):
        return right
    if right and right[0].rows < cell.rows:
        return []
    below = cell.row + cell.rows
    under = reader.table.grid[below][cell.column] if below < len(reader.table.grid) else None
    if under is None or under.row != below or label(under.text.text, reader.layout):
        return []
    return [under]


def _right(reader: _Reader, cell: Cell) -> Iterator[Cell]:
    """Yield the cells right of a label, over its rows; without rulings blanks are passed over."""
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
    reader: _Reader, row: int, cell: Cell, text: str, found: Label, of: Cell | None = None
) -> None:
    """Add what a label names to the form."""
    form, where = reader.form, place(reader.table, cell, row)
    match found.field:
        case "name":
            form.name = form.name or cell
        case "department-name":
            form.department = form.department or text
        case "particular":
            form.particulars.append(Particular(found.kind or found.field, text, where))
        case "ground":
            form.grounds += _grounds(reader, row, cell, text)
        case "period" | "start" | "end":
            form.dates[found.field] = text, where
        case "amount" | "stage":
            _take_amount(reader, row, cell, text, found, of or cell)
        case "goal" | "achieved":
            _take_goal(reader, row, cell, text, found, of or cell)
        case _:
            pass


def _grounds(reader: _Reader, row: int, cell: Cell, text: str) -> Iterator[Ground]:
    stated = Passage(cell.text.part(cell.text.text.index(text)))
    for ground in grounds(stated):
        where = within(ground.where, reader.table, row)
        yield msgspec.structs.replace(ground, where=where)


def _take_achieved(reader: _Reader, cell: Cell, text: str) -> None:
    """Add what came of the goal; without a goal before it the cell stays unread."""
    goals = reader.form.goals
    if goals:
        goals[-1] = msgspec.structs.replace(goals[-1], achieved=text)
    else:
        reader.read.discard(id(cell))


def _take_amount(reader: _Reader, row: int, cell: Cell, text: str, found: Label, of: Cell) -> None:
    if found.scope:
        reader.scopes[of.column] = found.scope
    scope = found.scope or reader.scopes.get(of.column) or "annual"
    _add_amount(reader, row, cell, found, scope, text)


def _add_amount(
    reader: _Reader, row: int, cell: Cell, found: Label, scope: Scope, text: str | None = None
) -> None:
    """Add the amount that a cell states to the form, or why it is none."""
    stated = cell.text.text if text is None else text
    where = place(reader.table, cell, row)
    got = funding.amount(stated, reader.unit, where, scope, found)
    if isinstance(got, Problem):
        reader.form.problems.append(got)
    elif got:
        reader.form.amounts.append(got)


def _take_goal(reader: _Reader, row: int, cell: Cell, text: str, found: Label, of: Cell) -> None:
    if found.field == "achieved":
        _take_achieved(reader, cell, text)
        return
    pattern, goals = reader.layout.goal_item, reader.form.goals
    scope = found.scope or _scope_beside(reader, of)
    if pattern:
        goals += goal_items(cell, reader.table, row, pattern, scope)
    else:
        goals.append(Goal(text=text, scope=scope, where=place(reader.table, cell, row)))


def _scope_beside(reader: _Reader, of: Cell) -> Scope | None:
    """Return the scope that a label left of this one states for the cells beside it."""
    for cell in reversed(reader.table.grid[of.row][: of.column]):
        found = label(cell.text.text, reader.layout) if cell else None
        if found and found.scope:
            return found.scope
    return None


def goal_items(
    cell: Cell, table: Table, row: int, pattern: str, scope: Scope | None = None
) -> Iterator[Goal]:
    """Yield the numbered goals of a cell; ordinals must follow on, other figures are text."""
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
            where = within(cell.text.where(begin, begin + len(item)), table, row)
            yield Goal(text=item, scope=scope, where=where)


def place(table: Table, cell: Cell, row: int) -> Where:
    """Return where a cell's text stands, with its table and row."""
    return within(cell.text.where(), table, row)


def within(where: Where, table: Table, row: int) -> Where:
    """Return a place with the table and the row it is in."""
    return msgspec.structs.replace(where, table=table.number, row=row + 1)


def period(form: Form) -> Period | None:
    """Return the period that a form states as one text, or as the dates of start and end."""
    if "period" in form.dates:
        return period_of(*form.dates["period"])
    return between(form.dates.get("start"), form.dates.get("end"))


def execution(form: Form) -> Execution | None:
    """Return the execution rate of the budget, where the form states it."""
    if form.execution_place is None:
        return None
    said = form.execution
    return Execution(
        rate=said.get("execution-rate"),
        weight=said.get("execution-weight"),
        score=said.get("execution-score"),
        where=form.execution_place,
    )


def _unread(reader: _Reader, rows: list[int]) -> Iterator[Problem]:
    """Yield what stands in the form and fits no label; a cell over the whole width is a title."""
    seen = set[int]()
    for row in rows:
        for cell in _distinct(reader.table.grid[row]):
            wide = cell.columns == len(reader.table.grid[0])
            if id(cell) in seen or id(cell) in reader.read or wide or not cell.text.text:
                continue
            seen.add(id(cell))
            told = message("unread-cell", text=cell.text.text)
            yield Problem("unread-cell", told, place(reader.table, cell, cell.row))
