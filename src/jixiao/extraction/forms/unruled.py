"""Puts the merged cells of a form's head back into a table whose file shows them as blanks."""

from dataclasses import replace

from jixiao.documents.model import Cell, Table
from jixiao.extraction.evidence.shapes import is_value


def with_spans(table: Table, rows: list[int]) -> Table:
    """Return a table in which labels and values of some rows reach over the blanks beside them.

    A label at the left end reaches down over rows without one; any other text reaches to the
    right, up to the next text.

    Args:
        table: A table without ruling lines.
        rows: The rows of a form's head.
    """
    grid = [list(row) for row in table.grid]
    for row in reversed(rows):  # from below, so that a label finds its rows still blank
        _reach_down(grid, row, set(rows))
    for row in rows:
        _reach_right(grid, row)
    return replace(table, grid=grid, ruled=True)


def _reach_down(grid: list[list[Cell | None]], row: int, rows: set[int]) -> None:
    cell = grid[row][0]
    if not _has_text(cell) or cell is None or is_value(cell.text.text):
        return
    end = row + 1
    while end in rows and _is_blank(grid[end][0]) and any(map(_has_text, grid[end][1:])):
        end += 1
    if end > row + 1:
        tall = replace(cell, rows=end - row)
        for at in range(row, end):
            grid[at][0] = tall


def _reach_right(grid: list[list[Cell | None]], row: int) -> None:
    at = 0
    while at < len(grid[row]):
        cell, end = grid[row][at], at + 1
        if cell is None or not _has_text(cell) or cell.rows > 1 or cell.columns > 1:
            at = end
            continue
        while end < len(grid[row]) and _is_blank(grid[row][end]):
            end += 1
        if end > at + 1:
            wide = replace(cell, columns=end - at)
            grid[row][at:end] = [wide] * (end - at)
        at = end


def _has_text(cell: Cell | None) -> bool:
    return cell is not None and bool(cell.text.text)


def _is_blank(cell: Cell | None) -> bool:
    return cell is None or not cell.text.text
