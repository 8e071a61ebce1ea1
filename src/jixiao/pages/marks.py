"""The marks on a PDF page, whichever library read them: characters and ruling lines."""

from dataclasses import dataclass

from jixiao.record import Box

THIN = 2.0  # points: a box no wider than this is a ruling, however it was drawn


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character: its advance box, the baseline and the size, in points.

    `confidence` is below 1 where the character was recognised in a picture.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """The marks of one page; `rulings` are the boxes of thin lines and of stroked rectangles."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    rulings: list[Box]
