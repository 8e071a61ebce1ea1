# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads the marks of a PDF with PDFium, the fast engine.

PDFium's functions return one character at a time. They are called through `map` with plain
addresses, which takes a tenth of the time of calls in a loop.
"""

import ctypes
import unicodedata
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

from jixiao.documents.pdf.characters import NO_GLYPHS, THIN, Glyphs, Page
from jixiao.errors import FileError
from jixiao.model.record import Box

# Message codes of PDFium's errors. It refuses a PDF without pages but sets no error then: the error
# that it set last stays, which is made ERR_FILE before each PDF (see `_forget_errors`).
_FAULTS: dict[int | None, str] = {
    raw.FPDF_ERR_PASSWORD: "encrypted",
    raw.FPDF_ERR_FILE: "no-pages",
}
_STRAIGHT = 0.02  # radians: text that is not at a right angle is a watermark
_DEPTH = 8  # forms within forms; a faulty file could nest them without end

Matrix = tuple[float, float, float, float, float, float]


def pages(path: Path) -> Iterator[Page]:
    """Yield the marks of each page.

    Raises:
        FileError: if the file needs a password or is no PDF.
    """
    _forget_errors()
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


def _forget_errors() -> None:
    """Replace the last error of PDFium, which would pass for one of the PDF that is opened next.

    Nothing resets it, not even a PDF that is opened; so a file is opened that does not exist.
    """
    raw.FPDF_LoadDocument(b"", None)


def _page(page: pypdfium2.PdfPage, number: int) -> Page:
    width, height = page.get_size()
    display = _display(page)
    glyphs, unmapped, sideways = _glyphs(page, display)
    rulings, pictured = _drawings(page, display)
    share = pictured / (width * height)
    return Page(number, width, height, glyphs, rulings, unmapped, share, sideways)


def _display(page: pypdfium2.PdfPage) -> Matrix:
    """Return the matrix from PDF coordinates to points from the displayed page's top left."""
    width, height = page.get_size()
    left, bottom, right, top = page.get_cropbox() or (0.0, 0.0, width, height)
    match page.get_rotation():
        case 90:
            return 0.0, 1.0, 1.0, 0.0, -bottom, -left
        case 180:
            return -1.0, 0.0, 0.0, 1.0, right, -bottom
        case 270:
            return 0.0, -1.0, -1.0, 0.0, top, right
        case _:
            return 1.0, 0.0, 0.0, -1.0, -left, top


def _function(name: str, returns: Any, *takes: Any) -> Any:
    return ctypes.PYFUNCTYPE(returns, *takes)(_address(getattr(raw, name)))


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


_P, _I = ctypes.c_void_p, ctypes.c_int
_unicode = _function("FPDFText_GetUnicode", ctypes.c_uint, _P, _I)
_text = _function("FPDFText_GetText", _I, _P, _I, _I, _P)
_box = _function("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
_origin = _function("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
_text_matrix = _function("FPDFText_GetMatrix", _I, _P, _I, _P)
_font_size = _function("FPDFText_GetFontSize", ctypes.c_double, _P, _I)
_unmapped = _function("FPDFText_HasUnicodeMapError", _I, _P, _I)
_owner = _function("FPDFText_GetTextObject", ctypes.c_size_t, _P, _I)
_page_object = _function("FPDFPage_GetObject", _P, _P, _I)
_form_object = _function("FPDFFormObj_GetObject", _P, _P, ctypes.c_ulong)
_form_objects = _function("FPDFFormObj_CountObjects", _I, _P)
_kind = _function("FPDFPageObj_GetType", _I, _P)
_object_matrix = _function("FPDFPageObj_GetMatrix", _I, _P, _P)
_draw_mode = _function("FPDFPath_GetDrawMode", _I, _P, _P, _P)
_segments = _function("FPDFPath_CountSegments", _I, _P)
_segment = _function("FPDFPath_GetPathSegment", _P, _P, _I)
_segment_kind = _function("FPDFPathSegment_GetType", _I, _P)
_LINE_END_HYPHEN = 0xFFFE  # what PDFium gives for a hyphen that ends a line

_point = _function("FPDFPathSegment_GetPoint", _I, _P, _P, _P)


def _glyphs(page: pypdfium2.PdfPage, display: Matrix) -> tuple[Glyphs, int, int]:
    """Return the printed characters, and the numbers of unmapped and of sideways ones."""
    with closing(page.get_textpage()) as textpage:
        return _visible_glyphs(_address(textpage.raw), textpage.count_chars(), display)


def _visible_glyphs(handle: int, count: int, display: Matrix) -> tuple[Glyphs, int, int]:
    """Return the characters of a text page that are not blank, and the two numbers.

    All characters of a text object have one matrix and one font, and the matrix has the place of
    the first. PDFium is therefore called once for each object where that is enough.
    """
    codes = _codes(handle, count)
    codes[codes == _LINE_END_HYPHEN] = ord("-")
    # Blank and control characters are left out: spaces are inferred from gaps.
    at = np.flatnonzero((codes > 32) & (codes != 0xA0) & (codes != 0x3000) & (codes < 0x110000))
    if not len(at):
        return NO_GLYPHS, 0, 0
    first, run = _runs(handle, count, at)
    matrices, sizes, unmapped = _object_properties(handle, first)
    straight, sideways = _orientation(matrices, display)
    counts = int(unmapped[run].sum()), int(sideways[run].sum())
    visible = straight[run]
    at, run = at[visible], run[visible]
    origins = np.ascontiguousarray(matrices[run, 4:])
    _write_origins(handle, at, np.flatnonzero(at != first[run]), origins)
    boxes = np.empty((len(at), 4), np.float32)
    start, end = boxes.ctypes.data, boxes.ctypes.data + boxes.nbytes
    deque(map(_box, repeat(handle), at.tolist(), range(start, end, 16)), maxlen=0)
    _, _, x1, _ = _transformed(boxes.astype(np.float64)[:, [0, 3, 2, 1]], display)
    x0, baseline, _, _ = _transformed(origins[:, [0, 1, 0, 1]], display)
    texts = _texts(codes[at])
    return Glyphs(texts, x0, x1, baseline, sizes[run], np.ones(len(texts))), *counts


def _codes(handle: int, count: int) -> Any:
    """Return the code point of each character.

    One call returns the whole text in UTF-16. Its units only match the characters if none is
    outside the Basic Multilingual Plane; else each character takes a call.
    """
    units = np.zeros(2 * count + 2, dtype="<u2")
    written = _text(handle, 0, count, units.ctypes.data) - 1
    surrogate = (units[:count] >= 0xD800) & (units[:count] < 0xE000)
    if written == count and not surrogate.any():
        return units[:count].astype(np.uint32)
    return np.array([*map(_unicode, repeat(handle), range(count))], dtype=np.uint32)


def _runs(handle: int, count: int, at: Any) -> tuple[Any, Any]:
    """Return the first character of each text object, and for each character its object.

    `at` are the characters wanted; objects without any of these are left out.
    """
    owners = np.array([*map(_owner, repeat(handle), range(count))], dtype=np.uint64)
    starts = np.diff(owners, prepend=owners[:1] + 1) != 0
    used, run = np.unique((np.cumsum(starts) - 1)[at], return_inverse=True)
    return np.flatnonzero(starts)[used], run


def _object_properties(handle: int, first: Any) -> tuple[Any, Any, Any]:
    """Return text objects' matrices, their printed sizes, and whether each is unmapped."""
    matrices, places = np.empty((len(first), 6), np.float32), first.tolist()
    start, end = matrices.ctypes.data, matrices.ctypes.data + matrices.nbytes
    deque(map(_text_matrix, repeat(handle), places, range(start, end, 24)), maxlen=0)
    wide = matrices.astype(np.float64)
    sizes = np.array([*map(_font_size, repeat(handle), places)]) * np.hypot(wide[:, 2], wide[:, 3])
    return wide, sizes, np.array([*map(_unmapped, repeat(handle), places)]) == 1


def _orientation(matrices: Any, display: Matrix) -> tuple[Any, Any]:
    """Tell which text objects stand at a right angle, and which of those run sideways."""
    a, b, _, _, _, _ = matrices.T
    turns = np.arctan2(b, a) % (np.pi / 2)
    straight = np.minimum(turns, np.pi / 2 - turns) < _STRAIGHT
    across, down = a * display[0] + b * display[2], a * display[1] + b * display[3]
    return straight, straight & (across < np.abs(down))


def _write_origins(handle: int, at: Any, numbers: Any, origins: Any) -> None:
    """Let PDFium write the origins of some characters; `numbers` index both arrays."""
    xs = origins.ctypes.data + 16 * numbers
    places = at[numbers].tolist(), xs.tolist(), (xs + 8).tolist()
    deque(map(_origin, repeat(handle), *places), maxlen=0)


def _transformed(boxes: Any, display: Matrix) -> tuple[Any, Any, Any, Any]:
    """Return the arrays x0, top, x1, bottom of boxes on the displayed page, in points."""
    a, b, c, d, e, f = display
    xs = boxes[:, 0::2], boxes[:, 1::2]
    x, y = a * xs[0] + c * xs[1] + e, b * xs[0] + d * xs[1] + f
    return x.min(1), y.min(1), x.max(1), y.max(1)


def _texts(codes: Any) -> Any:
    """Return the characters of code points.

    Fonts that WPS Office embeds map some characters to radicals that look the same (U+2F00 to
    U+2FDF and U+2E80 to U+2EFF), most of which NFKC maps back.
    """
    texts = codes.astype("<u4").view("<U1")
    for index in np.flatnonzero((codes >= 0x2E80) & (codes < 0x2FE0)):
        texts[index] = unicodedata.normalize("NFKC", texts[index])
    return texts


def _drawings(page: pypdfium2.PdfPage, display: Matrix) -> tuple[list[Box], float]:
    """Return the ruling lines, and the area that images cover in square points."""
    rulings, area = list[Box](), 0.0
    count, handle = raw.FPDFPage_CountObjects(page.raw), _address(page.raw)
    for kind, drawing, matrix in _objects(handle, count, _page_object, display, _DEPTH):
        if kind == raw.FPDF_PAGEOBJ_PATH:
            rulings += _rulings(drawing, matrix)
        else:
            x0, top, x1, bottom = _unit_square(_combined(_matrix(drawing), matrix))
            area += (x1 - x0) * (bottom - top)
    return rulings, area


def _objects(
    owner: Any, count: int, at: Any, matrix: Matrix, depth: int
) -> Iterator[tuple[int, Any, Matrix]]:
    """Yield paths and images, also inside forms, each with its matrix to the displayed page."""
    drawings = [*map(at, repeat(owner), range(count))]
    for drawing, kind in zip(drawings, map(_kind, drawings), strict=True):
        if kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            yield kind, drawing, matrix
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth:
            inside = _form_objects(drawing)
            onward = _combined(_matrix(drawing), matrix)
            yield from _objects(drawing, inside, _form_object, onward, depth - 1)


def _matrix(drawing: Any) -> Matrix:
    numbers = (ctypes.c_float * 6)()
    _object_matrix(drawing, ctypes.addressof(numbers))
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _combined(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        (e * q + f * s + u),
    )


def _unit_square(matrix: Matrix) -> Box:
    """Return the bounds of the unit square, which is what an image is drawn into."""
    a, b, c, d, e, f = matrix
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    return min(xs), min(ys), max(xs), max(ys)


def _rulings(path: Any, matrix: Matrix) -> Iterator[Box]:
    """Yield the box of each thin or stroked subpath of a path that is painted at all."""
    modes = (ctypes.c_int * 2)()
    _draw_mode(path, ctypes.addressof(modes), ctypes.addressof(modes) + 4)
    mode, stroke = modes
    if mode or stroke:
        for x0, top, x1, bottom in _subpaths(path, _combined(_matrix(path), matrix)):
            if stroke or min(x1 - x0, bottom - top) < THIN:
                yield x0, top, x1, bottom


def _subpaths(path: Any, matrix: Matrix) -> Iterator[Box]:
    """Yield the bounding box of each subpath on the displayed page."""
    a, b, c, d, e, f = matrix
    place = (ctypes.c_float * 2)()
    px, py = ctypes.addressof(place), ctypes.addressof(place) + 4
    points = list[tuple[float, float]]()
    for index in range(_segments(path)):
        segment = _segment(path, index)
        _point(segment, px, py)
        if _segment_kind(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield _bounds(points)
            points = []
        x, y = place
        points.append((a * x + c * y + e, b * x + d * y + f))
    if points:
        yield _bounds(points)


def _bounds(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
