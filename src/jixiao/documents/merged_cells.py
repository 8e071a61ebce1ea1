"""Rows of cells with row and column spans, as HTML and Word have them, laid out as a grid."""

from collections.abc import Iterable

from jixiao.documents.model import Cell, Table, Text

Span = tuple[Text, int, int]  # the text, and how many rows and columns it spans


def table(rows: Iterable[Iterable[Span]]) -> Table:
    """Return the table in which each cell takes the next free place of its row."""
    taken = dict[tuple[int, int], Cell]()
    height = 0
    for r, spans in enumerate(rows):
        c = 0
        height = r + 1
        for text, down, across in spans:
            while (r, c) in taken:
                c += 1
            cell = Cell(text, r, c, down, across)
            taken |= {(r + i, c + j): cell for i in range(down) for j in range(across)}
            c += across
    width = max((c + 1 for _, c in taken), default=0)
    grid = [[taken.get((r, c)) for c in range(width)] for r in range(height)]
    return Table(0, grid, edges=())
