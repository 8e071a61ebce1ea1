"""Forms as printed, with what each cell was read as: for a person who judges it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from jixiao.documents.model import Cell, Table, Text
from jixiao.extraction.evidence.likeness import NOT_LIKE, Likeness
from jixiao.extraction.evidence.rules import evidence_rules
from jixiao.extraction.field_words import nearest_label
from jixiao.extraction.forms.blocks import Block
from jixiao.extraction.forms.grid import distinct, filled, row_cells, text
from jixiao.extraction.forms.pairs import Pair
from jixiao.model.record import Where

_TITLES = 2  # paragraphs above a form that are shown


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell was read as.

    `roles` are those of the columns it heads or is in, or the field of the label with its kind
    ("particular:contact"); `confidence` is that of its column, and `like` the nearest known word of
    a header or a label.
    """

    kind: Literal["header", "value", "label", "stated"]
    roles: tuple[str, ...]
    doubtful: bool = False
    like: Likeness = NOT_LIKE
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell with its spans, and what it was read as; None where it was not read."""

    text: str
    rows: int
    columns: int
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A table, or the part of one that holds a form: the titles above it and its rows of cells."""

    titles: tuple[str, ...]
    rows: tuple[tuple[DrawnCell, ...], ...]
    where: Where


def draw(
    table: Table,
    above: Sequence[Text],
    blocks: Sequence[Block],
    pairs: Sequence[Pair],
    doubtful: Collection[str],
) -> DrawnForm:
    """Return a form as printed.

    Args:
        table: The table, or the part of it that holds the form.
        above: The paragraphs above it, and the titles in it.
        blocks: Its blocks of indicators, with their columns assigned.
        pairs: Its labels and values.
        doubtful: The headers and labels, as printed, that words are proposed for.
    """
    readings = dict[tuple[int, int], Reading]()
    for block in blocks:
        for cell, reading in _of_block(block, doubtful):
            place = block.table.position(cell)
            before = readings.get(place)
            if before is not None and before.kind == reading.kind == "header":
                roles = dict.fromkeys((*before.roles, *reading.roles))
                reading = Reading("header", tuple(roles), before.doubtful or reading.doubtful)
            readings[place] = reading
    for cell, reading in _of_head(table, pairs, doubtful):
        readings.setdefault(table.position(cell), reading)
    rows = [
        tuple(
            DrawnCell(text(cell), cell.rows, cell.columns, readings.get(table.position(cell)))
            for cell in row_cells(table, row)
            if cell.row == row
        )
        for row in range(len(table.grid))
    ]
    inside = {text(cell) for cell in distinct(c for row in table.grid for c in row)}
    titles = [t.text for t in above if t.text.strip() and t.text not in inside]
    return DrawnForm(tuple(titles[-_TITLES:]), tuple(rows), table.where(0))


def _of_block(block: Block, doubtful: Collection[str]) -> Iterator[tuple[Cell, Reading]]:
    certain = evidence_rules().confidence.certain
    for column in block.columns:
        if column.role == "none":
            continue
        unsure = column.confidence < certain or column.header in doubtful
        if column.head is not None and column.header:
            reading = Reading("header", (column.role,), unsure, column.like, column.confidence)
            yield column.head, reading
        for cell in filled(distinct(column.cells)):
            yield cell, Reading("value", (column.role,), unsure, confidence=column.confidence)


def _of_head(
    table: Table, pairs: Sequence[Pair], doubtful: Collection[str]
) -> Iterator[tuple[Cell, Reading]]:
    """Yield the values beside labels, and the labels themselves: the cells with their words."""
    cells = filled(distinct(cell for row in table.grid for cell in row))
    for pair in pairs:
        field = ":".join(filter(None, (pair.mark.field, pair.mark.kind))) if pair.mark else "other"
        unsure = pair.label in doubtful
        yield pair.cell, Reading("stated", (field,), unsure)
        for cell in cells:
            if text(cell) == pair.label:
                yield cell, Reading("label", (field,), unsure, nearest_label(pair.label))
