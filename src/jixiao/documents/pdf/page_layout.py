"""Lays the marks of pages out as paragraphs and tables, in reading order.

On each page, ruling lines make tables, and characters make lines: those inside a cell are its
text. Over all pages, repeated lines at the margins are dropped. The remaining lines are tables
without ruling lines where they stand in columns, and paragraphs elsewhere.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jixiao.documents.model import Block, Cell, DocumentContent, Line, Skew, Table, Text
from jixiao.documents.pdf.characters import THIN, Page
from jixiao.documents.pdf.headers_footers import repeated_lines
from jixiao.documents.pdf.lines import ASCENT, first_word_width, lines
from jixiao.documents.pdf.ruled_tables import FramedCells, cells, frames
from jixiao.documents.pdf.unruled.gutters import Region, regions
from jixiao.documents.pdf.unruled.tables import cut_by_page, inferred

HANGING = 1.1  # of the size: how far below an open cell its last line may stand
_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、）)]")
_STOP = re.compile(r"[。；：:;！？]$")


def lay_out(pages: list[Page]) -> DocumentContent:
    """Return the paragraphs and tables of pages in reading order.

    Args:
        pages: The marks of all pages of a document.

    Returns:
        The content. Tables are numbered from 1 and are not yet joined over page breaks.
    """
    outside = list[tuple[Page, list[Line], list[Table]]]()
    for page in pages:
        framed = [cells(frame) for frame in frames(page.rulings)]
        tables = [_table(page, table) for table in framed if len(table.boxes) > 1]
        tables.sort(key=_top)
        outside.append((page, _fill_cells(page, tables), tables))
    repeated = repeated_lines([(page, free) for page, free, _ in outside])
    parts = list[Block | Region]()
    for page, free, tables in outside:
        repeated.remove_from(page, tables)
        body = [line for line in free if not repeated.contains(page, line)]
        parts += _parts(page, body, tables, cut_by_page(parts))
    # Only now, because a table without ruling lines may need the columns of its other pages.
    blocks = inferred(parts)
    for number, table in enumerate((b for b in blocks if isinstance(b, Table)), 1):
        table.number = number
    skews = (Skew(p.number, p.skew, (p.width / 2, p.height / 2)) for p in pages if p.skew)
    return DocumentContent(
        blocks=tuple(_join_paragraphs(blocks)), pages=len(pages), skews=tuple(skews)
    )


def _parts(
    page: Page, body: list[Line], tables: list[Table], before: Region | None
) -> Iterator[Block | Region]:
    """Yield a page's paragraphs, ruled tables and possible unruled tables, from top to bottom.

    `before` is the region at the end of the page before, which may continue on this one.
    """
    left = min((line.x0[0] for line in body), default=0.0)
    right = max((line.x1[-1] for line in body), default=0.0)
    for number, ruled in enumerate([*tables, None]):
        top = _top(ruled) if ruled else math.inf
        above = [line for line in body if line.top < top]
        body, end = body[len(above) :], 0
        for region in regions(page.number, above, None if number else before):
            region.at_top &= number == 0
            region.at_end &= ruled is None
            region.rules = _horizontal_rules(page, region)
            yield from _paragraphs(above[end : region.start], left, right)
            yield region
            end = region.end
        yield from _paragraphs(above[end:], left, right)
        if ruled:
            yield ruled


def _horizontal_rules(page: Page, region: Region) -> list[float]:
    """Return the heights of long horizontal lines that no vertical line touches.

    Three-line tables have such lines above and below their header and at their end.
    """
    pieces = [piece for row in region.rows for piece in row]
    wide = 0.4 * (max(p.x1 for p in pieces) - min(p.x0 for p in pieces))
    loose = (line for f in frames(page.rulings) if not f.vertical for line in f.horizontal)
    return sorted(y for y, x0, x1 in loose if x1 - x0 > wide)


def _table(page: Page, framed: FramedCells) -> Table:
    """Return a ruled table with blank cells."""
    boxes = framed.boxes
    xs = _axis([x for x0, _, x1, _ in boxes for x in (x0, x1)])
    ys = _axis([y for _, top, _, bottom in boxes for y in (top, bottom)])
    grid: list[list[Cell | None]] = [[None] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    column = {x: _index(xs, x) for x in {x for x0, _, x1, _ in boxes for x in (x0, x1)}}
    row_at = {y: _index(ys, y) for y in {y for _, y0, _, y1 in boxes for y in (y0, y1)}}
    for box in boxes:
        c0, c1, r0, r1 = column[box[0]], column[box[2]], row_at[box[1]], row_at[box[3]]
        places, is_open = [(page.number, box)], box in framed.open_below
        cell = Cell(Text(), r0, c0, r1 - r0, c1 - c0, places, is_open)
        for row in grid[r0:r1]:
            row[c0:c1] = [cell] * (c1 - c0)
    pages = page.number, page.number
    return Table(0, grid, edges=tuple(xs), pages=pages, open_above=framed.open_above)


def _axis(values: list[float]) -> list[float]:
    """Return the distinct coordinates; those closer than a thin line count as one."""
    ordered = sorted(set(values))
    return ordered[:1] + [b for a, b in pairwise(ordered) if b - a >= THIN]


def _index(axis: list[float], value: float) -> int:
    return bisect_right(axis, value + THIN / 2) - 1


def _top(table: Table) -> float:
    return min(cell.places[0][1][1] for cell in table.cells)


def _fill_cells(page: Page, tables: list[Table]) -> list[Line]:
    """Fill the cells of tables with a page's characters; return the lines outside tables.

    A character belongs to the cell that its middle is in.
    """
    glyphs, filled = page.glyphs, list[Cell]()
    owners = np.full(len(glyphs), -1, dtype=np.intp)
    x = (glyphs.x0 + glyphs.x1) / 2
    y = glyphs.baseline - glyphs.size * (ASCENT - 0.5)
    for ruled in tables:
        xs = np.array(ruled.edges)
        tops_bottoms = [y for cell in ruled.cells for y in cell.places[0][1][1::2]]
        ys = np.array(_axis(tops_bottoms))
        inside = (xs[0] <= x) & (x <= xs[-1]) & (ys[0] <= y) & (y <= ys[-1]) & (owners < 0)
        column = np.clip(np.searchsorted(xs, x[inside], "right") - 1, 0, len(xs) - 2)
        row = np.clip(np.searchsorted(ys, y[inside], "right") - 1, 0, len(ys) - 2)
        owners[inside] = _numbers(ruled, filled)[row, column]
    for number, cell in enumerate(filled):
        if cell.open_below:
            # The last drawn line ends above the text if the page break divides the row.
            x0, _, x1, end = cell.places[0][1]
            hanging = (x0 < x) & (x < x1) & (end < y) & (y < end + HANGING * glyphs.size)
            owners[hanging & (owners < 0)] = number
    lines_by_owner = lines(glyphs, owners, page.number)
    free = lines_by_owner.pop(-1, [])
    for number, cell_lines in lines_by_owner.items():
        filled[number].text = Text(lines=tuple(cell_lines))
    return free


def _numbers(table: Table, filled: list[Cell]) -> NDArray[np.intp]:
    """Add a table's cells to `filled`; return each position's cell as its index in `filled`."""
    numbers: dict[Cell | None, int] = {
        cell: number for number, cell in enumerate(table.cells, len(filled))
    }
    filled += table.cells
    return np.array([[numbers.get(cell, -1) for cell in row] for row in table.grid])


def _paragraphs(lines: list[Line], left: float, right: float) -> list[Block]:
    """Join the lines of each paragraph; `left` and `right` are the edges of the page's text."""
    paragraphs = list[list[Line]]()
    for line in lines:
        if paragraphs and _runs_on(paragraphs[-1][-1], line, left, right):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [Text(lines=tuple(paragraph)) for paragraph in paragraphs]


def _runs_on(above: Line, below: Line, left: float, right: float) -> bool:
    """Tell whether a paragraph runs on: a full line, then one of the same size close below."""
    indented = below.x0[0] - left > 1.5 * below.size
    if _STOP.search(above.text) and (indented or _ORDINAL.match(below.text)):
        return False
    close = below.top - above.bottom < 1.3 * above.size
    return close and _is_full(above, below, right) and abs(above.size - below.size) < 0.5


def _is_full(line: Line, below: Line, right: float) -> bool:
    """Tell whether the first word of the line below would not have fitted into a line."""
    return right - line.x1[-1] < first_word_width(below) + 0.6 * line.size


def _join_paragraphs(blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks with paragraphs that continue at the top of the next page joined."""
    last: Text | None = None
    for block in blocks:
        if isinstance(block, Table):
            if last:
                yield last
            yield block
            last = None
        elif last and _continues(last, block):
            last = Text(lines=last.lines + block.lines)
        else:
            if last:
                yield last
            last = block
    if last:
        yield last


def _continues(before: Text, after: Text) -> bool:
    """Tell whether a paragraph continues on the next page.

    One line alone may be a title as wide as the text, so the paragraph must have two or more.
    """
    above, below = before.lines[-1], after.lines[0]
    next_page = below.page == above.page + 1 and abs(above.size - below.size) < 0.5
    right = max(line.x1[-1] for line in (*before.lines, *after.lines))
    full = _is_full(above, below, right) and not _STOP.search(above.text)
    return next_page and len(before.lines) > 1 and full
