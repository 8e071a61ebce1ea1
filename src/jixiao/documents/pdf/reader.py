# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads the pages of a PDF or of image files, and picks the engine for each page.

A page with text is read from its marks by `pdfium` (fast) or `pdfplumber` (an independent second
reader). A page that is an image, or whose font does not map its characters to Unicode, is drawn
and recognised by `ocr`, if that is installed.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import PIL.Image
import pypdfium2
from PIL import ImageSequence, UnidentifiedImageError

from jixiao.documents.model import DocumentContent, Fault
from jixiao.documents.pdf.characters import Page
from jixiao.documents.pdf.page_layout import lay_out
from jixiao.errors import FileError

DPI = 200  # at which pages are drawn for recognition
_PICTURED = 0.1  # share of a page without text that images must cover to recognise it
_UNMAPPED = 0.2  # share of unmapped characters from which a page's text is not trusted


def read_pdf(path: Path, reader: str) -> DocumentContent:
    """Return the paragraphs and tables of a PDF.

    Args:
        path: The file.
        reader: The engine for pages with text, "pdfium" or "pdfplumber".

    Returns:
        The content. Its faults name the pages that were recognised, and those that should be but
        cannot because the recogniser is not installed.

    Raises:
        FileError: if the PDF is damaged, encrypted, blank or without pages, or if it is all
            images and the recogniser is not installed.
    """
    pages = list(_pages(path, reader))
    if not pages:
        raise FileError("no-pages", path=path)
    pictured = any(page.pictured for page in pages)
    if pictured and not any(len(page.glyphs) for page in pages) and not can_recognise():
        raise FileError("images-only", path=path, pages=len(pages))
    legible, faults = list[Page](), list[Fault]()
    for page in pages:
        code = _illegible(page)
        if code and can_recognise():
            page = _recognise(path, page.number)
            code = f"recognised-{code}"
        elif page.sideways > len(page.glyphs) / 2:
            code = "sideways-page"
        if code:
            faults.append(Fault(code, {"page": str(page.number)}, page=page.number))
        legible.append(page)
    if not any(len(page.glyphs) for page in legible):
        raise FileError("blank-pages", path=path, pages=len(pages))
    return replace(lay_out(legible), faults=tuple(faults))


def read_images(path: Path) -> DocumentContent:
    """Return the paragraphs and tables of an image file, with a page for each of its frames.

    Raises:
        FileError: if the recogniser is not installed or the image is damaged.
    """
    if not can_recognise():
        raise FileError("needs-ocr", path=path)
    from jixiao.documents.pdf import ocr

    try:
        with PIL.Image.open(path) as image:
            frames = enumerate(ImageSequence.Iterator(image), 1)
            pages = [ocr.page(frame.convert("RGB"), n, dpi(image)) for n, frame in frames]
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise FileError("broken-picture", path=path) from error
    faults = [Fault("recognised-image-page", {"page": str(p.number)}, p.number) for p in pages]
    return replace(lay_out(pages), faults=tuple(faults))


def can_recognise() -> bool:
    """Tell whether the packages that recognise characters are installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def dpi(image: PIL.Image.Image) -> float:
    """Return an image's dots per inch; `DPI` if it states none, or a value below 50."""
    stated = float(image.info.get("dpi", (DPI, DPI))[0])
    return stated if stated >= 50 else DPI  # 1 is a common filler value


def _illegible(page: Page) -> str | None:
    """Return the reason why a page's text cannot be read from its marks, None if it can."""
    if page.unmapped > _UNMAPPED * max(len(page.glyphs), 1):
        return "unmapped-font"
    if not len(page.glyphs) and page.pictured > _PICTURED:
        return "image-page"
    return None


def _recognise(path: Path, number: int) -> Page:
    from jixiao.documents.pdf import ocr

    document = pypdfium2.PdfDocument(path)
    try:
        page = document[number - 1]
        image = page.render(scale=DPI / 72).to_pil()  # pyright: ignore[reportArgumentType]
    finally:
        document.close()
    return ocr.page(image.convert("RGB"), number, DPI)


def _pages(path: Path, reader: str) -> Iterator[Page]:
    if reader == "pdfplumber":
        from jixiao.documents.pdf import pdfplumber

        return pdfplumber.pages(path)
    from jixiao.documents.pdf import pdfium

    return pdfium.pages(path)
