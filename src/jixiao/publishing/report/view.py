"""The contents of the report on one document, in the order of the page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jixiao.checks.catalogue import Rule, rules
from jixiao.model.coverage import Part, parts, titles
from jixiao.model.finding import SEVERITIES, Finding, Rate, Report, Score, contradicts
from jixiao.model.record import Indicator, Project, Record, Where
from jixiao.publishing.report.cutouts import Cutout, cutout, cutouts, page_pictures
from jixiao.rdf.derived.text_features import normalised
from jixiao.rdf.iris import indicator_iris, project_iris

TOP = 8  # rules among the key findings, after the contradictory figures
SHARED = 2  # so many projects with the same wording are a cluster
MOST = 12  # bars of a chart
MOST_UNREAD = 60  # passages of a table that are quoted: the record has them all
MOST_PAGES = 12  # pages of a table that are shown: a picture takes some 40 kB


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document of the report.

    Attributes:
        record: Its record.
        report: The findings of the check.
        path: The file, for pictures of its pages; None for a report without pictures.

    """

    record: Record
    report: Report
    path: Path | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: `count` out of `of`."""

    label: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class FailedRule:
    """A rule with its findings and its rate."""

    rule: Rule
    rate: Rate
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator with its score and its findings."""

    indicator: Indicator
    score: Score | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows under a first or second level; `groups` are the second levels of a first one."""

    name: str
    rows: tuple[Row, ...]
    groups: tuple["Group", ...] = ()


class PartView:
    """A table, or the prose, with what was not read of it.

    Attributes:
        part: its counts.
        titles: what is printed in it: names of projects, titles of budget tables.
        shown: the first of the unread passages.
        places: where they are printed, on the first pages with any of them.

    """

    def __init__(self, part: Part, record: Record) -> None:
        self.part = part
        self.titles = titles(record).get(part.table or 0, [])
        self.shown = part.unread[:MOST_UNREAD]
        wheres = [place for u in part.unread for place in (u.where, *u.where.continued)]
        pages = sorted({where.page for where in wheres if where.page})[:MOST_PAGES]
        self.places = [where for where in wheres if where.page in pages]


class ProjectView:
    """A project with its score, its findings and those of its parts."""

    def __init__(
        self, project: Project, iris: tuple[str, list[str]], view: "View", number: int
    ) -> None:
        self.project, self.number = project, number
        self.iri, self._indicators = iris
        self.score = view.score(self.iri)
        self.findings = tuple(f for f in view.findings if view.is_of(f, self.iri))
        self.counts = Counter(finding.severity for finding in self.findings)
        named = set(self._indicators)
        self.other_findings = tuple(f for f in self.findings if f.focus not in named)
        self._rows = tuple(
            Row(indicator, view.score(iri), tuple(f for f in self.findings if f.focus == iri))
            for indicator, iri in zip(project.indicators, self._indicators, strict=True)
        )

    @property
    def levels(self) -> Iterator[Group]:
        """Yield the three-level tree of the indicators, in the order of the table."""
        for name in dict.fromkeys(row.indicator.level1 for row in self._rows):
            rows = tuple(row for row in self._rows if row.indicator.level1 == name)
            seconds = dict.fromkeys(row.indicator.level2 for row in rows)
            groups = (
                Group(second, tuple(row for row in rows if row.indicator.level2 == second))
                for second in seconds
            )
            yield Group(name, rows, tuple(groups))

    def under(self, level2: str) -> tuple[Row, ...]:
        """Return the indicators of a second level."""
        return tuple(row for row in self._rows if row.indicator.level2 == level2)


class View:
    """A document as the template prints it."""

    def __init__(self, sheet: Sheet) -> None:
        self.record, self.document = sheet.record, sheet.record.document
        self.report, self.findings = sheet.report, sheet.report.findings
        self.rates = sheet.report.rates
        self.counts = Counter(finding.severity for finding in self.findings)
        counted = parts(self.record.coverage, self.record.unread)
        self.parts = [PartView(part, self.record) for part in counted]
        shown = [where for part in self.parts for where in part.places]
        self.found_at = [f.where for f in self.document.found.values() if f.where]
        shown += (*self.found_at, *(finding.where for finding in self.findings if finding.where))
        self.pictures = page_pictures(sheet.path, shown)
        self._scores = {score.node: score for score in sheet.report.scores}
        projects, indicators = project_iris(sheet.record), indicator_iris(sheet.record)
        self.projects = [
            ProjectView(project, (projects[project.id], indicators[project.id]), self, number)
            for number, project in enumerate(sheet.record.projects, 1)
        ]

    def is_of(self, finding: Finding, iri: str) -> bool:
        """Tell whether a finding is about a thing or a part of it."""
        return finding.focus == iri or finding.focus.startswith(iri + "/")

    def score(self, node: str) -> Score | None:
        """Return the score of a thing."""
        return self._scores.get(node)

    def cut(self, where: Where | None) -> Cutout | None:
        """Return the part of a page's picture that shows a place."""
        return cutout(where, self.pictures)

    def cut_all(self, wheres: Iterable[Where]) -> list[Cutout]:
        """Return the part of each page that shows some of the places."""
        return cutouts(wheres, self.pictures)

    @cached_property
    def department(self) -> Score | None:
        """The score of the whole document."""
        return next((s for s in self.report.scores if s.scope == "department"), None)

    @cached_property
    def best(self) -> list[Score]:
        """The best indicators: all that have the highest score."""
        scores = [s for s in self.report.scores if s.scope == "indicator"]
        return [s for s in scores if s.score == scores[0].score][:MOST]

    @cached_property
    def ranked(self) -> list[ProjectView]:
        """The projects, the best first."""
        order = {score.node: at for at, score in enumerate(self.report.scores)}
        return sorted(self.projects, key=lambda view: order.get(view.iri, len(order)))

    def in_project(self, finding: Finding) -> bool:
        """Tell whether a project lists the finding too."""
        return any(self.is_of(finding, project.iri) for project in self.projects)

    @cached_property
    def money(self) -> list[Finding]:
        """The findings of contradictory figures."""
        return [finding for finding in self.findings if contradicts(finding)]

    @cached_property
    def of_document(self) -> list[Finding]:
        """The findings of no project, without the contradictory figures."""
        listed = {id(f) for project in self.projects for f in project.findings}
        listed |= {id(f) for f in self.money}
        return [f for f in self.findings if id(f) not in listed]

    @cached_property
    def failed_rules(self) -> list[FailedRule]:
        """The other rules with findings, the gravest and most frequent first."""
        contradictory = {finding.code for finding in self.money}
        rates = {rate.code: rate for rate in self.rates}
        by_rule = dict[str, list[Finding]]()
        for finding in self.findings:
            if finding.code not in contradictory:
                by_rule.setdefault(finding.code, []).append(finding)
        failed = [FailedRule(rules()[c], rates[c], tuple(fs)) for c, fs in by_rule.items()]
        return sorted(
            failed,
            key=lambda f: (SEVERITIES.index(f.findings[0].severity), -len(f.findings), f.rule.code),
        )

    @cached_property
    def levels2(self) -> list[str]:
        """The second levels of the document, in the order that most projects have them."""
        positions = dict[str, list[int]]()
        for view in self.projects:
            for position, indicator in enumerate(view.project.indicators):
                positions.setdefault(indicator.level2, []).append(position)
        return sorted(positions, key=lambda n: (sum(positions[n]) / len(positions[n]), n))

    @cached_property
    def distribution(self) -> list[tuple[str, list[Bar]]]:
        """The most frequent target values of each second level."""
        charts = list[tuple[str, list[Bar]]]()
        for level2 in self.levels2:
            values = [row.indicator.value for p in self.projects for row in p.under(level2)]
            bars = [Bar(v or "—", n, len(values)) for v, n in Counter(values).most_common(4)]
            charts.append((level2, bars))
        return charts

    @cached_property
    def clusters(self) -> list[tuple[str, list[Bar]]]:
        """The names and the bases that several projects share."""
        return [
            ("names", self._shared(lambda indicator: indicator.level3)),
            ("grounds", self._shared(lambda indicator: indicator.basis or "")),
        ]

    def _shared(self, text: Callable[[Indicator], str]) -> list[Bar]:
        users, wording = dict[str, set[str]](), dict[str, str]()
        for view in self.projects:
            for indicator in view.project.indicators:
                if key := normalised(text(indicator)):
                    users.setdefault(key, set()).add(view.iri)
                    wording.setdefault(key, text(indicator))
        bars = [Bar(wording[k], len(u), len(self.projects)) for k, u in users.items()]
        bars = [bar for bar in bars if bar.count >= SHARED]
        return sorted(bars, key=lambda bar: (-bar.count, bar.label))[:MOST]
