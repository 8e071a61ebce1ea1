"""Pages as pictures: of a PDF, and of scans, which are pictures already."""

import io
from contextlib import closing
from pathlib import Path
from typing import Any

import PIL.Image
import pypdfium2

from jixiao.documents.pdf.reader import dpi

_SCALE = 2.0  # pixels a point
_SCANS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_GREYS = 16


def size(path: Path, number: int) -> tuple[float, float] | None:
    """Return the size of a page in points, None where it has no picture."""
    kind = path.suffix.lower()
    if kind == ".pdf":
        document: Any = pypdfium2.PdfDocument(path)
        with closing(document) as pdf:
            return pdf.get_page_size(number - 1) if 1 <= number <= len(pdf) else None
    if kind in _SCANS:
        with PIL.Image.open(path) as image:
            if 1 <= number <= _frames(image):
                image.seek(number - 1)
                return image.width * 72 / dpi(image), image.height * 72 / dpi(image)
    return None


def drawn(path: Path, number: int) -> bytes | None:
    """Return a page as PNG, None where it has no picture."""
    points = size(path, number)
    if points is None:
        return None
    if path.suffix.lower() == ".pdf":
        document: Any = pypdfium2.PdfDocument(path)
        with closing(document) as pdf:
            return _png(pdf[number - 1].render(scale=_SCALE).to_pil())
    with PIL.Image.open(path) as image:
        image.seek(number - 1)
        scan = image.convert("L")
        scan.thumbnail((round(points[0] * _SCALE), round(points[1] * _SCALE)))
        return _png(scan)


def _frames(image: PIL.Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def _png(image: PIL.Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("L").quantize(_GREYS).save(buffer, "PNG")
    return buffer.getvalue()
