"""The name of the body whose paper a document is, without what only tells which paper it is."""

import re
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.model.divisions import above
from jixiao.model.record import BodyKind, Document
from jixiao.text import tidy

# Papers write either; the label of a body is the same in all of them.
_WIDE_BRACKETS = str.maketrans("()", "（）")


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ending of names, and whose paper it tells of."""

    pattern: Regex
    body_kind: Annotated[BodyKind, CodeOf("body-kind")]


class BodyNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`bodies.toml`: what papers add to the names of bodies."""

    endings: list[Ending]


@cache
def _endings() -> list[Ending]:
    return read_toml(folder("extract") / "bodies.toml", BodyNames).endings


def body_name(document: Document) -> str:
    """Return the name of a document's body, the same in all of its papers.

    Endings such as "部门" and "（本级）" are taken off, and the names of the divisions above its
    own ("邢台市巨鹿县财政局" is "巨鹿县财政局").
    """
    name = tidy(document.department).translate(_WIDE_BRACKETS)
    for ending in _endings():
        name = re.sub(ending.pattern, "", name) or name
    rest = name
    for division in reversed(above(document.region)):
        rest = rest.removeprefix(division.name)
    # Only where the name of its own division comes next: "河北省税务局" is no "税务局".
    own = document.region.name if document.region else ""
    return rest if own and rest.startswith(own) else name


def body_kind(document: Document) -> BodyKind | None:
    """Return whose paper a document is: as its record tells, or else as the name ends."""
    if document.body_kind:
        return document.body_kind
    name = tidy(document.department)
    for ending in _endings():
        if re.search(ending.pattern, name):
            return ending.body_kind
    return None
