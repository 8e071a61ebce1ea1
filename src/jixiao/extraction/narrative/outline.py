"""The headings over each paragraph, by the structure of their numbers (一、 （一） 1. （1）).

A numbered paragraph is a heading where its first sentence is short and states no fact; the text
after that sentence stands under it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Pattern, Regex, read_toml
from jixiao.documents.model import Table, Text
from jixiao.extraction.passages import Passage
from jixiao.extraction.word_matching import compiled


class OutlineRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`outline.toml`: the numbers of headings, the highest rank first, and what a heading is."""

    ranks: list[Regex]
    heading: Annotated[str, Pattern("text")]
    aside: Regex
    never: Regex


@cache
def outline_rules() -> OutlineRules:
    """Return the content of `outline.toml`."""
    return read_toml(folder("extract") / "outline.toml", OutlineRules)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the rank of its number (0 is the highest), and its text without the number."""

    rank: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph under its headings, the outermost first; its own text begins at `start`.

    Offsets are in `passage.bare`. `heading` is true if the paragraph itself has the last heading.
    """

    passage: Passage
    headings: tuple[Heading, ...]
    start: int
    heading: bool

    @property
    def text(self) -> str:
        """The text after the heading, without white space."""
        return self.passage.bare[self.start :]


def outline(blocks: Iterable[Text | Table]) -> Iterator[Paragraph]:
    """Yield the paragraphs outside tables, each with the headings it stands under.

    Args:
        blocks: The blocks of a document, or a run of them.
    """
    above = list[Heading]()
    for block in blocks:
        if not isinstance(block, Text) or not (passage := Passage(block)).bare:
            continue
        rank, number = _number(passage.bare)
        start = number
        found = re.compile(outline_rules().heading).match(passage.bare, number)
        is_heading = False
        if rank is not None:
            above = [heading for heading in above if heading.rank < rank]
            if found and not re.search(outline_rules().never, _without_aside(found["text"])):
                above.append(Heading(rank, found["text"]))
                start, is_heading = found.end(), True
        yield Paragraph(passage, tuple(above), start, is_heading)


def _without_aside(heading: str) -> str:
    return re.sub(outline_rules().aside, "", heading)


def _number(text: str) -> tuple[int | None, int]:
    """Return the rank of the number that a text starts with, and where the number ends."""
    for rank, pattern in enumerate(outline_rules().ranks):
        if match := compiled(pattern).match(text):
            return rank, match.end()
    return None, 0
