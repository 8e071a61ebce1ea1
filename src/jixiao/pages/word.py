# The library below is not typed: strictness starts where its values are taken over.
# pyright: basic
"""A Word document (.docx) as a flow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table as WordTable

from jixiao.errors import FileError
from jixiao.pages.layout import Block, Flow, Text, tidy
from jixiao.pages.spans import Span, table


def flow(path: Path) -> Flow:
    """Return the document's flow; raises `FileError` where it is cut off or no Word document."""
    try:
        document = docx.Document(str(path))
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        raise FileError("broken-docx", path=path) from error
    return Flow(blocks=tuple(_blocks(document)), pages=None)


def _blocks(document: Any) -> Iterator[Block]:
    paragraphs = tables = 0
    for block in document.iter_inner_content():
        if isinstance(block, WordTable):
            tables += 1
            yield table(_rows(block, f"/w:tbl[{tables}]"))
        else:
            paragraphs += 1
            if text := tidy(block.text):
                yield Text(plain=text, path=f"/w:p[{paragraphs}]")


def _rows(word: WordTable, path: str) -> list[list[Span]]:
    """Return the rows' cells; a vertical merge is counted down from the cell that starts it."""
    rows = [_cells(row) for row in word._tbl.tr_lst]  # pyright: ignore[reportPrivateUsage]
    return [
        [
            (
                Text(plain=text, path=f"{path}/w:tr[{r + 1}]/w:tc[{k + 1}]"),
                _down(rows, r, c),
                across,
            )
            for k, (c, across, merge, text) in enumerate(cells)
            if merge != "continue"
        ]
        for r, cells in enumerate(rows)
    ]


_Merge = tuple[int, int, str | None, str]  # column, columns, vertical merge, text


def _cells(row: Any) -> list[_Merge]:
    cells, column = list[_Merge](), row.grid_before
    for cell in row.tc_lst:
        text = tidy("\n".join(paragraph.text for paragraph in cell.p_lst))
        cells.append((column, cell.grid_span, cell.vMerge, text))
        column += cell.grid_span
    return cells


def _down(rows: list[list[_Merge]], row: int, column: int) -> int:
    count = 1
    for cells in rows[row + 1 :]:
        if not any(c == column and merge == "continue" for c, _, merge, _ in cells):
            break
        count += 1
    return count
