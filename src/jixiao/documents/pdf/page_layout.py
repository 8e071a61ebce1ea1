"""A PDF's marks as a flow: rulings -> grids, glyphs -> lines -> cells and paragraphs."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jixiao.documents.model import Block, Cell, Flow, Line, Skew, Table, Text
from jixiao.documents.pdf.characters import THIN, Page
from jixiao.documents.pdf.headers_footers import furniture
from jixiao.documents.pdf.lines import ASCENT, first_word, lines
from jixiao.documents.pdf.ruled_tables import Framed, cells, frames
from jixiao.documents.pdf.unruled.gutters import Region, regions
from jixiao.documents.pdf.unruled.tables import cut_by_page, inferred

HANGING = 1.1  # of the size: how far below an open cell its last line may stand


def flow(pages: list[Page]) -> Flow:
    """Return the pages' paragraphs and tables in reading order, tables not yet healed."""
    loose = list[tuple[Page, list[Line], list[Table]]]()
    for page in pages:
        framed = [cells(frame) for frame in frames(page.rulings)]
        tables = [_table(page, found) for found in framed if len(found.boxes) > 1]
        tables.sort(key=_top)
        loose.append((page, _pour(page, tables), tables))
    known = furniture([(page, free) for page, free, _ in loose])
    parts = list[Block | Region]()
    for page, free, tables in loose:
        known.strip(page, tables)
        body = [line for line in free if not known.holds(page, line)]
        parts += _parts(page, body, tables, cut_by_page(parts))
    blocks = inferred(parts)
    for number, found in enumerate((b for b in blocks if isinstance(b, Table)), 1):
        found.number = number
    askew = (Skew(p.number, p.skew, (p.width / 2, p.height / 2)) for p in pages if p.skew)
    return Flow(blocks=tuple(_over_pages(blocks)), pages=len(pages), askew=tuple(askew))


def _parts(
    page: Page, body: list[Line], tables: list[Table], before: Region | None
) -> Iterator[Block | Region]:
    """Yield the paragraphs, ruled tables and what may be tables without rules, from the top on."""
    left = min((line.x0[0] for line in body), default=0.0)
    right = max((line.x1[-1] for line in body), default=0.0)
    for number, ruled in enumerate([*tables, None]):
        above = [line for line in body if ruled is None or line.top < _top(ruled)]
        body, end = body[len(above) :], 0
        for region in regions(page.number, above, None if number else before):
            region.at_top &= number == 0
            region.at_end &= ruled is None
            region.rules = _across(page, region)
            yield from _paragraphs(above[end : region.start], left, right)
            yield region
            end = region.end
        yield from _paragraphs(above[end:], left, right)
        if ruled:
            yield ruled


def _across(page: Page, region: Region) -> list[float]:
    """Return the heights of the long lines that no upright one touches."""
    pieces = [piece for row in region.rows for piece in row]
    wide = 0.4 * (max(p.x1 for p in pieces) - min(p.x0 for p in pieces))
    loose = (line for f in frames(page.rulings) if not f.upright for line in f.across)
    return sorted(y for y, x0, x1 in loose if x1 - x0 > wide)


def _table(page: Page, framed: Framed) -> Table:
    boxes = framed.boxes
    xs = _axis([x for x0, _, x1, _ in boxes for x in (x0, x1)])
    ys = _axis([y for _, top, _, bottom in boxes for y in (top, bottom)])
    grid: list[list[Cell | None]] = [[None] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    column = {x: _index(xs, x) for x in {x for x0, _, x1, _ in boxes for x in (x0, x1)}}
    line = {y: _index(ys, y) for y in {y for _, top, _, bottom in boxes for y in (top, bottom)}}
    for box in boxes:
        c0, c1, r0, r1 = column[box[0]], column[box[2]], line[box[1]], line[box[3]]
        places, is_open = [(page.number, box)], box in framed.open_below
        cell = Cell(Text(), r0, c0, r1 - r0, c1 - c0, places, is_open)
        for row in grid[r0:r1]:
            row[c0:c1] = [cell] * (c1 - c0)
    pages = page.number, page.number
    return Table(0, grid, edges=tuple(xs), pages=pages, open_above=framed.open_above)


def _axis(values: list[float]) -> list[float]:
    """Return the distinct coordinates; what lies closer than a thin line is one."""
    ordered = sorted(set(values))
    return ordered[:1] + [b for a, b in pairwise(ordered) if b - a >= THIN]


def _index(axis: list[float], value: float) -> int:
    return bisect_right(axis, value + THIN / 2) - 1


def _top(table: Table) -> float:
    return min(cell.places[0][1][1] for row in table.grid for cell in row if cell)


def _pour(page: Page, tables: list[Table]) -> list[Line]:
    """Fill the tables' cells with the page's glyphs; return the lines that stand in none."""
    glyphs, filled = page.glyphs, list[Cell]()
    owners = np.full(len(glyphs), -1, dtype=np.intp)
    x = (glyphs.x0 + glyphs.x1) / 2
    y = glyphs.baseline - glyphs.size * (ASCENT - 0.5)
    for ruled in tables:
        xs, ys = np.array(ruled.edges), np.array(_rows(ruled))
        inside = (xs[0] <= x) & (x <= xs[-1]) & (ys[0] <= y) & (y <= ys[-1]) & (owners < 0)
        column = np.clip(np.searchsorted(xs, x[inside], "right") - 1, 0, len(xs) - 2)
        row = np.clip(np.searchsorted(ys, y[inside], "right") - 1, 0, len(ys) - 2)
        owners[inside] = _numbers(ruled, filled)[row, column]
    for number, cell in enumerate(filled):
        if cell.open_below:
            x0, _, x1, end = cell.places[0][1]
            hanging = (x0 < x) & (x < x1) & (end < y) & (y < end + HANGING * glyphs.size)
            owners[hanging & (owners < 0)] = number
    found = lines(glyphs, owners, page.number)
    free = found.pop(-1, [])
    for number, cell_lines in found.items():
        filled[number].text = Text(lines=tuple(cell_lines))
    return free


def _rows(table: Table) -> list[float]:
    return _axis([y for row in table.grid for c in row if c for y in c.places[0][1][1::2]])


def _numbers(table: Table, filled: list[Cell]) -> NDArray[np.intp]:
    """Add a table's cells to `filled`; return the number of the cell at each row and column."""
    own = {id(cell): cell for row in table.grid for cell in row if cell}
    numbers = {key: len(filled) + at for at, key in enumerate(own)}
    filled += own.values()
    return np.array([[numbers[id(c)] if c else -1 for c in row] for row in table.grid])


def _paragraphs(lines: list[Line], left: float, right: float) -> list[Block]:
    """Join the lines that run on: a full line, then one of the same size close below."""
    paragraphs = list[list[Line]]()
    for line in lines:
        if paragraphs and _runs_on(paragraphs[-1][-1], line, left, right):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [Text(lines=tuple(paragraph)) for paragraph in paragraphs]


def _runs_on(above: Line, below: Line, left: float, right: float) -> bool:
    indented = below.x0[0] - left > 1.5 * below.size
    if _STOP.search(above.text) and (indented or _ORDINAL.match(below.text)):
        return False
    close = below.top - above.bottom < 1.3 * above.size
    return close and _full(above, below, right) and abs(above.size - below.size) < 0.5


def _full(line: Line, below: Line, right: float) -> bool:
    """Tell whether the first word of the line below would not have fitted."""
    return right - line.x1[-1] < first_word(below) + 0.6 * line.size


def _over_pages(blocks: list[Block]) -> Iterator[Block]:
    """Join a paragraph that goes on at the top of the next page."""
    held: Text | None = None
    for block in blocks:
        if isinstance(block, Table):
            if held:
                yield held
            yield block
            held = None
        elif held and _goes_on(held, block):
            held = Text(lines=held.lines + block.lines)
        else:
            if held:
                yield held
            held = block
    if held:
        yield held


_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、）)]")
_STOP = re.compile(r"[。；：:;！？]$")


def _goes_on(before: Text, after: Text) -> bool:
    above, below = before.lines[-1], after.lines[0]
    turned = below.page == above.page + 1 and abs(above.size - below.size) < 0.5
    wide = max(line.x1[-1] for line in (*before.lines, *after.lines))
    full = _full(above, below, wide) and not _STOP.search(above.text)
    return turned and len(before.lines) > 1 and full
