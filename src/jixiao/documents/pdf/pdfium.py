# The library below is not typed: strictness starts where its values are taken over.
# pyright: basic
"""The marks of a PDF, read by PDFium: the fast reader.

PDFium is asked for one character at a time; its functions are called through `map` on plain
addresses, which takes a tenth of the time that calling them one by one does.
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

from jixiao.documents.pdf.characters import NOTHING, THIN, Glyphs, Page
from jixiao.errors import FileError
from jixiao.model.record import Box

# What PDFium means by an error; it opens no PDF without pages, though it finds no fault in it.
_FAULTS: dict[int | None, str] = {
    raw.FPDF_ERR_PASSWORD: "encrypted",
    raw.FPDF_ERR_SUCCESS: "no-pages",
}
_UPRIGHT = 0.02  # radians: text at any other angle than a right one is a watermark
_DEPTH = 8  # forms within forms

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


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
    width, height = page.get_size()
    display = _display(page)
    glyphs, unmapped, sideways = _glyphs(page, display)
    rulings, pictured = _drawings(page, display)
    share = pictured / (width * height)
    return Page(number, width, height, glyphs, rulings, unmapped, share, sideways)


def _display(page: pypdfium2.PdfPage) -> Matrix:
    """Return the matrix from the page's space to points from the shown page's top left corner."""
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
_point = _function("FPDFPathSegment_GetPoint", _I, _P, _P, _P)


def _glyphs(page: pypdfium2.PdfPage, display: Matrix) -> tuple[Glyphs, int, int]:
    """Return the printed characters, how many no font names, and how many are set sideways.

    Characters of one text object have one matrix and one font; its first is where it is.
    """
    with closing(page.get_textpage()) as textpage:
        return _printed(_address(textpage.raw), textpage.count_chars(), display)


def _printed(handle: int, count: int, display: Matrix) -> tuple[Glyphs, int, int]:
    codes = _codes(handle, count)
    at = np.flatnonzero((codes > 32) & (codes != 0xA0) & (codes != 0x3000) & (codes < 0x110000))
    if not len(at):
        return NOTHING, 0, 0
    first, run = _runs(handle, count, at)
    matrices, sizes, unknown = _set(handle, first)
    upright, sideways = _turned(matrices, display)
    kept = upright[run]
    told = int(unknown[run].sum()), int(sideways[run].sum())
    at, run = at[kept], run[kept]
    origins = np.ascontiguousarray(matrices[run, 4:])
    _place(handle, at, np.flatnonzero(at != first[run]), origins)
    boxes = np.empty((len(at), 4), np.float32)
    start, end = boxes.ctypes.data, boxes.ctypes.data + boxes.nbytes
    deque(map(_box, repeat(handle), at.tolist(), range(start, end, 16)), maxlen=0)
    _, _, x1, _ = _transformed(boxes.astype(np.float64)[:, [0, 3, 2, 1]], display)
    x0, baseline, _, _ = _transformed(origins[:, [0, 1, 0, 1]], display)
    texts = _texts(codes[at])
    return Glyphs(texts, x0, x1, baseline, sizes[run], np.ones(len(texts))), *told


def _codes(handle: int, count: int) -> Any:
    """Return the code point of each character: in one call, if none takes two units of UTF-16."""
    units = np.zeros(2 * count + 2, dtype="<u2")
    written = _text(handle, 0, count, units.ctypes.data) - 1
    surrogate = (units[:count] >= 0xD800) & (units[:count] < 0xE000)
    if written == count and not surrogate.any():
        return units[:count].astype(np.uint32)
    return np.array([*map(_unicode, repeat(handle), range(count))], dtype=np.uint32)


def _runs(handle: int, count: int, at: Any) -> tuple[Any, Any]:
    """Return the first character of each text object that is printed, and which each is of."""
    owners = np.array([*map(_owner, repeat(handle), range(count))], dtype=np.uint64)
    turned = np.diff(owners, prepend=owners[:1] + 1) != 0
    used, run = np.unique((np.cumsum(turned) - 1)[at], return_inverse=True)
    return np.flatnonzero(turned)[used], run


def _set(handle: int, first: Any) -> tuple[Any, Any, Any]:
    """Return text objects' matrices, printed sizes, and which are set in what no font names."""
    matrices, places = np.empty((len(first), 6), np.float32), first.tolist()
    start, end = matrices.ctypes.data, matrices.ctypes.data + matrices.nbytes
    deque(map(_text_matrix, repeat(handle), places, range(start, end, 24)), maxlen=0)
    wide = matrices.astype(np.float64)
    sizes = np.array([*map(_font_size, repeat(handle), places)]) * np.hypot(wide[:, 2], wide[:, 3])
    return wide, sizes, np.array([*map(_unmapped, repeat(handle), places)]) == 1


def _turned(matrices: Any, display: Matrix) -> tuple[Any, Any]:
    """Tell which text objects stand at a right angle, and which of those are set sideways."""
    a, b, _, _, _, _ = matrices.T
    turns = np.arctan2(b, a) % (np.pi / 2)
    upright = np.minimum(turns, np.pi / 2 - turns) < _UPRIGHT
    across, down = a * display[0] + b * display[2], a * display[1] + b * display[3]
    return upright, upright & (across < np.abs(down))


def _place(handle: int, at: Any, numbers: Any, origins: Any) -> None:
    """Have PDFium write where the characters of these numbers are."""
    xs = origins.ctypes.data + 16 * numbers
    places = at[numbers].tolist(), xs.tolist(), (xs + 8).tolist()
    deque(map(_origin, repeat(handle), *places), maxlen=0)


def _transformed(boxes: Any, display: Matrix) -> tuple[Any, Any, Any, Any]:
    """Return the columns x0, top, x1, bottom of boxes in the shown page's points."""
    a, b, c, d, e, f = display
    xs = boxes[:, 0::2], boxes[:, 1::2]
    x, y = a * xs[0] + c * xs[1] + e, b * xs[0] + d * xs[1] + f
    return x.min(1), y.min(1), x.max(1), y.max(1)


def _texts(codes: Any) -> Any:
    """Return the characters; fonts of WPS map some to the radicals that look alike."""
    texts = codes.astype("<u4").view("<U1")
    for index in np.flatnonzero((codes >= 0x2E80) & (codes < 0x2FE0)):
        texts[index] = unicodedata.normalize("NFKC", texts[index])
    return texts


def _drawings(page: pypdfium2.PdfPage, display: Matrix) -> tuple[list[Box], float]:
    """Return the rulings, and the area that pictures cover in square points."""
    rulings, area = list[Box](), 0.0
    count, handle = raw.FPDFPage_CountObjects(page.raw), _address(page.raw)
    for kind, drawing, matrix in _objects(handle, count, _page_object, display, _DEPTH):
        if kind == raw.FPDF_PAGEOBJ_PATH:
            rulings += _ruled(drawing, matrix)
        else:
            x0, top, x1, bottom = _square(_then(_matrix(drawing), matrix))
            area += (x1 - x0) * (bottom - top)
    return rulings, area


def _objects(
    owner: Any, count: int, at: Any, matrix: Matrix, depth: int
) -> Iterator[tuple[int, Any, Matrix]]:
    """Yield the paths and pictures, also those in forms, each with its way to the shown page."""
    drawings = [*map(at, repeat(owner), range(count))]
    for drawing, kind in zip(drawings, map(_kind, drawings), strict=True):
        if kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            yield kind, drawing, matrix
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth:
            inside = _form_objects(drawing)
            onward = _then(_matrix(drawing), matrix)
            yield from _objects(drawing, inside, _form_object, onward, depth - 1)


def _matrix(drawing: Any) -> Matrix:
    numbers = (ctypes.c_float * 6)()
    _object_matrix(drawing, ctypes.addressof(numbers))
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _then(first: Matrix, second: Matrix) -> Matrix:
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


def _square(matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    return min(xs), min(ys), max(xs), max(ys)


def _ruled(path: Any, matrix: Matrix) -> Iterator[Box]:
    """Yield the box of each thin or stroked subpath of a path that is painted at all."""
    modes = (ctypes.c_int * 2)()
    _draw_mode(path, ctypes.addressof(modes), ctypes.addressof(modes) + 4)
    mode, stroke = modes
    if mode or stroke:
        for x0, top, x1, bottom in _subpaths(path, _then(_matrix(path), matrix)):
            if stroke or min(x1 - x0, bottom - top) < THIN:
                yield x0, top, x1, bottom


def _subpaths(path: Any, matrix: Matrix) -> Iterator[Box]:
    """Yield the bounding box of each subpath on the shown page."""
    a, b, c, d, e, f = matrix
    place = (ctypes.c_float * 2)()
    px, py = ctypes.addressof(place), ctypes.addressof(place) + 4
    points = list[tuple[float, float]]()
    for index in range(_segments(path)):
        segment = _segment(path, index)
        _point(segment, px, py)
        if _segment_kind(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield _hull(points)
            points = []
        x, y = place
        points.append((a * x + c * y + e, b * x + d * y + f))
    if points:
        yield _hull(points)


def _hull(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
