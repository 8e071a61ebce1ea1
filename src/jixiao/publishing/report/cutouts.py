"""Pictures of pages: each page with findings once, and a framed part of it for each finding."""

import base64
import io
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from jixiao.model.record import Where

SCALE = 1.4  # pixels to a point: small print stays legible
MARGIN = 34.0  # points above and below the framed cell: two rows of a usual table
_COLOURS = 16  # shades of grey: print needs no more, and the file stays small


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a PNG in a data URI; its size is in pixels."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Cutout:
    """A part of a page's picture, in pixels.

    Attributes:
        page: The number of the page, from 1.
        top: How far down the page it starts.
        height: Its height.
        width: Its width.
        frame: Left, top, width and height of the frame, from the corner of the cutout.

    """

    page: int
    top: int
    height: int
    width: int
    frame: tuple[int, int, int, int]


def page_pictures(path: Path | None, places: Iterable[Where | None]) -> dict[int, PagePicture]:
    """Return pictures of the pages that places are on.

    Args:
        path: The file; only a PDF that still exists has pictures.
        places: Places of findings.

    Returns:
        The pictures by the number of the page.

    """
    pages = sorted({w.page for w in places if w and w.page and w.bbox})
    if not pages or path is None or path.suffix.lower() != ".pdf" or not path.is_file():
        return {}
    pictures = dict[int, PagePicture]()
    document: Any  # pypdfium2 has no type hints
    with closing(pypdfium2.PdfDocument(path)) as document:
        for number in pages:
            page = document[number - 1]
            image = page.render(scale=SCALE).to_pil()
            page.close()  # PDFium keeps the objects of a page in memory until it is closed
            buffer = io.BytesIO()
            image.convert("L").quantize(_COLOURS).save(buffer, "PNG", optimize=True)
            data = base64.b64encode(buffer.getvalue()).decode()
            uri = f"data:image/png;base64,{data}"
            pictures[number] = PagePicture(uri, image.width, image.height)
    return pictures


def cutout(where: Where | None, pictures: dict[int, PagePicture]) -> Cutout | None:
    """Return the part of a picture that shows a place; None if its page has no picture."""
    if where is None or where.page not in pictures or where.bbox is None:
        return None
    picture = pictures[where.page]
    x0, top, x1, bottom = (round(edge * SCALE) for edge in where.bbox)
    margin = round(MARGIN * SCALE)
    above = max(0, top - margin)
    below = min(picture.height, bottom + margin)
    # The border is 3 pixels wide and lies around the cell, not on it.
    frame = (x0 - 3, top - above - 3, x1 - x0 + 6, bottom - top + 6)
    return Cutout(where.page, above, below - above, picture.width, frame)
