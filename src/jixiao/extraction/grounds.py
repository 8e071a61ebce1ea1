"""Reads the grounds of a project (立项依据): the documents it cites, by title and number."""

import re
from collections.abc import Iterator

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.extraction.passages import Passage
from jixiao.model.record import Ground


class Grounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`grounds.toml`: patterns of a document's title and number, and of citations of both.

    In `documents`, TITLE and NUMBER stand for the two patterns.
    """

    title: Regex
    number: Regex
    documents: list[Regex]


@cache
def ground_rules() -> Grounds:
    """Return the content of `grounds.toml`."""
    return read_toml(folder("extract") / "grounds.toml", Grounds)


def grounds(passage: Passage) -> Iterator[Ground]:
    """Yield the documents that a text cites; if it cites none, the whole text is the ground."""
    cites = False
    for match in _documents().finditer(passage.bare):
        cites = True
        parts = _groups(match)
        yield Ground(
            text=passage.stated(*match.span()),
            title=_bare_title(parts.get("title")),
            number=parts.get("number"),
            where=passage.where(*match.span()),
        )
    if not cites and passage.bare:
        whole = 0, len(passage.bare)
        yield Ground(passage.stated(*whole), None, None, passage.where(*whole))


@cache
def _documents() -> re.Pattern[str]:
    """Return all patterns of citations as one.

    A group's name may occur only once in a pattern, so each gets the number of its alternative.
    """
    title, number = ground_rules().title, ground_rules().number
    patterns = list[str]()
    for at, document in enumerate(ground_rules().documents):
        named = re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{at}>", document)
        patterns.append(named.replace("TITLE", title).replace("NUMBER", number))
    return re.compile("|".join(patterns))


def _groups(match: re.Match[str]) -> dict[str, str]:
    return {name.rpartition("_")[0]: text for name, text in match.groupdict().items() if text}


def _bare_title(title: str | None) -> str | None:
    """Return a title without its brackets, if they enclose all of it."""
    if title and re.fullmatch(ground_rules().title, title):
        return title[1:-1]
    return title
