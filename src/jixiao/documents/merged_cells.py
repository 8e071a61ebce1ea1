"""Lays out rows of cells with row and column spans, as in HTML and Word, as a grid."""

from collections.abc import Iterable

from jixiao.documents.model import Cell, Table, Text

Span = tuple[Text, int, int]  # the text, the number of rows and the number of columns it spans


def table_from_spans(rows: Iterable[Iterable[Span]]) -> Table:
    """Return the table in which each cell takes the next free position of its row.

    Args:
        rows: For each row the cells that start in it, from left to right.

    Returns:
        A table whose grid has the same `Cell` at every position that it spans; its number is 0.
    """
    taken = dict[tuple[int, int], Cell]()
    height = 0
    for r, spans in enumerate(rows):
        c = 0
        height = r + 1
        for text, down, across in spans:
            while (r, c) in taken:  # by a cell of a row above that spans this row too
                c += 1
            cell = Cell(text, r, c, down, across)
            taken |= {(r + i, c + j): cell for i in range(down) for j in range(across)}
            c += across
    width = max((c + 1 for _, c in taken), default=0)
    grid = [[taken.get((r, c)) for c in range(width)] for r in range(height)]
    return Table(0, grid, edges=())
