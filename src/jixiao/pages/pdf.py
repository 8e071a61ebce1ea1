# The library below is not typed: strictness starts where its values are taken over.
# pyright: basic
"""A PDF's marks as a flow: rulings -> grids, glyphs -> lines -> cells and paragraphs."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pdfplumber.table import (
    cells_to_tables,
    edges_to_intersections,
    intersections_to_cells,
    merge_edges,
)

from jixiao.pages.layout import Block, Cell, Flow, Line, Table, Text
from jixiao.pages.marks import THIN, Glyph, Page
from jixiao.record import Box

SNAP = 3.0  # points: pdfplumber's own tolerance for lines that mean to be one
ASCENT = 0.88  # of the size: how far a character's box rises over the baseline
MARGIN = 0.09  # of the page's height: where page headers and footers stand


def flow(pages: list[Page]) -> Flow:
    """Return the pages' paragraphs and tables in reading order, tables not yet healed."""
    blocks = list[Block]()
    loose = list[tuple[Page, list[Line], list[Table]]]()
    number = 0
    for page in pages:
        tables = [_table(page, cells) for cells in _grids(page.rulings)]
        tables.sort(key=lambda table: _top(table))
        loose.append((page, _pour(page, tables), tables))
    furniture = _furniture([(page, lines) for page, lines, _ in loose])
    for page, lines, tables in loose:
        body = [line for line in lines if _place(page, line) not in furniture]
        left = min((line.x0[0] for line in body), default=0.0)
        right = max((line.x1[-1] for line in body), default=0.0)
        for table in tables:
            above = [line for line in body if line.top < _top(table)]
            body = body[len(above) :]
            blocks += _paragraphs(above, left, right)
            number += 1
            table.number = number
            blocks.append(table)
        blocks += _paragraphs(body, left, right)
    return Flow(blocks=tuple(_over_pages(blocks)), pages=len(pages))


def _grids(rulings: list[Box]) -> list[list[Box]]:
    """Return the cells of each ruled table of a page, by pdfplumber's geometry."""
    edges = merge_edges([edge for box in rulings for edge in _edges(box)], SNAP, SNAP, SNAP, SNAP)
    crossings = edges_to_intersections(edges, SNAP, SNAP)
    tables: list[list[Box]] = cells_to_tables(intersections_to_cells(crossings))
    return [cells for cells in tables if len(cells) > 1]


def _edges(box: Box) -> Iterator[dict[str, Any]]:
    x0, top, x1, bottom = box
    wide, high = x1 - x0 >= THIN, bottom - top >= THIN
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    if wide and not high:
        yield _edge("h", x0, y, x1, y)
    elif high and not wide:
        yield _edge("v", x, top, x, bottom)
    elif wide and high:
        yield from (_edge("h", x0, top, x1, top), _edge("h", x0, bottom, x1, bottom))
        yield from (_edge("v", x0, top, x0, bottom), _edge("v", x1, top, x1, bottom))


def _edge(orientation: str, x0: float, top: float, x1: float, bottom: float) -> dict[str, Any]:
    return {
        "orientation": orientation,
        "object_type": "line",
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def _table(page: Page, boxes: list[Box]) -> Table:
    xs = _axis([x for x0, _, x1, _ in boxes for x in (x0, x1)])
    ys = _axis([y for _, top, _, bottom in boxes for y in (top, bottom)])
    grid: list[list[Cell | None]] = [[None] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    for box in boxes:
        c0, c1 = _index(xs, box[0]), _index(xs, box[2])
        r0, r1 = _index(ys, box[1]), _index(ys, box[3])
        cell = Cell(Text(), r0, c0, r1 - r0, c1 - c0, [(page.number, box)])
        for row in grid[r0:r1]:
            row[c0:c1] = [cell] * (c1 - c0)
    return Table(0, grid, edges=tuple(xs), pages=(page.number, page.number))


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
    axes = [
        (t.edges, _axis([y for row in t.grid for c in row if c for y in c.places[0][1][1::2]]))
        for t in tables
    ]
    inside = dict[int, tuple[Cell, list[Glyph]]]()
    free = list[Glyph]()
    for glyph in page.glyphs:
        cell = _cell_at(glyph, tables, axes)
        if cell is None:
            free.append(glyph)
        else:
            inside.setdefault(id(cell), (cell, []))[1].append(glyph)
    for cell, glyphs in inside.values():
        cell.text = Text(lines=tuple(_lines(glyphs, page.number)))
    return _lines(free, page.number)


def _cell_at(
    glyph: Glyph, tables: list[Table], axes: list[tuple[tuple[float, ...], list[float]]]
) -> Cell | None:
    x, y = (glyph.x0 + glyph.x1) / 2, glyph.baseline - glyph.size * (ASCENT - 0.5)
    for table, (xs, ys) in zip(tables, axes, strict=True):
        if xs[0] <= x <= xs[-1] and ys[0] <= y <= ys[-1]:
            column = min(bisect_right(xs, x) - 1, len(xs) - 2)
            return table.grid[min(bisect_right(ys, y) - 1, len(ys) - 2)][column]
    return None


def _lines(glyphs: list[Glyph], page: int) -> list[Line]:
    """Return the glyphs as lines from top to bottom, each from left to right."""
    lines = list[list[Glyph]]()
    for glyph in sorted(glyphs, key=lambda g: (g.baseline, g.x0)):
        if lines and glyph.baseline - lines[-1][0].baseline < 0.4 * glyph.size:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    found = (_line(sorted(line, key=lambda g: g.x0), page) for line in lines)
    return [line for line in found if line]


def _line(glyphs: list[Glyph], page: int) -> Line | None:
    kept = list[Glyph]()
    for glyph in (g for g in glyphs if not g.text.isspace()):
        if kept and _apart(kept[-1], glyph):
            kept.append(Glyph(" ", kept[-1].x1, glyph.x0, glyph.baseline, glyph.size))
        kept.append(glyph)
    if not kept:
        return None
    size, baseline = max(g.size for g in kept), kept[0].baseline
    return Line(
        text="".join(g.text for g in kept),
        page=page,
        top=baseline - ASCENT * size,
        bottom=baseline + (1 - ASCENT) * size,
        x0=tuple(g.x0 for g in kept),
        x1=tuple(g.x1 for g in kept),
        size=size,
        confidence=min(g.confidence for g in kept),
    )


def _apart(left: Glyph, right: Glyph) -> bool:
    """Tell whether a space stands between two Latin or two Chinese characters.

    It is seen by the gap, for readers differ on blank glyphs; between a Chinese and a Latin
    character a gap is typesetting.
    """
    if left.text.isascii() != right.text.isascii():
        return False
    end = left.x1 if left.text.isascii() else left.x0 + left.size
    return right.x0 - end > 0.18 * right.size


def _place(page: Page, line: Line) -> tuple[str, int] | None:
    """Return what a page header or footer has in common over the pages, None in the body."""
    if MARGIN * page.height < line.top < (1 - MARGIN) * page.height:
        return None
    return re.sub(r"\d+", "#", line.text), round(line.top / SNAP)


def _furniture(pages: list[tuple[Page, list[Line]]]) -> set[tuple[str, int] | None]:
    """Return what is printed on the margin of more than half of three pages or more."""
    counts = Counter(
        place for page, lines in pages for line in lines if (place := _place(page, line))
    )
    return {place for place, count in counts.items() if count > max(2, len(pages) / 2)}


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


_WORD = re.compile(r"[\x21-\x7e]+|[（“‘《〈【]*.[，。；：、！？）”’》〉】]*")


def _full(line: Line, below: Line, right: float) -> bool:
    """Tell whether the first word of the line below would not have fitted."""
    word = _WORD.match(below.text)
    last = word.end() - 1 if word else 0
    return right - line.x1[-1] < below.x1[last] - below.x0[0] + 0.6 * line.size


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
