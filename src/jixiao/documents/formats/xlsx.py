# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads an Excel workbook (.xlsx): its visible sheets, each split into texts and tables.

A blank row separates two tables, and so does a title above a header that occurred before on the
sheet. Numbers are read as Excel displays them: 0.95 in the format "0%" is 95%.
"""

import re
import warnings
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange

from jixiao.documents.model import Block, Cell, DocumentContent, Fault, Table, Text
from jixiao.errors import FileError
from jixiao.text import tidy

_PERCENT = re.compile(r"%")
_DECIMALS = re.compile(r"\.(0+)")
_COMPUTED = re.compile(r"[A-Za-z]{1,3}\$?\d|[A-Za-z.]+\(|!")  # refers to a cell, or is a function
_BROKEN = (
    BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, zlib.error,
    SyntaxError,  # what parsers of XML raise
)  # fmt: skip

Grid = list[list[Cell | None]]


@dataclass(slots=True)
class _Sheet:
    """The cells of a sheet that the file has, by row and column, and its merged and hidden parts.

    openpyxl's own sheets make each cell of a merged range, and each that is asked for: a file of a
    few kilobytes, with a stray cell in the last row or a merged column, then has millions.
    """

    title: str
    cells: dict[tuple[int, int], Any]
    merged: list[CellRange] = field(default_factory=list[CellRange])
    hidden: set[int] = field(default_factory=set[int])


def read(path: Path) -> DocumentContent:
    """Return the texts and tables of a workbook, with paths such as "Sheet1!B2".

    Hidden sheets and formulas whose result is not stored become faults.

    Raises:
        FileError: if the file is truncated or no workbook.
    """
    blocks, faults = list[Block](), list[Fault]()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles that it drops
            book = openpyxl.load_workbook(path, data_only=True, read_only=True)
            has_formulas = _has_formulas(path)
            try:
                for worksheet in book.worksheets:
                    if worksheet.sheet_state != "visible":
                        faults.append(Fault("hidden-sheet", {"sheet": worksheet.title}))
                        continue
                    sheet = _sheet(worksheet)
                    if has_formulas:
                        faults += _without_result(sheet, _sheet(worksheet, formulas=True))
                    blocks += _blocks(_grid(sheet))
            finally:
                book.close()
    except _BROKEN as error:
        raise FileError("broken-xlsx", path=path) from error
    return DocumentContent(blocks=tuple(blocks), pages=None, faults=tuple(faults))


def _has_formulas(path: Path) -> bool:
    with ZipFile(path) as archive:
        sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        return any(b"<f" in archive.read(name) for name in sheets)


def _sheet(worksheet: Any, *, formulas: bool = False) -> _Sheet:
    """Read a sheet of a workbook that is open for reading only: results, or else formulas."""
    book = worksheet.parent
    with worksheet._get_source() as source:
        parser: Any = WorkSheetParser(
            source,
            worksheet._shared_strings,
            data_only=not formulas,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        cells = {
            (cell["row"], cell["column"]): ReadOnlyCell(worksheet, **cell)
            for _, row in parser.parse()
            for cell in row
        }
    merged = parser.merged_cells.mergeCell if parser.merged_cells else ()
    hidden = {
        int(row) for row, of in parser.row_dimensions.items() if of.get("hidden") in ("1", "true")
    }
    return _Sheet(worksheet.title, cells, [CellRange(area.ref) for area in merged], hidden)


def _without_result(values: _Sheet, formulas: _Sheet) -> Iterator[Fault]:
    """Yield the formulas whose result is not stored in the file.

    A text that only begins with the sign of a formula (=100%, =1座) is put in as what it is.
    """
    for at, cell in formulas.cells.items():
        if cell.data_type != "f" or values.cells[at].value is not None:
            continue
        if _COMPUTED.search(str(cell.value)) is None:
            values.cells[at] = cell
        else:
            place = f"{values.title}!{cell.coordinate}"
            yield Fault("formula-without-value", {"cell": place}, path=place)


def _grid(sheet: _Sheet) -> Grid:
    """Return a sheet's cells without hidden rows; a merged cell is at each position it spans.

    Rows and columns without any cell of the file are left out, but for one in place of them all,
    and where a merged cell ends.
    """
    ends = {(area.max_row, area.max_col) for area in sheet.merged}
    rows = sorted({row for row, _ in {*sheet.cells, *ends}} - sheet.hidden)
    wide = sorted({column for _, column in {*sheet.cells, *ends}})
    columns = sorted({*wide, *(column + 1 for column in wide[:-1])})
    merged = dict[tuple[int, int], Cell]()
    reaches = list[tuple[int, int]]()  # first and last row of each merged cell with text
    for area in sheet.merged:
        cell = _cell(sheet, area.min_row, area.min_col)
        cell.rows, cell.columns = area.size["rows"], area.size["columns"]
        merged |= {
            (row, column): cell
            for row in rows[bisect_left(rows, area.min_row) : bisect_right(rows, area.max_row)]
            for column in columns
            if area.min_col <= column <= area.max_col
        }
        if cell.text.text:
            reaches.append((area.min_row, area.max_row))
    grid, above = Grid(), 0
    for row in rows:
        # The rows between that the file does not have are hidden, part of a merged cell, or blank.
        between = range(above + 1, row)
        is_merged = any(first <= above and last >= row - 1 for first, last in reaches)
        if grid and not is_merged and not all(r in sheet.hidden for r in between):
            grid.append([None] * len(columns))
        grid.append([merged.get((row, c)) or _cell(sheet, row, c) for c in columns])
        above = row
    return grid


def _cell(sheet: _Sheet, row: int, column: int) -> Cell:
    cell = sheet.cells.get((row, column))
    path = f"{sheet.title}!{get_column_letter(column)}{row}"
    plain = "" if cell is None else _displayed(cell.value, cell.number_format)
    return Cell(Text(plain=plain, path=path), row, column)


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
