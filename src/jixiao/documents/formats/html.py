# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads an HTML page as its reader sees it: without hidden elements."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
from lxml.etree import ParserError

from jixiao.documents.formats.plain_text import decode
from jixiao.documents.merged_cells import Span, table_from_spans
from jixiao.documents.model import Block, DocumentContent, Text
from jixiao.errors import FileError
from jixiao.text import tidy

_LINES = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "div", "td", "th", "dt", "dd", "pre")
_UNSEEN = ("script", "style", "head", "template", "noscript")
_MOST_COLUMNS = 1000  # that a cell may span; browsers have the same limit
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def read(path: Path) -> DocumentContent:
    """Return the paragraphs and tables of an HTML page, with XPaths.

    Raises:
        FileError: if the file has no HTML in it.
    """
    data = path.read_bytes()
    # The HTML standard asks for it in the first 1024 bytes; reading more costs nothing.
    declared = _CHARSET.search(data[:4096])
    try:
        root = lxml.html.document_fromstring(
            decode(data, path, declared[1].decode() if declared else None)
        )
    except (ParserError, ValueError) as error:
        raise FileError("broken-html", path=path) from error
    body = root.find("body")
    return DocumentContent(blocks=tuple(_blocks(root if body is None else body)), pages=None)


def _blocks(element: Any) -> Iterator[Block]:
    if _is_unseen(element):
        return
    if element.tag == "table" and not _is_layout(element):
        yield from _table(element)
    elif next(element.iterdescendants("table", *_LINES), None) is not None:
        if element.text and element.text.strip():
            yield Text(plain=tidy(element.text), path=_path(element))
        for child in element:
            yield from _blocks(child)
            if child.tail and child.tail.strip():
                yield Text(plain=tidy(child.tail), path=_path(element))
    elif text := tidy(_text(element)):
        yield Text(plain=text, path=_path(element))


def _is_unseen(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return True
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_layout(element: Any) -> bool:
    """Tell whether a table only positions other tables.

    Some sites lay their pages out with tables; in those most of the text is in inner tables.
    """
    inner = [t for t in element.iter("table") if t is not element]
    if not inner:
        return False
    inside = sum(len(_text(t)) for t in inner if _nearest(t) is element)
    return inside > len(_text(element))


def _nearest(element: Any) -> Any:
    return next(element.iterancestors("table"), None)


def _table(element: Any) -> Iterator[Block]:
    """Yield a table, then the tables in its cells."""
    yield table_from_spans(_rows(element))
    for inner in element.iter("table"):
        if inner is not element and _nearest(inner) is element:
            yield from _blocks(inner)


def _rows(element: Any) -> Iterator[list[Span]]:
    rows = [r for r in element.iter("tr") if _nearest(r) is element and not _is_unseen(r)]
    groups = [row.getparent() for row in rows]
    rows_left = Counter(groups)
    for row, group in zip(rows, groups, strict=True):
        left = rows_left[group]
        rows_left[group] -= 1
        yield [_span(cell, path, left) for cell, path in _cells(row) if not _is_unseen(cell)]


def _cells(row: Any) -> Iterator[tuple[Any, str]]:
    """Yield the cells of a row with their XPaths, which differ in their ends alone."""
    cells, at, above = row.xpath("td|th"), Counter[str](), _path(row)
    many = Counter(cell.tag for cell in cells)
    for cell in cells:
        at[cell.tag] += 1
        number = f"[{at[cell.tag]}]" if many[cell.tag] > 1 else ""
        yield cell, f"{above}/{cell.tag}{number}"


def _span(cell: Any, path: str, left: int) -> Span:
    """Return a cell with its spans; `left` is the number of rows left in its row group.

    By the HTML standard a row span of 0 extends to the end of the group, and none exceeds it.
    """
    down, across = _count(cell.get("rowspan")), _count(cell.get("colspan"))
    text = Text(plain=tidy(_text(cell)), path=path)
    return text, min(down or left, left), min(max(across, 1), _MOST_COLUMNS)


def _count(span: str | None) -> int:
    return int(span) if span and span.strip().isdigit() else 1


def _text(element: Any) -> str:
    """Return an element's text, without that of inner tables and hidden elements."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "br" or child.tag in _LINES:
            parts.append("\n")
        if child.tag != "table" and not _is_unseen(child):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _path(element: Any) -> str:
    path: str = element.getroottree().getpath(element)
    return path
