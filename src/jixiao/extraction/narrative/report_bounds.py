"""Finds the reports of a document: where each begins and ends, and what it is about.

A report begins with its title, or is known by its opening sentence or by its headings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Pattern, Regex, read_toml
from jixiao.documents.model import Block, Text
from jixiao.extraction.narrative.level_names import levels_of
from jixiao.extraction.narrative.outline import Paragraph, outline
from jixiao.extraction.passages import Passage


class Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of a paragraph of the final accounts that sums up one project."""

    start: Annotated[str, Pattern("name")]
    needs: Regex
    goal: Annotated[str, Pattern("text")]


class WholeSum(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sum of a whole body: its name, and what stands before its number."""

    name: str
    words: Regex
    part: bool = False


class ReportRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`reports.toml`: how reports in prose are written."""

    title: Annotated[str, Pattern("about", "kind")]
    below: Annotated[str, Pattern("of")]
    last: Regex
    longest: int
    opening: Annotated[str, Pattern("about")]
    headings: Regex
    least: int
    evaluation: Regex
    whole: Regex
    date: Regex
    attachment: Regex
    heads: list[str]
    generic: Regex
    names: list[Annotated[str, Pattern("name")]]
    goal: Annotated[str, Pattern("text")]
    goal_end: Regex
    goal_heading: Regex
    goal_never: Regex
    contents: list[Annotated[str, Pattern("text")]]
    total_score: Annotated[str, Pattern("score")]
    summary: Summary
    whole_sums: list[WholeSum]


@cache
def report_rules() -> ReportRules:
    """Return the content of `reports.toml`."""
    return read_toml(folder("extract") / "reports.toml", ReportRules)


@dataclass(frozen=True, slots=True)
class Report:
    """The paragraphs of one report; `about` is what its title says it is about, as printed.

    `in_brackets` tells that brackets name the project, and nothing else.
    """

    about: str
    title: Passage | None
    paragraphs: tuple[Paragraph, ...]
    evaluated: bool
    whole: bool
    in_brackets: bool = False


def find_reports(blocks: Sequence[Block]) -> Iterator[Report]:
    """Yield the reports: a title begins one, and ends the one before it.

    Args:
        blocks: The blocks of a document.
    """
    rules, titles = report_rules(), list[tuple[int, Passage, re.Match[str]]]()
    for at, block in enumerate(blocks):
        if isinstance(block, Text) and (found := _title(passage := Passage(block))):
            titles.append((at, passage, found))
    if not titles:
        paragraphs = _body(blocks)
        if _is_report(paragraphs):
            yield Report(_announced(paragraphs), None, paragraphs, True, _of_a_body(paragraphs))
        return
    ends = [*(at for at, _, _ in titles[1:]), len(blocks)]
    named = ""  # what brackets name is of the title printed again below it too
    for (at, passage, match), end in zip(titles, ends, strict=True):
        paragraphs = _body(blocks[at + 1 : end])
        named = _named_in_brackets(passage, match, blocks[at + 1 : at + 2]) or named
        about = named or passage.stated(*match.span("about"))
        evaluated = bool(re.search(rules.evaluation, match["kind"]))
        whole = bool(re.search(rules.whole, match["about"]))
        if paragraphs:
            yield Report(about, passage, paragraphs, evaluated, whole, bool(named))
            named = ""


def _named_in_brackets(passage: Passage, title: re.Match[str], below: Sequence[Block]) -> str:
    """Return the project that brackets behind a title, or alone on the line below it, name."""
    if title["of"] and _names_project(title["of"]):
        return passage.stated(*title.span("of"))
    for block in below:
        line = Passage(block) if isinstance(block, Text) else None
        match = re.match(report_rules().below, line.bare) if line else None
        if line and match and _names_project(match["of"]):
            return line.stated(*match.span("of"))
    return ""


def _names_project(text: str) -> bool:
    return any(text.endswith(head) for head in report_rules().heads)


def _body(blocks: Sequence[Block]) -> tuple[Paragraph, ...]:
    """Return the paragraphs up to the signature: a date alone, after which no heading follows."""
    rules, paragraphs = report_rules(), list(outline(blocks))
    last = max((at for at, p in enumerate(paragraphs) if p.heading), default=len(paragraphs))
    for at in range(last + 1, len(paragraphs)):
        if re.search(rules.date, paragraphs[at].passage.bare):
            # Who signs stands on the line before the date.
            return tuple(p for p in paragraphs[: at - 1] if not _attached(p))
    return tuple(p for p in paragraphs if not _attached(p))


def _attached(paragraph: Paragraph) -> bool:
    return bool(re.search(report_rules().attachment, paragraph.passage.bare))


def _title(passage: Passage) -> re.Match[str] | None:
    rules = report_rules()
    if len(passage.bare) > rules.longest or not re.search(rules.last, passage.bare):
        return None
    # A numbered line is a heading of something, or an item of a list of contents.
    if next(iter(outline([passage.block]))).headings:
        return None
    return re.match(rules.title, passage.bare)


def _is_report(paragraphs: Sequence[Paragraph]) -> bool:
    rules = report_rules()
    if any(re.search(rules.opening, p.passage.bare) for p in paragraphs):
        return True
    levels = sum(any(levels_of(p.headings[-1:])) for p in paragraphs if p.heading)
    if levels >= rules.least:
        return True
    headings = [p for p in paragraphs if p.heading and len(p.headings) == 1]
    return sum(bool(re.search(rules.headings, p.headings[0].text)) for p in headings) >= rules.least


def _announced(paragraphs: Sequence[Paragraph]) -> str:
    """Return what an opening sentence says that the report is about: 现将某项目绩效自评报告如下."""
    for paragraph in paragraphs:
        passage = paragraph.passage
        if match := re.search(report_rules().opening, passage.bare):
            return passage.stated(*match.span("about"))
    return ""


def _of_a_body(paragraphs: Sequence[Paragraph]) -> bool:
    rules = report_rules()
    opening = next((p for p in paragraphs if re.search(rules.opening, p.passage.bare)), None)
    return bool(opening and re.search(rules.whole, opening.passage.bare))
