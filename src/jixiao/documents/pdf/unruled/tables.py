"""Builds unruled tables: puts blocks of text into a grid of rows and columns.

Nothing is drawn around a merged cell, but its text is in the middle of the rows that it spans.
The blocks of a column therefore share its rows so that each is as near as possible to the middle
of its rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from jixiao.documents import model
from jixiao.documents.model import Cell, Table, Text
from jixiao.documents.pdf.unruled.blocks import Block, Reach, Span, bands, blocks, pitch, rows
from jixiao.documents.pdf.unruled.gutters import Region, columns, same_table
from jixiao.model.record import Box

BLANK = 0.35  # of a row's height: the cost of leaving the row blank
ASIDE = 0.45  # of the size: how far a block may be from the middle or top of its row
OUTER = 0.7  # of BLANK: the cost for rows before the first and after the last block (totals)
SKIPPED = 0.3  # points: the cost for a first row whose cell may be on the page before
THREE_LINES, NO_LINES = 0.9, 0.8  # confidence in a grid with only horizontal lines, or none

Assignment = tuple[float, list[Span]]  # the rows of each block, and the cost in points


def inferred(parts: Sequence[model.Block | Region]) -> list[model.Block]:
    """Return the parts with each region replaced by its table.

    Regions that a page break divided are one table as far as columns are concerned.

    Args:
        parts: The blocks and regions of all pages in reading order.
    """
    chains = list[list[Region]]()
    for region in (part for part in parts if isinstance(part, Region)):
        if chains and _continues(chains[-1], region):
            region.continues = True
            chains[-1].append(region)
        else:
            chains.append([region])
    tables = dict[int, Table]()
    for chain in chains:
        edges = columns([row for region in chain for row in region.rows])
        step = pitch(chain, edges)
        tables |= {id(region): _table(region, edges, step) for region in chain}
    return [tables[id(part)] if isinstance(part, Region) else part for part in parts]


def cut_by_page(parts: Sequence[model.Block | Region]) -> Region | None:
    """Return the last part if it is a region that may continue on the next page."""
    last = parts[-1] if parts else None
    return last if isinstance(last, Region) and last.at_end else None


def _continues(chain: list[Region], region: Region) -> bool:
    last = chain[-1]
    if not (region.at_top and last.at_end and last.page == region.page - 1):
        return False
    return same_table([row for part in chain for row in part.rows], region.rows)


def _table(region: Region, edges: Sequence[float], step: float) -> Table:
    """Return a region as a table with the columns between the edges."""
    width = len(edges) - 1
    every = blocks(region, edges, step)
    filled = rows(every, width)
    shared = bands(filled)
    grid: list[list[Cell | None]] = [[None] * width for _ in filled]
    for column in range(width):
        waiting = [block for block in every if block.first == column]
        for start, end in _free(grid, column):
            inside = _inside(waiting, shared, start, end)
            twins = _twins(inside, every, column, shared, (start, end))
            listed = any(_lists(grid, left, start, end) for left in range(column))
            part = _RowRange(start, end, filled, shared, region, listed, twins)
            for block, span in zip(inside, _spans(inside, part), strict=True):
                _put(grid, block, span, edges, shared, region.page)
            waiting = [block for block in waiting if block not in inside]
        for block in waiting:
            _put(grid, block, _beside(block, shared), edges, shared, region.page)
    _fill(grid, edges, shared, region.page)
    return Table(
        0,
        grid,
        ruled=False,
        edges=tuple(edges),
        pages=(region.page, region.page),
        confidence=THREE_LINES if region.rules else NO_LINES,
    )


def _inside(blocks: list[Block], bands: Sequence[Reach], start: int, end: int) -> list[Block]:
    return [block for block in blocks if start <= _beside(block, bands)[0] < end]


def _twins(
    blocks: list[Block], every: list[Block], column: int, bands: Sequence[Reach], reach: Span
) -> dict[int, list[Block]]:
    """Return for each block itself and the blocks of neighbouring columns in the same rows.

    A neighbouring column has the same rows if its blocks match these one by one.
    """
    twins = {id(block): [block] for block in blocks}
    for step in (-1, 1):
        beside = column + step
        while blocks:
            others = _inside([b for b in every if b.first == beside], bands, *reach)
            pairs = list(zip(blocks, others, strict=False))
            if len(others) != len(blocks) or not all(_overlap(*pair) for pair in pairs):
                break
            for block, twin in pairs:
                twins[id(block)].append(twin)
            beside += step
    return twins


def _overlap(one: Block, other: Block) -> bool:
    return one.top < other.bottom and other.top < one.bottom


def _free(grid: list[list[Cell | None]], column: int) -> list[Span]:
    """Return the runs of rows in which a column has no cell yet."""
    taken = [-1, *(at for at, row in enumerate(grid) if row[column]), len(grid)]
    return [(above + 1, below) for above, below in pairwise(taken) if below > above + 1]


def _lists(grid: list[list[Cell | None]], column: int, start: int, end: int) -> bool:
    """Tell whether a column has one cell in each row; the first may be a header and is ignored."""
    cells = [row[column] for row in grid[start + 1 : end]]
    return len(cells) > 1 and all(cell and cell.rows == 1 for cell in cells)


@dataclass(frozen=True, slots=True)
class _RowRange:
    """The rows from `start` up to `end` of one column, which its blocks share."""

    start: int
    end: int
    rows: Sequence[Reach]
    bands: Sequence[Reach]
    region: Region
    listed: bool  # a column to the left has a cell in each of these rows
    twins: dict[int, list[Block]]  # for each block itself and those in the same rows

    @property
    def cut(self) -> bool:
        """Whether the page break may have divided its last cell."""
        return self.region.at_end and self.end == len(self.rows)


def _spans(blocks: list[Block], part: _RowRange) -> list[Span]:
    """Return the rows of each block: the one row beside it, or those it is in the middle of.

    A block that fills the first row may be a header and is set apart from the others.
    """
    alone = [_beside(block, part.bands) for block in blocks]
    whole = sum(span[1] < part.end or not part.cut for span in alone)  # without a divided last one
    crowded = len(blocks) > part.end - part.start
    if crowded or (part.listed and _each_beside_one(blocks[:whole], alone[:whole], part.rows)):
        return alone
    headed = alone[:1] == [(part.start, part.start + 1)]
    headed = headed and _each_beside_one(blocks[:1], alone[:1], part.rows)
    return [*alone[:headed], *_shared(blocks[headed:], part.start + headed, part)]


def _beside(block: Block, bands: Sequence[Reach]) -> Span:
    """Return the rows beside a block: those whose middle it covers, or the nearest one."""
    inside = [
        at
        for at, (top, bottom) in enumerate(bands)
        if block.top <= (top + bottom) / 2 <= block.bottom
    ]
    if inside:
        return inside[0], inside[-1] + 1
    nearest = min(range(len(bands)), key=lambda at: abs(sum(bands[at]) / 2 - block.middle))
    return nearest, nearest + 1


def _each_beside_one(blocks: list[Block], beside: list[Span], rows: Sequence[Reach]) -> bool:
    """Tell whether all blocks are in the middle of their row, or all are at its top."""
    slack = [ASIDE * block.pieces[0].line.size for block in blocks]
    places = [(block, rows[span[0]]) for block, span in zip(blocks, beside, strict=True)]
    middles = [abs(block.middle - (top + bottom) / 2) for block, (top, bottom) in places]
    tops = [abs(block.top - top) for block, (top, _) in places]
    return any(
        all(off < most for off, most in zip(offs, slack, strict=True)) for offs in (middles, tops)
    )


def _shared(blocks: list[Block], first: int, part: _RowRange) -> list[Span]:
    """Divide the rows from `first` on among blocks so that each is in the middle of its rows.

    This is dynamic programming: after k blocks, `best` has for each n the cheapest assignment of
    the rows up to n. A row may also stay blank at a cost. If the table continues one of the page
    before, leaving the first rows blank is cheap: their cell may be on that page.
    """
    blank = [BLANK * (bottom - top) for top, bottom in part.bands]
    outer = [OUTER * cost for cost in blank]
    above = [SKIPPED] * part.end if first == 0 and part.region.continues else outer
    best: dict[int, Assignment] = {first: (0.0, [])}
    for number, block in enumerate(blocks):
        _skip(best, first, part.end, blank if number else above)
        cut = part.cut and number == len(blocks) - 1
        onward = dict[int, Assignment]()
        for begin, (cost, spans) in best.items():
            for end in range(begin + 1, part.end + 1):
                total = cost + _off(block, (begin, end), part, cut=cut and end == part.end)
                if end not in onward or total < onward[end][0]:
                    onward[end] = total, [*spans, (begin, end)]
        best = onward
    _skip(best, first, part.end, outer)
    return best[part.end][1]


def _skip(best: dict[int, Assignment], first: int, last: int, cost: Sequence[float]) -> None:
    """Extend assignments by blank rows where that is cheaper."""
    for row in range(first, last):
        if row in best and best[row][0] + cost[row] < best.get(row + 1, (float("inf"), []))[0]:
            best[row + 1] = best[row][0] + cost[row], best[row][1]


def _off(block: Block, span: Span, part: _RowRange, *, cut: bool) -> float:
    """Return the distance of a block and its twins from the middle of rows, in points.

    If the page break may have divided them, the distance from the top counts if it is less.
    """
    middle = (part.bands[span[0]][0] + part.bands[span[1] - 1][1]) / 2
    twins = part.twins[id(block)]
    off = sum(abs(twin.middle - middle) for twin in twins) / len(twins)
    if cut:
        top = part.rows[span[0]][0]
        off = min(off, sum(abs(twin.top - top) for twin in twins) / len(twins))
    return off


def _put(
    grid: list[list[Cell | None]],
    block: Block,
    span: Span,
    edges: Sequence[float],
    bands: list[Reach],
    page: int,
) -> None:
    """Put a block into the grid; if its place is taken, append it to the cell there."""
    present = grid[span[0]][block.first]
    lines = tuple(piece.line for piece in block.pieces)
    if present:
        present.text = Text(lines=(*present.text.lines, *lines))
        return
    box = _box(edges, bands, block.first, block.last + 1, span)
    cell = Cell(Text(lines=lines), span[0], block.first, span[1] - span[0], 1, [(page, box)])
    for row in grid[span[0] : span[1]]:
        for column in range(block.first, block.last + 1):
            if row[column] is None:
                row[column] = cell
                cell.columns = max(cell.columns, column - block.first + 1)


def _box(edges: Sequence[float], bands: list[Reach], first: int, end: int, span: Span) -> Box:
    return edges[first], bands[span[0]][0], edges[end], bands[span[1] - 1][1]


def _fill(
    grid: list[list[Cell | None]],
    edges: Sequence[float],
    bands: list[Reach],
    page: int,
) -> None:
    """Put a blank cell at each position without one."""
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            if cell is None:
                box = _box(edges, bands, c, c + 1, (r, r + 1))
                row[c] = Cell(Text(), r, c, places=[(page, box)])
