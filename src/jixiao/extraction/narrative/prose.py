"""Reads the explanatory text (情况说明): figures, amounts of projects, goals of the department."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.documents.model import DocumentContent
from jixiao.extraction import targets
from jixiao.extraction.money import to_yuan
from jixiao.extraction.passages import Passage, passages
from jixiao.model.record import Figure, Goal, Indicator, Where


class FigurePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of figure in the prose: the pattern of the words before its number."""

    kind: Annotated[str, CodeOf("figure")]
    pattern: Regex


class ProjectList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of the list of projects with their amounts, in the prose."""

    anchor: Regex
    item: Regex
    end: Regex


class DepartmentGoals(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of the goals of the whole department, in the prose."""

    start: Regex
    end: Regex
    overall_label: str
    heading: Regex
    goal: Regex
    indicators: str
    groups: str
    clauses: str
    copulas: list[str]


class Prose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`prose.toml`: patterns of the figures, projects and goals in the explanatory text."""

    number: Regex
    figures: list[FigurePattern]
    projects: ProjectList
    department: DepartmentGoals


@cache
def prose_rules() -> Prose:
    """Return the content of `prose.toml`."""
    return read_toml(folder("extract") / "prose.toml", Prose)


@dataclass(frozen=True, slots=True)
class NamedAmount:
    """An amount that the prose states for a project, with the project's name in the prose."""

    name: str
    yuan: Decimal
    text: str
    where: Where


def figures(content: DocumentContent) -> list[Figure]:
    """Return the first figure of each kind that the prose states about the whole budget."""
    results, texts = list[Figure](), list(passages(content))
    whole = "\n".join(passage.bare for passage in texts)
    for rule in prose_rules().figures:
        pattern = rule.pattern + prose_rules().number
        # One search over the whole text rules out most kinds, and saves one for each paragraph.
        if not re.search(pattern, whole, re.MULTILINE):
            continue
        search = re.compile(pattern).search
        for passage in texts:
            if match := search(passage.bare):
                results.append(_figure(rule.kind, passage, match))
                break
    return results


def _figure(kind: str, passage: Passage, match: re.Match[str]) -> Figure:
    yuan = to_yuan(match["number"], match["unit"])
    return Figure(
        kind=kind,
        yuan=-yuan if match.groupdict().get("less") else yuan,  # a decrease (减少)
        text=match["number"] + match["unit"],
        where=passage.where(match.start("number"), match.end("unit")),
    )


def project_amounts(content: DocumentContent) -> list[NamedAmount]:
    """Return the amounts that the prose lists for projects, in its order."""
    rules = prose_rules().projects
    for passage in passages(content):
        if anchor := re.search(rules.anchor, passage.bare):
            end = passage.bare.find(rules.end, anchor.end())
            stop = end + 1 if end >= 0 else len(passage.bare)
            items = re.compile(rules.item).finditer(passage.bare, anchor.end(), stop)
            return [
                NamedAmount(
                    name=match["name"],
                    yuan=to_yuan(match["number"], match["unit"]),
                    text=match["number"] + match["unit"],
                    where=passage.where(*match.span()),
                )
                for match in items
            ]
    return []


def department_goals(content: DocumentContent) -> tuple[Goal | None, list[Goal]]:
    """Return the department's overall goal, None if there is none, and its separate goals.

    The indicators that a sentence lists after a goal are those of the goal.
    """
    rules, overall, goals = prose_rules().department, None, list[Goal]()
    name: str | None = None
    labelled = False
    for passage in _section(list(passages(content)), rules):
        if labelled and overall is None:
            overall = Goal(text=passage.block.text, where=passage.block.where())
        labelled = bool(re.search(rules.overall_label, passage.bare))
        if match := re.match(rules.heading, passage.bare):
            name = match["name"]
        elif match := re.match(rules.goal, passage.bare):
            place = passage.where(*match.span("text"))
            goals.append(Goal(text=match["text"], where=place, name=name))
        elif (match := re.match(rules.indicators, passage.bare)) and goals:
            inline = tuple(_inline(passage, match.start("text"), rules))
            last = goals[-1]
            goals[-1] = Goal(text=last.text, where=last.where, name=last.name, indicators=inline)
    return overall, goals


def _section(passages: Sequence[Passage], rules: DepartmentGoals) -> list[Passage]:
    starts = (i for i, p in enumerate(passages) if re.search(rules.start, p.bare))
    start = next(starts, len(passages))
    ends = (i for i, p in enumerate(passages) if i > start and re.search(rules.end, p.bare))
    return list(passages[start + 1 : next(ends, len(passages))])


def _inline(passage: Passage, start: int, rules: DepartmentGoals) -> Iterator[Indicator]:
    """Yield the indicators of a sentence.

    Each clause with a number is one; consecutive clauses without a number are one together.
    """
    text = passage.bare
    for group_start, group_end in _parts(text, start, len(text), rules.groups):
        wordy: tuple[int, int] | None = None
        for first, last in _parts(text, group_start, group_end, rules.clauses):
            number = targets.find(text[first:last])
            if number is None:
                wordy = (wordy[0] if wordy else first, last)
                continue
            if wordy:
                yield _qualitative(passage, *wordy)
                wordy = None
            yield _quantified(passage, first, last, number, rules)
        if wordy:
            yield _qualitative(passage, *wordy)


def _parts(text: str, start: int, end: int, separator: str) -> Iterator[tuple[int, int]]:
    for match in re.compile(separator).finditer(text, start, end):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _qualitative(passage: Passage, start: int, end: int) -> Indicator:
    text = passage.bare[start:end]
    return _indicator(text, text, text, passage.where(start, end))


def _quantified(
    passage: Passage, start: int, end: int, number: re.Match[str], rules: DepartmentGoals
) -> Indicator:
    clause = passage.bare[start:end]
    value = number[0]
    before = clause[: number.start()]
    # 为 and 是 join name and value and belong to neither.
    for word in sorted(rules.copulas, key=len, reverse=True):
        value = value.removeprefix(word)
        before = before.removesuffix(word)
    name = before + clause[number.end() :]
    return _indicator(name, clause, value, passage.where(start, end))


def _indicator(name: str, description: str, value: str, where: Where) -> Indicator:
    return Indicator(
        level1="",
        level2="",
        level3=name,
        description=description,
        value=value,
        category=None,
        target=targets.parse(value),
        basis="",
        basis_inherited=None,
        cost_scope=None,
        where=where,
    )
