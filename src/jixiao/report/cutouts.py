"""Pictures of the places on a page that findings speak of: a cut-out with the cell framed."""

import base64
import io
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import ImageDraw

from jixiao.record import Where

SCALE = 1.6  # pixels a point
AROUND = 46.0  # points shown above and below the framed cell
_FRAME = (200, 30, 30)


class Cutouts:
    """The pages of one PDF; for any other file there are no pictures."""

    def __init__(self, path: Path | None) -> None:
        pdf = path is not None and path.suffix.lower() == ".pdf" and path.is_file()
        self._document: Any = pypdfium2.PdfDocument(path) if pdf else None

    def picture(self, where: Where | None) -> str | None:
        """Return the cut-out around a place as a data URI, None where there is none."""
        if self._document is None or where is None or where.page is None or where.bbox is None:
            return None
        page = self._document[where.page - 1]
        _, height = page.get_size()
        x0, top, x1, bottom = where.bbox
        above, below = max(0.0, top - AROUND), min(height, bottom + AROUND)
        image = page.render(scale=SCALE, crop=(0, height - below, 0, above)).to_pil()
        page.close()
        box = [x0 - 2, top - above - 2, x1 + 2, bottom - above + 2]
        frame = [coordinate * SCALE for coordinate in box]
        ImageDraw.Draw(image).rectangle(frame, outline=_FRAME, width=3)
        buffer = io.BytesIO()
        image.convert("P", palette=1, colors=32).save(buffer, "PNG", optimize=True)
        return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"

    def close(self) -> None:
        """Close the PDF."""
        if self._document is not None:
            self._document.close()
