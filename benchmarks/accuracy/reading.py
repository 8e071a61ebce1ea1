"""Reads documents in memory, so that cells can be changed between opening and reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from jixiao.documents.model import Block, Cell, DocumentContent, Table
from jixiao.documents.open import open_file
from jixiao.extraction.assemble import assemble
from jixiao.extraction.forms.blocks import Block as Indicators
from jixiao.extraction.forms.parts import parts_of
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.segments import split
from jixiao.model.record import Reader, Record

Place = tuple[int, int, int]  # of a cell: its table, row and column


def opened(path: Path) -> DocumentContent:
    """Return the paragraphs and the tables of a file, sheets cut into their tables."""
    return split(open_file(path, "pdfium")[2])


def record_of(content: DocumentContent, ledger: Ledger | None = None) -> Record:
    """Return the record of what a file holds; what becomes of each cell is told to the ledger."""
    reader = Reader("memory", "")
    return assemble(content, file="document", sha256="", kind="html", reader=reader, ledger=ledger)


def cells_of(table: Table) -> Iterator[Cell]:
    """Yield each cell of a table once, those that span others too."""
    yield from {id(cell): cell for row in table.grid for cell in row if cell}.values()


def with_texts(content: DocumentContent, texts: Mapping[Place, str]) -> DocumentContent:
    """Return the content with other words in some cells, which are known by their places."""
    found = tuple(
        _with_texts(block, texts) if isinstance(block, Table) else block for block in content.blocks
    )
    return replace(content, blocks=found)


def _with_texts(table: Table, texts: Mapping[Place, str]) -> Block:
    copies = dict[int, Cell]()
    for cell in cells_of(table):
        text = texts.get((table.number, *table.position(cell)))
        copies[id(cell)] = (
            cell
            if text is None
            else replace(cell, text=msgspec.structs.replace(cell.text, lines=(), plain=text))
        )
    return replace(table, grid=[[copies[id(c)] if c else None for c in row] for row in table.grid])


def indicator_blocks(content: DocumentContent, year: int | None) -> Iterator[Indicators]:
    """Yield the blocks of indicators of all forms, as the reader finds them."""
    for part in parts_of(content, year, Ledger()):
        yield from part.blocks
