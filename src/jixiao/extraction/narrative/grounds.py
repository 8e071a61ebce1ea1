"""Reads what a project is founded on (立项依据): documents by title and number, else the text."""

import re
from collections.abc import Iterator
from functools import cache

from jixiao.extraction.narrative.passages import Passage
from jixiao.extraction.word_lists import grounds as rules
from jixiao.model.record import Ground


def grounds(passage: Passage) -> Iterator[Ground]:
    """Yield the documents a text names; where it names none, the whole text is the ground."""
    found = False
    for match in _documents().finditer(passage.bare):
        found = True
        parts = _groups(match)
        yield Ground(
            text=passage.stated(*match.span()),
            title=_bare_title(parts.get("title")),
            number=parts.get("number"),
            where=passage.where(*match.span()),
        )
    if not found and passage.bare:
        whole = 0, len(passage.bare)
        yield Ground(passage.stated(*whole), None, None, passage.where(*whole))


@cache
def _documents() -> re.Pattern[str]:
    """Return the alternatives as one pattern, the groups of each told apart by its place."""
    title, number = rules().title, rules().number
    patterns = list[str]()
    for at, document in enumerate(rules().documents):
        named = re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{at}>", document)
        patterns.append(named.replace("TITLE", title).replace("NUMBER", number))
    return re.compile("|".join(patterns))


def _groups(match: re.Match[str]) -> dict[str, str]:
    return {name.rpartition("_")[0]: text for name, text in match.groupdict().items() if text}


def _bare_title(title: str | None) -> str | None:
    """Return a title without its brackets, where they hold all of it."""
    if title and re.fullmatch(rules().title, title):
        return title[1:-1]
    return title
