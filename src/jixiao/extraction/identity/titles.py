"""The titles of a document, and what they say: whose paper, of which kind, of which year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jixiao.config import lru_cache
from jixiao.extraction.identity.bodies import Name, is_division, name_of
from jixiao.extraction.identity.divisions import mentions
from jixiao.extraction.identity.lines import Line
from jixiao.extraction.identity.rules import identity_rules

# A name of a body in a title is known by its place if it has at least this much after its division.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Title:
    """A title, which may be printed on two lines."""

    text: str
    lines: tuple[Line, ...]
    head: bool


def titles(lines: list[Line]) -> list[Title]:
    """Return the titles of a document in their order."""
    rules, result = identity_rules(), list[Title]()
    for at, line in enumerate(lines):
        text = cleaned(line.text)
        if len(text) > rules.title_length or not re.search(rules.title.words, text):
            continue
        if re.search(rules.title.not_title, text):
            continue
        above = lines[at - 1] if at else None
        head = at < rules.beginning
        if above and _continues(above, text):
            result.append(Title(cleaned(above.text) + text, (above, line), head))
        else:
            result.append(Title(text, (line,), head))
    return result


def cleaned(text: str) -> str:
    """Return a line without what may stand before a title or is quoted in it."""
    rules = identity_rules().title
    return re.sub(rules.before, "", re.sub(rules.ignored, "", text))


def _continues(above: Line, text: str) -> bool:
    """Tell whether a title begins on the line above it: with the body, the place or the year."""
    rules = identity_rules()
    start = cleaned(above.text)
    if ":" in start or len(start) + len(text) > rules.title_length:
        return False
    if re.search(rules.title.not_title, start) or re.search(rules.year.date_line, start):
        return False
    if name_of(re.sub(rules.year.stated, "", start)):
        return not names(text)
    place = next(mentions(start), None)
    stated = re.search(rules.year.stated, start)
    return bool((place and place.start == 0) or stated) and not re.search(
        rules.year.stated + "|" + rules.title.sent, text
    )


@lru_cache(1_024)
def names(title: str) -> tuple[Name, ...]:
    """Return the names of bodies in a title: what stands before and between its other words."""
    rules = identity_rules()
    result = list[Name]()
    if match := re.search(rules.title.about, title):
        return (name,) if (name := name_of(match["name"])) else ()
    spans = [m.span() for m in re.finditer(_separators(), title)]
    place = ""
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(title)]
    for start, end in zip(starts, ends, strict=True):
        piece = title[start:end].strip("-—_:、")
        name = name_of(piece) or name_of(title[start:end])
        if name is None and end < len(title):
            name = _by_place(piece, title[end:])
        if name is None:
            place = piece if is_division(piece) else place
            continue
        if place and name.rank == 0:  # 宜章县2021年度城管局部门决算
            name = Name(place + name.text, name.code, name.qualifier, 2)
            result = [other for other in result if other.text != place]
        elif re.search(rules.body.zone, name.text):
            place = name.text
        result.append(name)
    return tuple(result)


def completeness(title: Title) -> int:
    """Return how much a title tells: the body counts 2, the year 1."""
    stated = identity_rules().year.stated
    return (2 if names(title.text) else 0) + bool(re.search(stated, title.text))


def titled_name(clause: str) -> Name | None:
    """Return the body that a sentence begins with, if a year and the paper follow as in a title."""
    rules = identity_rules()
    year = re.search(rules.year.stated, clause)
    if not year or not year.start() or not re.match(rules.title.direct, clause[year.start() :]):
        return None
    name = name_of(clause[: year.start()])
    return name if name and name.rank == 2 else None


def _separators() -> str:
    rules = identity_rules()
    year = rules.year.stated.replace("?P<year>", "?:").replace("?P<year2>", "?:")
    return f"{year}|{rules.title.boundary}"


def _by_place(piece: str, after: str) -> Name | None:
    """Return the body of "巨鹿县某某2023年部门预算", whatever its name ends in."""
    place = next(mentions(piece), None)
    if not place or place.start or len(piece) - place.end < _NAMED or is_division(piece):
        return None
    rules = identity_rules()
    piece = re.sub(rules.body.others, "", piece)
    unlike = f"{rules.body.not_in_body}|{rules.body.not_body}"
    if not re.match(rules.title.direct, after) or re.search(unlike, piece):
        return None
    return Name(piece, "", "", 2)


def issuer(title: str) -> Name | None:
    """Return who sent a notice, by its title "某县财政局关于下达…的通知"."""
    rules = identity_rules().title
    match = re.search(rules.about, title)
    return name_of(match["name"]) if match and re.search(rules.sent, title) else None


def sections(lines: list[Line]) -> Iterator[tuple[Name, Line]]:
    """Yield the bodies of headings such as "第一部分 巨鹿县财政局概况"."""
    for line in lines:
        if len(line.text) <= identity_rules().title_length:
            match = re.search(identity_rules().title.section, line.text.rstrip(".…·0123456789"))
            if match and (name := name_of(match["name"])):
                yield name, line
