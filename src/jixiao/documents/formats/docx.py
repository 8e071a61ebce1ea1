# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads a Word document (.docx) as its reader sees it: with insertions, without deletions."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from jixiao.documents.merged_cells import Span, table_from_spans
from jixiao.documents.model import Block, DocumentContent, Text
from jixiao.errors import FileError
from jixiao.text import tidy

_TABLE, _ROW, _CELL, _PARAGRAPH = qn("w:tbl"), qn("w:tr"), qn("w:tc"), qn("w:p")
_BOX = qn("w:txbxContent")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# A text box is written twice: once for Word, once as a fallback for older programs.
_UNSEEN = {qn("w:del"), qn("w:moveFrom"), qn("w:rPr"), qn("w:pPr"), _BOX, _FALLBACK, _TABLE}
_SPACES = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n"}


def read(path: Path) -> DocumentContent:
    """Return the paragraphs and tables of a Word document, with XPath-like paths.

    Raises:
        FileError: if the file is truncated or no Word document.
    """
    try:
        document = docx.Document(str(path))
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, XMLSyntaxError) as error:
        raise FileError("broken-docx", path=path) from error
    body = document.element.find(qn("w:body"))
    return DocumentContent(blocks=tuple(_blocks(body, "")), pages=None)


def _blocks(body: Any, path: str) -> Iterator[Block]:
    """Yield paragraphs and tables; a text box follows the paragraph that it is anchored to."""
    paragraphs, tables, boxes = count(1), count(1), count(1)
    for element in _content(body, (_PARAGRAPH, _TABLE)):
        if element.tag == _TABLE:
            yield from _table(element, f"{path}/w:tbl[{next(tables)}]")
            continue
        place = f"{path}/w:p[{next(paragraphs)}]"
        if text := tidy(_text(element)):
            yield Text(plain=text, path=place)
        for box in _visible(element, _BOX):
            yield from _blocks(box, f"{place}/w:txbxContent[{next(boxes)}]")


def _content(element: Any, wanted: tuple[str, ...]) -> Iterator[Any]:
    """Yield the nearest elements with these tags, also those in controls and insertions."""
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag not in _UNSEEN and isinstance(child.tag, str):
            yield from _content(child, wanted)


def _visible(element: Any, tag: str) -> Iterator[Any]:
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag != _FALLBACK and child.tag != _TABLE:
            yield from _visible(child, tag)


def _text(element: Any) -> str:
    """Return the visible text of a paragraph."""
    parts = list[str]()
    for child in element:
        tag = child.tag
        if tag in (qn("w:t"), _FORMULA):
            parts.append(child.text or "")
        elif tag in _SPACES:
            parts.append(_SPACES[tag])
        elif tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif tag == qn("w:sym"):
            parts.append(chr(int(child.get(qn("w:char")), 16)))
        elif tag not in _UNSEEN and not _is_hidden(child):
            parts.append(_text(child))
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}") if isinstance(run.tag, str) else None
    return vanish is not None and vanish.get(qn("w:val")) not in ("0", "false")


def _table(element: Any, path: str) -> Iterator[Block]:
    """Yield a table, then the tables in its cells."""
    rows = [row for row in _content(element, (_ROW,)) if not _is_deleted(row)]
    yield table_from_spans(_spans([_cells(row) for row in rows], path))
    for r, row in enumerate(rows):
        for k, cell in enumerate(_content(row, (_CELL,))):
            for n, inner in enumerate(_content(cell, (_TABLE,))):
                yield from _table(inner, f"{_place(path, r, k)}/w:tbl[{n + 1}]")


def _is_deleted(row: Any) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None


_Merge = tuple[int, int, str | None, str]  # column, columns, vertical merge, text


def _spans(rows: list[list[_Merge]], path: str) -> Iterator[list[Span]]:
    """Yield the cells of each row.

    Word marks each further cell of a vertical merge as "continue"; the cell that starts the merge
    gets the number of these as its row span.
    """
    for r, cells in enumerate(rows):
        yield [
            (Text(plain=text, path=_place(path, r, k)), _down(rows, r, column), across)
            for k, (column, across, merge, text) in enumerate(cells)
            if merge != "continue"
        ]


def _place(path: str, row: int, cell: int) -> str:
    return f"{path}/w:tr[{row + 1}]/w:tc[{cell + 1}]"


def _cells(row: Any) -> list[_Merge]:
    cells, column = list[_Merge](), row.grid_before
    for cell in _content(row, (_CELL,)):
        paragraphs = _content(cell, (_PARAGRAPH,))
        text = tidy("\n".join(_text(paragraph) for paragraph in paragraphs))
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
