"""Reads what is no block of indicators: labels with their values, by spans.

A rectangle is read from the top down: a matrix (headings over rows), a band of rows that a side
label holds together, or a row of labels and values in turn. A label that is like no known one
keeps its value under its own words; it is never itself a value.
"""

from dataclasses import dataclass
from typing import NamedTuple

from jixiao.config import lru_cache
from jixiao.documents.model import Cell, Table
from jixiao.extraction.evidence.likeness import bare
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.evidence.shapes import folded, is_value, shape
from jixiao.extraction.field_words import Label, field_words, label_like
from jixiao.extraction.forms.grid import cells_within, filled, text
from jixiao.extraction.forms.label_signs import label_signs
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.word_matching import compiled

_GOALS = frozenset({"goal", "achieved"})
_STAGES = frozenset({"stage", "execution-weight", "execution-rate", "execution-score"})
_TASKS = frozenset({"task-name"})
_TASK_FIELDS = frozenset({"task-name", "task-text", "task-amount", "amount"})
_FIGURES = frozenset({"number", "percent", "money", "quantity"})
_BLANKS = frozenset({"blank", "filler"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value.

    Attributes:
        label: The label's words, blank where a heading alone tells what the value is.
        mark: What the label is like, None if it is like none that is known.
        likeness: How much, 0 to 1.
        cell: The cell of the value.
        stated: The value's text, which may be only a part of the cell's.
        above: The labels beside and above, the outermost first.
        heading: In a matrix, what the column's heading is like.
        row: The row of a matrix that the value stands in, None outside of one.
    """

    label: str
    mark: Label | None
    likeness: float
    cell: Cell
    stated: str
    above: tuple[str, ...]
    heading: Label | None = None
    row: int | None = None


class _Area(NamedTuple):
    """A rectangle of a table."""

    rows: range
    columns: range


@dataclass(slots=True)
class PairReader:
    """Reads rectangles of a table into `pairs`, and claims their cells."""

    table: Table
    ledger: Ledger
    pairs: list[Pair]

    def read(self, rows: range) -> None:
        """Read some rows over their whole width.

        Args:
            rows: Rows that belong to no block of indicators.
        """
        self._read(_Area(rows, range(len(self.table.grid[0]))), ())

    def _read(self, area: _Area, above: tuple[str, ...]) -> None:
        row = area.rows.start
        while row < area.rows.stop:
            rest = _Area(range(row, area.rows.stop), area.columns)
            if end := self._matrix(rest, above):
                row = end
                continue
            end = row + 1
            while end < area.rows.stop and self._spans(range(row, end), area.columns, end):
                end += 1
            band = _Area(range(row, end), area.columns)
            if end - row == 1:
                self._line(row, area.columns, above)
            else:
                self._band(band, above)
            row = end

    def _spans(self, rows: range, columns: range, edge: int) -> bool:
        cells = cells_within(self.table, rows, columns)
        return any(cell.row < edge < cell.row + cell.rows for cell in cells)

    # Bands

    def _band(self, area: _Area, above: tuple[str, ...]) -> None:
        """Read rows that a cell at their left holds together: its label, and what it holds."""
        rows, columns = area
        cells = cells_within(self.table, range(rows.start, rows.start + 1), columns)
        first = cells[0] if cells else None
        holds = first is not None and first.row + first.rows >= rows.stop
        if first is None or not holds or first.column + first.columns >= columns.stop:
            for row in rows:
                self._line(row, columns, above)
            return
        start, stop = first.column + first.columns, columns.stop
        if above and text(first) and likely_label(text(first)) <= 0:
            self._add(None, first, above)  # the value of the label beside it
            self._read(_Area(rows, range(start, stop)), ())
            return
        inner = (*above, text(first)) if text(first) else above
        if text(first):
            self.ledger.claim(self.table, first, "label")
        note = self.table.grid[rows.start][stop - 1]
        if note is not None and self._is_note(note, first, area):
            stop = note.column
            if text(note):
                self._add(None, note, inner)
        values = cells_within(self.table, rows, range(start, stop))
        whole = all(cell.column == start and cell.columns == stop - start for cell in values)
        if values and whole and not any(likely_label(text(cell)) > 0.5 for cell in values):
            stated = filled(values)
            if len(stated) == 2 and len(text(stated[0])) * limits().much_longer < len(
                text(stated[1])
            ):
                self.ledger.claim(self.table, stated.pop(0), "label")  # of the text below it
            for cell in stated:  # a label beside its values, one below the other
                self._add(first, cell, above)
            return
        self._read(_Area(rows, range(start, stop)), inner)

    def _is_note(self, note: Cell, first: Cell, area: _Area) -> bool:
        """Tell whether a cell at the right of a band is beside all of its rows but the first."""
        tall = note.row == area.rows.start and note.rows >= len(area.rows) > 2
        return note is not first and tall and note.column > first.column + first.columns

    # Matrices

    def _matrix(self, area: _Area, above: tuple[str, ...]) -> int | None:
        """Read headings over rows that are divided alike; return the row below, None for none."""
        rows, columns = area
        if len(rows) < 2:
            return None
        head = cells_within(self.table, range(rows.start, rows.start + 1), columns)
        below = cells_within(self.table, range(rows.start + 1, rows.start + 2), columns)
        headings = filled(head)
        if not headings or not below or any(is_value(text(cell)) for cell in headings):
            return None
        tallest = max(cell.rows for cell in head)
        if head[0].rows == tallest > max((cell.rows for cell in head[1:]), default=tallest):
            return None  # a side label
        if any(label_like(text(c), _TASKS)[1] > 0.8 for c in headings):
            return self._tasks(area, above)
        if tallest > 1:
            return None
        if self._is_money(head, below, area):
            return self._rows_of_figures(area, head, above)
        if self._is_goals(head, below, above):
            return self._goals(area, head, above)
        if self._is_list(head, below, above):
            return self._list(area, head, above)
        return None

    def _is_money(self, head: list[Cell], below: list[Cell], area: _Area) -> bool:
        """Tell whether headings of stages stand over rows of figures."""
        headings = filled(head)
        if len(headings) < 2 or _alike(head, below) < 0.6:
            return False
        stages = [c for c in headings if label_like(text(c), _STAGES)[1] > limits().meaning]
        figures = self._figures(area, head)
        like_labels = sum(likely_label(text(cell)) > 0 for cell in headings)
        if like_labels < len(headings) * 0.6:
            return False
        return len(stages) >= 2 or (len(headings) >= 3 and figures >= 2 and bool(stages))

    def _figures(self, area: _Area, head: list[Cell]) -> int:
        rows = range(area.rows.start + 1, min(area.rows.stop, area.rows.start + 4))
        cells = cells_within(self.table, rows, range(head[0].column, area.columns.stop))
        return sum(shape(text(cell)) in _FIGURES for cell in cells)

    def _rows_of_figures(self, area: _Area, head: list[Cell], above: tuple[str, ...]) -> int:
        """Read rows of money: the label of each names the fund, the headings name the stages."""
        marks = {id(cell): _stage_like(text(cell)) for cell in head}
        for cell in filled(head):
            self.ledger.claim(self.table, cell, "heading")
        row = area.rows.start + 1
        while row < area.rows.stop:
            cells = cells_within(self.table, range(row, row + 1), area.columns)
            if not self._is_figures(cells, head, first=row == area.rows.start + 1):
                break
            self._figure_row(cells, head, marks, row, above)
            row += 1
        return row

    def _is_figures(self, cells: list[Cell], head: list[Cell], *, first: bool) -> bool:
        if not cells or _alike(cells, head) < 0.5:
            return False
        shapes = [shape(text(cell)) for cell in cells[1:]]
        plain = [s for s in shapes if s in _FIGURES or s in _BLANKS]
        return first or (bool(shapes) and len(plain) >= len(shapes) * 0.6)

    def _figure_row(
        self,
        cells: list[Cell],
        head: list[Cell],
        marks: dict[int, tuple[Label | None, float]],
        row: int,
        above: tuple[str, ...],
    ) -> None:
        named = [c for c in filled(cells) if shape(text(c)) not in _FIGURES | _BLANKS]
        source = named[0] if named and named[0].column <= head[0].column + 1 else None
        if source is None and text(head[0]) and not text(cells[0]) and not marks[id(head[0])][0]:
            source = head[0]  # the corner names the only row
        mark, like = label_like(text(source)) if source else (None, 0.0)
        if source is not None:
            self.ledger.claim(self.table, source, "label")
        for cell in filled(cells):
            if cell is source:
                continue
            if shape(text(cell)) == "filler":
                self.ledger.claim(self.table, cell, "furniture")
                continue
            over = next((h for h in head if h.column <= cell.column < h.column + h.columns), None)
            heading = marks[id(over)][0] if over is not None and text(over) else None
            self.ledger.claim(self.table, cell, "value")
            label = text(source) if source is not None else ""
            names = (*above, text(over)) if over is not None else above
            self.pairs.append(
                Pair(
                    label=label,
                    mark=mark if like > 0.45 else None,
                    likeness=like,
                    cell=cell,
                    stated=text(cell),
                    above=names,
                    heading=heading,
                    row=row,
                )
            )

    def _is_goals(self, head: list[Cell], below: list[Cell], above: tuple[str, ...]) -> bool:
        """Tell whether headings of goals stand over their texts, side by side or alone."""
        headings = filled(head)
        if len(head) > 3 or {c.column for c in head} != {c.column for c in below}:
            return False
        goals = any(label_like(text(c), _GOALS)[1] > 0.6 for c in headings)
        inside = bool(above) and label_like(above[-1], _GOALS | {"group"})[1] > 0.5
        labels = all(likely_label(text(cell)) > 0 for cell in headings)
        wordy = [c for c in filled(below) if likely_label(text(c)) < 0.15 or len(text(c)) > 14]
        blank = not filled(below)
        return goals and (labels or inside) and (bool(wordy) or inside or blank)

    def _goals(self, area: _Area, head: list[Cell], above: tuple[str, ...]) -> int:
        row = area.rows.start + 1
        below = cells_within(self.table, range(row, row + 1), area.columns)
        for heading in filled(head):
            self.ledger.claim(self.table, heading, "label")
            for cell in below:
                if cell.column == heading.column and text(cell):
                    self._add(heading, cell, above)
        return max((cell.row + cell.rows for cell in below), default=row + 1)

    def _is_list(self, head: list[Cell], below: list[Cell], above: tuple[str, ...]) -> bool:
        """Tell whether any other headings stand over rows that are divided alike."""
        headings = filled(head)
        if len(headings) < 2 or len(headings) != len(head) or not above:
            return False
        if {c.column for c in head} != {c.column for c in below}:
            return False
        marks = [label_like(text(cell)) for cell in headings]
        known = sum(
            like > limits().meaning and m is not None and m.field != "group" for m, like in marks
        )
        labels = all(likely_label(text(cell)) > 0 for cell in headings)
        again = sum(likely_label(text(cell)) > 0.15 for cell in filled(below))
        return labels and known >= 2 and again <= 1

    def _list(self, area: _Area, head: list[Cell], above: tuple[str, ...]) -> int:
        edges = {cell.column for cell in head}
        for cell in head:
            self.ledger.claim(self.table, cell, "heading")
        row = area.rows.start + 1
        while row < area.rows.stop:
            cells = cells_within(self.table, range(row, row + 1), area.columns)
            if {cell.column for cell in cells} != edges:
                break
            for cell, over in zip(cells, head, strict=True):
                if text(cell):
                    self._add(over, cell, above, row=row)
            row += 1
        return row

    def _tasks(self, area: _Area, above: tuple[str, ...]) -> int:
        """Read the tasks of a department: their headings may take two rows."""
        rows, columns = area
        top = cells_within(self.table, range(rows.start, rows.start + 1), columns)
        body = max(cell.row + cell.rows for cell in top)
        while body < rows.stop and self._is_heading_below(range(body, body + 1), columns):
            body += 1
        heads = cells_within(self.table, range(rows.start, body), columns)
        for cell in filled(heads):
            self.ledger.claim(self.table, cell, "heading")
        lowest = {
            at: cell
            for cell in filled(heads)
            for at in range(cell.column, cell.column + cell.columns)
        }
        row = body
        while row < rows.stop:
            cells = cells_within(self.table, range(row, row + 1), columns)
            first, like = label_like(text(cells[0])) if cells else (None, 0.0)
            if not cells or (
                first is not None and like > 0.8 and first.field in (*_GOALS, "group")
            ):
                break
            for cell in filled(cells):
                over = lowest.get(cell.column)
                if over is not None:
                    self._add(over, cell, above, row=row, fields=_TASK_FIELDS)
            row += 1
        return row

    def _is_heading_below(self, row: range, columns: range) -> bool:
        """Tell whether a row goes on with headings: nothing at its left, and no value in it."""
        cells = cells_within(self.table, row, columns)
        return not text(cells[0]) and not any(is_value(text(cell)) for cell in cells)

    # Lines

    def _line(self, row: int, columns: range, above: tuple[str, ...]) -> None:
        """Read one row: labels and values in turn, chosen for the row as a whole."""
        cells = cells_within(self.table, range(row, row + 1), columns)
        if len(cells) > 1:  # a cell with its own label and its value is neither
            cells = [cell for cell in cells if not self._states_itself(cell, above)]
        texts = filled(cells)
        if not texts:
            return
        if len(cells) == 1 or (len(texts) == 1 and not above and not self.table.ruled):
            self._alone(texts[0], above)
            return
        label, valued = None, False
        for cell, is_label in zip(cells, _labels_of_line(cells, inside=bool(above)), strict=True):
            if is_label:
                if label is not None and not valued:
                    above = (*above, text(label))
                label, valued = cell, False
                self.ledger.claim(self.table, cell, "label")
            else:
                valued = True
                if text(cell):
                    self._add(label, cell, above)

    def _alone(self, cell: Cell, above: tuple[str, ...]) -> None:
        """Read a cell over the whole width: a title, a unit, or a label with its value in one."""
        if above and label_like(above[-1], _GOALS)[1] > limits().meaning:
            self._add(None, cell, above)
            return
        if self._inline(cell, above):
            return
        if above:
            self._add(None, cell, above)
        else:
            self.ledger.claim(self.table, cell, "heading")

    def _states_itself(self, cell: Cell, above: tuple[str, ...]) -> bool:
        """Read a cell that has labels with figures in it: 其中:基本支出:1768.16万元."""
        stated = [pair for pair in inline_labels(text(cell)) if shape(pair[1]) in _FIGURES]
        for name, value in stated:
            mark, like = label_like(name)
            known = mark if like > 0.6 else None
            self.pairs.append(Pair(name, known, like, cell, value, above))
        if stated:
            self.ledger.claim(self.table, cell, "value")
        return bool(stated)

    def _inline(self, cell: Cell, above: tuple[str, ...]) -> bool:
        """Read labels with their values in one text: 填报单位：X  单位：万元."""
        found = False
        for name, stated in inline_labels(text(cell)):
            mark, like = label_like(name)
            if mark is not None and like > 0.6:
                found = True
                self.pairs.append(Pair(name, mark, like, cell, stated, above))
        if found:
            self.ledger.claim(self.table, cell, "value")
        return found

    def _add(
        self,
        label: Cell | None,
        cell: Cell,
        above: tuple[str, ...],
        row: int | None = None,
        fields: frozenset[str] | None = None,
    ) -> None:
        """Add the value of a label; without one, that of the label above or beside."""
        name = text(label) if label is not None else (above[-1] if above else "")
        outer = above if label is not None else above[:-1]
        mark, like = label_like(name, fields)
        if like < 0.5:
            mark = None
        if mark is not None and mark.field == "stop":  # who filled the form in, and when
            self.ledger.claim(self.table, cell, "furniture")
            return
        self.ledger.claim(self.table, cell, "value")
        self.pairs.append(Pair(name, mark, like, cell, text(cell), outer, row=row))


def _stage_like(stated: str) -> tuple[Label | None, float]:
    """Return the stage that a heading is like, None where it is more like another label."""
    mark, like = label_like(stated, _STAGES)
    return (mark, like) if like > 0.5 and label_like(stated)[1] <= like else (None, 0.0)


def inline_labels(stated: str) -> list[tuple[str, str]]:
    """Return the labels and values that one text has: "填报单位：甲局 单位：万元".

    Args:
        stated: The text of a cell or paragraph.
    """
    if len(stated) > 120 or "。" in stated or "；" in stated:
        return []
    pattern = compiled(field_words().inline_pairs)
    return [(match["label"], match["value"].strip()) for match in pattern.finditer(stated)]


@lru_cache(16_384)
def likely_label(stated: str) -> float:
    """Return how much a text looks like a label, by its shape and its words.

    Args:
        stated: The text of a cell.

    Returns:
        Above 0 where it is rather a label than a value, at most some 2.
    """
    signs = label_signs()
    word = folded(stated)
    length = len(bare(stated))
    if not word or is_value(stated) or length > signs.longest:
        return -1.0
    score = signs.words * (label_like(stated)[1] - signs.known)
    score += sum(sign.weight for sign in signs.patterns if compiled(sign.pattern).search(word))
    return score + (
        signs.short if length <= signs.short_to else signs.longer * (length - signs.short_to)
    )


def _labels_of_line(cells: list[Cell], *, inside: bool) -> list[bool]:
    """Return for each cell of a row whether it is a label; the likeliest sequence wins.

    Args:
        cells: The cells.
        inside: Whether a label beside or above the row may be that of its first value.
    """
    signs = label_signs()
    beam: list[tuple[float, str]] = [(0.0, "")]
    for at, cell in enumerate(cells):
        stated = text(cell)
        as_value = signs.blank_value if not stated else signs.value if is_value(stated) else 0.0
        as_label = likely_label(stated) if stated else 0.0
        last = signs.last_label if at == len(cells) - 1 else 0.0
        steps = list[tuple[float, str]]()
        for score, sequence in beam:
            before = sequence[-1:] or ("inside" if inside else "start")
            if stated:
                step = as_label + signs.label_after[before] + last
                steps.append((score + step, sequence + "L"))
            steps.append((score + as_value + signs.value_after[before], sequence + "V"))
        beam = sorted(steps, key=_score, reverse=True)[:12]
    return [kind == "L" for kind in beam[0][1]]


def _score(step: tuple[float, str]) -> float:
    return step[0]


def _alike(cells: list[Cell], others: list[Cell]) -> float:
    edges, under = {cell.column for cell in cells}, {cell.column for cell in others}
    return len(edges & under) / max(1, len(edges | under))
