"""Characters as printed lines, each belonging to a cell or to none."""

import re

import numpy as np
from numpy.typing import NDArray

from jixiao.documents.model import Line
from jixiao.documents.pdf.characters import Glyphs

ASCENT = 0.88  # of the size: how far a character's box rises over the baseline
ONE_LINE = 0.4  # of the size: by how much the baselines of a line's characters may differ
SPACE = 0.18  # of the size: a gap this wide is a space
SPACE_SEEN = 0.6  # the same in a picture, where characters' places are rough

_WORD = re.compile(r"[\x21-\x7e]+|[（“‘《〈【]*.[，。；：、！？）”’》〉】]*")

Owners = NDArray[np.intp]


def lines(glyphs: Glyphs, owners: Owners, page: int) -> dict[int, list[Line]]:
    """Return the lines of each owner from top to bottom, each read from left to right."""
    if not len(glyphs):
        return {}
    order = np.lexsort((glyphs.x0, glyphs.baseline, owners))
    sorted_glyphs, owners = glyphs.take(order), owners[order]
    down = np.diff(sorted_glyphs.baseline, prepend=sorted_glyphs.baseline[:1])
    turned = (down >= ONE_LINE * sorted_glyphs.size) | (np.diff(owners, prepend=owners[:1]) != 0)
    numbers = np.cumsum(turned)
    across = np.lexsort((sorted_glyphs.x0, numbers))
    spaced, numbers, owners = _spaced(sorted_glyphs.take(across), numbers, owners[across])
    return _cut(spaced, numbers, owners, page)


def _spaced(glyphs: Glyphs, numbers: Owners, owners: Owners) -> tuple[Glyphs, Owners, Owners]:
    """Return the glyphs with the spaces between them.

    A space is seen by the gap, for readers differ on blank glyphs; between a Chinese and a Latin
    character a gap is typesetting.
    """
    latin = glyphs.texts.view(np.uint32) < 128
    ends = np.where(latin, glyphs.x1, glyphs.x0 + glyphs.size)
    space = np.where(glyphs.confidence[1:] < 1, SPACE_SEEN, SPACE)
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
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] - 1))
    sizes = np.maximum.reduceat(glyphs.size, starts)
    tops = glyphs.baseline[starts] - ASCENT * sizes
    sure = np.minimum.reduceat(glyphs.confidence, starts)
    text, x0, x1, base = (
        "".join(glyphs.texts.tolist()),
        tuple(glyphs.x0.tolist()),
        tuple(glyphs.x1.tolist()),
        tuple(glyphs.baseline.tolist()),
    )
    columns = (starts, [*starts[1:], len(text)], owners[starts], tops, tops + sizes, sizes, sure)
    found = dict[int, list[Line]]()
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
        found.setdefault(owner, []).append(line)
    return found


def first_word(line: Line) -> float:
    """Return the width of what a line cannot be broken before, in points."""
    word = _WORD.match(line.text)
    return line.x1[word.end() - 1 if word else 0] - line.x0[0]
