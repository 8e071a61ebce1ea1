"""The year and the kind of a document, and whose paper it is by its title."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from jixiao.documents.model import Text
from jixiao.extraction.identity.lines import Lines
from jixiao.extraction.identity.rules import identity_rules
from jixiao.extraction.identity.titles import Title, completeness
from jixiao.model.record import BodyKind, DocumentKind

T = TypeVar("T")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile("二[〇○零0][一二三四五六七八九〇○零][一二三四五六七八九〇○零](?=年)")


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A fact with how and where it was found; `tied` are the values that contradict each other."""

    value: T | None
    how: str = ""
    source: Text | None = None
    tied: tuple[str, ...] = ()


def find_year(lines: Lines, titled: Sequence[Title]) -> Fact[int]:
    """Return the year of the budget: by a label, the title, a line of its own, else the text."""
    rules = identity_rules().year
    head = lines.lines[: identity_rules().beginning]
    for line in lines.lines:
        if match := re.search(rules.label, line.text):
            return Fact(int(match["year"]), "form" if line.form else "cover", line.source)
    stated = [item for item in lines.labelled if item.role == "year"]
    if match := next((m for i in stated if (m := re.search(rules.alone, i.value))), None):
        return Fact(int(match["year"]), "form", stated[0].line.source)
    for title in (t for t in titled if t.head):
        if years := _years(title.text):
            at = _place_of_own(title.text)
            before = [year for year, place in years if place < at]
            return Fact((before or [years[0][0]])[-1], "title", title.lines[0].source)
    for line in head:
        if match := re.search(rules.alone, _arabic(line.text)):
            return Fact(int(match["year"]), "form" if line.form else "cover", line.source)
    for item in (item for item in lines.labelled if item.role == "period"):
        within = {match[0] for match in re.finditer(rules.any, item.value)}
        if len(within) == 1:
            return Fact(int(within.pop()), "form", item.line.source)
    for title in titled:
        if years := _years(title.text):
            return Fact(years[0][0], "title", title.lines[0].source)
    return _by_votes(lines)


def _place_of_own(title: str) -> int:
    """Return where the title says which of its years is its own, its end if it does not."""
    match = re.search(identity_rules().year.own, title)
    return match.start() if match else len(title)


def _years(text: str) -> list[tuple[int, int]]:
    """Return the years of budgets in a text, with their places."""
    found = re.finditer(identity_rules().year.stated, _arabic(text))
    return [(int(match["year"] or match["year2"]), match.start()) for match in found]


def _arabic(text: str) -> str:
    """Return a text with years in Chinese numerals (二〇二三年) in Arabic ones."""
    return _CHINESE_YEAR.sub(lambda match: match[0].translate(_DIGITS).replace("二", "2"), text)


def _by_votes(lines: Lines) -> Fact[int]:
    """Return the year that the text and the names of projects give.

    First years by themselves count, then those in quoted titles, which are evidence only together
    with the date of the paper. Those of dates alone are told.
    """
    rules = identity_rules()
    plain, dated, quoted = Counter[int](), Counter[int](), Counter[int]()
    sources, dates = dict[int, Text](), set[int]()
    for line in lines.lines:
        text = re.sub(r"《[^》]*》", "", line.text)
        metadata = re.search(rules.year.metadata, line.text)
        found = [int(m["year"]) for m in re.finditer(rules.year.dated, text)]
        (dates.update if metadata else dated.update)(found)
        own = [year for year, _ in _years(text)]
        plain.update(own)
        quotes = [
            year for quote in re.findall(r"《[^》]*》", line.text) for year, _ in _years(quote)
        ]
        quoted.update(quotes)
        for year in (*own, *quotes, *found):
            sources.setdefault(year, line.source)
    for item in (item for item in lines.labelled if item.role == "name"):
        for year, _ in _years(item.value):
            plain[year] += 1
            sources.setdefault(year, item.line.source)
    for votes in (plain, Counter({y: n for y, n in quoted.items() if y in dates})):
        if not votes:
            continue
        year, count = votes.most_common(1)[0]
        if count >= rules.year.majority * votes.total():
            return Fact(year, "text", sources[year])
        return Fact(None, tied=tuple(str(year) for year, _ in votes.most_common(3)))
    # A report of 2022 tells what was done in 2021, or what was planned.
    return Fact(None, "dates", tied=tuple(str(year) for year, _ in dated.most_common(3)))


def find_kind(lines: Lines, titled: Sequence[Title]) -> Fact[DocumentKind]:
    """Return the kind of a document: by its titles, the most complete first, or its headings."""
    rules = identity_rules()
    # 预算绩效管理, the heading of a web site's column, stands before the title of the paper.
    for title in sorted(titled, key=lambda t: (t.head, completeness(t)), reverse=True):
        if kind := _kind(title.text):
            return Fact(kind, "title", title.lines[0].source)
    for line in lines.lines[: rules.beginning]:
        match = re.search(rules.title.announced, line.text)
        if match and (kind := _kind(match["paper"])):
            return Fact(kind, "text", line.source)
    if lines.results:
        return Fact("self-evaluation", "form", lines.results[0].source)
    headings = [line for line in lines.lines if len(line.text) <= rules.title_length]
    for kinds in rules.kinds:
        for line in headings:
            text = re.sub(rules.title.ignored, "", line.text)
            if ">" not in text and any(word in text for word in kinds.words):
                return Fact(kinds.kind, "heading", line.source)
    return Fact(None)


def _kind(text: str) -> DocumentKind | None:
    kinds = identity_rules().kinds
    return next((kind.kind for kind in kinds if any(word in text for word in kind.words)), None)


def find_body_kind(titled: Sequence[Title], department: str) -> BodyKind | None:
    """Return whose paper it is: that of a department, a unit, a government or a fund."""
    rules = identity_rules()
    if any(department.endswith(f"（{word}）") for word in rules.body.kept_qualifiers):
        return "unit"
    for title in titled:
        if not title.head:
            continue
        for kind in rules.body_kinds:
            if re.search(kind.words, title.text):
                return kind.kind
    return None
