"""A text transcription as a flow: lines with tabs are table rows, the others paragraphs."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from charset_normalizer import from_bytes

from jixiao.documents.model import Block, Cell, Flow, Table, Text
from jixiao.errors import FileError
from jixiao.text import tidy


def flow(path: Path) -> Flow:
    """Return the text file's flow; raises `FileError` where it is no text."""
    lines = decode(path.read_bytes(), path).splitlines()
    return Flow(blocks=tuple(_blocks(lines)), pages=None)


# What browsers read a declared encoding as: the larger one it is part of.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}


def decode(data: bytes, path: Path, declared: str | None = None) -> str:
    """Return the text of bytes in UTF-8, else as declared, else in what they most likely are."""
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
    return Table(0, grid, ruled=False)
