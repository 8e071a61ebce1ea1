"""Pictures of the pages that findings speak of: each page once, each finding a framed part."""

import base64
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from jixiao.model.record import Where

SCALE = 1.4  # pixels a point
AROUND = 34.0  # points shown above and below the framed cell
_COLOURS = 16


@dataclass(frozen=True, slots=True)
class Sight:
    """A page as a picture: a data URI, and its size in pixels."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a page's picture in pixels: how far down it starts, how high it is, the frame."""

    page: int
    top: int
    height: int
    width: int
    frame: tuple[int, int, int, int]


def sights(path: Path | None, places: Iterable[Where | None]) -> dict[int, Sight]:
    """Return the pictures of the pages that places are on; of no other file than a PDF."""
    pages = sorted({w.page for w in places if w and w.page and w.bbox})
    if not pages or path is None or path.suffix.lower() != ".pdf" or not path.is_file():
        return {}
    with closing(pypdfium2.PdfDocument(path)) as document:
        return dict(_rendered(document, pages))


def _rendered(document: Any, pages: Iterable[int]) -> Iterator[tuple[int, Sight]]:
    for number in pages:
        page = document[number - 1]
        image = page.render(scale=SCALE).to_pil()
        page.close()
        buffer = io.BytesIO()
        image.convert("L").quantize(_COLOURS).save(buffer, "PNG", optimize=True)
        data = base64.b64encode(buffer.getvalue()).decode()
        yield number, Sight(f"data:image/png;base64,{data}", image.width, image.height)


def cut(where: Where | None, known: dict[int, Sight]) -> Cut | None:
    """Return the part of its page that shows a place, None where there is no picture of it."""
    if where is None or where.page not in known or where.bbox is None:
        return None
    sight = known[where.page]
    x0, top, x1, bottom = (round(edge * SCALE) for edge in where.bbox)
    margin = round(AROUND * SCALE)
    above = max(0, top - margin)
    below = min(sight.height, bottom + margin)
    frame = (x0 - 3, top - above - 3, x1 - x0 + 6, bottom - top + 6)
    return Cut(where.page, above, below - above, sight.width, frame)
