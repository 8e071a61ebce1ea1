# The library below is not typed: strictness starts where its values are taken over.
# pyright: basic
"""The marks of a PDF, read by PDFium: the fast reader."""

import ctypes
import math
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw

from jixiao.errors import FileError
from jixiao.pages.marks import THIN, Glyph, Page
from jixiao.record import Box

# What PDFium means by an error; it opens no PDF without pages, though it finds no fault in it.
_FAULTS: dict[int | None, str] = {
    raw.FPDF_ERR_PASSWORD: "encrypted",
    raw.FPDF_ERR_SUCCESS: "no-pages",
}
_RADICALS = range(0x2E80, 0x2FE0)  # fonts of WPS map characters to the radicals that look alike


def pages(path: Path) -> Iterator[Page]:
    """Yield the pages' marks; raises `FileError` for a password or a file that is no PDF."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise FileError(_FAULTS.get(error.err_code, "broken-pdf"), path=path) from error
    try:
        for index in range(len(document)):
            page = document[index]
            yield _page(page, index + 1)
            page.close()
    except pypdfium2.PdfiumError as error:
        raise FileError("broken-pdf", path=path) from error
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage, number: int) -> Page:
    left, bottom, right, top = page.get_cropbox() or (0.0, 0.0, *page.get_size())
    return Page(
        number=number,
        width=right - left,
        height=top - bottom,
        glyphs=list(_glyphs(page, left, top)),
        rulings=list(_rulings(page, left, top)),
    )


def _glyphs(page: pypdfium2.PdfPage, left: float, top: float) -> Iterator[Glyph]:
    textpage = page.get_textpage()
    handle = textpage.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    px, py = ctypes.byref(x), ctypes.byref(y)
    box = raw.FS_RECTF()
    pbox = ctypes.byref(box)
    sizes = dict[int, float]()
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code < 32 or raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        raw.FPDFText_GetCharOrigin(handle, index, px, py)
        raw.FPDFText_GetLooseCharBox(handle, index, pbox)
        text = chr(code)
        if code in _RADICALS:
            text = _unified(text)
        size = _size(handle, index, sizes)
        yield Glyph(text, x.value - left, box.right - left, top - y.value, size)
    textpage.close()


def _size(handle: object, index: int, sizes: dict[int, float]) -> float:
    """Return the size of a character as printed: that of its text object, scaled."""
    owner = raw.FPDFText_GetTextObject(handle, index)
    key = ctypes.addressof(owner.contents) if owner else 0
    if key not in sizes:
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(handle, index, ctypes.byref(matrix))
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        sizes[key] = raw.FPDFText_GetFontSize(handle, index) * scale
    return sizes[key]


def _unified(radical: str) -> str:
    return unicodedata.normalize("NFKC", radical)


def _rulings(page: pypdfium2.PdfPage, left: float, top: float) -> Iterator[Box]:
    for path in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path.raw, ctypes.byref(mode), ctypes.byref(stroke))
        if not (mode.value or stroke.value):
            continue
        for x0, y0, x1, y1 in _subpaths(path):
            thin = min(x1 - x0, y1 - y0) < THIN
            if thin or stroke.value:
                yield x0 - left, top - y1, x1 - left, top - y0


def _subpaths(path: pypdfium2.PdfObject) -> Iterator[Box]:
    """Yield the bounding box of each subpath, in page space."""
    m = path.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    points = list[tuple[float, float]]()
    for index in range(raw.FPDFPath_CountSegments(path.raw)):
        segment = raw.FPDFPath_GetPathSegment(path.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield _hull(points)
            points = []
        points.append((m.a * x.value + m.c * y.value + m.e, m.b * x.value + m.d * y.value + m.f))
    if points:
        yield _hull(points)


def _hull(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
