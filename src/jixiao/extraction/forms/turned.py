"""Tables whose indicators are columns: the names of the levels stand across the top."""

from jixiao.documents.model import Cell, Table
from jixiao.extraction.evidence.categories import levels
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.forms.grid import filled, row_cells, text


def turned_from(table: Table) -> int | None:
    """Return the row from which on a table has indicators as columns, None if it has none so.

    Args:
        table: A table without blocks of indicators in its rows.
    """
    for row in range(len(table.grid) - 2):
        # A blank form has a first and a second level side by side, and one below the other.
        if _across(table, row, 0) and len(_across(table, row + 1, 1)) >= 2:
            return row
    return None


def _across(table: Table, row: int, level: int) -> list[Cell]:
    """Return the cells of a row that name levels, if all of its own do, but perhaps the first.

    `level` is 0 for names of first levels, 1 for those of second levels.
    """
    own = filled(cell for cell in row_cells(table, row) if cell.row == row)
    if own and max(levels(text(own[0]))) < limits().level:
        own = own[1:]
    return own if all(levels(text(cell))[level] >= limits().level for cell in own) else []
