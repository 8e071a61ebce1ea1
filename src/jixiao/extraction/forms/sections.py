"""Cuts a table that stacks several forms into one part for each.

The label of a project's name (项目名称 and its like) met again begins a new form, as does its
column header that is printed again with other columns.
"""

import itertools

from jixiao.documents.model import Table
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.evidence.shapes import shape
from jixiao.extraction.field_words import label_like
from jixiao.extraction.forms.grid import filled, row_cells, text

_NAME = frozenset({"name"})


def sections(table: Table) -> list[Table]:
    """Return the parts of a table, one a form; the table itself if it holds one.

    Args:
        table: Any table.
    """
    starts = [row for row in range(len(table.grid)) if _names(table, row)]
    if len(starts) < 2:
        return [table]
    edges = [
        0,
        *(_with_title(table, row, before) for before, row in itertools.pairwise(starts)),
    ]
    ends = [*edges[1:], len(table.grid)]
    return [table.part(top, end) for top, end in zip(edges, ends, strict=True)]


def _names(table: Table, row: int) -> bool:
    """Tell whether a row begins with the label of a project's name, its value to the right."""
    cells = [cell for cell in row_cells(table, row) if cell.row == row]
    texts = filled(cells)
    if len(texts) < 2 or cells[0] is not texts[0] or cells[0].rows > 1:
        return False
    mark, like = label_like(text(texts[0]), _NAME)
    if mark is None or like < limits().section:
        return False
    others = [label_like(text(cell)) for cell in texts[1:]]
    # Below a header all cells are header words; beside a label stands what is none.
    return (
        texts[1].column == cells[0].columns
        and others[0][1] < limits().section
        and shape(text(texts[1])) != "number"
    )


def _with_title(table: Table, row: int, before: int) -> int:
    """Return the first of the rows above a form that are its titles: one cell each."""
    while row - 1 > before and len(filled(row_cells(table, row - 1))) == 1:
        row -= 1
    return row
