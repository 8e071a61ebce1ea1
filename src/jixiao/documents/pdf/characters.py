"""The marks on a page, whichever engine read them: characters and ruling lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jixiao.model.record import Box

# Points: a box no wider than this is a ruling line. Producers draw lines as strokes, as filled
# rectangles or as curves, so the way one is drawn says nothing.
THIN = 2.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character: its advance box, its baseline and its size, in points.

    `confidence` is below 1 if the character was recognised in an image.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a page, with an array for each field of `Glyph`."""

    texts: NDArray[np.str_]
    x0: Floats
    x1: Floats
    baseline: Floats
    size: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "Glyphs":
        """Return the characters that `index` selects, in its order."""
        columns = (self.x0, self.x1, self.baseline, self.size, self.confidence)
        return Glyphs(self.texts[index], *(column[index] for column in columns))


def glyphs(single: Sequence[Glyph]) -> Glyphs:
    """Return single characters as arrays."""

    def column(values: Sequence[float]) -> Floats:
        return np.array(values, dtype=np.float64)

    return Glyphs(
        np.array([g.text for g in single], dtype=np.str_),
        column([g.x0 for g in single]),
        column([g.x1 for g in single]),
        column([g.baseline for g in single]),
        column([g.size for g in single]),
        column([g.confidence for g in single]),
    )


NO_GLYPHS = glyphs([])


@dataclass(frozen=True, slots=True)
class Page:
    """The marks of one page, in points from its top left corner.

    Attributes:
        number: From 1.
        width: Of the page as displayed.
        height: Of the page as displayed.
        glyphs: The characters.
        rulings: The boxes of thin lines and of stroked rectangles.
        unmapped: The number of characters whose font does not map them to Unicode.
        pictured: The share of the page that images cover, 0 to 1.
        sideways: The number of characters that do not run from left to right.
        skew: The degrees by which an image was rotated counterclockwise to straighten it.
    """

    number: int
    width: float
    height: float
    glyphs: Glyphs
    rulings: list[Box] = field(default_factory=list[Box])
    unmapped: int = 0
    pictured: float = 0.0
    sideways: int = 0
    skew: float = 0.0
