"""Tables without ruling lines: blocks of text set into a grid.

A block stands beside one row, or in the middle of those that it spans.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from jixiao.documents import model
from jixiao.documents.model import Cell, Table, Text
from jixiao.documents.pdf.unruled.blocks import Block, Reach, Span, bands, blocks, pitch, rows
from jixiao.documents.pdf.unruled.gutters import Region, columns, goes_on
from jixiao.model.record import Box

BLANK = 0.35  # of a row's height: so far off its middle a block may stand lest a row stay blank
ASIDE = 0.45  # of the size: how far from the middle or top of its row a block may stand
OUTER = 0.7  # of that: for rows before the first and after the last block, as those of a total
SKIPPED = 0.3  # points: how little is said against a row's cell being one of the page before
THREE_LINES, NO_LINES = 0.9, 0.8  # how sure a grid is that only some lines or none frame

Way = tuple[float, list[Span]]  # how far blocks are off the middle of their rows, in points


def inferred(parts: Sequence[model.Block | Region]) -> list[model.Block]:
    """Return the parts with each region as a table; those that a page break cut share columns."""
    chains = list[list[Region]]()
    for region in (part for part in parts if isinstance(part, Region)):
        if chains and _goes_on(chains[-1], region):
            region.goes_on = True
            chains[-1].append(region)
        else:
            chains.append([region])
    found = dict[int, Table]()
    for chain in chains:
        edges = columns([row for region in chain for row in region.rows])
        step = pitch(chain, edges)
        found |= {id(region): _table(region, edges, step) for region in chain}
    return [found[id(part)] if isinstance(part, Region) else part for part in parts]


def cut_by_page(parts: Sequence[model.Block | Region]) -> Region | None:
    """Return the last part, if that is a region which may go on to the next page."""
    last = parts[-1] if parts else None
    return last if isinstance(last, Region) and last.at_end else None


def _goes_on(chain: list[Region], region: Region) -> bool:
    last = chain[-1]
    if not (region.at_top and last.at_end and last.page == region.page - 1):
        return False
    return goes_on([row for part in chain for row in part.rows], region.rows)


def _table(region: Region, edges: Sequence[float], step: float) -> Table:
    """Return a region as a table with the columns between the edges."""
    width = len(edges) - 1
    every = blocks(region, edges, step)
    filled = rows(every, width)
    shared = bands(filled)
    grid: list[list[Cell | None]] = [[None] * width for _ in filled]
    for column in range(width):
        own = [block for block in every if block.first == column]
        for start, end in _free(grid, column):
            inside = _inside(own, shared, start, end)
            twins = _twins(inside, every, column, shared, (start, end))
            listed = any(_lists(grid, left, start, end) for left in range(column))
            part = _Stretch(start, end, filled, shared, region, listed, twins)
            for block, span in zip(inside, _spans(inside, part), strict=True):
                _set(grid, block, span, edges, shared, region.page)
            own = [block for block in own if block not in inside]
        for block in own:
            _set(grid, block, _beside(block, shared), edges, shared, region.page)
    _fill(grid, edges, shared, region.page)
    return Table(
        0,
        grid,
        ruled=False,
        edges=tuple(edges),
        pages=(region.page, region.page),
        confidence=THREE_LINES if region.rules else NO_LINES,
    )


def _inside(own: list[Block], bands: Sequence[Reach], start: int, end: int) -> list[Block]:
    return [block for block in own if start <= _beside(block, bands)[0] < end]


def _twins(
    own: list[Block], every: list[Block], column: int, bands: Sequence[Reach], reach: Span
) -> dict[int, list[Block]]:
    """Return for each block those of the columns beside that stand in the same rows.

    That is so where all blocks of both columns stand beside each other, one by one.
    """
    found = {id(block): [block] for block in own}
    for step in (-1, 1):
        beside = column + step
        while own:
            blocks = _inside([b for b in every if b.first == beside], bands, *reach)
            pairs = list(zip(own, blocks, strict=False))
            if len(blocks) != len(own) or not all(_overlap(*pair) for pair in pairs):
                break
            for block, twin in pairs:
                found[id(block)].append(twin)
            beside += step
    return found


def _overlap(one: Block, other: Block) -> bool:
    return one.top < other.bottom and other.top < one.bottom


def _free(grid: list[list[Cell | None]], column: int) -> list[Span]:
    """Return the runs of rows in which a column is not yet taken."""
    taken = [-1, *(at for at, row in enumerate(grid) if row[column]), len(grid)]
    return [(above + 1, below) for above, below in pairwise(taken) if below > above + 1]


def _lists(grid: list[list[Cell | None]], column: int, start: int, end: int) -> bool:
    """Tell whether a column has a cell of its own in each row but the first, a header maybe."""
    cells = [row[column] for row in grid[start + 1 : end]]
    return len(cells) > 1 and all(cell and cell.rows == 1 for cell in cells)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Rows of one column that its own blocks share, from `start` up to `end`."""

    start: int
    end: int
    rows: Sequence[Reach]
    bands: Sequence[Reach]
    region: Region
    listed: bool  # whether a column to the left has a cell in each of its rows
    twins: dict[int, list[Block]]  # of each block those in the same rows, and itself

    @property
    def cut(self) -> bool:
        """Whether the page may cut its last cell."""
        return self.region.at_end and self.end == len(self.rows)


def _spans(own: list[Block], part: _Stretch) -> list[Span]:
    """Return the rows of each block of a column: one each, or those in the middle of which it is.

    What fills the first row, as a header does, says nothing of the others.
    """
    alone = [_beside(block, part.bands) for block in own]
    whole = sum(span[1] < part.end or not part.cut for span in alone)  # the page may cut the last
    crowded = len(own) > part.end - part.start
    if crowded or (part.listed and _each_beside_one(own[:whole], alone[:whole], part.rows)):
        return alone
    headed = alone[:1] == [(part.start, part.start + 1)]
    headed = headed and _each_beside_one(own[:1], alone[:1], part.rows)
    return [*alone[:headed], *_shared(own[headed:], part.start + headed, part)]


def _beside(block: Block, bands: Sequence[Reach]) -> Span:
    """Return the rows that hold most of a block: all whose middle it covers, or the nearest."""
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
    """Tell whether all blocks stand in the middle of one row each, or all at the top of theirs."""
    slack = [ASIDE * block.pieces[0].line.size for block in blocks]
    places = [(block, rows[span[0]]) for block, span in zip(blocks, beside, strict=True)]
    middles = [abs(block.middle - (top + bottom) / 2) for block, (top, bottom) in places]
    tops = [abs(block.top - top) for block, (top, _) in places]
    return any(
        all(off < most for off, most in zip(offs, slack, strict=True)) for offs in (middles, tops)
    )


def _shared(blocks: list[Block], first: int, part: _Stretch) -> list[Span]:
    """Share the rows from the first on out among blocks so that each is in the middle of its own.

    The best way to give rows up to n to k blocks, for each n; a row may also stay blank. Where the
    table goes on, the first rows are likely another page's.
    """
    blank = [BLANK * (bottom - top) for top, bottom in part.bands]
    outer = [OUTER * cost for cost in blank]
    above = [SKIPPED] * part.end if first == 0 and part.region.goes_on else outer
    best: dict[int, Way] = {first: (0.0, [])}
    for number, block in enumerate(blocks):
        _skip(best, first, part.end, blank if number else above)
        cut = part.cut and number == len(blocks) - 1
        onward = dict[int, Way]()
        for begin, (cost, spans) in best.items():
            for end in range(begin + 1, part.end + 1):
                total = cost + _off(block, (begin, end), part, cut=cut and end == part.end)
                if end not in onward or total < onward[end][0]:
                    onward[end] = total, [*spans, (begin, end)]
        best = onward
    _skip(best, first, part.end, outer)
    return best[part.end][1]


def _skip(best: dict[int, Way], first: int, last: int, cost: Sequence[float]) -> None:
    """Let rows stay blank where that costs less."""
    for row in range(first, last):
        if row in best and best[row][0] + cost[row] < best.get(row + 1, (float("inf"), []))[0]:
            best[row + 1] = best[row][0] + cost[row], best[row][1]


def _off(block: Block, span: Span, part: _Stretch, *, cut: bool) -> float:
    """Return how far a block and its twins stand from the middle of rows.

    Where the page cuts them: from their top.
    """
    middle = (part.bands[span[0]][0] + part.bands[span[1] - 1][1]) / 2
    twins = part.twins[id(block)]
    off = sum(abs(twin.middle - middle) for twin in twins) / len(twins)
    if cut:
        top = part.rows[span[0]][0]
        off = min(off, sum(abs(twin.top - top) for twin in twins) / len(twins))
    return off


def _set(
    grid: list[list[Cell | None]],
    block: Block,
    span: Span,
    edges: Sequence[float],
    bands: list[Reach],
    page: int,
) -> None:
    """Put a block into the grid; what stands there already goes before it."""
    there = grid[span[0]][block.first]
    lines = tuple(piece.line for piece in block.pieces)
    if there:
        there.text = Text(lines=(*there.text.lines, *lines))
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
    """Put a blank cell where nothing stands."""
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            if cell is None:
                box = _box(edges, bands, c, c + 1, (r, r + 1))
                row[c] = Cell(Text(), r, c, places=[(page, box)])
