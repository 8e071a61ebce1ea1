"""Reads reports in prose: self-evaluations, evaluations, goals of projects made public.

A report begins with its title, or is known by its opening sentence or its headings. It is about a
project, whose name its title or a sentence beside its money tells, or about a whole body.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from jixiao.documents.model import DocumentContent
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.money import to_yuan
from jixiao.extraction.narrative import inline_indicators
from jixiao.extraction.narrative.alignment import bare_name
from jixiao.extraction.narrative.drafts import Inline
from jixiao.extraction.narrative.level_names import levels_of
from jixiao.extraction.narrative.merging import Told
from jixiao.extraction.narrative.outline import Paragraph, outline
from jixiao.extraction.narrative.report_bounds import Report, find_reports, report_rules
from jixiao.extraction.narrative.sums import Sum, sum_rules, sums
from jixiao.extraction.passages import Passage
from jixiao.extraction.problems import problem
from jixiao.model.record import (
    Amount,
    Goal,
    Layout,
    Particular,
    Problem,
    Project,
    Scope,
    Where,
)
from jixiao.text import fold, squeeze


@dataclass(slots=True)
class Reports:
    """What the reports of a document say: their projects, and the goals of whole bodies."""

    projects: list[Told] = field(default_factory=list[Told])
    goals: list[Goal] = field(default_factory=list[Goal])
    problems: list[Problem] = field(default_factory=list[Problem])


def read(content: DocumentContent, year: int | None, ledger: Ledger) -> Reports:
    """Read the reports of a document.

    Args:
        content: The document.
        year: The paper's year, None if it is not known.
        ledger: Where the characters that are read are told.
    """
    result = Reports()
    for report in find_reports(content.blocks):
        inline = inline_indicators.read(
            report.paragraphs, evaluated=report.evaluated, ledger=ledger
        )
        result.problems += inline.problems()
        if report.whole:
            result.goals += _goals_of_body(report, inline, year, ledger)
        else:
            _add_project(report, inline, year, ledger, result)
    result.projects += _summaries(content, year, ledger)
    return result


def _add_project(
    report: Report, inline: Inline, year: int | None, ledger: Ledger, result: Reports
) -> None:
    """Add the project of a report, or each project whose sentence states its money."""
    names = list(_names(report))
    name, where = _fullest(report, names)
    if not name and len({squeeze(named) for named, _, _ in names}) > 1:
        result.projects += _of_sentences(report, names, year, ledger)
        result.problems += inline.without_project()
        return
    amounts = _amounts(report.paragraphs, year, ledger, name)
    indicators, scheme = inline.indicators(year, ledger)
    goals = list(_goals(report, ledger))
    # What a report of nobody knows which project says is a form's, if there is one.
    # A title alone is that of a form below it; one over sections is that of a report.
    sections = sum(paragraph.heading for paragraph in report.paragraphs) >= report_rules().least
    if not (indicators or goals or (name and (amounts or sections))):
        return
    if report.title:
        ledger.claim_text(report.title.block, "heading")
    project = _project(name, where, amounts, report)
    project = msgspec.structs.replace(
        project,
        scheme=scheme,
        goals=tuple(goals),
        particulars=tuple(_contents(report, ledger)),
        total_score=_total_score(report.paragraphs, ledger) if report.evaluated else None,
        indicators=tuple(indicators),
    )
    doubts = [] if name else [problem("untitled-description", where)]
    result.projects.append(Told(project, doubts=doubts, points=dict(inline.points)))


def _project(name: str, where: Where, amounts: Sequence[Amount], report: Report) -> Project:
    headings = (p.headings[-1].text for p in report.paragraphs if p.heading)
    return Project(
        id="",
        name=name,
        order=None,
        carried_over=False,
        scheme=None,
        goals=(),
        amounts=tuple(amounts),
        layout=Layout("report", tuple(headings)),
        indicators=(),
        where=where,
    )


_Named = tuple[str, Paragraph, tuple[int, int]]


def _names(report: Report) -> Iterator[_Named]:
    """Yield the projects that sentences name beside money, and where."""
    for paragraph in report.paragraphs:
        for pattern in report_rules().names:
            bare = paragraph.passage.bare
            for match in re.compile(pattern).finditer(bare, paragraph.start):
                span = match.span("name")
                if sums(paragraph.passage, None, *_sentence(bare, *span)):
                    yield paragraph.passage.stated(*span), paragraph, span


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence around a part of a text starts and ends."""
    border = re.compile(sum_rules().sentence)
    before = [m.end() for m in border.finditer(text, 0, start)]
    after = border.search(text, end)
    return before[-1] if before else 0, after.start() if after else len(text)


def _fullest(report: Report, names: Sequence[_Named]) -> tuple[str, Where]:
    """Return the name in the title, or a fuller one that sentences say of the same project.

    What an opening sentence is about counts only where no other sentence names a project.
    """
    about = report.title or not any(_is_name(name) for name, _, _ in names)
    certain = report.in_brackets or (about and _is_name(report.about))
    titled = report.about if certain else ""
    alike = [n for n in names if _is_name(n[0]) and (not titled or _same(titled, n[0]))]
    best = max(alike, key=lambda n: len(squeeze(n[0])), default=None)
    if not titled and len({squeeze(name) for name, _, _ in alike}) > 1:
        best = None
    if best and len(squeeze(best[0])) > len(squeeze(titled)):
        return best[0], best[1].passage.where(*best[2])
    passage = report.title or report.paragraphs[0].passage
    return titled, passage.where(0, len(passage.bare))


def _is_name(text: str) -> bool:
    name = squeeze(text)
    ended = any(name.endswith(head) for head in report_rules().heads)
    return ended and not re.match(report_rules().generic, name)


def _same(one: str, other: str) -> bool:
    shorter, longer = sorted((squeeze(one), squeeze(other)), key=len)
    return shorter in longer


def _of_sentences(
    report: Report, names: Sequence[_Named], year: int | None, ledger: Ledger
) -> Iterator[Told]:
    """Yield a project for each name, with the money of the sentence that names it."""
    seen = set[str]()
    for name, paragraph, span in names:
        if squeeze(name) in seen or not _is_name(name):
            continue
        seen.add(squeeze(name))
        place = _sentence(paragraph.passage.bare, *span)
        others = {squeeze(n) for n, p, s in names if p is paragraph and place[0] <= s[0] < place[1]}
        stated = _stated(paragraph.passage, year, *place) if len(others) == 1 else []
        amounts = [_take(s, paragraph.passage, year, ledger) for s in stated]
        yield Told(_project(name, paragraph.passage.where(*span), amounts, report))


def _amounts(
    paragraphs: Sequence[Paragraph], year: int | None, ledger: Ledger, name: str
) -> list[Amount]:
    """Return the sums of the project `name` outside the indicators, each once.

    A report says its sums again; one that a sentence says more of stands for the others.
    """
    kept = list[Amount]()
    for paragraph in paragraphs:
        if any(levels_of(paragraph.headings)):
            continue
        for stated in _stated(paragraph.passage, year, paragraph.start, None, name):
            amount = _take(stated, paragraph.passage, year, ledger)
            again = [at for at, other in enumerate(kept) if _alike(amount, other)]
            if not again:
                kept.append(amount)
            elif not _known(kept[again[0]]):
                kept[again[0]] = amount
    return kept


def _alike(one: Amount, other: Amount) -> bool:
    """Tell whether two amounts are the same money, as far as either says what it is for."""
    if (one.yuan, one.stage, one.part) != (other.yuan, other.stage, other.part):
        return False
    return _known(one) == _known(other) or not _known(one) or not _known(other)


def _known(amount: Amount) -> tuple[Scope | None, int | None] | None:
    return (amount.scope, amount.year) if amount.scope or amount.year else None


def _stated(
    passage: Passage, year: int | None, start: int, end: int | None, name: str = ""
) -> list[Sum]:
    """Return the sums that the words beside them, or the name of the project, say to be its own."""
    found = [s for s in sums(passage, year, start, end) if s.role and s.role.money and not s.total]
    own = bare_name(name)
    return [
        s for s in found if s.scope or s.stage or s.bare or s.part or (own and own in fold(s.name))
    ]


def _take(stated: Sum, passage: Passage, year: int | None, ledger: Ledger) -> Amount:
    ledger.claim_text(passage.block, "value", *passage.printed(stated.start, stated.end))
    return stated.amount(passage, year, part=stated.part)


def _goals(report: Report, ledger: Ledger) -> Iterator[Goal]:
    rules = report_rules()
    for paragraph in report.paragraphs:
        passage, last = paragraph.passage, paragraph.headings[-1:]
        under = last and re.search(rules.goal_heading, last[0].text)
        match = re.compile(rules.goal).search(passage.bare, paragraph.start)
        if match and not any(levels_of(paragraph.headings)):
            start, text = match.start("text"), match["text"]
        elif under and paragraph.text and not re.search(rules.goal_never, paragraph.text):
            start, text = paragraph.start, paragraph.text
        else:
            continue
        end = re.search(rules.goal_end, text)
        span = start, start + (end.start() if end else len(text))
        if span[0] < span[1] and not re.search(rules.goal_never, passage.bare[slice(*span)]):
            ledger.claim_text(passage.block, "value", *passage.printed(*span))
            yield Goal(text=passage.stated(*span), where=passage.where(*span))


def _contents(report: Report, ledger: Ledger) -> Iterator[Particular]:
    for paragraph in report.paragraphs:
        passage = paragraph.passage
        found = (re.search(pattern, passage.bare) for pattern in report_rules().contents)
        if match := next(filter(None, found), None):
            span = match.span("text")
            ledger.claim_text(passage.block, "value", *passage.printed(*span))
            yield Particular("overview", passage.stated(*span), passage.where(*span))


def _total_score(paragraphs: Sequence[Paragraph], ledger: Ledger) -> str | None:
    for paragraph in paragraphs:
        passage = paragraph.passage
        if match := re.search(report_rules().total_score, passage.bare):
            ledger.claim_text(passage.block, "value", *passage.printed(*match.span("score")))
            return match["score"]
    return None


def _goals_of_body(report: Report, inline: Inline, year: int | None, ledger: Ledger) -> list[Goal]:
    """Return the goals of a whole body; the first has its indicators and its money."""
    goals = [msgspec.structs.replace(g, subject="department") for g in _goals(report, ledger)]
    indicators, scheme = inline.indicators(year, ledger)
    if not goals and not indicators:
        return []
    amounts = tuple(_money_of_body(report, ledger))
    first = goals[0] if goals else Goal(text="", where=indicators[0].where)
    first = msgspec.structs.replace(
        first, indicators=tuple(indicators), scheme=scheme, amounts=amounts
    )
    return [first, *goals[1:]]


def _money_of_body(report: Report, ledger: Ledger) -> Iterator[Amount]:
    """Yield the first sum of each kind that the report states of the whole body."""
    for kind in report_rules().whole_sums:
        pattern = re.compile(kind.words + sum_rules().number)
        for passage in (paragraph.passage for paragraph in report.paragraphs):
            if match := pattern.search(passage.bare):
                number, unit = match["number"].replace("，", ","), match["unit"]
                place = passage.printed(match.start("number"), match.end("unit"))
                ledger.claim_text(passage.block, "value", *place)
                yield Amount(
                    yuan=to_yuan(number, sum_rules().short_units.get(unit, unit)),
                    text=number + unit,
                    source="prose",
                    where=passage.where(match.start("number"), match.end("unit")),
                    name=kind.name,
                    scope="annual",
                    stage="executed" if report.evaluated else "budget",
                    part=kind.part,
                )
                break


def _summaries(content: DocumentContent, year: int | None, ledger: Ledger) -> Iterator[Told]:
    """Yield the projects that a paragraph of the final accounts each sums up."""
    rules = report_rules().summary
    for paragraph in outline(content.blocks):
        passage = paragraph.passage
        match = re.match(rules.start, passage.bare)
        if not match or not re.search(rules.needs, passage.bare):
            continue
        amounts = [
            _take(s, passage, year, ledger) for s in _stated(passage, year, match.end(), None)
        ]
        place = passage.where(*match.span("name"))
        goals = list[Goal]()
        if found := re.search(rules.goal, passage.bare):
            ledger.claim_text(passage.block, "value", *passage.printed(*found.span("text")))
            stated = passage.stated(*found.span("text"))
            goals.append(Goal(text="", where=passage.where(*found.span("text")), achieved=stated))
        project = _project(
            passage.stated(*match.span("name")), place, amounts,
            Report("", None, (paragraph,), True, False),
        )  # fmt: skip
        yield Told(
            msgspec.structs.replace(
                project, goals=tuple(goals), total_score=_total_score([paragraph], ledger)
            )
        )
