"""Groups the pieces of an unruled table into blocks, one for each cell, and finds its rows.

Lines of a column that follow each other closely are one block. A block beside two blocks of
another column spans their rows; the other blocks determine the rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from jixiao.documents.pdf.lines import first_word_width
from jixiao.documents.pdf.unruled.gutters import Piece, Region

PAD = 0.85  # of the least white space between rows: a block is at least this far from other rows

Span = tuple[int, int]  # the first row or column, and the one after the last
Reach = tuple[float, float]  # top and bottom, in points
Placed = list[tuple[int, int, Piece]]  # each piece with the first and last column it covers


@dataclass(slots=True)
class Block:
    """Pieces that belong together, with the first and the last column that they cover."""

    first: int
    last: int
    pieces: list[Piece] = field(default_factory=list[Piece])

    @property
    def top(self) -> float:
        """The top of its first line, in points."""
        return self.pieces[0].line.top

    @property
    def bottom(self) -> float:
        """The bottom of its last line, in points."""
        return self.pieces[-1].line.bottom

    @property
    def middle(self) -> float:
        """The y coordinate halfway between top and bottom."""
        return (self.top + self.bottom) / 2


def blocks(region: Region, edges: Sequence[float], pitch: float) -> list[Block]:
    """Group the pieces of a region into blocks.

    Args:
        region: The lines of one page.
        edges: The borders of the columns.
        pitch: The distance of the lines within a cell, in points.
    """
    grouped = list[Block]()
    open_blocks = dict[int, Block]()
    for first, last, piece in _placed(region, edges):
        above = open_blocks.get(first)
        if above and _follows(above.pieces[-1], piece, pitch, region.rules):
            above.pieces.append(piece)
            above.last = max(above.last, last)
        else:
            open_blocks[first] = Block(first, last, [piece])
            grouped.append(open_blocks[first])
    return grouped


def _columns(piece: Piece, edges: Sequence[float]) -> Span:
    """Return the first and last column that a piece covers by more than 2 points."""
    inside = [
        at
        for at, (start, end) in enumerate(pairwise(edges))
        if min(end, piece.x1) - max(start, piece.x0) > min(2.0, (piece.x1 - piece.x0) / 2)
    ]
    return (inside[0], inside[-1]) if inside else (0, 0)


def pitch(regions: Sequence[Region], edges: Sequence[float]) -> float:
    """Return the distance between the lines of one cell in points, 0 if no cell has two lines.

    It is the least distance of two pieces in a column, if the upper ones are full lines: then
    the lower ones' first word would not have fitted. Otherwise the pieces are separate cells.

    Args:
        regions: The regions of one table.
        edges: The borders of its columns.
    """
    steps = [step for region in regions for step in _steps(_placed(region, edges))]
    least = min((below.middle - above.middle for _, above, below in steps), default=0.0)
    close = [step for step in steps if step[2].middle - step[1].middle < 1.1 * least]
    widest = dict[Span, float]()
    for span, above, _ in close:
        widest[span] = max(widest.get(span, 0.0), above.x1 - above.x0)
    full = [
        widest[span] - (above.x1 - above.x0) < first_word_width(below.line) + 0.6 * below.line.size
        for span, above, below in close
    ]
    return least if sum(full) >= 0.8 * len(full) else 0.0


def _steps(placed: Placed) -> Iterator[tuple[Span, Piece, Piece]]:
    """Yield the columns of a piece, the piece, and the next one below it in its first column."""
    last_of = dict[int, tuple[Span, Piece]]()
    for first, last, piece in placed:
        span, above = last_of.get(first, ((first, last), None))
        if above and piece.middle - above.middle > 0.5 * piece.line.size:
            yield span, above, piece
        last_of[first] = (first, last), piece


def _placed(region: Region, edges: Sequence[float]) -> Placed:
    """Return the pieces from top to bottom, each with the columns it covers."""
    every = sorted((p for row in region.rows for p in row), key=lambda p: (p.line.top, p.x0))
    return [(*_columns(piece, edges), piece) for piece in every]


def _follows(above: Piece, below: Piece, pitch: float, rules: Sequence[float]) -> bool:
    step = below.middle - above.middle
    ruled = any(above.middle < rule < below.middle for rule in rules)
    same = step < 0.5 * below.line.size
    return not ruled and (same or step < 1.2 * pitch)


def rows(blocks: list[Block], width: int) -> list[Reach]:
    """Return the top and bottom of each row, which is those of the blocks in it.

    Blocks that span several rows are left out, if there are others.

    Args:
        blocks: The blocks of one page.
        width: The number of columns.
    """
    by_column = [[block for block in blocks if block.first == at] for at in range(width)]
    gaps = [b.top - a.bottom for c in by_column for a, b in pairwise(c) if b.top > a.bottom]
    margin = PAD * min(gaps, default=0.0)
    reaches = list[Reach]()
    alone = [b for b in blocks if not any(_astride(b, c, margin) for c in by_column)]
    for block in sorted(alone or blocks, key=lambda block: block.top):
        if reaches and block.top < reaches[-1][1] - 1:
            reaches[-1] = reaches[-1][0], max(reaches[-1][1], block.bottom)
        else:
            reaches.append((block.top, block.bottom))
    return reaches


def _astride(block: Block, others: list[Block], margin: float) -> bool:
    """Tell whether a block is beside two blocks of another column, and so spans their rows."""
    top, bottom = block.top - margin, block.bottom + margin
    return sum(other.top < bottom and top < other.bottom for other in others) > 1


def bands(rows: list[Reach]) -> list[Reach]:
    """Return the rows extended to the middle of the white space between them."""
    cuts = [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
    pad = min((b[0] - a[1] for a, b in pairwise(rows)), default=4.0) / 2
    return list(pairwise([rows[0][0] - pad, *cuts, rows[-1][1] + pad]))
