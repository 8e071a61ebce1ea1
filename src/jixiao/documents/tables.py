"""The tables of any document, whole: what `jixiao tables` and `jixiao.tables` hand out."""

import csv
import io
from pathlib import Path

import msgspec
from jinja2 import Environment

from jixiao.documents.model import Cell, Table, whole
from jixiao.documents.open import open_file
from jixiao.model.record import Where


class GridCell(msgspec.Struct, frozen=True):
    """A cell: its text, its top left corner (from 1), how much it spans, where it is printed."""

    text: str
    row: int
    column: int
    rows: int
    columns: int
    where: Where


class Grid(msgspec.Struct, frozen=True):
    """A table, healed over page breaks: its size, its pages, and its cells in reading order."""

    number: int
    first_page: int | None
    last_page: int | None
    rows: int
    columns: int
    cells: tuple[GridCell, ...]

    def texts(self) -> list[list[str]]:
        """Return the text at each place, that of a merged cell wherever it spans."""
        found = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for row in range(cell.row - 1, cell.row - 1 + cell.rows):
                start = cell.column - 1
                found[row][start : start + cell.columns] = [cell.text] * cell.columns
        return found


def tables(path: str | Path, *, reader: str = "pdfium") -> list[Grid]:
    """Return the tables of a document of any kind; raises `FileError` where it cannot be read."""
    _, _, flow = open_file(Path(path), reader)
    return [_grid(block) for block in flow.blocks if isinstance(block, Table)]


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
    place = whole(cell.places)
    where = msgspec.structs.replace(
        place, table=table, row=cell.row + 1, line=cell.text.number, path=cell.text.path
    )
    return GridCell(cell.text.text, cell.row + 1, cell.column + 1, cell.rows, cell.columns, where)


def text(grids: list[Grid], kind: str) -> str:
    """Return tables as "json", as "csv" (a blank line between two), or as "html"."""
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
