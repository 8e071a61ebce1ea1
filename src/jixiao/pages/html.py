# The library below is not typed: strictness starts where its values are taken over.
# pyright: basic
"""An HTML page as a flow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
from lxml.etree import ParserError

from jixiao.errors import FileError
from jixiao.pages.layout import Block, Flow, Text, tidy
from jixiao.pages.plain import decode
from jixiao.pages.spans import Span, table

_LINES = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "div", "td", "th", "dt", "dd", "pre")


def flow(path: Path) -> Flow:
    """Return the page's flow; raises `FileError` where nothing in it is HTML."""
    try:
        root = lxml.html.document_fromstring(decode(path.read_bytes(), path))
    except (ParserError, ValueError) as error:
        raise FileError("broken-html", path=path) from error
    body = root.find("body")
    return Flow(blocks=tuple(_blocks(root if body is None else body)), pages=None)


def _blocks(element: Any) -> Iterator[Block]:
    if element.tag == "table":
        yield table(_rows(element))
    elif not isinstance(element.tag, str) or element.tag in ("script", "style", "head"):
        return
    elif any(child.tag == "table" or child.tag in _LINES for child in element.iterdescendants()):
        if element.text and element.text.strip():
            yield Text(plain=tidy(element.text), path=_path(element))
        for child in element:
            yield from _blocks(child)
            if child.tail and child.tail.strip():
                yield Text(plain=tidy(child.tail), path=_path(element))
    elif text := tidy(element.text_content()):
        yield Text(plain=text, path=_path(element))


def _rows(element: Any) -> Iterator[Iterator[Span]]:
    own = (row for row in element.iter("tr") if next(row.iterancestors("table")) is element)
    return (_spans(row) for row in own)


def _spans(row: Any) -> Iterator[Span]:
    for cell in row.iterchildren("td", "th"):
        text = Text(plain=tidy(cell.text_content()), path=_path(cell))
        yield text, _count(cell.get("rowspan")), _count(cell.get("colspan"))


def _count(span: str | None) -> int:
    return max(1, min(int(span), 1000)) if span and span.strip().isdigit() else 1


def _path(element: Any) -> str:
    path: str = element.getroottree().getpath(element)
    return path
