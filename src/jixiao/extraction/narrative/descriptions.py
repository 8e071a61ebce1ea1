"""Reads projects that are described in sections of prose (项目经费情况说明).

A description is a run of sections with known headings (项目概述, 立项依据, 实施周期 …). A heading
that the description already has starts the next one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.documents.model import DocumentContent, Text, join_texts
from jixiao.extraction.field_words import Label
from jixiao.extraction.grounds import grounds
from jixiao.extraction.ledger import Ledger, Role
from jixiao.extraction.narrative.merging import Described, Told
from jixiao.extraction.narrative.sums import Sum, sums, wholes_and_parts
from jixiao.extraction.passages import Passage
from jixiao.extraction.periods import period_of
from jixiao.extraction.problems import problem
from jixiao.model.record import (
    Amount,
    Goal,
    Ground,
    Layout,
    Particular,
    Period,
    Problem,
    Project,
    Where,
)


class Descriptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`descriptions.toml`: projects described in sections of prose."""

    title: Regex
    names: list[Regex]
    heading: Regex
    least: int
    caption: Regex
    reference: Regex
    sections: list[Label]


@cache
def description_rules() -> Descriptions:
    """Return the content of `descriptions.toml`."""
    return read_toml(folder("extract") / "descriptions.toml", Descriptions)


_LAYOUT = "prose"


@dataclass(slots=True)
class _Section:
    """A section: its label, its heading as printed, and its texts.

    `first` is the paragraph of the heading, and `body` the offset of the text after it there.
    """

    label: Label
    heading: str
    first: Passage
    body: int
    texts: list[Text] = field(default_factory=list[Text])

    @property
    def passage(self) -> Passage:
        return Passage(join_texts(self.texts))

    def claim(self, ledger: Ledger, role: Role, start: int = 0, end: int | None = None) -> None:
        """Tell what the characters of `passage` from `start` up to `end` are."""
        at, stop = 0, len(self.passage.bare) if end is None else end
        inline = self.body < len(self.first.bare)
        for number, text in enumerate(self.texts):
            # The text beside the heading is a part of its paragraph, which the ledger knows.
            paragraph = self.first if inline and not number else Passage(text)
            shift = self.body if paragraph is self.first else 0
            length = len(paragraph.bare) - shift
            low, high = max(start - at, 0) + shift, min(stop - at, length) + shift
            if low < high:
                ledger.claim_text(paragraph.block, role, *paragraph.printed(low, high))
            at += length


@dataclass(slots=True)
class _Description:
    title: Passage | None
    sections: list[_Section] = field(default_factory=list[_Section])


def read(content: DocumentContent, year: int | None, ledger: Ledger) -> Described:
    """Return the projects that paragraphs describe.

    Args:
        content: The document.
        year: The paper's year, None if it is not known.
        ledger: Where the characters that are read are told.
    """
    described = Described()
    for description in _descriptions(content):
        # One section alone may be a heading of something else.
        if len(description.sections) >= description_rules().least or _titled(description):
            _add(description, year, ledger, described)
    return described


def _descriptions(content: DocumentContent) -> Iterator[_Description]:
    """Yield the runs of known sections; a table or a repeated section ends a run."""
    current: _Description | None = None
    above: Passage | None = None
    for block in content.blocks:
        if not isinstance(block, Text):
            if current:
                yield _without_captions(current)
            current, above = None, None
            continue
        passage = Passage(block)
        section = _section(passage)
        if section and current and section.label in (s.label for s in current.sections):
            yield _without_title(current, above)
            current = None
        if section:
            current = current or _Description(above if above and _title(above) else None)
            current.sections.append(section)
        elif current:
            current.sections[-1].texts.append(block)
        above = passage
    if current:
        yield current


def _without_title(description: _Description, title: Passage | None) -> _Description:
    """Return a description without its last paragraph if that is the title of the next one."""
    if title and _title(title) and description.sections[-1].texts[-1:] == [title.block]:
        description.sections[-1].texts.pop()
    return description


def _without_captions(description: _Description) -> _Description:
    """Return a description without the paragraphs at its end that are the title of a table."""
    texts = description.sections[-1].texts
    while len(texts) > 1 and re.search(description_rules().caption, Passage(texts[-1]).bare):
        texts.pop()
    return description


def _titled(description: _Description) -> bool:
    match = _title(description.title) if description.title else None
    return bool(match and match["name"])


def _title(passage: Passage) -> re.Match[str] | None:
    return re.fullmatch(description_rules().title, passage.bare)


def _section(passage: Passage) -> _Section | None:
    match = re.match(description_rules().heading, passage.bare)
    label = _labels().get(match["label"]) if match else None
    if match is None or label is None:
        return None
    rest = [passage.part(match.end())] if match.end() < len(passage.bare) else []
    return _Section(label, match["label"], passage, match.end(), rest)


@cache
def _labels() -> dict[str, Label]:
    return {word: label for label in description_rules().sections for word in label.words}


@dataclass(slots=True)
class _Parts:
    """The contents of the sections of one project."""

    particulars: list[Particular] = field(default_factory=list[Particular])
    basis: list[Ground] = field(default_factory=list[Ground])
    amounts: list[Amount] = field(default_factory=list[Amount])
    named: list[str] = field(default_factory=list[str])
    goals: list[Goal] = field(default_factory=list[Goal])
    period: Period | None = None
    problems: list[Problem] = field(default_factory=list[Problem])


def _add(description: _Description, year: int | None, ledger: Ledger, described: Described) -> None:
    parts = _Parts()
    for section in description.sections:
        ledger.claim_text(section.first.block, "label", *section.first.printed(0, section.body))
        if any(text.text for text in section.texts):
            _take(section, parts, year, ledger)
        else:
            title = description.title
            where = title.where(0, len(title.bare)) if title else None
            parts.problems.append(problem("empty-section", where, label=section.heading))
    if description.title:
        ledger.claim_text(description.title.block, "heading")
    name, where, doubt = _name(description)
    project = Project(
        id="",
        name=name,
        order=None,
        carried_over=False,
        scheme=None,
        goals=tuple(parts.goals),
        amounts=tuple(parts.amounts),
        basis=tuple(parts.basis),
        period=parts.period,
        particulars=tuple(parts.particulars),
        layout=Layout(_LAYOUT, tuple(section.heading for section in description.sections)),
        indicators=(),
        where=where,
    )
    described.projects.append(Told(project, tuple(parts.named), doubt))
    described.problems += parts.problems


def _name(description: _Description) -> tuple[str, Where, list[Problem]]:
    """Return a project's name, its place, and a problem if the name is not in a title."""
    title = description.title
    match = _title(title) if title else None
    if title and match and match["name"]:
        span = match.span("name")
        return title.stated(*span), title.where(*span), []
    if inferred := next(_names(description.sections), None):
        name, where = inferred
        return name, where, [problem("name-in-prose", where, name=name)]
    passage = title or description.sections[0].passage
    where = passage.where(0, len(passage.bare)) if passage.bare else Where()
    return "", where, [problem("untitled-description", where)]


def _names(sections: list[_Section]) -> Iterator[tuple[str, Where]]:
    for section in sections:
        passage = section.passage
        for pattern in description_rules().names:
            if match := re.search(pattern, passage.bare):
                yield passage.stated(*match.span("name")), passage.where(*match.span("name"))


def _take(section: _Section, parts: _Parts, year: int | None, ledger: Ledger) -> None:
    passage, label = section.passage, section.label
    if label.field != "amount":
        section.claim(ledger, "value")
    text, where = passage.block.text, passage.block.where()
    match label.field:
        case "ground":
            parts.basis += [ground for part in section.texts for ground in grounds(Passage(part))]
        case "period":
            parts.period = period_of(text, where)
        case "amount":
            _take_amounts(section, parts, year, ledger)
        # A reference to an attached table (详见附表) is no goal.
        case "goal" if re.search(description_rules().reference, passage.bare):
            parts.particulars.append(Particular("goal-reference", text, where))
        case "goal":
            parts.goals.append(Goal(text=text, scope=label.scope, where=where))
        case _:
            parts.particulars.append(Particular(label.kind or label.field, text, where))


def _take_amounts(section: _Section, parts: _Parts, year: int | None, ledger: Ledger) -> None:
    """Take the amounts of a section, and add a problem where parts do not add up.

    Only a sum whose sentence tells nothing of it is for what the section's heading says.
    """
    passage, label = section.passage, section.label
    found = [s for s in sums(passage, year) if s.role is None or s.role.money]
    stated = [s for s in found if not s.total]
    wholes = {s for s, part in wholes_and_parts(stated) if not part}
    if not wholes:  # 合计 states the whole if no sentence does
        wholes = {s for s in found if s.total}
    kept = [s for s in found if not s.total or s in wholes]
    amounts = [s.amount(passage, year, label.scope, part=s not in wholes) for s in kept]
    parts.amounts += sorted(amounts, key=lambda amount: amount.part)
    parts.named += [s.name for s in kept if s.name]
    parts.problems += _differences(passage, found, wholes)
    for s in kept:
        section.claim(ledger, "value", s.start, s.end)
    if not kept:
        where, text = passage.block.where(), passage.block.text
        parts.problems.append(problem("no-number", where, text=text, column=label.words[0]))


def _differences(passage: Passage, found: Sequence[Sum], wholes: set[Sum]) -> Iterator[Problem]:
    """Yield a problem for each stated whole that is not the sum of its parts."""
    whole, parts = None, list[Sum]()
    for one in found:
        if one.total:
            yield from _difference(passage, one, parts)
        elif one in wholes:
            yield from _difference(passage, whole, parts)
            whole, parts = one, []
        elif whole is None or one.group == whole.group:
            parts.append(one)
    yield from _difference(passage, whole, parts)


def _difference(passage: Passage, whole: Sum | None, parts: Sequence[Sum]) -> Iterator[Problem]:
    total = sum((part.yuan for part in parts), Decimal(0))
    if whole and parts and whole.yuan != total:
        where = passage.where(whole.number, whole.end)
        yield problem("parts-differ", where, stated=whole.text, sum=f"{total:f}")
