"""The rows of a table without ruling lines: pieces -> blocks of text -> rows -> a grid.

Lines that follow each other closely in a column are one block. A block beside two of another
column spans their rows, in the middle of which it stands; the others say where rows are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from jixiao.pages.gutters import Piece, Region, columns, goes_on
from jixiao.pages.layout import Block, Cell, Table, Text
from jixiao.pages.lines import first_word
from jixiao.record import Box

PAD = 0.85  # of the least white space between rows: what at least parts a block from other rows
OFF = 0.35  # of a row's height: how far from the middle of its rows a block may stand
ASIDE = 0.45  # of the size: how far from the middle or top of its row a block may stand
SKIPPED = 0.5  # points: how little is said against a row's cell being one of the page before
THREE_LINES, NO_LINES = 0.9, 0.8  # how sure a grid is that only some lines or none frame

Span = tuple[int, int]  # rows or columns: from, up to
Reach = tuple[float, float]  # from top to bottom, in points


@dataclass(slots=True)
class _Block:
    first: int
    last: int
    pieces: list[Piece] = field(default_factory=list[Piece])

    @property
    def top(self) -> float:
        return self.pieces[0].line.top

    @property
    def bottom(self) -> float:
        return self.pieces[-1].line.bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def inferred(parts: Sequence[Block | Region]) -> list[Block]:
    """Return the parts with each region as a table; those that a page break cut share columns."""
    chains = list[list[Region]]()
    for region in (part for part in parts if isinstance(part, Region)):
        if chains and _goes_on(chains[-1], region):
            region.goes_on = True
            chains[-1].append(region)
        else:
            chains.append([region])
    edges = dict[int, list[float]]()
    for chain in chains:
        found = columns([row for region in chain for row in region.rows])
        edges |= dict.fromkeys(map(id, chain), found)
    return [table(part, edges[id(part)]) if isinstance(part, Region) else part for part in parts]


def columns_before(parts: Sequence[Block | Region]) -> Sequence[float]:
    """Return the edges of the columns of a table that may go on to the next page."""
    last = parts[-1] if parts else None
    return columns(last.rows) if isinstance(last, Region) and last.at_end else ()


def _goes_on(chain: list[Region], region: Region) -> bool:
    last = chain[-1]
    if not (region.at_top and last.at_end and last.page == region.page - 1):
        return False
    return goes_on([row for part in chain for row in part.rows], region.rows)


def table(region: Region, edges: Sequence[float]) -> Table:
    """Return a region as a table with the columns between the edges."""
    width = len(edges) - 1
    blocks = _blocks(region, edges)
    rows = _rows(blocks, width)
    bands = _bands(rows)
    grid: list[list[Cell | None]] = [[None] * width for _ in rows]
    for column in range(width):
        own = [block for block in blocks if block.first == column]
        for start, end in _free(grid, column):
            inside = [block for block in own if start <= _beside(block, bands)[0] < end]
            part = _Stretch(start, end, rows, bands, region)
            for block, span in zip(inside, _spans(inside, part), strict=True):
                _set(grid, block, span, edges, bands, region.page)
            own = [block for block in own if block not in inside]
        for block in own:
            _set(grid, block, _beside(block, bands), edges, bands, region.page)
    _fill(grid, edges, bands, region.page)
    return Table(
        0,
        grid,
        ruled=False,
        edges=tuple(edges),
        pages=(region.page, region.page),
        confidence=THREE_LINES if region.rules else NO_LINES,
    )


def _free(grid: list[list[Cell | None]], column: int) -> list[Span]:
    """Return the runs of rows in which a column is not yet taken."""
    taken = [-1, *(at for at, row in enumerate(grid) if row[column]), len(grid)]
    return [(above + 1, below) for above, below in pairwise(taken) if below > above + 1]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Rows of one column that its own blocks share, from `start` up to `end`."""

    start: int
    end: int
    rows: Sequence[Reach]
    bands: Sequence[Reach]
    region: Region

    @property
    def cut(self) -> bool:
        """Whether the page may cut its last cell."""
        return self.region.at_end and self.end == len(self.rows)

    @property
    def height(self) -> float:
        """The mean height of its rows."""
        return (self.bands[self.end - 1][1] - self.bands[self.start][0]) / (self.end - self.start)


def _blocks(region: Region, edges: Sequence[float]) -> list[_Block]:
    """Return the pieces that follow each other closely in a column, together."""
    every = sorted((p for row in region.rows for p in row), key=lambda p: (p.line.top, p.x0))
    placed = [(*_columns(piece, edges), piece) for piece in every]
    pitch = _pitch(placed)
    blocks = list[_Block]()
    open_blocks = dict[int, _Block]()
    for first, last, piece in placed:
        above = open_blocks.get(first)
        if above and _follows(above.pieces[-1], piece, pitch, region.rules):
            above.pieces.append(piece)
            above.last = max(above.last, last)
        else:
            open_blocks[first] = _Block(first, last, [piece])
            blocks.append(open_blocks[first])
    return blocks


def _columns(piece: Piece, edges: Sequence[float]) -> Span:
    """Return the columns a piece covers, not counting a hair's breadth."""
    inside = [
        at
        for at, (start, end) in enumerate(pairwise(edges))
        if min(end, piece.x1) - max(start, piece.x0) > min(2.0, (piece.x1 - piece.x0) / 2)
    ]
    return (inside[0], inside[-1]) if inside else (0, 0)


def _pitch(placed: list[tuple[int, int, Piece]]) -> float:
    """Return how far apart the lines of one cell are, 0 where no cell has two.

    It is the least distance in a column, if what is above it fills the column as a line does
    that was broken.
    """
    above, widest = dict[int, tuple[Span, Piece]](), dict[Span, float]()
    steps = list[tuple[float, bool]]()
    for first, last, piece in placed:
        widest[first, last] = max(widest.get((first, last), 0.0), piece.x1 - piece.x0)
    for first, last, piece in placed:
        span, before = above.get(first, ((first, last), None))
        if before and piece.middle - before.middle > 0.5 * piece.line.size:
            room = widest[span] - (before.x1 - before.x0)
            full = room < first_word(piece.line) + 0.6 * piece.line.size
            steps.append((piece.middle - before.middle, full))
        above[first] = (first, last), piece
    if not steps:
        return 0.0
    least = min(step for step, _ in steps)
    close = [full for step, full in steps if step < 1.1 * least]
    return least if sum(close) >= 0.8 * len(close) else 0.0


def _follows(above: Piece, below: Piece, pitch: float, rules: Sequence[float]) -> bool:
    step = below.middle - above.middle
    parted = any(above.middle < rule < below.middle for rule in rules)
    same = step < 0.5 * below.line.size
    return not parted and (same or step < 1.2 * pitch)


def _rows(blocks: list[_Block], width: int) -> list[Reach]:
    """Return the top and bottom of each row: of the blocks that stand in one only."""
    by_column = [[block for block in blocks if block.first == at] for at in range(width)]
    gaps = [b.top - a.bottom for own in by_column for a, b in pairwise(own) if b.top > a.bottom]
    margin = PAD * min(gaps, default=0.0)
    rows = list[Reach]()
    for block in sorted(blocks, key=lambda block: block.top):
        if any(_astride(block, own, margin) for own in by_column):
            continue
        if rows and block.top < rows[-1][1] - 1:
            rows[-1] = rows[-1][0], max(rows[-1][1], block.bottom)
        else:
            rows.append((block.top, block.bottom))
    return rows


def _astride(block: _Block, others: list[_Block], margin: float) -> bool:
    """Tell whether a block stands beside two of another column: it spans their rows."""
    top, bottom = block.top - margin, block.bottom + margin
    return sum(other.top < bottom and top < other.bottom for other in others) > 1


def _bands(rows: list[Reach]) -> list[Reach]:
    """Return the rows with the white space between them shared out."""
    cuts = [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
    pad = min((b[0] - a[1] for a, b in pairwise(rows)), default=4.0) / 2
    return list(pairwise([rows[0][0] - pad, *cuts, rows[-1][1] + pad]))


def _spans(own: list[_Block], part: _Stretch) -> list[Span]:
    """Return the rows of each block of a column: one each, or in the middle of those it spans.

    What fills the first row, as a header does, says nothing of the others.
    """
    alone = [_beside(block, part.bands) for block in own]
    headed = alone[:1] == [(part.start, part.start + 1)] and _each_beside_one(
        own[:1], alone[:1], part.rows
    )
    body, beside, first = own[headed:], alone[headed:], part.start + headed
    if not body or (beside[0][0] == first and _each_beside_one(body, beside, part.rows)):
        return alone
    spans = _shared(body, first, part)
    return [*alone[:headed], *spans] if spans else alone


def _beside(block: _Block, bands: Sequence[Reach]) -> Span:
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


def _each_beside_one(blocks: list[_Block], beside: list[Span], rows: Sequence[Reach]) -> bool:
    """Tell whether all blocks stand in the middle of one row each, or all at the top of theirs."""
    slack = [ASIDE * block.pieces[0].line.size for block in blocks]
    places = [(block, rows[span[0]]) for block, span in zip(blocks, beside, strict=True)]
    middles = [abs(block.middle - (top + bottom) / 2) for block, (top, bottom) in places]
    tops = [abs(block.top - top) for block, (top, _) in places]
    return any(
        all(off < most for off, most in zip(offs, slack, strict=True)) for offs in (middles, tops)
    )


def _shared(blocks: list[_Block], first: int, part: _Stretch) -> list[Span] | None:
    """Share the rows from the first on out among blocks so that each is in the middle of its own.

    The best way to give those up to n to k blocks, for each n. Where the table goes on, the first
    rows may be another page's.
    """
    best: dict[int, tuple[float, list[Span]]] = {first: (0.0, [])}
    if first == 0 and part.region.goes_on:
        best |= {start: (SKIPPED * start, []) for start in range(1, part.end)}
    for number, block in enumerate(blocks):
        cut = part.cut and number == len(blocks) - 1
        onward = dict[int, tuple[float, list[Span]]]()
        for begin, (cost, spans) in best.items():
            for end in range(begin + 1, part.end + 1):
                total = cost + _off(block, (begin, end), part, cut=cut and end == part.end)
                if total < onward.get(end, (float("inf"), []))[0]:
                    onward[end] = total, [*spans, (begin, end)]
        best = onward
    return best.get(part.end, (0.0, None))[1]


def _off(block: _Block, span: Span, part: _Stretch, *, cut: bool) -> float:
    """Return how far a block stands from the middle of its rows, without end where too far.

    A cell that the page cuts begins at its top.
    """
    top, bottom = part.bands[span[0]][0], part.bands[span[1] - 1][1]
    off = abs(block.middle - (top + bottom) / 2)
    if cut and abs(block.top - part.rows[span[0]][0]) < ASIDE * block.pieces[0].line.size:
        off = min(off, 1.0)
    return off if off < OFF * part.height else float("inf")


def _set(
    grid: list[list[Cell | None]],
    block: _Block,
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
