"""Groups characters into printed lines, each inside one cell or outside all."""

import re

import numpy as np
from numpy.typing import NDArray

from jixiao.documents.model import Line
from jixiao.documents.pdf.characters import Glyphs

ASCENT = 0.88  # of the size: how far a character's box rises over the baseline
ONE_LINE = 0.4  # of the size: by how much the baselines of a line's characters may differ
SPACE = 0.18  # of the size: a gap this wide is a space
SPACE_IN_IMAGE = 0.6  # the same in an image, where the places of characters are imprecise

# What a line is not broken inside: a Latin word or number, and punctuation at a character.
_WORD = re.compile(r"[\x21-\x7e]+|[（“‘《〈【]*.[，。；：、！？）”’》〉】]*")

Owners = NDArray[np.intp]


def lines(glyphs: Glyphs, owners: Owners, page: int) -> dict[int, list[Line]]:
    """Group characters into lines.

    Args:
        glyphs: The characters of a page, in any order.
        owners: For each character a number of the cell that it is in, or -1.
        page: The page's number.

    Returns:
        For each owner its lines from top to bottom, each from left to right.
    """
    if not len(glyphs):
        return {}
    order = np.lexsort((glyphs.x0, glyphs.baseline, owners))
    sorted_glyphs, owners = glyphs.take(order), owners[order]
    # A new line starts where the baseline drops, or where another owner's characters begin.
    down = np.diff(sorted_glyphs.baseline, prepend=sorted_glyphs.baseline[:1])
    starts_line = (down >= ONE_LINE * sorted_glyphs.size) | (
        np.diff(owners, prepend=owners[:1]) != 0
    )
    numbers = np.cumsum(starts_line)
    across = np.lexsort((sorted_glyphs.x0, numbers))
    spaced, numbers, owners = _with_spaces(sorted_glyphs.take(across), numbers, owners[across])
    return _cut(spaced, numbers, owners, page)


def _with_spaces(glyphs: Glyphs, numbers: Owners, owners: Owners) -> tuple[Glyphs, Owners, Owners]:
    """Return the characters with spaces inserted at wide gaps.

    Blank characters are ignored because the engines differ on them. A gap between a Chinese and a
    Latin character is only typesetting.
    """
    # The advance box of a Chinese character may be narrower than the character: its size counts.
    latin = glyphs.texts.view(np.uint32) < 128
    ends = np.where(latin, glyphs.x1, glyphs.x0 + glyphs.size)
    space = np.where(glyphs.confidence[1:] < 1, SPACE_IN_IMAGE, SPACE)
    wide = glyphs.x0[1:] - ends[:-1] > space * glyphs.size[1:]
    apart = wide & (latin[1:] == latin[:-1]) & (numbers[1:] == numbers[:-1])
    at = np.flatnonzero(apart) + 1
    if not len(at):
        return glyphs, numbers, owners
    spaces = Glyphs(
        np.full(len(at), " ", dtype="<U1"),
        glyphs.x1[at - 1],
        glyphs.x0[at],
        glyphs.baseline[at],
        glyphs.size[at],
        glyphs.confidence[at],
    )
    filled = Glyphs(
        np.insert(glyphs.texts, at, spaces.texts),
        np.insert(glyphs.x0, at, spaces.x0),
        np.insert(glyphs.x1, at, spaces.x1),
        np.insert(glyphs.baseline, at, spaces.baseline),
        np.insert(glyphs.size, at, spaces.size),
        np.insert(glyphs.confidence, at, spaces.confidence),
    )
    return filled, np.insert(numbers, at, numbers[at]), np.insert(owners, at, owners[at])


def _cut(glyphs: Glyphs, numbers: Owners, owners: Owners, page: int) -> dict[int, list[Line]]:
    """Cut the characters where the line number changes."""
    # Whole columns are converted at once: a call of numpy for each line would take far longer.
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] - 1))
    sizes = np.maximum.reduceat(glyphs.size, starts)
    tops = glyphs.baseline[starts] - ASCENT * sizes
    confidences = np.minimum.reduceat(glyphs.confidence, starts)
    text, x0, x1, base = (
        "".join(glyphs.texts.tolist()),
        tuple(glyphs.x0.tolist()),
        tuple(glyphs.x1.tolist()),
        tuple(glyphs.baseline.tolist()),
    )
    columns = (
        starts,
        [*starts[1:], len(text)],
        owners[starts],
        tops,
        tops + sizes,
        sizes,
        confidences,
    )
    by_owner = dict[int, list[Line]]()
    for start, end, owner, top, bottom, size, confidence in zip(
        *(np.asarray(column).tolist() for column in columns), strict=True
    ):
        line = Line(
            text=text[start:end],
            page=page,
            top=top,
            bottom=bottom,
            x0=x0[start:end],
            x1=x1[start:end],
            size=size,
            confidence=confidence,
            baselines=base[start:end] if owner < 0 else (),
        )
        by_owner.setdefault(owner, []).append(line)
    return by_owner


def first_word_width(line: Line) -> float:
    """Return the width of a line's first word, in points, up to where it could be broken."""
    word = _WORD.match(line.text)
    return line.x1[word.end() - 1 if word else 0] - line.x0[0]
