"""Finds regions that may be tables without ruling lines, and the edges of their columns.

A printed line is cut into pieces at wide gaps. Consecutive lines of several pieces, with the
lines of one piece that belong to them, are a region. A column ends where the region has white
space from top to bottom (a gutter).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from jixiao.documents.model import Line

GAP = 0.7  # of the size: white space this wide separates two pieces of a line
SMALL_GAP = 0.4  # the same, if a column starts after it
NEAR = 1.05  # of the size: lines closer than this are beside each other, not below
CLOSE = 1.6  # of the size: lines of one cell follow each other at most this far
FAR = 3.5  # of the size: lines farther apart than this belong to different regions
SLACK = 3.0  # points by which the left edges of a column's pieces may differ
ROWS = 3  # lines of several pieces: with fewer, white space is no evidence of a table
ALIKE = 0.75  # of the pieces: at least so many must start where those of the other page do
CUT_ROWS = 2  # the same as ROWS, if the page may have divided the table


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line without a wide gap in it."""

    line: Line

    @property
    def x0(self) -> float:
        """Its left edge, in points."""
        return self.line.x0[0]

    @property
    def x1(self) -> float:
        """Its right edge, in points."""
        return self.line.x1[-1]

    @property
    def middle(self) -> float:
        """The y coordinate of its middle, in points."""
        return (self.line.top + self.line.bottom) / 2


# Dot leaders, as in a table of contents, which has columns but is no table.
_LEADERS = re.compile(r"[.…·]{6,}")

Gap = tuple[float, float]  # the right edge of one piece, and the left edge of the next
Pieces = list[Piece]  # of one line, from left to right


def pieces(line: Line) -> Pieces:
    """Return the pieces of a line."""
    starts, last = [0], 0.0
    for at, (char, x0, x1) in enumerate(zip(line.text, line.x0, line.x1, strict=True)):
        if char == " ":
            continue
        if at and x0 - last > GAP * line.size:
            starts.append(at)
        last = x1
    bounds = pairwise([*starts, len(line.text)])
    return [Piece(_trimmed(line, start, end)) for start, end in bounds]


def _trimmed(line: Line, start: int, end: int) -> Line:
    while line.text[end - 1] == " ":
        end -= 1
    return line.part(start, end)


@dataclass(slots=True)
class Region:
    """Consecutive lines of one page that may be a table.

    Attributes:
        page: The page's number.
        start: The index of its first line among the lines that were searched.
        rows: The pieces of each line.
        rules: The y coordinates of horizontal lines drawn in it.
        at_top: Nothing stands before it on the page.
        at_end: Nothing stands after it on the page.
        continues: It continues a region at the end of the page before.
    """

    page: int
    start: int
    rows: list[Pieces]
    rules: Sequence[float] = ()
    at_top: bool = False
    at_end: bool = False
    continues: bool = False

    @property
    def end(self) -> int:
        """The index of the line after its last."""
        return self.start + len(self.rows)


def regions(page: int, lines: Sequence[Line], before: Region | None = None) -> list[Region]:
    """Return the regions of a page that may be tables.

    Args:
        page: The page's number.
        lines: Lines outside ruled tables, from top to bottom.
        before: The region at the end of the page before, which may continue at the top.
    """
    rows = [pieces(line) for line in lines]
    if not rows:
        return []
    lefts, margin = _lefts(rows), min(row[0].x0 for row in rows)
    rows = [[part for piece in row for part in _split(piece, lefts)] for row in rows]
    runs = [(0, list[Pieces]())]
    for at, row in enumerate(rows):
        text = _is_text(row, lefts, margin)
        if text or (runs[-1][1] and _apart(runs[-1][1][-1], row)):
            runs.append((at + text, []))
        if not text:
            runs[-1][1].append(row)
    cores = (_core(start, run, None if start else before) for start, run in runs)
    candidates = [
        Region(page, start, run, at_top=start == 0, at_end=start + len(run) == len(rows))
        for start, run in cores
    ]
    tables = list[Region]()
    for region in candidates:
        if _is_table(region, tables[-1] if tables else before):
            tables.append(region)
    return tables


def _is_table(region: Region, before: Region | None) -> bool:
    """Tell whether a region has enough lines of several pieces.

    A region that a page break may have divided may have fewer; if it fits the columns of the
    region before, one is enough.
    """
    several = sum(len(row) > 1 for row in region.rows)
    several += sum(_beside(a[0], b[0]) for a, b in pairwise(region.rows))
    every = [piece for row in region.rows for piece in row]
    cut = region.at_top or region.at_end
    if (
        several
        and cut
        and before
        and (
            all(_within(piece, before) for piece in every)
            if region.at_top
            else _start_alike(region.rows, before.rows)
        )
    ):
        return True
    return several >= (CUT_ROWS if cut else ROWS) and len(columns(region.rows)) > 2


def _lefts(rows: Sequence[Pieces]) -> list[float]:
    """Return the x coordinates at which two or more pieces start, one in a line of several."""
    starts = sorted((piece.x0, len(row) > 1) for row in rows for piece in row)
    groups = list[list[tuple[float, bool]]]()
    for start in starts:
        if groups and start[0] - groups[-1][-1][0] < SLACK:
            groups[-1].append(start)
        else:
            groups.append([start])
    return [
        median(start for start, _ in group)
        for group in groups
        if len(group) > 1 and any(several for _, several in group)
    ]


def _split(piece: Piece, lefts: Sequence[float]) -> Pieces:
    """Return the parts of a piece, cut at smaller gaps where a column starts."""
    line, starts = piece.line, [0]
    for at in range(1, len(line.text)):
        gap = line.x0[at] - line.x1[at - 1 if line.text[at - 1] != " " else at - 2]
        wide = line.text[at] != " " and gap > SMALL_GAP * line.size
        if wide and any(abs(line.x0[at] - left) < 0.5 for left in lefts):
            starts.append(at)
    bounds = pairwise([*starts, len(line.text)])
    return [Piece(_trimmed(line, start, end)) for start, end in bounds]


def _apart(above: Pieces, below: Pieces) -> bool:
    return below[0].line.top - above[0].line.bottom > FAR * above[0].line.size


def _is_text(row: Pieces, lefts: Sequence[float], margin: float) -> bool:
    """Tell whether a line belongs to a paragraph: its one piece runs over a column's start.

    A piece that starts with a column, but not at the margin, may be a cell that spans several.
    Lines with dot leaders are text too.
    """
    if any(_LEADERS.search(piece.line.text) for piece in row):
        return True
    if len(row) > 1 or not lefts:
        return False
    piece = row[0]
    inner = (left for left in lefts if left > margin + SLACK)
    aligned = any(abs(piece.x0 - left) < SLACK for left in inner)
    return _over(piece, lefts) and not aligned


def _over(piece: Piece, lefts: Sequence[float]) -> bool:
    """Tell whether a piece runs over the start of another column."""
    return any(piece.x0 + SLACK < left < piece.x1 - 0.5 for left in lefts)


def _core(start: int, run: list[Pieces], before: Region | None) -> tuple[int, list[Pieces]]:
    """Return a run and its start without lines of one piece at its ends that do not belong."""
    while run and len(run[0]) == 1 and not (_interleaved(run) or _resumes(run, before)):
        start, run = start + 1, run[1:]
    while run and len(run[-1]) == 1 and not (_interleaved(run[::-1]) or _ends_cell(run)):
        run = run[:-1]
    return start, run


def _resumes(run: list[Pieces], before: Region | None) -> bool:
    """Tell whether the first piece may be the rest of a cell that the page break divided.

    Titles start in the first column too; there, another line of the column must be close below.
    """
    piece, starts = run[0][0], _lefts(before.rows) if before else []
    inner = any(abs(piece.x0 - left) < 0.5 for left in starts[1:])
    close = [p for row in run[1:4] for p in row if p.middle - piece.middle < CLOSE * p.line.size]
    outer = starts[:1] and abs(piece.x0 - starts[0]) < 0.5
    below = bool(outer) and any(abs(piece.x0 - p.x0) < 0.5 for p in close)
    return before is not None and (inner or below) and _within(piece, before)


def _within(piece: Piece, region: Region) -> bool:
    """Tell whether a piece is inside one column of a region."""
    return any(
        left - SLACK < piece.x0 and piece.x1 < right + SLACK
        for left, right in pairwise(columns(region.rows))
    )


def _beside(one: Piece, other: Piece) -> bool:
    """Tell whether pieces of two lines are beside each other, up to a line higher or lower."""
    apart = one.x1 < other.x0 or other.x1 < one.x0
    return apart and abs(other.middle - one.middle) < NEAR * one.line.size


def _interleaved(run: list[Pieces]) -> bool:
    first, second = run[0][0], run[1][0] if len(run) > 1 else None
    return second is not None and abs(second.middle - first.middle) < NEAR * first.line.size


def _ends_cell(run: list[Pieces]) -> bool:
    """Tell whether the last line ends a cell: it closely follows a piece above it."""
    last = run[-1][0]
    above = [p for row in run[:-1] for p in row if p.x0 < last.x1 and last.x0 < p.x1]
    return bool(above) and last.middle - above[-1].middle < CLOSE * last.line.size


def columns(region: Sequence[Pieces]) -> list[float]:
    """Return the x coordinates of the borders of columns.

    Args:
        region: The pieces of each line of a table, which may be on several pages.

    Returns:
        The left side, the middle of each gutter, and the right side, in points.
    """
    # Pieces that span columns would hide gutters, so these are looked for without them. Where in
    # a gutter the border is drawn is decided with all pieces.
    lefts = _lefts(region)
    within = [[piece for piece in row if not _over(piece, lefts)] for row in region]
    left = min(piece.x0 for row in region for piece in row)
    right = max(piece.x1 for row in region for piece in row)
    covered, by_all = (_coverage(rows, left, right) for rows in (within, region))
    free = covered == 0
    changes = np.flatnonzero(np.diff(free.astype(int)))
    gutters = [
        _clearest(by_all, start + 1, end + 1)
        for start, end in pairwise(changes.tolist())
        if free[start + 1] and end - start >= 3
    ]
    edges = [left - 1, *(left + gutter / 2 for gutter in gutters), right + 1]
    return sorted([*edges, *_cuts(region, edges)])


def _cuts(region: Sequence[Pieces], edges: Sequence[float]) -> list[float]:
    """Return further edges: gaps without an edge that at least `ROWS` lines have in common."""
    gaps: list[Gap] = [(a.x1, b.x0) for row in region for a, b in pairwise(row)]
    gaps = [gap for gap in gaps if not any(gap[0] <= edge <= gap[1] for edge in edges)]
    cuts = list[float]()
    while gaps:
        starts = [start - 0.5 for _, start in gaps]
        best = max(starts, key=partial(_support, gaps))
        if _support(gaps, best) >= ROWS:
            cuts.append(best)
        gaps = [gap for gap in gaps if not gap[0] <= best <= gap[1]]
    return cuts


def _support(gaps: Sequence[Gap], at: float) -> int:
    return sum(end <= at <= start for end, start in gaps)


Coverage = NDArray[np.intp]


def _coverage(rows: Sequence[Pieces], left: float, right: float) -> Coverage:
    """Return the number of pieces at each half point between two x coordinates."""
    covered = np.zeros(int(right - left) * 2 + 4, dtype=np.intp)
    for row in rows:
        for piece in row:
            covered[int((piece.x0 - left) * 2) : int((piece.x1 - left) * 2) + 1] += 1
    return covered


def _clearest(covered: Coverage, start: int, end: int) -> float:
    """Return the middle of the widest part of a gutter that the fewest pieces run over."""
    clear = covered[start:end] == covered[start:end].min()
    edges = np.flatnonzero(np.diff(clear.astype(int), prepend=0, append=0)).tolist()
    first, last = max(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[1] - run[0])
    return start + (first + last) / 2


def same_table(above: Sequence[Pieces], below: Sequence[Pieces]) -> bool:
    """Tell whether lines before and after a page break have the same columns, or start alike."""
    same = _fits(below, columns(above)) or _fits(above, columns(below))
    return same or _start_alike(above, below)


def _fits(region: Sequence[Pieces], edges: Sequence[float]) -> bool:
    """Tell whether at most a tenth of the pieces runs over the edges of columns."""
    inner, several = edges[1:-1], [row for row in region if len(row) > 1]
    every = [piece for row in several or region for piece in row]
    across = sum(any(p.x0 + 1 < edge < p.x1 - 1 for edge in inner) for p in every)
    outer = min(p.x0 for p in every) > edges[0] - 12 and max(p.x1 for p in every) < edges[-1] + 12
    return outer and across <= 0.1 * len(every)


def _start_alike(one: Sequence[Pieces], two: Sequence[Pieces]) -> bool:
    """Tell whether most pieces of the side with fewer start where pieces of the other do."""
    few, many = sorted(([p.x0 for row in rows for p in row] for rows in (one, two)), key=len)
    alike = sum(any(abs(start - other) < SLACK for other in many) for start in few)
    return alike >= ALIKE * len(few)
