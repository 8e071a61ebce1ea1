"""Reads projects described in sections of prose (项目经费情况说明)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

import msgspec

from jixiao.config import folder, read_toml
from jixiao.documents.model import Flow, Text, together
from jixiao.extraction import targets
from jixiao.extraction.forms.words import Label
from jixiao.extraction.narrative.grounds import grounds
from jixiao.extraction.narrative.passages import Passage
from jixiao.extraction.narrative.periods import period_of
from jixiao.messages import message
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
    """How a sentence states an amount and its parts."""

    item: str
    whole: str
    sum: str
    lead: str
    short_units: dict[str, str]


class Descriptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`descriptions.toml`: projects described in sections of prose."""

    title: str
    names: list[str]
    heading: str
    least: int
    reference: str
    sections: list[Label]
    amounts: StatedAmounts


@cache
def descriptions() -> Descriptions:
    """Return `descriptions.toml`."""
    return read_toml(folder("extract") / "descriptions.toml", Descriptions)


_LAYOUT = "prose"


@dataclass(slots=True)
class _Section:
    label: Label
    heading: str
    texts: list[Text] = field(default_factory=list[Text])

    @property
    def passage(self) -> Passage:
        return Passage(together(self.texts))


@dataclass(slots=True)
class _Description:
    title: Passage | None
    sections: list[_Section] = field(default_factory=list[_Section])


def read(flow: Flow) -> tuple[list[Project], list[Problem]]:
    """Return the projects that paragraphs describe, without identifiers, and what was doubtful."""
    projects, problems = list[Project](), list[Problem]()
    for found in _found(flow):
        if len(found.sections) >= descriptions().least:
            project, doubts = _project(found)
            projects.append(project)
            problems += doubts
    return projects, problems


def _found(flow: Flow) -> Iterator[_Description]:
    """Yield runs of known sections: what begins with a section it has already is the next one."""
    current: _Description | None = None
    above: Passage | None = None
    for block in flow.blocks:
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
    """Return a description without the paragraph that proved to be the next one's title."""
    if title and _title(title) and description.sections[-1].texts[-1:] == [title.block]:
        description.sections[-1].texts.pop()
    return description


def _title(passage: Passage) -> re.Match[str] | None:
    return re.fullmatch(descriptions().title, passage.bare)


def _section(passage: Passage) -> _Section | None:
    match = re.match(descriptions().heading, passage.bare)
    label = _labels().get(match["label"]) if match else None
    if match is None or label is None:
        return None
    rest = [passage.part(match.end())] if match.end() < len(passage.bare) else []
    return _Section(label, match["label"], rest)


@cache
def _labels() -> dict[str, Label]:
    return {word: label for label in descriptions().sections for word in label.words}


@dataclass(slots=True)
class _Parts:
    """What the sections of one project state."""

    particulars: list[Particular] = field(default_factory=list[Particular])
    basis: list[Ground] = field(default_factory=list[Ground])
    amounts: list[Amount] = field(default_factory=list[Amount])
    goals: list[Goal] = field(default_factory=list[Goal])
    period: Period | None = None
    problems: list[Problem] = field(default_factory=list[Problem])


def _project(found: _Description) -> tuple[Project, list[Problem]]:
    parts = _Parts()
    for section in found.sections:
        if any(text.text for text in section.texts):
            _take(section, parts)
        else:
            told = message("empty-section", label=section.heading)
            where = found.title.where(0, len(found.title.bare)) if found.title else None
            parts.problems.append(Problem("empty-section", told, where))
    name, where, doubt = _name(found)
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
        layout=Layout(_LAYOUT, tuple(section.heading for section in found.sections)),
        indicators=(),
        where=where,
    )
    return project, [*doubt, *parts.problems]


def _name(found: _Description) -> tuple[str, Where, list[Problem]]:
    """Return the project's name, where it stands, and a problem where no title says it."""
    title = _title(found.title) if found.title else None
    if found.title and title and title["name"]:
        span = title.span("name")
        return found.title.stated(*span), found.title.where(*span), []
    if inferred := next(_names(found.sections), None):
        name, where = inferred
        return name, where, [Problem("name-in-prose", message("name-in-prose", name=name), where)]
    passage = found.title or found.sections[0].passage
    where = passage.where(0, len(passage.bare)) if passage.bare else Where()
    return "", where, [Problem("untitled-description", message("untitled-description"), where)]


def _names(sections: list[_Section]) -> Iterator[tuple[str, Where]]:
    for section in sections:
        passage = section.passage
        for pattern in descriptions().names:
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
        case "goal" if re.search(descriptions().reference, passage.bare):
            parts.particulars.append(Particular("goal-reference", text, where))
        case "goal":
            parts.goals.append(Goal(text=text, scope=label.scope, where=where))
        case _:
            parts.particulars.append(Particular(label.kind or label.field, text, where))


def _take_amounts(passage: Passage, label: Label, parts: _Parts) -> None:
    """Take the whole and its parts; where they do not add up, that is a problem."""
    rules, stated = descriptions().amounts, list[Amount]()
    sums = list[Amount]()
    for match in re.finditer(rules.item, passage.bare):
        found = _amount(passage, match, label)
        if re.search(rules.sum, found.name or ""):
            sums.append(found)
        else:
            stated.append(found)
    whole = [amount for amount in stated if re.search(rules.whole, amount.name or "")][:1]
    if not whole and sums:
        whole = [sums.pop(0)]
    rest = [amount for amount in stated if amount not in whole]
    parts.amounts += [msgspec.structs.replace(a, part=False, name=None) for a in whole]
    parts.amounts += rest
    if rest and (whole or sums):
        parts.problems += _sums(rest, [*whole, *sums])
    if not stated and not sums:
        told = message("no-number", text=passage.block.text, column=label.words[0])
        parts.problems.append(Problem("no-number", told, passage.block.where()))


def _sums(parts: list[Amount], wholes: list[Amount]) -> Iterator[Problem]:
    """Yield each stated whole that is not the sum of the parts."""
    total = sum((part.yuan for part in parts), Decimal(0))
    for whole in wholes:
        if whole.yuan != total:
            told = message("parts-differ", stated=whole.text, sum=f"{total:f}")
            yield Problem("parts-differ", told, whole.where)


def _amount(passage: Passage, match: re.Match[str], label: Label) -> Amount:
    rules = descriptions().amounts
    unit = rules.short_units.get(match["unit"], match["unit"])
    return Amount(
        yuan=targets.money(match["number"], unit),
        text=match["number"] + match["unit"],
        source="prose",
        where=passage.where(*match.span()),
        name=re.sub(rules.lead, "", match["name"]) or None,
        scope=label.scope,
        stage="budget",
        part=True,
    )
