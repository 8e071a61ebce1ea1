"""Paragraphs as patterns see them: without white space, with the way back to the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from jixiao.documents.model import Flow, Text
from jixiao.model.record import Where
from jixiao.text import squeeze


@dataclass(frozen=True)
class Passage:
    """A text, searched without its white space; places lead back to the printed one."""

    block: Text

    @cached_property
    def bare(self) -> str:
        """The text without white space."""
        return squeeze(self.block.text)

    @cached_property
    def _places(self) -> list[int]:
        return [i for i, c in enumerate(self.block.text) if not c.isspace()]

    def where(self, start: int, end: int) -> Where:
        """Return the place of the characters of `bare` from `start` up to `end`."""
        return self.block.where(*self._span(start, end))

    def stated(self, start: int, end: int) -> str:
        """Return the characters of `bare` from `start` up to `end` as they are printed."""
        first, last = self._span(start, end)
        return self.block.text[first:last]

    def part(self, start: int) -> Text:
        """Return the printed text from a character of `bare` on."""
        return self.block.part(self._places[start])

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return self._places[start], self._places[end - 1] + 1


def passages(flow: Flow) -> Iterator[Passage]:
    """Yield the paragraphs outside tables."""
    return (Passage(block) for block in flow.blocks if isinstance(block, Text))
