"""The marks on a PDF page, whichever library read them: characters and ruling lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jixiao.model.record import Box

THIN = 2.0  # points: a box no wider than this is a ruling, however it was drawn

Floats = NDArray[np.float64]


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
class Glyphs:
    """The characters of a page, a column for each field of a `Glyph`."""

    texts: NDArray[np.str_]
    x0: Floats
    x1: Floats
    baseline: Floats
    size: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "Glyphs":
        """Return the glyphs at the places of `index`, in its order."""
        columns = (self.x0, self.x1, self.baseline, self.size, self.confidence)
        return Glyphs(self.texts[index], *(column[index] for column in columns))


def glyphs(single: Sequence[Glyph]) -> Glyphs:
    """Return single glyphs as columns."""

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


NOTHING = glyphs([])


@dataclass(frozen=True, slots=True)
class Page:
    """The marks of one page; `rulings` are the boxes of thin lines and of stroked rectangles.

    `unmapped` counts characters whose font does not say which they are, `pictured` is the share
    of the page that pictures cover, `sideways` counts characters not set from left to right.
    `skew` says by how many degrees a picture was turned against the clock, to be read.
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
