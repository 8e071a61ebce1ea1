"""Reads lists of projects with their money: 资金安排表, 项目清单, 分配表.

In a document with one form, the list shares that project's money out; without a form, each row is
a project.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from jixiao.documents.model import Cell, DocumentContent, Table, Text
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.evidence.shapes import is_value, shape
from jixiao.extraction.field_words import Label, column_lexicon, field_words, label_like
from jixiao.extraction.forms.funding import money_of, unit_in
from jixiao.extraction.forms.grid import filled, row_cells, text
from jixiao.extraction.forms.subjects import subject_rules
from jixiao.extraction.ledger import Ledger
from jixiao.model.record import Amount, Layout, Other, Project
from jixiao.text import fold, squeeze

_MONEY = frozenset({"stage", "amount"})
_FIGURES = frozenset({"number", "money", "blank", "filler"})


@dataclass(frozen=True, slots=True)
class _Columns:
    """The header of a list: its row, and the columns of names, recipients and money."""

    row: int
    name: int
    recipient: int | None
    money: dict[int, Label]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A row of a list: what it names, for whom, its money and its other cells."""

    name: str
    recipient: str | None
    amounts: tuple[Amount, ...]
    other: tuple[Other, ...]
    table: Table
    row: int
    total: bool


def read(
    content: DocumentContent, projects: Sequence[Project], ledger: Ledger
) -> tuple[list[Project], set[int]]:
    """Read the lists among the tables that nothing else has read.

    Args:
        content: A document.
        projects: Its projects so far.
        ledger: What became of each cell; those of lists are claimed.

    Returns:
        The projects, with what the lists add to them, and the numbers of the tables read.
    """
    listed, tables = list[_Listed](), set[int]()
    above = list[Text]()
    for block in content.blocks:
        if isinstance(block, Text):
            above.append(block)
            continue
        cells = filled(cell for row in range(len(block.grid)) for cell in row_cells(block, row))
        free = not any(ledger.claimed(block, cell) for cell in cells)
        columns = _columns(block, above) if free else None
        if columns:
            tables.add(block.number)
            unit = _unit(block, columns, above, content)
            listed += _rows(block, columns, unit, ledger)
        above = []
    if not listed:
        return list(projects), set()
    if len(projects) == 1:
        return [_shared_out(projects[0], listed)], tables
    return [*projects, *(_project(row) for row in listed if not row.total)], tables


def _columns(table: Table, above: list[Text]) -> _Columns | None:
    """Return the columns of a list of projects, None if a table is none."""
    titled = any(re.search(subject_rules().list_title, squeeze(t.text)) for t in above[-3:])
    for row in range(min(limits().header_rows, len(table.grid) - 1)):
        cells = row_cells(table, row)
        headers = filled(cells)
        if len(headers) == 1 and re.search(subject_rules().list_title, squeeze(text(headers[0]))):
            titled = True
        if len(headers) < 2 or any(is_value(text(cell)) for cell in headers):
            continue
        likes = {c.column: column_lexicon().scores(text(c)) for c in headers}
        names = {at: found["name"].score for at, found in likes.items() if "name" in found}
        name = max(names, key=lambda at: names[at], default=None)
        money = {
            cell.column: mark
            for cell in headers
            if (mark := _money(table, row, cell)) is not None and cell.column != name
        }
        certain = name is not None and names[name] > 0.9 and bool(money)
        if name is None or names[name] < limits().listed or not money or not (titled or certain):
            continue
        others = [c.column for c in headers if c.column != name and c.column not in money]
        recipient = next((at for at in others if _is_text(table, row, at)), None)
        return _Columns(row, name, recipient, money)
    return None


def _money(table: Table, row: int, cell: Cell) -> Label | None:
    """Return the meaning of a column of money, None if it holds other things than figures."""
    mark, like = label_like(text(cell), _MONEY)
    amount = column_lexicon().scores(text(cell)).get("amount")
    below = [text(r[cell.column]) for r in table.grid[row + 1 :]]
    shapes = [shape(t) for t in below]
    figures = shapes.count("number") + shapes.count("money")
    if not figures or any(s not in _FIGURES for s in shapes):
        return None
    if mark is not None and like > limits().listed:
        return mark
    return Label(field="amount", words=[]) if amount and amount.score > limits().listed else None


def _is_text(table: Table, row: int, at: int) -> bool:
    shapes = [shape(text(r[at])) for r in table.grid[row + 1 :]]
    return all(s in ("short", "text", "blank", "grade") for s in shapes) and any(
        s == "short" for s in shapes
    )


def _unit(
    table: Table, columns: _Columns, above: list[Text], content: DocumentContent
) -> str | None:
    """Return the unit of a list's money: the one it states, or that of its sum in the prose."""
    heads = [t for row in range(columns.row + 1) for t in table.texts(row)]
    for stated in (*heads, *(t.text for t in reversed(above))):
        if unit := unit_in(stated):
            return unit
    figures = {fold(text(row[at])) for row in table.grid[columns.row + 1 :] for at in columns.money}
    for block in content.blocks:
        sums = (
            re.finditer(field_words().amount_in_text, fold(block.text))
            if isinstance(block, Text)
            else ()
        )
        for match in sums:
            if match["number"] in figures:
                return field_words().short_units.get(match["unit"], match["unit"])
    return None


def _rows(table: Table, columns: _Columns, unit: str | None, ledger: Ledger) -> Iterator[_Listed]:
    for row in range(columns.row + 1):
        for cell in filled(row_cells(table, row)):
            ledger.claim(table, cell, "heading")
    headers = table.grid[columns.row]
    for row in range(columns.row + 1, len(table.grid)):
        cells = {cell.column: cell for cell in filled(row_cells(table, row))}
        for cell in cells.values():
            ledger.claim(table, cell, "value")
        first = min(cells, default=None)
        if first is None:
            continue
        total = fold(text(cells[first])) in field_words().totals
        named = table.grid[row][columns.name]
        recipient = columns.recipient
        taken = {columns.name, recipient, *columns.money}
        yield _Listed(
            name=text(cells[first]) if total else text(named),
            recipient=text(table.grid[row][recipient]) if recipient is not None else None,
            amounts=tuple(_amounts(table, row, columns, unit)),
            other=tuple(
                Other(text(headers[at]), text(cell), table.place(cell, row=row))
                for at, cell in cells.items()
                if (at not in taken and not total) or (not unit and at in columns.money)
            ),
            table=table,
            row=row,
            total=total,
        )


def _amounts(table: Table, row: int, columns: _Columns, unit: str | None) -> Iterator[Amount]:
    """Yield the money of a row; a bare number without a unit is none, and kept as it is."""
    for at, mark in columns.money.items():
        cell = table.grid[row][at]
        header = text(table.grid[columns.row][at])
        known = unit_in(header) or unit
        if known is None and shape(text(cell)) != "money":
            continue
        for stated in money_of(text(cell), known)[:1]:
            assert cell is not None
            yield Amount(
                yuan=stated.yuan,
                text=stated.text,
                source="table",
                where=table.place(cell, row=row),
                scope="annual",
                stage=mark.stage or "budget",
                fund=mark.fund,
            )


def _shared_out(project: Project, listed: list[_Listed]) -> Project:
    """Return a project with the sums of a list, and the parts that it is shared out in."""
    amounts, other = list[Amount](), list[Other]()
    for row in listed:
        name = "，".join(part for part in (row.recipient, row.name) if part)
        amounts += (
            amount if row.total else msgspec.structs.replace(amount, name=name, part=True)
            for amount in row.amounts
        )
        other += row.other
    return msgspec.structs.replace(
        project, amounts=(*project.amounts, *amounts), other=(*project.other, *other)
    )


def _project(row: _Listed) -> Project:
    return Project(
        id="",
        name=row.name,
        order=None,
        carried_over=False,
        scheme=None,
        department=row.recipient,
        goals=(),
        amounts=row.amounts,
        layout=Layout("list", ()),
        other=row.other,
        indicators=(),
        where=row.table.where(row.row),
    )
