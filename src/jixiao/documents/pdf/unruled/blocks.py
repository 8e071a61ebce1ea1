"""Pieces of text without ruling lines as blocks, one a cell, and the rows that they stand in.

Lines that follow each other closely in a column are one block. A block beside two of another
column spans their rows; the others say where rows are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from jixiao.documents.pdf.lines import first_word
from jixiao.documents.pdf.unruled.gutters import Piece, Region

PAD = 0.85  # of the least white space between rows: what at least parts a block from other rows

Span = tuple[int, int]  # rows or columns: from, up to
Reach = tuple[float, float]  # from top to bottom, in points
Placed = list[tuple[int, int, Piece]]  # the first and last column that a piece covers


@dataclass(slots=True)
class Block:
    """Lines that stand together, from the first to the last column they cover; in points."""

    first: int
    last: int
    pieces: list[Piece] = field(default_factory=list[Piece])

    @property
    def top(self) -> float:
        """Where its first line begins."""
        return self.pieces[0].line.top

    @property
    def bottom(self) -> float:
        """Where its last line ends."""
        return self.pieces[-1].line.bottom

    @property
    def middle(self) -> float:
        """Half way between."""
        return (self.top + self.bottom) / 2


def blocks(region: Region, edges: Sequence[float], pitch: float) -> list[Block]:
    """Return the pieces that follow each other closely in a column, together."""
    found = list[Block]()
    open_blocks = dict[int, Block]()
    for first, last, piece in _placed(region, edges):
        above = open_blocks.get(first)
        if above and _follows(above.pieces[-1], piece, pitch, region.rules):
            above.pieces.append(piece)
            above.last = max(above.last, last)
        else:
            open_blocks[first] = Block(first, last, [piece])
            found.append(open_blocks[first])
    return found


def _columns(piece: Piece, edges: Sequence[float]) -> Span:
    """Return the columns a piece covers, not counting a hair's breadth."""
    inside = [
        at
        for at, (start, end) in enumerate(pairwise(edges))
        if min(end, piece.x1) - max(start, piece.x0) > min(2.0, (piece.x1 - piece.x0) / 2)
    ]
    return (inside[0], inside[-1]) if inside else (0, 0)


def pitch(regions: Sequence[Region], edges: Sequence[float]) -> float:
    """Return how far apart the lines of one cell are, 0 where no cell has two.

    It is the least distance in a column, if what is above it fills the column as a line does
    that was broken: there is no room left for the first word below.
    """
    steps = [step for region in regions for step in _steps(_placed(region, edges))]
    least = min((below.middle - above.middle for _, above, below in steps), default=0.0)
    close = [step for step in steps if step[2].middle - step[1].middle < 1.1 * least]
    widest = dict[Span, float]()
    for span, above, _ in close:
        widest[span] = max(widest.get(span, 0.0), above.x1 - above.x0)
    full = [
        widest[span] - (above.x1 - above.x0) < first_word(below.line) + 0.6 * below.line.size
        for span, above, below in close
    ]
    return least if sum(full) >= 0.8 * len(full) else 0.0


def _steps(placed: Placed) -> Iterator[tuple[Span, Piece, Piece]]:
    """Yield each piece with the one below it in its column, and the columns of the upper one."""
    last_of = dict[int, tuple[Span, Piece]]()
    for first, last, piece in placed:
        span, above = last_of.get(first, ((first, last), None))
        if above and piece.middle - above.middle > 0.5 * piece.line.size:
            yield span, above, piece
        last_of[first] = (first, last), piece


def _placed(region: Region, edges: Sequence[float]) -> Placed:
    """Return the pieces from the top on, each with the columns it covers."""
    every = sorted((p for row in region.rows for p in row), key=lambda p: (p.line.top, p.x0))
    return [(*_columns(piece, edges), piece) for piece in every]


def _follows(above: Piece, below: Piece, pitch: float, rules: Sequence[float]) -> bool:
    step = below.middle - above.middle
    parted = any(above.middle < rule < below.middle for rule in rules)
    same = step < 0.5 * below.line.size
    return not parted and (same or step < 1.2 * pitch)


def rows(blocks: list[Block], width: int) -> list[Reach]:
    """Return the top and bottom of each row: of the blocks that stand in one only."""
    by_column = [[block for block in blocks if block.first == at] for at in range(width)]
    gaps = [b.top - a.bottom for own in by_column for a, b in pairwise(own) if b.top > a.bottom]
    margin = PAD * min(gaps, default=0.0)
    found = list[Reach]()
    alone = [b for b in blocks if not any(_astride(b, own, margin) for own in by_column)]
    for block in sorted(alone or blocks, key=lambda block: block.top):
        if found and block.top < found[-1][1] - 1:
            found[-1] = found[-1][0], max(found[-1][1], block.bottom)
        else:
            found.append((block.top, block.bottom))
    return found


def _astride(block: Block, others: list[Block], margin: float) -> bool:
    """Tell whether a block stands beside two of another column: it spans their rows."""
    top, bottom = block.top - margin, block.bottom + margin
    return sum(other.top < bottom and top < other.bottom for other in others) > 1


def bands(rows: list[Reach]) -> list[Reach]:
    """Return the rows with the white space between them shared out."""
    cuts = [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
    pad = min((b[0] - a[1] for a, b in pairwise(rows)), default=4.0) / 2
    return list(pairwise([rows[0][0] - pad, *cuts, rows[-1][1] + pad]))
