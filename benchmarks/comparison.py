# pyright: basic
"""Prints how much of invented tables other readers of PDFs find, beside ours, on the same files.

python -m benchmarks.comparison [--seed N] [--readers pdfplumber,camelot-lattice]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jixiao
from benchmarks.invent import LAYOUTS, Document, Grid, invent
from benchmarks.write import placed, write
from jixiao.text import squeeze

KINDS = ("pdf-ruled", "pdf-office", "pdf-rotated", "pdf-three-line", "pdf-rule-less")
Rows = list[list[str]]  # of all tables of a document; a merged cell stands where it starts


def _jixiao(path: Path) -> Rows:
    rows = Rows()
    for table in jixiao.tables(path):
        own: Rows = [[] for _ in range(table.rows)]
        for cell in table.cells:
            own[cell.row - 1].append(cell.text)
        rows += own
    return rows


def _pdfplumber(path: Path) -> Rows:
    import pdfplumber

    with pdfplumber.open(path) as document:
        found = (table for page in document.pages for table in page.extract_tables())
        return [[cell or "" for cell in row] for table in found for row in table]


def _camelot(flavor: str) -> Callable[[Path], Rows]:
    def rows(path: Path) -> Rows:
        import camelot  # pyright: ignore[reportMissingImports]

        tables = camelot.read_pdf(str(path), pages="all", flavor=flavor)
        return [list(row) for table in tables for row in table.df.values.tolist()]

    return rows


def _docling(path: Path) -> Rows:
    from docling.document_converter import (  # pyright: ignore[reportMissingImports]
        DocumentConverter,
    )

    tables = DocumentConverter().convert(path).document.tables
    return [[cell.text for cell in row] for table in tables for row in table.data.grid]


READERS: dict[str, Callable[[Path], Rows]] = {
    "jixiao": _jixiao,
    "pdfplumber": _pdfplumber,
    "camelot-lattice": _camelot("lattice"),
    "camelot-stream": _camelot("stream"),
    "docling": _docling,
}


@dataclass
class Found:
    """How many true cells and rows there are, how many were found, and in how many seconds."""

    cells: int = 0
    whole_cells: int = 0
    rows: int = 0
    whole_rows: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """Return the shares, and the time."""
        cells, rows = self.whole_cells / self.cells, self.whole_rows / self.rows
        return f"{cells:.1%} / {rows:.1%} / {self.seconds:.1f} s"


def _truth(document: Document) -> Iterator[list[str]]:
    for block in document.blocks:
        if isinstance(block, Grid):
            rows: Rows = [[] for _ in block.rows]
            for r, _, cell in placed(block):
                rows[r].append(cell.text)
            yield from rows


def _filled(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return each row's texts without white space and blank cells."""
    return [tuple(text for cell in row if (text := squeeze(cell))) for row in rows]


def _compare(want: list[tuple[str, ...]], got: list[tuple[str, ...]], found: Found) -> None:
    cells, left = (Counter(text for row in rows for text in row) for rows in (want, got))
    rows, left_rows = Counter(row for row in want if row), Counter(got)
    found.cells += cells.total()
    found.whole_cells += (cells & left).total()
    found.rows += rows.total()
    found.whole_rows += (rows & left_rows).total()


def main() -> None:
    """Write the documents, read them with each reader, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=30)
    parser.add_argument("--readers", default=",".join(READERS))
    given = parser.parse_args()
    readers = given.readers.split(",")
    layouts = [layout for layout in LAYOUTS if layout != "prose"]
    print("| kind |", " | ".join(readers), "|")
    print("|---|" + "---|" * len(readers))
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            documents = [invent(layout, given.seed) for layout in layouts]
            paths = [write(document, kind, Path(folder), given.seed) for document in documents]
            results = [_read(reader, documents, paths) for reader in readers]
            print(f"| {kind} |", " | ".join(results), "|", flush=True)


def _read(reader: str, documents: list[Document], paths: list[Path]) -> str:
    found = Found()
    for document, path in zip(documents, paths, strict=True):
        start = time.perf_counter()
        try:
            rows = READERS[reader](path)
        except Exception as error:  # what a reader cannot do is a result of the comparison
            return f"{type(error).__name__}"
        found.seconds += time.perf_counter() - start
        _compare(_filled(list(_truth(document))), _filled(rows), found)
    return str(found)


if __name__ == "__main__":
    main()
