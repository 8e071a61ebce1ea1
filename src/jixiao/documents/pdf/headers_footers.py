"""Page headers, footers and page numbers: what stands at one place over the pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jixiao.documents.model import Line, Table, Text
from jixiao.documents.pdf.characters import Page

MARGIN = 0.09  # of the page's height: where page headers and footers stand
EDGE = 0.06  # the same where nothing else does
NEAR = 3.0  # points by which the places on two pages may differ

Place = tuple[str, float]  # the text without its numbers, and its top in points


@dataclass(frozen=True, slots=True)
class Furniture:
    """The places of what is repeated on the margins of the pages."""

    places: tuple[Place, ...]

    def holds(self, page: Page, line: Line) -> bool:
        """Tell whether a line of a page stands at one of them."""
        place = _place(page, line)
        return place is not None and _count(place, self.places) > 0

    def strip(self, page: Page, tables: list[Table]) -> None:
        """Take what is repeated out of the cells that are open to the page's edge."""
        for cell in (cell for table in tables for row in table.grid for cell in row if cell):
            if cell.places[0][1][3] > (1 - MARGIN) * page.height:
                kept = [line for line in cell.text.lines if not self.holds(page, line)]
                cell.text = Text(lines=tuple(kept))


def furniture(pages: list[tuple[Page, list[Line]]]) -> Furniture:
    """Return what stands on the margin of more than half the pages.

    Of fewer than three, only page numbers and what stands on the very edge: a form on each page
    may begin with the same title.
    """
    found = list[Place]()
    seen = [(page, _place(page, line)) for page, lines in pages for line in lines]
    places = [place for _, place in seen if place]
    for page, place in seen:
        count = _count(place, places) if place else 0
        if place and count > len(pages) / 2 and (count > 2 or _surely(page, place)):
            found.append(place)
    return Furniture(tuple(dict.fromkeys(found)))


def _surely(page: Page, place: Place) -> bool:
    text, top = place
    return "#" in text or not EDGE < top / page.height < 1 - EDGE


def _place(page: Page, line: Line) -> Place | None:
    """Return what a page header or footer has in common over the pages, None in the body."""
    if MARGIN * page.height < line.top < (1 - MARGIN) * page.height:
        return None
    return re.sub(r"\d+", "#", line.text), line.top


def _count(place: Place, places: Sequence[Place]) -> int:
    return sum(text == place[0] and abs(top - place[1]) < NEAR for text, top in places)
