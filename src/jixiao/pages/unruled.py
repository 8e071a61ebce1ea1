"""The rows of a table without ruling lines: pieces -> blocks of text -> rows -> a grid.

Lines that follow each other closely in a column are one block. The columns with most blocks say
where rows are; a block of another column stands beside one row, or in the middle of those that
it spans.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from jixiao.pages.gutters import Piece, Pieces
from jixiao.pages.layout import Cell, Table, Text
from jixiao.pages.lines import first_word
from jixiao.record import Box

DENSE = 0.75  # of the most blocks a column has: so many make it one that says where rows are
OFF = 0.35  # of a row's height: how far from the middle of its rows a block may stand
ASIDE = 0.45  # of the size: how far from the middle or top of its row a block may stand
THREE_LINES, NO_LINES = 0.9, 0.8  # how sure a grid is that only some lines or none frame

Span = tuple[int, int]  # from, up to


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


def table(
    region: list[Pieces], edges: Sequence[float], rules: Sequence[float], page: int, *, open_: bool
) -> Table:
    """Return a region as a table; `open_` tells that it may go on from or to another page."""
    blocks = _blocks(region, edges, rules)
    rows = _rows(blocks, len(edges) - 1)
    bands = _bands(rows)
    grid: list[list[Cell | None]] = [[None] * (len(edges) - 1) for _ in rows]
    for start in range(len(edges) - 1):
        own = sorted((b for b in blocks if b.first == start), key=lambda block: block.top)
        for block, span in zip(own, _spans(own, rows, bands, open_), strict=True):
            _set(grid, block, span, edges, bands, page)
    _fill(grid, edges, bands, page)
    confidence = THREE_LINES if rules else NO_LINES
    return Table(
        0, grid, ruled=False, edges=tuple(edges), pages=(page, page), confidence=confidence
    )


def _blocks(region: list[Pieces], edges: Sequence[float], rules: Sequence[float]) -> list[_Block]:
    """Return the pieces that follow each other closely in a column, together."""
    every = sorted((p for row in region for p in row), key=lambda p: (p.line.top, p.x0))
    placed = [(*_columns(piece, edges), piece) for piece in every]
    pitch = _pitch(placed)
    blocks = list[_Block]()
    open_blocks = dict[int, _Block]()
    for first, last, piece in placed:
        above = open_blocks.get(first)
        if above and _follows(above.pieces[-1], piece, pitch, rules):
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


def _rows(blocks: list[_Block], width: int) -> list[tuple[float, float]]:
    """Return the top and bottom of each row, by the columns with most blocks."""
    counts = [sum(block.first == column for block in blocks) for column in range(width)]
    dense = {column for column in range(width) if counts[column] >= DENSE * max(counts)}
    rows = list[tuple[float, float]]()
    for block in sorted((b for b in blocks if b.first in dense), key=lambda block: block.top):
        if rows and block.top < rows[-1][1] - 1:
            rows[-1] = rows[-1][0], max(rows[-1][1], block.bottom)
        else:
            rows.append((block.top, block.bottom))
    for block in blocks:
        beside = any(block.top < bottom and top < block.bottom for top, bottom in rows)
        if not beside and _stands_alone(block, rows):
            rows.append((block.top, block.bottom))
            rows.sort()
    return rows


def _stands_alone(block: _Block, rows: list[tuple[float, float]]) -> bool:
    """Tell whether a block beside no row is a row of its own: there is room for one."""
    before = max((bottom for _, bottom in rows if bottom <= block.top), default=None)
    after = min((top for top, _ in rows if top >= block.bottom), default=None)
    if before is None or after is None:
        return True
    gaps = sorted(b[0] - a[1] for a, b in pairwise(rows))
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    return after - before > (block.bottom - block.top) + 1.2 * usual


def _bands(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the rows with the white space between them shared out."""
    cuts = [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
    pad = min((b[0] - a[1] for a, b in pairwise(rows)), default=4.0) / 2
    return list(pairwise([rows[0][0] - pad, *cuts, rows[-1][1] + pad]))


def _spans(
    own: list[_Block],
    rows: list[tuple[float, float]],
    bands: list[tuple[float, float]],
    open_: bool,
) -> list[Span]:
    """Return the rows of each block of a column: one each, or in the middle of those it spans."""
    alone = [_beside(block, bands) for block in own]
    body = [(block, span) for block, span in zip(own, alone, strict=True) if span[0] > 0]
    if not body or (body[0][1][0] == 1 and _each_beside_one(body, rows, bands)):
        return alone
    heads = [span for span in alone if span[0] == 0]
    spans = _shared([block for block, _ in body], bands, 1 if heads else 0, open_)
    return [*heads, *spans] if spans else alone


def _beside(block: _Block, bands: list[tuple[float, float]]) -> Span:
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


def _each_beside_one(
    body: list[tuple[_Block, Span]],
    rows: list[tuple[float, float]],
    bands: list[tuple[float, float]],
) -> bool:
    """Tell whether all blocks stand in the middle of one row each, or all at the top of theirs."""
    slack = [ASIDE * block.pieces[0].line.size for block, _ in body]
    middles = [abs(block.middle - sum(bands[span[0]]) / 2) for block, span in body]
    tops = [abs(block.top - rows[span[0]][0]) for block, span in body]
    return any(
        all(off < most for off, most in zip(offs, slack, strict=True)) for offs in (middles, tops)
    )


def _shared(
    blocks: list[_Block], bands: list[tuple[float, float]], first: int, open_: bool
) -> list[Span] | None:
    """Share all rows out among blocks so that each stands in the middle of its own.

    The best way to give rows `first` to n to the first k blocks, for each n in turn. Where the
    table goes on, the first rows may be another page's, and the last block's rows end there.
    """
    best: dict[int, tuple[float, list[Span]]] = {first: (0.0, [])}
    if open_:
        best |= {start: (0.5 * (start - first), []) for start in range(first + 1, len(bands))}
    for number, block in enumerate(blocks):
        last = open_ and number == len(blocks) - 1
        onward = dict[int, tuple[float, list[Span]]]()
        for start, (cost, spans) in best.items():
            for end in range(start + 1, len(bands) + 1):
                total = cost + _off(block, (start, end), bands, last)
                if end not in onward or total < onward[end][0]:
                    onward[end] = total, [*spans, (start, end)]
        best = onward
    cost, spans = best.get(len(bands), (float("inf"), []))
    height = (bands[-1][1] - bands[first][0]) / (len(bands) - first)
    return spans if cost < OFF * height * len(blocks) else None


def _off(block: _Block, span: Span, bands: list[tuple[float, float]], last: bool) -> float:
    top, bottom = bands[span[0]][0], bands[span[1] - 1][1]
    off = abs(block.middle - (top + bottom) / 2)
    if last:  # a cell that the page cuts begins at its top
        row = sum(bands[span[0]]) / 2
        off = min(off, abs(block.middle - row) + 0.5)
    return off


def _set(
    grid: list[list[Cell | None]],
    block: _Block,
    span: Span,
    edges: Sequence[float],
    bands: list[tuple[float, float]],
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


def _box(
    edges: Sequence[float], bands: list[tuple[float, float]], first: int, end: int, span: Span
) -> Box:
    return edges[first], bands[span[0]][0], edges[end], bands[span[1] - 1][1]


def _fill(
    grid: list[list[Cell | None]],
    edges: Sequence[float],
    bands: list[tuple[float, float]],
    page: int,
) -> None:
    """Put a blank cell where nothing stands."""
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            if cell is None:
                box = _box(edges, bands, c, c + 1, (r, r + 1))
                row[c] = Cell(Text(), r, c, places=[(page, box)])
