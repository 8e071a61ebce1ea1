"""Pictures of pages: each page once, and framed parts of it for findings and unread cells."""

import base64
import io
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from jixiao.model.record import Box, Where

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
        frames: Left, top, width and height of each frame, from the corner of the cutout.

    """

    page: int
    top: int
    height: int
    width: int
    frames: tuple[tuple[int, int, int, int], ...]


def page_pictures(path: Path | None, places: Iterable[Where | None]) -> dict[int, PagePicture]:
    """Return pictures of the pages that places are on.

    Args:
        path: The file; only a PDF that still exists has pictures.
        places: Places to show.

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
    return next(iter(cutouts([where], pictures)), None) if where else None


def cutouts(wheres: Iterable[Where], pictures: dict[int, PagePicture]) -> list[Cutout]:
    """Return the parts of pictures that show places: one for each page that has a picture."""
    boxes = dict[int, list[Box]]()
    for where in wheres:
        if where.page in pictures and where.bbox is not None:
            boxes.setdefault(where.page, []).append(where.bbox)
    return [_cutout(page, pictures[page], boxes[page]) for page in sorted(boxes)]


def _cutout(page: int, picture: PagePicture, boxes: list[Box]) -> Cutout:
    rounded = [tuple(round(edge * SCALE) for edge in box) for box in boxes]
    margin = round(MARGIN * SCALE)
    above = max(0, min(top for _, top, _, _ in rounded) - margin)
    below = min(picture.height, max(bottom for _, _, _, bottom in rounded) + margin)
    # The border is 3 pixels wide and lies around the cell, not on it.
    frames = ((x0 - 3, y0 - above - 3, x1 - x0 + 6, y1 - y0 + 6) for x0, y0, x1, y1 in rounded)
    return Cutout(page, above, below - above, picture.width, tuple(frames))
