"""Finds the header of a budget table: where its body begins, and what each column is headed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jixiao.documents.model import Cell, Table
from jixiao.extraction.segments import is_caption, is_title
from jixiao.extraction.statements.rules import (
    NUMBER,
    fits,
    is_total,
    meaning_of,
    statement_rules,
)
from jixiao.text import fold

_YEAR = re.compile(r"20\d\d")
_COUNTED = re.compile(r"(\d{1,3})(?:=.*)?")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table.

    Attributes:
        top: The first row below the captions that the table holds itself.
        end: The row after the last one with header words.
        body: The first row of the body: after the row that numbers the columns, if there is one.
        columns: The columns with any text; others are blank all the way down.
        parts: The header words of each column from the top row down, by its number.
    """

    top: int
    end: int
    body: int
    columns: tuple[int, ...]
    parts: dict[int, tuple[str, ...]]

    def label(self, column: int) -> str:
        """Return the header of a column, its rows joined with "/"."""
        return "/".join(self.parts[column])


def header_of(table: Table) -> Header:
    """Return the header of a table. A table without a body has a header alone."""
    columns = [
        c
        for c in range(len(table.grid[0]))
        if any(row[c] and table.text(r, c).strip() for r, row in enumerate(table.grid))
    ]
    top = _captions(table)
    end = _end(table, top, columns)
    body = end + (end < len(table.grid) and _numbers_columns(table, end))
    parts = {column: tuple(_parts(table, top, end, body, column)) for column in columns}
    return Header(top, end, body, tuple(columns), parts)


def cells_starting_in(table: Table, row: int) -> Iterator[Cell]:
    """Yield the cells with text that start in a row."""
    for column, cell in enumerate(table.grid[row]):
        if cell and cell.row == row and cell.column == column and cell.text.text.strip():
            yield cell


def naming(word: str) -> str | None:
    """Return which part of a row's name a column with this header has, None if it has none.

    Args:
        word: A header word, folded.

    Returns:
        "line", "code", "part" or "name".
    """
    labels = statement_rules().labels
    if fits(word, labels.line):
        return "line"
    if fits(word, labels.code):
        return "code"
    if word in labels.parts:
        return "part"
    return "name" if fits(word, labels.name) and not fits(word, labels.no_name) else None


def is_header_word(text: str) -> bool:
    """Tell whether a text is a word that heads columns of budget tables."""
    word = fold(text)
    return naming(word) is not None or meaning_of(word) is not None


def _captions(table: Table) -> int:
    """Return the number of rows above the header: title, unit, whose table it is, blank rows."""
    for row in range(len(table.grid)):
        cells = list(cells_starting_in(table, row))
        above = all(is_caption(cell.text.text) for cell in cells) or (
            len(cells) == 1 and is_title(cells[0].text.text)
        )
        if not above or any(cell and cell.rows > 1 for cell in table.grid[row]):
            return row
    return 0


def _end(table: Table, top: int, columns: Sequence[int]) -> int:
    """Return the row after the header.

    The header goes on while rows name columns that have no name yet: those under a heading that
    spans several columns, or under a blank. A figure, a blank row or a row of names ends it.
    """
    for row in range(top, len(table.grid)):
        cells = list(cells_starting_in(table, row))
        spanned = any(
            cell and top <= cell.row < row and cell.text.text.strip() for cell in table.grid[row]
        )
        if _numbers_columns(table, row):
            return row
        if _has_figures(cells):
            return row
        if not cells and not spanned and row > top:
            return row
        if row > top and not spanned and not _names_columns(table, row, top, columns):
            return row
    return len(table.grid)


def _has_figures(cells: Sequence[Cell]) -> bool:
    figures = [text for cell in cells if NUMBER.fullmatch(text := fold(cell.text.text))]
    # Columns may be headed by years alone.
    return bool(figures) and not all(_YEAR.fullmatch(text) for text in figures)


def _names_columns(table: Table, row: int, top: int, columns: Sequence[int]) -> bool:
    """Tell whether a row without figures goes on with the header."""
    cells = list(cells_starting_in(table, row))
    words = [cell for cell in cells if is_header_word(cell.text.text)]
    # 合计 may head a column, or be the name of the first row.
    if all(is_total(cell.text.text) for cell in cells):
        return any(_is_open(table, cell.column, row, top, columns) for cell in cells) and (
            len(cells) > 1
        )
    if any(_is_open(table, cell.column, row, top, columns) for cell in cells):
        return True
    return len(words) > 1 and 2 * len(words) > len(cells)


def _is_open(table: Table, column: int, row: int, top: int, columns: Sequence[int]) -> bool:
    """Tell whether a column needs a header in a row: it has none above, or one for several."""
    above = table.grid[row - 1][column]
    if above is None or not above.text.text.strip():
        return not any(table.text(r, column).strip() for r in range(top, row))
    after = column + 1
    if above.columns > 1:
        return sum(c in columns for c in range(above.column, above.column + above.columns)) > 1
    # A file that does not show merged cells has a blank beside a heading of several columns.
    return after in columns and not any(table.text(r, after).strip() for r in range(top, row))


def _numbers_columns(table: Table, row: int) -> bool:
    """Tell whether a row numbers the columns (栏次 1 2 3, 甲 乙 1 2=3+4)."""
    marks, count, last = statement_rules().head_marks, 0, 0
    marked = False
    for cell in cells_starting_in(table, row):
        text = fold(cell.text.text)
        if text in marks or text in statement_rules().labels.parts:
            marked = True
        elif (match := _COUNTED.fullmatch(text)) and int(match[1]) == last + 1:
            count, last = count + 1, int(match[1])
        else:
            return False
    return count > 0 and (marked or count > 2)


def _parts(table: Table, top: int, end: int, body: int, column: int) -> Iterator[str]:
    """Yield the headers of a column from the top row down.

    A blank above a word belongs to the heading on its left. The row that numbers the columns may
    head the parts of the code (类, 款, 项).
    """
    last = ""
    for row in range(top, body):
        left = column
        under = any(table.text(below, column).strip() for below in range(row + 1, end))
        while under and left > 0 and not table.text(row, left).strip():
            left -= 1
        text = "".join(table.text(row, left).split())
        if text and text != last and (row < end or text in statement_rules().labels.parts):
            yield text
            last = text
