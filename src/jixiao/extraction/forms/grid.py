"""Cells of a table by row and by rectangle, each cell once."""

from collections.abc import Iterable
from itertools import chain

from jixiao.documents.model import Cell, Table, distinct

__all__ = ["cells_within", "distinct", "filled", "row_cells", "text"]


def row_cells(table: Table, row: int) -> list[Cell]:
    """Return the cells of a row, those that span it from above too."""
    return distinct(table.grid[row])


def cells_within(table: Table, rows: range, columns: range) -> list[Cell]:
    """Return the cells that start in a rectangle, in reading order."""
    parts = (table.grid[row][columns.start : columns.stop] for row in rows)
    top, left = rows.start, columns.start
    return [c for c in distinct(chain.from_iterable(parts)) if c.row >= top and c.column >= left]


def text(cell: Cell | None) -> str:
    """Return the text of a cell, blank for none."""
    return cell.text.text if cell else ""


def filled(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells that have text."""
    return [cell for cell in cells if cell.text.text]
