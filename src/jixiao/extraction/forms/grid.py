"""Cells of a table by row and by rectangle, each cell once."""

from collections.abc import Iterable

from jixiao.documents.model import Cell, Table


def distinct(cells: Iterable[Cell | None]) -> list[Cell]:
    """Return the cells, each once, in their order."""
    return list({id(cell): cell for cell in cells if cell}.values())


def row_cells(table: Table, row: int) -> list[Cell]:
    """Return the cells of a row, those that span it from above too."""
    return distinct(table.grid[row])


def cells_within(table: Table, rows: range, columns: range) -> list[Cell]:
    """Return the cells that start in a rectangle, in reading order."""
    cells = (cell for row in rows for cell in table.grid[row][columns.start : columns.stop])
    return [c for c in distinct(cells) if c.row >= rows.start and c.column >= columns.start]


def text(cell: Cell | None) -> str:
    """Return the text of a cell, blank for none."""
    return cell.text.text if cell else ""


def filled(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells that have text."""
    return [cell for cell in cells if cell.text.text]
