"""Paragraphs without white space, for patterns; offsets lead back to the printed text."""

from collections.abc import Iterator
from dataclasses import dataclass

from jixiao.documents.model import DocumentContent, Text
from jixiao.documents.once import once
from jixiao.model.record import Where
from jixiao.text import squeeze


@dataclass(frozen=True)
class Passage:
    """A text that is searched without its white space.

    Forms and line breaks put spaces anywhere in Chinese text, so patterns match `bare`. Offsets
    in `bare` are converted to the text as printed.
    """

    block: Text

    @once
    def bare(self) -> str:
        """The text without white space."""
        return squeeze(self.block.text)

    @once
    def _places(self) -> list[int]:
        return [i for i, c in enumerate(self.block.text) if not c.isspace()]

    def where(self, start: int, end: int) -> Where:
        """Return the place of the characters of `bare` from `start` up to `end`."""
        return self.block.where(*self.printed(start, end))

    def stated(self, start: int, end: int) -> str:
        """Return the characters of `bare` from `start` up to `end`, as printed."""
        first, last = self.printed(start, end)
        return self.block.text[first:last]

    def part(self, start: int) -> Text:
        """Return the text as printed from offset `start` of `bare` on."""
        return self.block.part(self._places[start])

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the printed text of the characters of `bare` in a range."""
        return self._places[start], self._places[end - 1] + 1


def passages(content: DocumentContent) -> Iterator[Passage]:
    """Yield the paragraphs outside tables."""
    return (Passage(block) for block in content.blocks if isinstance(block, Text))
