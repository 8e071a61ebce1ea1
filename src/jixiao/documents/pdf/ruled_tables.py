"""Turns the ruling lines of a page into tables and cells.

1. Lines that are nearly on one axis are moved onto it, and lines that meet on it are joined.
2. Lines that touch belong to one table.
3. The lines of a table divide it into squares; squares without a line between them are one cell.

Many tables have no vertical line on the left and right: there, the place where the horizontal
lines end together counts as the side.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from jixiao.documents.pdf.characters import THIN
from jixiao.model.record import Box

SNAP = 3.0  # points: lines closer than this are meant to be one
OVERHANG = 9.0  # points: lines that reach this far beyond the outermost one have an open side

Drawn = NDArray[np.bool_]
Segment = tuple[float, float, float]  # the line's y (or x), then its start and end along it


@dataclass(slots=True)
class Frame:
    """The horizontal and vertical lines of one table."""

    horizontal: list[Segment] = field(default_factory=list[Segment])
    vertical: list[Segment] = field(default_factory=list[Segment])


def frames(rulings: list[Box]) -> list[Frame]:
    """Return the ruling lines of a page, grouped into tables.

    Args:
        rulings: The boxes of thin lines and of stroked rectangles.
    """
    horizontal, vertical = list[Segment](), list[Segment]()
    for x0, top, x1, bottom in rulings:
        wide, high = x1 - x0 >= THIN, bottom - top >= THIN
        if wide and high:
            horizontal += ((top, x0, x1), (bottom, x0, x1))
            vertical += ((x0, top, bottom), (x1, top, bottom))
        elif wide:
            horizontal.append(((top + bottom) / 2, x0, x1))
        elif high:
            vertical.append(((x0 + x1) / 2, top, bottom))
    return _touching(_joined(_snapped(horizontal)), _joined(_snapped(vertical)))


def _snapped(segments: list[Segment]) -> list[Segment]:
    """Return the segments with each group of close coordinates replaced by their mean."""
    values = sorted({segment[0] for segment in segments})
    means = dict[float, float]()
    group = list[float]()
    for value in values:
        if group and value - group[-1] > SNAP:
            means |= dict.fromkeys(group, sum(group) / len(group))
            group = []
        group.append(value)
    means |= dict.fromkeys(group, sum(group) / (len(group) or 1))
    return [(means[at], start, end) for at, start, end in segments]


def _joined(segments: list[Segment]) -> list[Segment]:
    """Return the segments with those joined that lie on one line and meet."""
    joined = list[Segment]()
    for at, start, end in sorted(segments):
        if joined and joined[-1][0] == at and start <= joined[-1][2] + SNAP:
            joined[-1] = at, joined[-1][1], max(end, joined[-1][2])
        else:
            joined.append((at, start, end))
    return joined


def _touching(horizontal: list[Segment], vertical: list[Segment]) -> list[Frame]:
    """Group the lines that touch.

    A vertical line that touches none is added to the table whose vertical lines are as long.
    """
    if not horizontal or not vertical:
        return [Frame([line], []) for line in horizontal]
    y, x0, x1 = (column[:, None] for column in np.array(horizontal).T)
    x, top, bottom = np.array(vertical).T
    touches = (x >= x0 - SNAP) & (x <= x1 + SNAP) & (y >= top - SNAP) & (y <= bottom + SNAP)
    groups, by_group = _groups(touches), dict[int, Frame]()
    for group, line in zip(groups, horizontal, strict=True):
        by_group.setdefault(group, Frame()).horizontal.append(line)
    loose = list[Segment]()
    crossed, firsts = touches.any(axis=0).tolist(), touches.argmax(axis=0).tolist()
    for line, crosses, first in zip(vertical, crossed, firsts, strict=True):
        if crosses:
            by_group[groups[first]].vertical.append(line)
        else:
            loose.append(line)
    for line in loose:
        beside = (frame for frame in by_group.values() if _is_side(line, frame.vertical))
        for frame in islice(beside, 1):
            frame.vertical.append(line)
    return list(by_group.values())


def _groups(touches: NDArray[np.bool_]) -> list[int]:
    """Return a group number for each row; rows with a common true column are in one group."""
    groups = list(range(len(touches)))
    for column in touches.T:
        first, *others = np.flatnonzero(column).tolist() or [-1]
        if others:
            old = {groups[other] for other in others}
            groups = [groups[first] if group in old else group for group in groups]
    return groups


def _is_side(line: Segment, others: list[Segment]) -> bool:
    """Tell whether a line starts and ends where a vertical line of a table does."""
    _, start, end = line
    return any(abs(start - a) < SNAP and abs(end - b) < SNAP for _, a, b in others)


@dataclass(frozen=True, slots=True)
class FramedCells:
    """The boxes of a table's cells.

    `open_below` are those without a line below, because the page ends there. `open_above` is true
    if the table has no line at its top, because it continues from the page before.
    """

    boxes: list[Box]
    open_below: frozenset[Box] = frozenset()
    open_above: bool = False


def cells(frame: Frame) -> FramedCells:
    """Return the cells between the lines of a table; none if these enclose nothing."""
    xs, ys = sorted({x for x, _, _ in frame.vertical}), sorted({y for y, _, _ in frame.horizontal})
    xs, ys = _with_open_sides(xs, frame.horizontal), _with_open_sides(ys, frame.vertical)
    if len(xs) < 2 or len(ys) < 2:
        return FramedCells([])
    horizontal, vertical = _drawn(frame.horizontal, ys, xs), _drawn(frame.vertical, xs, ys)
    # What is drawn at the top and bottom must be kept before open sides are closed for the search.
    top, bottom = horizontal[0].copy(), horizontal[-1].copy()
    for side in (0, -1):
        horizontal[side] |= _closed_by(vertical[:, side])
        vertical[side] |= _closed_by(horizontal[:, side])
    boxes, open_below = list[Box](), set[Box]()
    for r0, c0, r1, c1 in _rectangles(horizontal, vertical):
        boxes.append((xs[c0], ys[r0], xs[c1], ys[r1]))
        if r1 == len(ys) - 1 and not bottom[c0:c1].all():
            open_below.add(boxes[-1])
    return FramedCells(boxes, frozenset(open_below), not top.any())


def _with_open_sides(stops: list[float], lines: list[Segment]) -> list[float]:
    """Return the stops with a further one at a side where the two outermost lines end together.

    `stops` are the coordinates of the crossing lines; `lines` are the lines that end there.
    """
    if not stops or len(lines) < 2:
        return stops
    places = [at for at, _, _ in lines]
    outer = [[line for line in lines if line[0] == side] for side in (min(places), max(places))]
    starts = [min(start for _, start, _ in side) for side in outer]
    ends = [max(end for _, _, end in side) for side in outer]
    if abs(starts[0] - starts[1]) < SNAP and max(starts) < stops[0] - OVERHANG:
        stops = [sum(starts) / 2, *stops]
    if abs(ends[0] - ends[1]) < SNAP and min(ends) > stops[-1] + OVERHANG:
        stops = [*stops, sum(ends) / 2]
    return stops


def _closed_by(lines: Drawn) -> Drawn:
    """Tell at which steps a side counts as closed: from the first drawn line to the last."""
    drawn = np.flatnonzero(lines)
    steps = np.arange(len(lines) - 1)
    return (steps >= drawn[0]) & (steps < drawn[-1]) if len(drawn) else steps < 0


def _drawn(segments: list[Segment], lines: list[float], stops: list[float]) -> Drawn:
    """Tell for each line and each step between two stops whether the line is drawn there."""
    drawn = np.zeros((len(lines), len(stops) - 1), dtype=np.bool_)
    place = {at: index for index, at in enumerate(lines)}
    for at, start, end in segments:
        first, last = bisect_left(stops, start - SNAP), bisect_right(stops, end + SNAP, 1) - 1
        drawn[place[at], first:last] = True
    return drawn


def _rectangles(horizontal: Drawn, vertical: Drawn) -> Iterator[tuple[int, int, int, int]]:
    """Yield each cell as its first row and column and the row and column after its last."""
    h: list[list[bool]] = horizontal.tolist()
    v: list[list[bool]] = vertical.tolist()
    rows, columns = len(h) - 1, len(v) - 1
    done = [[False] * columns for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            if done[row][column]:
                continue
            # Most cells are a single square; checking that first avoids the search.
            if h[row][column] and h[row + 1][column] and v[column][row] and v[column + 1][row]:
                yield row, column, row + 1, column + 1
                continue
            squares = _filled(row, column, h, v)
            for r, c in squares:
                done[r][c] = True
            yield from _framed(squares, h, v)


def _filled(
    row: int, column: int, h: list[list[bool]], v: list[list[bool]]
) -> set[tuple[int, int]]:
    """Return the squares that can be reached from one without crossing a line."""
    reached, todo = {(row, column)}, [(row, column)]
    while todo:
        r, c = todo.pop()
        for open_side, square in (
            (not h[r][c], (r - 1, c)),
            (not h[r + 1][c], (r + 1, c)),
            (not v[c][r], (r, c - 1)),
            (not v[c + 1][r], (r, c + 1)),
        ):
            inside = 0 <= square[0] < len(h) - 1 and 0 <= square[1] < len(v) - 1
            if open_side and inside and square not in reached:
                reached.add(square)
                todo.append(square)
    return reached


def _framed(
    squares: set[tuple[int, int]], h: list[list[bool]], v: list[list[bool]]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the rectangle of connected squares, if lines enclose it.

    Squares that make no rectangle (a line is missing somewhere) are divided into runs of a row.
    """
    r0, r1 = min(r for r, _ in squares), max(r for r, _ in squares) + 1
    c0, c1 = min(c for _, c in squares), max(c for _, c in squares) + 1
    if len(squares) != (r1 - r0) * (c1 - c0):
        for row in range(r0, r1):
            for start, end in _runs(sorted(c for r, c in squares if r == row)):
                if all(h[row][start:end]) and all(h[row + 1][start:end]):
                    yield row, start, row + 1, end
    elif all(h[r0][c0:c1]) and all(h[r1][c0:c1]) and all(v[c0][r0:r1]) and all(v[c1][r0:r1]):
        yield r0, c0, r1, c1


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n + 1 for n in numbers if n + 1 not in numbers]
    return zip(starts, ends, strict=True)
