# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads an Excel workbook (.xlsx): its visible sheets, each split into texts and tables.

A blank row separates two tables, and so does a title above a header that occurred before on the
sheet. Numbers are read as Excel displays them: 0.95 in the format "0%" is 95%.
"""

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from jixiao.documents.model import Block, Cell, DocumentContent, Fault, Table, Text
from jixiao.errors import FileError
from jixiao.text import tidy

_PERCENT = re.compile(r"%")
_DECIMALS = re.compile(r"\.(0+)")

Grid = list[list[Cell | None]]


def read(path: Path) -> DocumentContent:
    """Return the texts and tables of a workbook, with paths such as "Sheet1!B2".

    Hidden sheets and formulas whose result is not stored become faults.

    Raises:
        FileError: if the file is truncated or no workbook.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles that it drops
            # openpyxl gives either values or formulas; loading takes long, so the formulas are
            # only loaded if there are any.
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path) if _has_formulas(path) else None
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError) as error:
        raise FileError("broken-xlsx", path=path) from error
    blocks, faults = list[Block](), list[Fault]()
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            faults.append(Fault("hidden-sheet", {"sheet": sheet.title}))
            continue
        blocks += _blocks(_grid(sheet))
        if formulas:
            faults += _without_result(sheet, formulas[sheet.title])
    return DocumentContent(blocks=tuple(blocks), pages=None, faults=tuple(faults))


def _has_formulas(path: Path) -> bool:
    with ZipFile(path) as archive:
        sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        return any(b"<f" in archive.read(name) for name in sheets)


def _without_result(values: Any, formulas: Any) -> Iterator[Fault]:
    """Yield the formulas whose result is not stored in the file."""
    for row in formulas.iter_rows():
        for cell in row:
            if cell.data_type == "f" and values[cell.coordinate].value is None:
                place = f"{values.title}!{cell.coordinate}"
                yield Fault("formula-without-value", {"cell": place}, path=place)


def _grid(sheet: Any) -> Grid:
    """Return a sheet's cells without hidden rows; a merged cell is at each position it spans."""
    merged = dict[tuple[int, int], Cell]()
    for area in sheet.merged_cells.ranges:
        cell = _cell(sheet, area.min_row, area.min_col)
        cell.rows, cell.columns = area.size["rows"], area.size["columns"]
        merged |= dict.fromkeys(area.cells, cell)
    visible = [r for r in range(1, sheet.max_row + 1) if not sheet.row_dimensions[r].hidden]
    columns = range(1, sheet.max_column + 1)
    return [[merged.get((r, c)) or _cell(sheet, r, c) for c in columns] for r in visible]


def _cell(sheet: Any, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    path = f"{sheet.title}!{get_column_letter(column)}{row}"
    return Cell(Text(plain=_displayed(cell.value, cell.number_format), path=path), row, column)


def _displayed(value: object, number_format: str) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).upper()
    if isinstance(value, int | float):
        return _number(float(value), number_format)
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return tidy(str(value))


def _number(value: float, number_format: str) -> str:
    """Return a number as its format displays it; "General" displays no trailing zeros."""
    first = number_format.partition(";")[0]  # the part for positive numbers
    percent = "%" if _PERCENT.search(first) else ""
    value = value * 100 if percent else value
    decimals = _DECIMALS.search(first)
    if decimals or (percent and "General" not in first):
        return f"{value:.{len(decimals[1]) if decimals else 0}f}{percent}"
    return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"


def _blocks(grid: Grid) -> Iterator[Block]:
    for filled, rows in groupby(grid, key=lambda row: any(_text(cell) for cell in row)):
        if filled:
            for part in _tables(list(rows)):
                yield from _text_and_table(part)


def _text(cell: Cell | None) -> str:
    return cell.text.text if cell else ""


def _filled_cells(row: list[Cell | None]) -> list[Cell]:
    """Return the cells of a row that have text, a merged one once."""
    return list({id(cell): cell for cell in row if cell and _text(cell)}.values())


def _tables(rows: Grid) -> Iterator[Grid]:
    """Yield the rows of each table with its title.

    A title starts a new table if the row below it starts with the first header of a table above.
    """
    heads, part = set[str](), Grid()
    for at, row in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else []
        if part and _is_title(row) and len(_filled_cells(below)) > 1 and _first(below) in heads:
            yield part
            part = []
        if not _is_title(row) and all(_is_title(other) for other in part):
            heads.add(_first(row))
        part.append(row)
    yield part


def _first(row: list[Cell | None]) -> str:
    return _text(_filled_cells(row)[0])


def _is_title(row: list[Cell | None]) -> bool:
    return len(_filled_cells(row)) == 1


def _text_and_table(rows: Grid) -> Iterator[Block]:
    """Yield the texts above a table, the table, and the notes below it, which are merged cells."""
    first = next((r for r, row in enumerate(rows) if not _is_title(row)), len(rows))
    table = rows[first:]
    while table and _is_title(table[-1]) and _spans(table[-1]):
        table = table[:-1]
    yield from (cell.text for row in rows[:first] for cell in _filled_cells(row))
    if table:
        yield _table(table)
    yield from (cell.text for row in rows[first + len(table) :] for cell in _filled_cells(row))


def _spans(row: list[Cell | None]) -> bool:
    return _filled_cells(row)[0].columns > 1


def _table(rows: Grid) -> Table:
    """Return the table without blank columns at its sides, its cells in the grid's positions."""
    used = [c for c in range(len(rows[0])) if any(_text(row[c]) for row in rows)]
    grid = [row[used[0] : used[-1] + 1] for row in rows]
    positions = dict[int, tuple[Cell, set[int], set[int]]]()
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            if cell:
                _, rows_of, columns_of = positions.setdefault(id(cell), (cell, set(), set()))
                rows_of.add(r)
                columns_of.add(c)
    for cell, rows_of, columns_of in positions.values():
        cell.row, cell.column = min(rows_of), min(columns_of)
        cell.rows, cell.columns = len(rows_of), len(columns_of)
    return Table(0, grid)
