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
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.money import to_yuan
from jixiao.extraction.narrative.merging import Told
from jixiao.extraction.passages import Passage, passages
from jixiao.model.record import (
    DocumentKind,
    Figure,
    Goal,
    Indicator,
    Layout,
    Project,
    Stage,
    Where,
)


class FigurePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of figure in the prose: the pattern of the words before its number."""

    kind: Annotated[str, CodeOf("figure")]
    pattern: Regex


class ProjectList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of the list of projects with their amounts, in the prose."""

    anchor: Regex
    number: Regex
    item: Regex
    end: Regex
    never: Regex
    least: int


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
    """An amount that the prose states for a project, with the project's name in the prose.

    `stage` is that of a list in a paper that tells what was spent, None in a budget.
    """

    name: str
    yuan: Decimal
    text: str
    where: Where
    stage: Stage | None = None


def figures(content: DocumentContent, ledger: Ledger) -> list[Figure]:
    """Return the first figure of each kind that the prose states about the whole budget.

    Args:
        content: The document.
        ledger: Where the characters that are read are told.
    """
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
                _claim(ledger, passage, match.start(), match.end())
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


def project_amounts(
    content: DocumentContent, kind: DocumentKind, ledger: Ledger
) -> list[NamedAmount]:
    """Return the amounts that the prose lists for projects, in its order.

    Args:
        content: The document.
        kind: Its kind: what is not a budget lists what was spent.
        ledger: Where the characters that are read are told.
    """
    rules, texts = prose_rules().projects, list(passages(content))
    stage: Stage | None = None if kind == "budget" else "executed"
    for at, passage in enumerate(texts):
        for anchor in re.finditer(rules.anchor, passage.bare):
            found = list(_listed(passage, anchor.end()))
            if anchor.end() == len(passage.bare):
                for below in texts[at + 1 :]:
                    number = re.match(rules.number, below.bare)
                    items = list(_listed(below, number.end()))[:1] if number else []
                    if not items:
                        break
                    found += items
            # A total right before the list says that it is one.
            if len(found) >= (1 if any(c.isdigit() for c in anchor[0]) else rules.least):
                return [_named(of, match, stage, ledger) for of, match in found]
    return []


def _listed(passage: Passage, start: int) -> Iterator[tuple[Passage, re.Match[str]]]:
    rules = prose_rules().projects
    end = passage.bare.find(rules.end, start)
    stop = end + 1 if end >= 0 else len(passage.bare)
    for match in re.compile(rules.item).finditer(passage.bare, start, stop):
        if not re.search(rules.never, re.sub(rules.number, "", match["name"])):
            yield passage, match


def _named(
    passage: Passage, match: re.Match[str], stage: Stage | None, ledger: Ledger
) -> NamedAmount:
    _claim(ledger, passage, *match.span())
    return NamedAmount(
        name=match["name"],
        yuan=to_yuan(match["number"], match["unit"]),
        text=match["number"] + match["unit"],
        where=passage.where(*match.span()),
        stage=stage,
    )


def listed_projects(named: Sequence[NamedAmount]) -> list[Told]:
    """Return the projects of a list, for a document that tells of them nowhere else."""
    return [
        Told(
            Project(
                id="",
                name=amount.name,
                order=None,
                carried_over=False,
                scheme=None,
                goals=(),
                amounts=(),
                layout=Layout("list", ()),
                indicators=(),
                where=amount.where,
            )
        )
        for amount in named
    ]


def _claim(ledger: Ledger, passage: Passage, start: int, end: int) -> None:
    ledger.claim_text(passage.block, "value", *passage.printed(start, end))


def department_goals(content: DocumentContent, ledger: Ledger) -> tuple[Goal | None, list[Goal]]:
    """Return the department's overall goal, None if there is none, and its separate goals.

    The indicators that a sentence lists after a goal are those of the goal.

    Args:
        content: The document.
        ledger: Where the characters that are read are told.
    """
    rules, overall, goals = prose_rules().department, None, list[Goal]()
    name: str | None = None
    labelled = False
    for passage in _section(list(passages(content)), rules):
        if labelled and overall is None:
            overall = Goal(text=passage.block.text, where=passage.block.where())
            ledger.claim_text(passage.block, "value")
        labelled = bool(re.search(rules.overall_label, passage.bare))
        if match := re.match(rules.heading, passage.bare):
            name = match["name"]
            ledger.claim_text(passage.block, "heading")
        elif match := re.match(rules.goal, passage.bare):
            place = passage.where(*match.span("text"))
            goals.append(Goal(text=match["text"], where=place, name=name))
            _claim(ledger, passage, *match.span("text"))
        elif (match := re.match(rules.indicators, passage.bare)) and goals:
            inline = tuple(_inline(passage, match.start("text"), rules))
            last = goals[-1]
            _claim(ledger, passage, *match.span("text"))
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
