# The library below is not typed: strictness starts where its values are taken over.
# pyright: basic
"""Printed pages as a flow: those with text by their marks, the others by recognising pictures."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import PIL.Image
import pypdfium2
from PIL import ImageSequence, UnidentifiedImageError

from jixiao.documents.model import Fault, Flow
from jixiao.documents.pdf import page_layout
from jixiao.documents.pdf.characters import Page
from jixiao.errors import FileError

DPI = 200  # at which pages are drawn to be recognised
_PICTURED = 0.1  # share of a page without text that pictures must cover to be looked at
_UNMAPPED = 0.2  # share of characters without meaning from which a page's text is not trusted


def flow(path: Path, reader: str) -> Flow:
    """Return a PDF's flow; raises `FileError` for one without pages, or of pictures only."""
    pages = list(_marks(path, reader))
    if not pages:
        raise FileError("no-pages", path=path)
    pictured = any(page.pictured for page in pages)
    if pictured and not any(len(page.glyphs) for page in pages) and not can_recognise():
        raise FileError("images-only", path=path, pages=len(pages))
    read, faults = list[Page](), list[Fault]()
    for page in pages:
        code = _illegible(page)
        if code and can_recognise():
            page = _recognised(path, page.number)
            code = f"recognised-{code}"
        elif page.sideways > len(page.glyphs) / 2:
            code = "sideways-page"
        if code:
            faults.append(Fault(code, {"page": str(page.number)}, page=page.number))
        read.append(page)
    if not any(len(page.glyphs) for page in read):
        raise FileError("blank-pages", path=path, pages=len(pages))
    return replace(page_layout.flow(read), faults=tuple(faults))


def pictures(path: Path) -> Flow:
    """Return the flow of a picture, or of those in one file; raises `FileError`."""
    if not can_recognise():
        raise FileError("needs-ocr", path=path)
    from jixiao.documents.pdf import ocr

    try:
        with PIL.Image.open(path) as image:
            frames = enumerate(ImageSequence.Iterator(image), 1)
            read = [ocr.page(frame.convert("RGB"), n, dpi(image)) for n, frame in frames]
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise FileError("broken-picture", path=path) from error
    faults = [Fault("recognised-image-page", {"page": str(p.number)}, p.number) for p in read]
    return replace(page_layout.flow(read), faults=tuple(faults))


def can_recognise() -> bool:
    """Tell whether the package that recognises characters is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def _illegible(page: Page) -> str | None:
    """Return why a page's text cannot be taken from its marks, None where it can."""
    if page.unmapped > _UNMAPPED * max(len(page.glyphs), 1):
        return "unmapped-font"
    if not len(page.glyphs) and page.pictured > _PICTURED:
        return "image-page"
    return None


def _recognised(path: Path, number: int) -> Page:
    from jixiao.documents.pdf import ocr

    document = pypdfium2.PdfDocument(path)
    try:
        page = document[number - 1]
        drawn = page.render(scale=DPI / 72).to_pil()  # pyright: ignore[reportArgumentType]
    finally:
        document.close()
    return ocr.page(drawn.convert("RGB"), number, DPI)


def dpi(image: PIL.Image.Image) -> float:
    """Return the picture's dots per inch, DPI where it does not say or says what cannot be."""
    stated = float(image.info.get("dpi", (DPI, DPI))[0])
    return stated if stated >= 50 else DPI


def _marks(path: Path, reader: str) -> Iterator[Page]:
    if reader == "pdfplumber":
        from jixiao.documents.pdf import pdfplumber

        return pdfplumber.pages(path)
    from jixiao.documents.pdf import pdfium

    return pdfium.pages(path)
