# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads the marks of a PDF with pdfplumber: slower, but independent of PDFium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from jixiao.documents.pdf.characters import THIN, Glyph, Page, glyphs
from jixiao.errors import FileError
from jixiao.model.record import Box


def pages(path: Path) -> Iterator[Page]:
    """Yield the marks of each page.

    Raises:
        FileError: if the file needs a password or is no PDF.
    """
    try:
        with pdfplumber.open(path) as document:
            for page in document.pages:
                yield _page(page)
                page.close()
    except PdfminerException as error:
        locked = any(isinstance(cause, PDFPasswordIncorrect) for cause in error.args)
        raise FileError("encrypted" if locked else "broken-pdf", path=path) from error
    except PDFException as error:
        raise FileError("broken-pdf", path=path) from error


def _page(page: Any) -> Page:
    return Page(
        number=page.page_number,
        width=float(page.width),
        height=float(page.height),
        glyphs=glyphs([g for char in page.chars for g in _glyphs(char, float(page.height))]),
        rulings=list(_rulings(page)),
    )


def _glyphs(char: dict[str, Any], height: float) -> Iterator[Glyph]:
    baseline = height - char["matrix"][5]
    for text in char["text"]:  # a ligature is one mark with several characters
        if not text.isspace() and ord(text) >= 32:
            yield Glyph(text, char["x0"], char["x1"], baseline, char["size"])


def _rulings(page: Any) -> Iterator[Box]:
    for mark in (*page.rects, *page.lines, *page.curves):
        thin = min(mark["x1"] - mark["x0"], mark["bottom"] - mark["top"]) < THIN
        if (thin and (mark["stroke"] or mark["fill"])) or mark["stroke"]:
            yield mark["x0"], mark["top"], mark["x1"], mark["bottom"]
