"""The content of any file: a sequence of paragraphs and tables, each with its place.

    DocumentContent   the blocks in reading order, the faults, the pages that are askew
      Text            a paragraph, or the content of a cell; of a PDF it has its printed `Line`s
      Table           a grid of `Cell`s; a merged cell is the same object at each position

Rectangles are (x0, top, x1, bottom) in points from the page's top left corner; pages count from 1.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

import msgspec

from jixiao.documents.once import once
from jixiao.model.record import Box, Where
from jixiao.text import join_lines


class Line(msgspec.Struct, frozen=True):
    """One printed line, with the left and right edge of each of its characters, in points.

    `baselines` has the baseline of each character. It is set only for lines outside ruled tables:
    there, one line may run through several cells whose text stands a little higher or lower.
    """

    text: str
    page: int
    top: float
    bottom: float
    x0: tuple[float, ...]
    x1: tuple[float, ...]
    size: float
    confidence: float = 1.0
    baselines: tuple[float, ...] = ()

    def box(self, start: int, end: int) -> Box:
        """Return the rectangle of the characters from `start` up to `end`."""
        return _rounded((self.x0[start], self.top, self.x1[end - 1], self.bottom))

    def part(self, start: int, end: int) -> "Line":
        """Return the characters from `start` up to `end` as a separate line."""
        if start == 0 and end == len(self.text):
            return self
        text, x0, x1 = self.text[start:end], self.x0[start:end], self.x1[start:end]
        base = self.baselines[start:end]
        # The line's top is that of its first character; a part may start higher or lower.
        off = base[0] - self.baselines[0] if base else 0.0
        top, bottom = self.top + off, self.bottom + off
        return msgspec.structs.replace(
            self, text=text, x0=x0, x1=x1, top=top, bottom=bottom, baselines=base
        )


class Text(msgspec.Struct, frozen=True, dict=True):
    """A paragraph or the content of a cell, with its place in the file.

    Text of a PDF has its printed `lines`. Text of another file is `plain` and has the `number` of
    its line or its `path` in the file ("/w:p[3]", "Sheet1!B2").
    """

    lines: tuple[Line, ...] = ()
    plain: str = ""
    number: int | None = None
    path: str | None = None

    # This and `text` are read many times for each cell; computing them once pays.
    @once
    def joined(self) -> tuple[str, tuple[int, ...]]:
        """The text without line breaks, and the offset at which each line starts in it."""
        if not self.lines:
            return self.plain, ()
        if len(self.lines) == 1:
            return self.lines[0].text, (0,)
        text, starts = "", list[int]()
        for line in self.lines:
            text = join_lines(text, line.text)
            starts.append(len(text) - len(line.text))
        return text, tuple(starts)

    @once
    def text(self) -> str:
        """The text without line breaks."""
        if len(self.lines) > 1:
            return self.joined[0]
        return self.lines[0].text if self.lines else self.plain

    def where(self, start: int = 0, end: int | None = None) -> Where:
        """Return the place of the characters from `start` up to `end`, offsets in `text`."""
        if not self.lines:
            return Where(line=self.number, path=self.path)
        parts = self._parts(start, len(self.text) if end is None else end)
        return hull([(line.page, line.box(first, last)) for line, first, last in parts])

    def part(self, start: int) -> "Text":
        """Return the text from offset `start` on."""
        if not self.lines:
            return msgspec.structs.replace(self, plain=self.plain[start:])
        parts = self._parts(start, len(self.text))
        return Text(lines=tuple(line.part(first, last) for line, first, last in parts))

    def _parts(self, start: int, end: int) -> Iterator[tuple[Line, int, int]]:
        """Yield each line that has some of the characters, and the range of them in the line."""
        for line, offset in zip(self.lines, self.joined[1], strict=True):
            first, last = max(start - offset, 0), min(end - offset, len(line.text))
            if first < last:
                yield line, first, last


# Equal only to itself: that is what is asked, and it can be a key.
@dataclass(slots=True, eq=False)
class Cell:
    """A cell of a table; `row` and `column` are its top left corner in the joined table.

    `places` are its rectangles, one for each page it is printed on. `open_below` is true if no
    line closes it at the end of its page. `outside` has the numbers of its rows above and below
    the part of a table that it is in.
    """

    text: Text
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    places: list[tuple[int, Box]] = field(default_factory=list[tuple[int, Box]])
    open_below: bool = False
    outside: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Table:
    """A table: `grid[r][c]` is the cell at that position, the same object wherever it spans.

    `ruled` is true if spans are certain; a text transcription, for example, shows a merged cell
    as blanks. `edges` are the x coordinates of the column borders and `pages` the first and the
    last page, of PDF tables only. `confidence` is below 1 if the grid was inferred from white
    space. `open_above` is true if no line closes the table at the top of its page. `first_row` is
    the number of rows above it in the table that it is a part of. `turned` is true if its rows are
    the columns of the table as printed.
    """

    number: int
    grid: list[list[Cell | None]]
    ruled: bool = True
    edges: tuple[float, ...] = ()
    pages: tuple[int, int] = (0, 0)
    confidence: float = 1.0
    open_above: bool = False
    first_row: int = 0
    turned: bool = False

    @property
    def cells(self) -> list[Cell]:
        """The cells, each once, in reading order."""
        return distinct(chain.from_iterable(self.grid))

    def part(self, top: int, bottom: int) -> "Table":
        """Return the rows from `top` up to `bottom` as a table that tells the same places.

        Cells that reach in from above start in its first row.
        """
        copies = dict[Cell | None, Cell]()
        for cell in distinct(chain.from_iterable(self.grid[top:bottom])):
            end = cell.row + cell.rows
            first, last = max(cell.row, top), min(end, bottom)
            outside = cell.outside[0] + first - cell.row, cell.outside[1] + end - last
            copies[cell] = replace(cell, row=first - top, rows=last - first, outside=outside)
        grid = [[copies.get(cell) for cell in row] for row in self.grid[top:bottom]]
        return replace(self, grid=grid, first_row=self.first_row + top)

    def turn(self) -> "Table":
        """Return the table with its columns as rows; each cell still tells its printed place."""
        copies: dict[Cell | None, Cell] = {
            cell: replace(
                cell, row=cell.column, column=cell.row, rows=cell.columns, columns=cell.rows
            )
            for cell in self.cells
        }
        columns = zip(*self.grid, strict=True)
        grid = [[copies.get(cell) for cell in column] for column in columns]
        return replace(self, grid=grid, turned=not self.turned)

    def position(self, cell: Cell) -> tuple[int, int]:
        """Return the row and the column of a cell in the table as printed, from 0."""
        row, column = (cell.column, cell.row) if self.turned else (cell.row, cell.column)
        return row + self.first_row - cell.outside[0], column

    def confidence_of_row(self, row: int) -> float:
        """Return the confidence in a row's cells and their texts, 0 to 1."""
        lines = (line for cell in self.grid[row] if cell for line in cell.text.lines)
        return min((line.confidence for line in lines), default=1.0) * self.confidence

    def text(self, row: int, column: int) -> str:
        """Return the text of the cell at, or spanning, a position."""
        cell = self.grid[row][column]
        return cell.text.text if cell else ""

    def texts(self, row: int) -> list[str]:
        """Return the text at each position of a row."""
        return [cell.text.text if cell else "" for cell in self.grid[row]]

    def where(self, row: int, fields: Mapping[str, Sequence[Cell | None]] | None = None) -> Where:
        """Return the place of a row.

        Args:
            row: Its index, from 0.
            fields: Names of fields with the cells of each, whose places are wanted too. They may
                be cells of other rows: the words of a level may stand in a row above.

        Returns:
            The place; its `row` counts from 1, and its `cells` has the place of each field.
        """
        cells = [cell for cell in self.grid[row] if cell]
        starting = (cell for cell in cells if cell.row == row and not cell.outside[0])
        first = next(starting, None)
        # A cell that spans more rows would make the row's rectangle cover its neighbours.
        spans = [cell.rows + sum(cell.outside) for cell in cells]
        fewest = min(spans, default=0)
        lowest = [c for c, span in zip(cells, spans, strict=True) if span == fewest]
        place = hull([spot for cell in lowest for spot in cell.places])
        pages = {place.page, *(further.page for further in place.continued)}
        spots = {name: _spot(of, pages) for name, of in (fields or {}).items()}
        return Where(
            page=place.page,
            table=self.number,
            row=None if self.turned else row + 1 + self.first_row,
            bbox=place.bbox,
            line=first.text.number if first else None,
            path=_row_path(first.text.path) if first and first.text.path else None,
            cells={name: spot for name, spot in spots.items() if spot},
            continued=place.continued,
        )

    def place(self, cell: Cell, start: int = 0, end: int | None = None, *, row: int) -> Where:
        """Return the place of a cell's text from `start` up to `end`, with the table and a row."""
        return self.numbered(cell.text.where(start, end), row)

    def numbered(self, where: Where, row: int) -> Where:
        """Return a place within the table with its number and a row, which counts from 1."""
        printed = None if self.turned else row + 1 + self.first_row
        return msgspec.structs.replace(where, table=self.number, row=printed)


Block = Text | Table


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of a file that could not be read: a message's code and its fields, and the place."""

    code: str
    fields: dict[str, str]
    page: int | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Skew:
    """The counterclockwise rotation about its middle (x, y) by which a page was straightened."""

    page: int
    degrees: float
    middle: tuple[float, float]

    def as_printed(self, box: Box) -> Box:
        """Return the rectangle around a box of the straightened page, on the page as printed."""
        x, y = self.middle
        cos, sin = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        corners = [(a - x, b - y) for a in box[::2] for b in box[1::2]]
        xs = [cos * a - sin * b + x for a, b in corners]
        ys = [sin * a + cos * b + y for a, b in corners]
        return _rounded((min(xs), min(ys), max(xs), max(ys)))


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """The content of a file: its blocks in reading order, its number of pages, and its faults.

    `pages` is None for files without fixed pages. The blocks of pages listed in `skews` have the
    coordinates of the straightened page.
    """

    blocks: tuple[Block, ...]
    pages: int | None
    faults: tuple[Fault, ...] = ()
    skews: tuple[Skew, ...] = ()


def distinct(cells: Iterable[Cell | None]) -> list[Cell]:
    """Return the cells, each once, in their order."""
    return list(dict.fromkeys(filter(None, cells)))


def hull(places: list[tuple[int, Box]]) -> Where:
    """Return the place that encloses some rectangles.

    Args:
        places: Page numbers and rectangles, in any order.

    Returns:
        The first page with the hull of its rectangles, and later pages in `continued`.
    """
    if len(places) == 1:  # as most are
        return Where(page=places[0][0], bbox=_rounded(places[0][1]))
    boxes = dict[int, list[Box]]()
    for page, box in places:
        boxes.setdefault(page, []).append(box)
    wheres = [Where(page=page, bbox=_rounded(_bounds(of))) for page, of in sorted(boxes.items())]
    if not wheres:
        return Where()
    return Where(page=wheres[0].page, bbox=wheres[0].bbox, continued=tuple(wheres[1:]))


def join_texts(texts: Sequence[Text]) -> Text:
    """Return consecutive texts as one; without printed lines it has the place of the first."""
    lines = tuple(line for text in texts for line in text.lines)
    if lines or not texts:
        return Text(lines=lines)
    return msgspec.structs.replace(texts[0], plain="".join(text.plain for text in texts))


def _bounds(boxes: list[Box]) -> Box:
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def _row_path(path: str) -> str:
    """Return the path of a cell's row, or the cell's path in formats without paths of rows."""
    return path.rpartition("/")[0] or path


def _spot(cells: Sequence[Cell | None], pages: set[int | None]) -> Where | None:
    """Return the place of the words of some cells, of blank ones that on some pages."""
    of = [cell for cell in cells if cell]
    if places := [spot for cell in of for spot in _printed(cell, pages)]:
        return hull(places)
    text = next((cell.text for cell in of if cell.text.path), None)
    if text:
        return Where(path=text.path)
    line = next((cell.text.number for cell in of if cell.text.text and cell.text.number), None)
    return Where(line=line) if line else None


def _printed(cell: Cell, pages: set[int | None]) -> Iterable[tuple[int, Box]]:
    """Return the rectangles of a cell that hold its words; of a blank cell those on some pages.

    A cell that was joined over a page break has rectangles that are blank.
    """
    if len(cell.places) < 2:
        return cell.places
    lines = [(line.page, (line.top + line.bottom) / 2) for line in cell.text.lines]
    holding = [
        (page, box)
        for page, box in cell.places
        if any(page == of and box[1] <= middle <= box[3] for of, middle in lines)
    ]
    return holding or [place for place in cell.places if place[0] in pages] or cell.places


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = box
    return _round(x0), _round(top), _round(x1), _round(bottom)


@lru_cache(16_384)
def _round(value: float) -> float:
    # Rounding to decimals takes ten times as long as this, and cells share their edges.
    return round(value, 2)
