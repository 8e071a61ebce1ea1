"""Images of pages: of PDFs, and of scans."""

import io
from contextlib import closing
from pathlib import Path
from typing import Any

import PIL.Image
import pypdfium2

from jixiao.documents.pdf.reader import dpi

_SCALE = 2.0  # pixels a point
_SCANS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
# A page in 16 grey levels is a quarter of the size and reads the same.
_GREYS = 16


def page_size(path: Path, number: int) -> tuple[float, float] | None:
    """Return the width and height of a page in points.

    Args:
        path: A file.
        number: The page, from 1.

    Returns:
        None if the file has no such page, or is neither a PDF nor a scan.

    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        document: Any = pypdfium2.PdfDocument(path)
        with closing(document) as pdf:
            return pdf.get_page_size(number - 1) if 1 <= number <= len(pdf) else None
    if suffix in _SCANS:
        with PIL.Image.open(path) as image:
            if 1 <= number <= int(getattr(image, "n_frames", 1)):
                image.seek(number - 1)
                return image.width * 72 / dpi(image), image.height * 72 / dpi(image)
    return None


def page_image(path: Path, number: int) -> bytes | None:
    """Return a page as PNG; arguments and None as in `page_size`."""
    points = page_size(path, number)
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


def _png(image: PIL.Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("L").quantize(_GREYS).save(buffer, "PNG")
    return buffer.getvalue()
