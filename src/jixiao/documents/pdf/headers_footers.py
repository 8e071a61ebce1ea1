"""Removes page headers, footers and page numbers: lines repeated at one place on many pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jixiao.documents.model import Line, Table, Text
from jixiao.documents.pdf.characters import Page

MARGIN = 0.09  # of the page's height, at top and bottom, where headers and footers stand
EDGE = 0.06  # of the page's height where nothing but headers and footers stands
NEAR = 3.0  # points by which the places on two pages may differ

Place = tuple[str, float]  # the text with "#" for each number, and its top in points


@dataclass(frozen=True, slots=True)
class RepeatedLines:
    """The texts and places of the lines that are repeated in the margins of the pages."""

    places: tuple[Place, ...]

    def contains(self, page: Page, line: Line) -> bool:
        """Tell whether a line of a page is one of them."""
        place = _place(page, line)
        return place is not None and _count(place, self.places) > 0

    def remove_from(self, page: Page, tables: list[Table]) -> None:
        """Remove repeated lines from the cells that reach into the bottom margin of a page.

        A table that a page break divides has cells without a lower border; a footer falls in them.
        """
        for cell in (cell for table in tables for cell in table.cells):
            if cell.places[0][1][3] > (1 - MARGIN) * page.height:
                lines = [line for line in cell.text.lines if not self.contains(page, line)]
                cell.text = Text(lines=tuple(lines))


def repeated_lines(pages: list[tuple[Page, list[Line]]]) -> RepeatedLines:
    """Return the lines in the margins that more than half of the pages have.

    Of one or two pages, only page numbers and lines at the very edge count: a form on each page
    may start with the same title.

    Args:
        pages: Each page with its lines outside ruled tables.
    """
    placed = [(page, _place(page, line)) for page, lines in pages for line in lines]
    places = [place for _, place in placed if place]
    repeated = list[Place]()
    for page, place in placed:
        if place is None:
            continue
        text, top = place
        count = _count(place, places)
        certain = "#" in text or not EDGE < top / page.height < 1 - EDGE
        if count > len(pages) / 2 and (count > 2 or certain):
            repeated.append(place)
    return RepeatedLines(tuple(dict.fromkeys(repeated)))


def _place(page: Page, line: Line) -> Place | None:
    """Return the part of a header or footer that pages have in common, None for other lines."""
    if MARGIN * page.height < line.top < (1 - MARGIN) * page.height:
        return None
    return re.sub(r"\d+", "#", line.text), line.top


def _count(place: Place, places: Sequence[Place]) -> int:
    return sum(text == place[0] and abs(top - place[1]) < NEAR for text, top in places)
