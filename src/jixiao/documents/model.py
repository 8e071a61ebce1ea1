"""What every file becomes before anyone asks what it means: a flow of paragraphs and tables.

Nothing here knows of budgets. Rectangles are (x0, top, x1, bottom) in points from the page's top
left corner; pages count from 1.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from jixiao.model.record import Box, Where
from jixiao.text import glue


class Line(msgspec.Struct, frozen=True):
    """One printed line: the left and right edge of each of its characters, in points.

    Of lines outside ruled tables `baselines` has that of each character: cells beside each other
    may stand a little higher or lower.
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
        """Return the characters from `start` up to `end` as a line of their own."""
        text, x0, x1 = self.text[start:end], self.x0[start:end], self.x1[start:end]
        base = self.baselines[start:end]
        off = base[0] - self.baselines[0] if base else 0.0
        top, bottom = self.top + off, self.bottom + off
        return msgspec.structs.replace(
            self, text=text, x0=x0, x1=x1, top=top, bottom=bottom, baselines=base
        )


class Text(msgspec.Struct, frozen=True, dict=True):
    """A paragraph or the content of a cell, and where it stands in its file.

    PDF text has the printed `lines`; other files give the `number` of the line or the `path`.
    """

    lines: tuple[Line, ...] = ()
    plain: str = ""
    number: int | None = None
    path: str | None = None

    @cached_property
    def joined(self) -> tuple[str, tuple[int, ...]]:
        """The text with its line breaks joined as Chinese is, and where each line starts in it."""
        if not self.lines:
            return self.plain, ()
        if len(self.lines) == 1:
            return self.lines[0].text, (0,)
        text, starts = "", list[int]()
        for line in self.lines:
            text = glue(text, line.text)
            starts.append(len(text) - len(line.text))
        return text, tuple(starts)

    @cached_property
    def text(self) -> str:
        """The text without its line breaks."""
        return self.lines[0].text if len(self.lines) == 1 else self.joined[0]

    def where(self, start: int = 0, end: int | None = None) -> Where:
        """Return the place of the characters from `start` up to `end`."""
        if not self.lines:
            return Where(line=self.number, path=self.path)
        parts = self._parts(start, len(self.text) if end is None else end)
        return whole([(line.page, line.box(first, last)) for line, first, last in parts])

    def part(self, start: int) -> "Text":
        """Return the text from `start` on."""
        if not self.lines:
            return msgspec.structs.replace(self, plain=self.plain[start:])
        parts = self._parts(start, len(self.text))
        return Text(lines=tuple(line.part(first, last) for line, first, last in parts))

    def _parts(self, start: int, end: int) -> Iterator[tuple[Line, int, int]]:
        for line, offset in zip(self.lines, self.joined[1], strict=True):
            first, last = max(start - offset, 0), min(end - offset, len(line.text))
            if first < last:
                yield line, first, last


@dataclass(slots=True)
class Cell:
    """A cell of a table; `row` and `column` are its top left corner in the healed table.

    `open_below` tells that no line closes it at the end of its page.
    """

    text: Text
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    places: list[tuple[int, Box]] = field(default_factory=list[tuple[int, Box]])
    open_below: bool = False


@dataclass(slots=True)
class Table:
    """A whole table: `grid[r][c]` is the cell there, the same object wherever it spans.

    `ruled` tells whether spans are known: a text transcription shows a merged cell as a blank.
    `confidence` is below 1 where the grid was inferred from white space; `open_above` tells that
    no line closes it at the top of its page.
    """

    number: int
    grid: list[list[Cell | None]]
    ruled: bool = True
    edges: tuple[float, ...] = ()
    pages: tuple[int, int] = (0, 0)
    confidence: float = 1.0
    open_above: bool = False

    def sure(self, row: int) -> float:
        """Return how sure a row's cells and texts are, 0 to 1."""
        lines = (line for cell in self.grid[row] if cell for line in cell.text.lines)
        return min((line.confidence for line in lines), default=1.0) * self.confidence

    def text(self, row: int, column: int) -> str:
        """Return the text of the cell there, of whatever cell spans it."""
        cell = self.grid[row][column]
        return cell.text.text if cell else ""

    def texts(self, row: int) -> list[str]:
        """Return the texts of a row."""
        return [cell.text.text if cell else "" for cell in self.grid[row]]

    def where(self, row: int, fields: dict[str, int] | None = None) -> Where:
        """Return the place of a row, with the rectangle of the cells at `fields`' columns."""
        cells = {name: self.grid[row][column] for name, column in (fields or {}).items()}
        own = [c for c in self.grid[row] if c and c.row == row and c.rows == 1]
        first = next((c for c in self.grid[row] if c and c.row == row), None)
        place = whole([place for cell in own for place in cell.places])
        return Where(
            page=place.page,
            table=self.number,
            row=row + 1,
            bbox=place.bbox,
            line=first.text.number if first else None,
            path=_row_path(first.text.path) if first and first.text.path else None,
            cells={name: spot for name, cell in cells.items() if cell and (spot := _spot(cell))},
            continued=place.continued,
        )


Block = Text | Table


@dataclass(frozen=True, slots=True)
class Fault:
    """What of a file could not be read: a message's code and its fields, and where it is."""

    code: str
    fields: dict[str, str]
    page: int | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Skew:
    """A page that was turned against the clock about its middle (x, y) to be read."""

    page: int
    degrees: float
    middle: tuple[float, float]

    def as_printed(self, box: Box) -> Box:
        """Return the rectangle that holds a box as it lies on the page itself."""
        x, y = self.middle
        cos, sin = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        corners = [(a - x, b - y) for a in box[::2] for b in box[1::2]]
        xs = [cos * a - sin * b + x for a, b in corners]
        ys = [sin * a + cos * b + y for a, b in corners]
        return _rounded((min(xs), min(ys), max(xs), max(ys)))


@dataclass(frozen=True, slots=True)
class Flow:
    """A file as a reader sees it: its blocks in order, how many pages it has, and its faults.

    The blocks of pages that are askew lie as if these were upright.
    """

    blocks: tuple[Block, ...]
    pages: int | None
    faults: tuple[Fault, ...] = ()
    askew: tuple[Skew, ...] = ()


def whole(places: list[tuple[int, Box]]) -> Where:
    """Return one place: the hull of the rectangles on each page, later pages `continued`."""
    boxes = dict[int, list[Box]]()
    for page, box in places:
        boxes.setdefault(page, []).append(box)
    found = [Where(page=page, bbox=_rounded(_hull(of))) for page, of in sorted(boxes.items())]
    if not found:
        return Where()
    return Where(page=found[0].page, bbox=found[0].bbox, continued=tuple(found[1:]))


def _hull(boxes: list[Box]) -> Box:
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def _row_path(path: str) -> str:
    """Return the path of a cell's row, or of the cell where rows have none."""
    return path.rpartition("/")[0] or path


def _spot(cell: Cell) -> Box | str | None:
    if cell.places:
        return _rounded(cell.places[0][1])
    return cell.text.path


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = box
    return round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)


def together(texts: Sequence[Text]) -> Text:
    """Return texts that follow each other as one; its place is the first one's without lines."""
    lines = tuple(line for text in texts for line in text.lines)
    if lines or not texts:
        return Text(lines=lines)
    return msgspec.structs.replace(texts[0], plain="".join(text.plain for text in texts))
