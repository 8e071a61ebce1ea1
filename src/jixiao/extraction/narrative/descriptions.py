"""Reads projects that are described in sections of prose (项目经费情况说明).

A description is a run of sections with known headings (项目概述, 立项依据, 实施周期 …). A heading
that the description already has starts the next one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.documents.model import DocumentContent, Text, join_texts
from jixiao.extraction.field_words import Label
from jixiao.extraction.grounds import grounds
from jixiao.extraction.money import to_yuan
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


class StatedAmounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of a sentence that states an amount and its parts."""

    item: Regex
    whole: Regex
    sum: Regex
    lead: Regex
    short_units: dict[str, str]


class Descriptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`descriptions.toml`: projects described in sections of prose."""

    title: Regex
    names: list[Regex]
    heading: Regex
    least: int
    reference: Regex
    sections: list[Label]
    amounts: StatedAmounts


@cache
def description_rules() -> Descriptions:
    """Return the content of `descriptions.toml`."""
    return read_toml(folder("extract") / "descriptions.toml", Descriptions)


_LAYOUT = "prose"


@dataclass(slots=True)
class _Section:
    label: Label
    heading: str
    texts: list[Text] = field(default_factory=list[Text])

    @property
    def passage(self) -> Passage:
        return Passage(join_texts(self.texts))


@dataclass(slots=True)
class _Description:
    title: Passage | None
    sections: list[_Section] = field(default_factory=list[_Section])


def read(content: DocumentContent) -> tuple[list[Project], list[Problem]]:
    """Return the projects that paragraphs describe.

    Args:
        content: The document.

    Returns:
        The projects, without identifiers, and the problems in reading them.
    """
    projects, problems = list[Project](), list[Problem]()
    for description in _descriptions(content):
        # One section alone may be a heading of something else.
        if len(description.sections) >= description_rules().least:
            project, doubts = _project(description)
            projects.append(project)
            problems += doubts
    return projects, problems


def _descriptions(content: DocumentContent) -> Iterator[_Description]:
    """Yield the runs of known sections; a table or a repeated section ends a run."""
    current: _Description | None = None
    above: Passage | None = None
    for block in content.blocks:
        if not isinstance(block, Text):
            if current:
                yield current
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


def _title(passage: Passage) -> re.Match[str] | None:
    return re.fullmatch(description_rules().title, passage.bare)


def _section(passage: Passage) -> _Section | None:
    match = re.match(description_rules().heading, passage.bare)
    label = _labels().get(match["label"]) if match else None
    if match is None or label is None:
        return None
    rest = [passage.part(match.end())] if match.end() < len(passage.bare) else []
    return _Section(label, match["label"], rest)


@cache
def _labels() -> dict[str, Label]:
    return {word: label for label in description_rules().sections for word in label.words}


@dataclass(slots=True)
class _Parts:
    """The contents of the sections of one project."""

    particulars: list[Particular] = field(default_factory=list[Particular])
    basis: list[Ground] = field(default_factory=list[Ground])
    amounts: list[Amount] = field(default_factory=list[Amount])
    goals: list[Goal] = field(default_factory=list[Goal])
    period: Period | None = None
    problems: list[Problem] = field(default_factory=list[Problem])


def _project(description: _Description) -> tuple[Project, list[Problem]]:
    parts = _Parts()
    for section in description.sections:
        if any(text.text for text in section.texts):
            _take(section, parts)
        else:
            title = description.title
            where = title.where(0, len(title.bare)) if title else None
            parts.problems.append(problem("empty-section", where, label=section.heading))
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
    return project, [*doubt, *parts.problems]


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


def _take(section: _Section, parts: _Parts) -> None:
    passage, label = section.passage, section.label
    text, where = passage.block.text, passage.block.where()
    match label.field:
        case "ground":
            parts.basis += [ground for part in section.texts for ground in grounds(Passage(part))]
        case "period":
            parts.period = period_of(text, where)
        case "amount":
            _take_amounts(passage, label, parts)
        # A reference to an attached table (详见附表) is no goal.
        case "goal" if re.search(description_rules().reference, passage.bare):
            parts.particulars.append(Particular("goal-reference", text, where))
        case "goal":
            parts.goals.append(Goal(text=text, scope=label.scope, where=where))
        case _:
            parts.particulars.append(Particular(label.kind or label.field, text, where))


def _take_amounts(passage: Passage, label: Label, parts: _Parts) -> None:
    """Take the whole amount and its parts, and add a problem if the parts do not add up."""
    rules, stated = description_rules().amounts, list[Amount]()
    sums = list[Amount]()
    for match in re.finditer(rules.item, passage.bare):
        amount = _amount(passage, match, label)
        if re.search(rules.sum, amount.name or ""):
            sums.append(amount)
        else:
            stated.append(amount)
    whole = [amount for amount in stated if re.search(rules.whole, amount.name or "")][:1]
    if not whole and sums:  # 合计 states the whole if no sentence does
        whole = [sums.pop(0)]
    rest = [amount for amount in stated if amount not in whole]
    parts.amounts += [msgspec.structs.replace(a, part=False, name=None) for a in whole]
    parts.amounts += rest
    if rest and (whole or sums):
        parts.problems += _sums(rest, [*whole, *sums])
    if not stated and not sums:
        where, text = passage.block.where(), passage.block.text
        parts.problems.append(problem("no-number", where, text=text, column=label.words[0]))


def _sums(parts: list[Amount], wholes: list[Amount]) -> Iterator[Problem]:
    """Yield a problem for each stated whole that is not the sum of the parts."""
    total = sum((part.yuan for part in parts), Decimal(0))
    for whole in wholes:
        if whole.yuan != total:
            yield problem("parts-differ", whole.where, stated=whole.text, sum=f"{total:f}")


def _amount(passage: Passage, match: re.Match[str], label: Label) -> Amount:
    rules = description_rules().amounts
    unit = rules.short_units.get(match["unit"], match["unit"])
    return Amount(
        yuan=to_yuan(match["number"], unit),
        text=match["number"] + match["unit"],
        source="prose",
        where=passage.where(*match.span()),
        name=re.sub(rules.lead, "", match["name"]) or None,
        scope=label.scope,
        stage="budget",
        part=True,
    )
