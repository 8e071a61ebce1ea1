"""Reads a text transcription: lines with tabs are table rows, others are paragraphs."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from charset_normalizer import from_bytes

from jixiao.documents.model import Block, Cell, DocumentContent, Table, Text
from jixiao.errors import FileError
from jixiao.text import tidy

# Browsers read a declared encoding as the larger one that contains it (WHATWG Encoding Standard):
# pages that declare gb2312 use characters beyond it.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}


def read(path: Path) -> DocumentContent:
    """Return the paragraphs and tables of a text file, with line numbers from 1.

    Raises:
        FileError: if the file is not text in any likely encoding.
    """
    lines = decode(path.read_bytes(), path).splitlines()
    return DocumentContent(blocks=tuple(_blocks(lines)), pages=None)


def decode(data: bytes, path: Path, declared: str | None = None) -> str:
    """Decode text as UTF-8, else as declared, else in the most likely encoding.

    Args:
        data: The bytes of the text.
        path: Its file, for the error.
        declared: The encoding that the text itself declares.

    Raises:
        FileError: if the bytes are not text in any likely encoding.
    """
    name = (declared or "utf-8").lower()
    for encoding in ("utf-8-sig", _LARGER.get(name, name)):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    best = from_bytes(data, cp_isolation=["gb18030", "big5", "utf_16"]).best()
    if best is None:
        raise FileError("no-text", path=path)
    return str(best)


def _blocks(lines: list[str]) -> Iterator[Block]:
    numbered = enumerate(lines, 1)
    for kind, group in groupby(numbered, key=lambda item: _kind(item[1])):
        if kind == "row":
            yield _table(list(group))
        elif kind == "paragraph":
            for number, line in group:
                yield Text(plain=tidy(line), number=number)


def _kind(line: str) -> str:
    if not line.strip(" \r\n"):
        return "blank"
    return "row" if "\t" in line else "paragraph"


def _table(lines: list[tuple[int, str]]) -> Table:
    rows = [(number, line.split("\t")) for number, line in lines]
    width = max(len(texts) for _, texts in rows)
    grid: list[list[Cell | None]] = [
        [
            Cell(Text(plain=tidy(text), number=number), row, column)
            for column, text in enumerate(texts + [""] * (width - len(texts)))
        ]
        for row, (number, texts) in enumerate(rows)
    ]
    return Table(0, grid, ruled=False)  # a transcription shows a merged cell as blanks
