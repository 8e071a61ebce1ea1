"""The tables of any document, for `jixiao tables` and `jixiao.tables`."""

import csv
import io
import logging
from pathlib import Path

import msgspec
from jinja2 import Environment

from jixiao.documents.model import Cell, Table, hull
from jixiao.documents.open import open_file
from jixiao.logs import timed
from jixiao.model.record import Where

_log = logging.getLogger(__name__)


class GridCell(msgspec.Struct, frozen=True):
    """A cell: its text, its top left corner (from 1), its spans, and its place in the file."""

    text: str
    row: int
    column: int
    rows: int
    columns: int
    where: Where


class Grid(msgspec.Struct, frozen=True):
    """A table, joined over page breaks: its size, its pages, and its cells in reading order."""

    number: int
    first_page: int | None
    last_page: int | None
    rows: int
    columns: int
    cells: tuple[GridCell, ...]

    def texts(self) -> list[list[str]]:
        """Return the text at each position; a merged cell's text is at each one it spans."""
        texts = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for row in range(cell.row - 1, cell.row - 1 + cell.rows):
                start = cell.column - 1
                texts[row][start : start + cell.columns] = [cell.text] * cell.columns
        return texts


def tables(path: str | Path, *, reader: str = "pdfium") -> list[Grid]:
    """Return the tables of a document of any supported kind, in reading order.

    Args:
        path: The file.
        reader: The engine for PDF files, "pdfium" or "pdfplumber".

    Raises:
        FileError: if the file cannot be read.
    """
    with timed(_log, "read the tables of", path):
        _, _, content = open_file(Path(path), reader)
    return [_grid(block) for block in content.blocks if isinstance(block, Table)]


def _grid(table: Table) -> Grid:
    first, last = table.pages
    cells = {id(cell): cell for row in table.grid for cell in row if cell}.values()
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    return Grid(
        number=table.number,
        first_page=first or None,
        last_page=last or None,
        rows=len(table.grid),
        columns=max(len(row) for row in table.grid),
        cells=tuple(_cell(cell, table.number) for cell in ordered),
    )


def _cell(cell: Cell, table: int) -> GridCell:
    where = msgspec.structs.replace(
        hull(cell.places), table=table, row=cell.row + 1, line=cell.text.number, path=cell.text.path
    )
    return GridCell(cell.text.text, cell.row + 1, cell.column + 1, cell.rows, cell.columns, where)


def format_tables(grids: list[Grid], kind: str) -> str:
    """Return tables as text.

    Args:
        grids: The tables.
        kind: "json", "csv" (with a blank line between tables) or "html".
    """
    if kind == "json":
        return msgspec.json.format(msgspec.json.encode(grids), indent=2).decode() + "\n"
    return _csv(grids) if kind == "csv" else _html(grids)


def _csv(grids: list[Grid]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for number, grid in enumerate(grids):
        if number:
            buffer.write("\n")
        writer.writerows(grid.texts())
    return buffer.getvalue()


_PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<style>table { border-collapse: collapse; margin: 1em 0 } td { border: 1px solid }</style>
{% for grid in grids %}
<table id="t{{ grid.number }}">
{% for row in grid.cells | groupby("row") %}
<tr>
{% for cell in row.list %}
<td rowspan="{{ cell.rows }}" colspan="{{ cell.columns }}">{{ cell.text }}</td>
{% endfor %}
</tr>
{% endfor %}
</table>
{% endfor %}
"""


def _html(grids: list[Grid]) -> str:
    environment = Environment(autoescape=True, trim_blocks=True)
    return environment.from_string(_PAGE).render(grids=grids)
