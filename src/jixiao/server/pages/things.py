"""The pages of things: department, department and year, project, finding, value, any other."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain, islice

from pyoxigraph import NamedNode

from jixiao.checks.catalogue import rules
from jixiao.publishing.site.paths import Paths
from jixiao.publishing.site.view import Labels, view
from jixiao.rdf.findings import StoredFinding
from jixiao.rdf.namespaces import DCT, DQV, HOME, JX, OA, ORG, QB, SKOS
from jixiao.server.pages import evidence
from jixiao.server.pages import findings as found
from jixiao.server.pages.context import PageContext
from jixiao.server.problems import Problem, named
from jixiao.server.sparql.graphs import said

Page = tuple[str, dict[str, object]]
_MANY = 40  # other projects that are named beside one
_SOME = 60  # indicators of a cluster whose projects are looked at: one with more is commonplace


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: in yuan, as it is printed, and from where in the paper."""

    iri: str
    yuan: Decimal | None
    stated: str
    source: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a budget table, as it is printed."""

    iri: str
    stated: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as it is printed, with what was found of it."""

    iri: str
    name: str
    description: str
    target: str
    basis: str
    score: str
    findings: list[StoredFinding]


@dataclass(frozen=True, slots=True)
class Level:
    """A first or second level with what is under it."""

    name: str
    indicators: list[Indicator]
    levels: list["Level"]


def thing(look: PageContext) -> Page:
    """Return the page of a thing, by what it is."""
    iri = named(HOME + look.job.path).value
    for kind, page in _PAGES.items():
        if look.is_a(iri, kind):
            return page(look, iri)
    return _any(look, iri)


def _department(look: PageContext, iri: str) -> Page:
    budgets = sorted(look.users(JX.department, iri), key=lambda b: look.text(b, JX.budgetYear))
    near = [*look.nodes(iri, JX.succeeds), *look.users(JX.succeeds, iri)]
    return "department.html", {
        "iri": iri,
        "title": look.label(iri),
        "code": look.text(iri, ORG.identifier),
        "region": look.text(iri, DCT.spatial, SKOS.prefLabel),
        "region_iri": look.node(iri, DCT.spatial),
        "budgets": [_summary(look, budget) for budget in reversed(budgets)],
        "near": [(look.link(other), look.label(other)) for other in near],
    }


def _summary(look: PageContext, budget: str) -> dict[str, object]:
    """Return a budget in one line."""
    projects = look.users(JX.partOfBudget, budget)
    return {
        "link": look.link(budget),
        "iri": budget,
        "name": look.text(budget, JX.departmentName),
        "year": look.text(budget, JX.budgetYear),
        "kind": look.label(look.node(budget, JX.documentKind)),
        "projects": sum(1 for p in projects if look.is_a(p, JX.BudgetProject)),
        "counts": found.counted(look, look.nodes(budget, DCT.source)),
        "score": _score(look, budget),
    }


def _score(look: PageContext, iri: str) -> str:
    """Return the review score of a thing."""
    marks = look.users(DQV.computedOn, iri)
    scores = (m for m in marks if look.node(m, DQV.isMeasurementOf) == JX.reviewScore.value)
    return next((look.text(mark, DQV.value) for mark in scores), "")


def _budget(look: PageContext, iri: str) -> Page:
    documents = look.nodes(iri, DCT.source)
    findings = [f for d in documents for f in found.of_document(look, d)]
    parts = look.users(JX.partOfBudget, iri)
    projects = sorted((p for p in parts if look.is_a(p, JX.BudgetProject)), key=look.order)
    inside = {f.iri for p in projects for f in found.under(findings, p)}
    money = [f for f in findings if f.contradicts]
    rest = [f for f in findings if f.iri not in inside and not f.contradicts]
    return "budget.html", {
        "iri": iri,
        "title": _titled(look, iri),
        "department": _named(look, look.node(iri, JX.department)),
        "score": _score(look, iri),
        "documents": [(look.link(d), look.text(d, JX.fileName)) for d in documents],
        "goals": _goals(look, iri),
        "projects": [_row(look, p, found.under(findings, p)) for p in projects],
        "statements": [_statement(look, s) for s in sorted(parts) if look.is_a(s, JX.Statement)],
        "money": money,
        "rest": found.by_rule(rest),
        "weak": found.by_rule([f for f in findings if not f.contradicts])[:12],
        "counts": Counter(f.severity for f in findings),
        "continues": [
            (look.link(b), _titled(look, b))
            for b in [*look.nodes(iri, JX.continues), *look.users(JX.continues, iri)]
        ],
    }


def _titled(look: PageContext, budget: str) -> str:
    return f"{look.text(budget, JX.departmentName)} {look.text(budget, JX.budgetYear)}"


def _named(look: PageContext, iri: str) -> tuple[str, str]:
    return look.link(iri), look.label(iri)


def _goals(look: PageContext, iri: str) -> list[tuple[str, str, list[Indicator]]]:
    goals = sorted(look.nodes(iri, JX.hasGoal), key=look.order)
    return [
        (goal, look.text(goal, JX.text), [_indicator(look, i, []) for i in _ordered(look, goal)])
        for goal in goals
    ]


def _ordered(look: PageContext, iri: str) -> list[str]:
    return sorted(look.nodes(iri, JX.hasIndicator), key=look.order)


def _row(look: PageContext, project: str, findings: list[StoredFinding]) -> dict[str, object]:
    """Return a project in one line."""
    return {
        "link": look.link(project),
        "name": look.text(project, SKOS.prefLabel),
        "money": _money(look, project),
        "indicators": len(look.nodes(project, JX.hasIndicator)),
        "score": _score(look, project),
        "counts": Counter(f.severity for f in findings),
    }


def _money(look: PageContext, project: str) -> list[Money]:
    return [
        Money(
            iri=amount,
            yuan=look.number(amount, JX.amount),
            stated=look.text(amount, JX.stated),
            source=look.text(amount, JX.amountSource, SKOS.prefLabel),
        )
        for amount in sorted(look.nodes(project, JX.hasAmount))
    ]


def _statement(look: PageContext, iri: str) -> dict[str, object]:
    """Return a budget table as it is printed: its columns, and its rows with their values."""
    cells, columns = defaultdict[str, dict[str, Cell]](dict), dict[str, None]()
    for observation in look.users(QB.dataSet, iri):
        label = look.text(observation, JX.columnLabel)
        columns[label] = None
        stated = look.text(observation, JX.stated)
        cells[look.node(observation, JX.inRow)][label] = Cell(observation, stated)
    rows = sorted(look.nodes(iri, JX.hasRow), key=look.order)
    return {
        "iri": iri,
        "title": look.text(iri, DCT.title) or look.label(look.node(iri, JX.statementKind)),
        "unit": look.text(iri, JX.statedUnit),
        "columns": list(columns),
        "rows": [(row, look.text(row, SKOS.prefLabel), cells[row]) for row in rows],
    }


def _project(look: PageContext, iri: str) -> Page:
    budget = look.node(iri, JX.partOfBudget)
    documents = look.nodes(budget, DCT.source)
    findings = [f for d in documents for f in found.under(found.of_document(look, d), iri)]
    indicators = _ordered(look, iri)
    named = set(indicators)
    return "project.html", {
        "iri": iri,
        "title": look.text(iri, SKOS.prefLabel),
        "budget": (look.link(budget), _titled(look, budget)),
        "budget_iri": budget,
        "department": _named(look, look.node(budget, JX.department)),
        "score": _score(look, iri),
        "scheme": look.label(look.node(iri, JX.indicatorScheme)),
        "carried_over": look.text(iri, JX.carriedOver) == "true",
        "money": _money(look, iri),
        "goals": _goals(look, iri),
        "levels": _levels(look, indicators, findings),
        "findings": [f for f in findings if f.focus not in named],
        "counts": Counter(f.severity for f in findings),
        "years": [
            (*_named(look, p), _titled(look, look.node(p, JX.partOfBudget)))
            for p in [*look.nodes(iri, JX.continues), *look.users(JX.continues, iri)]
        ],
        "similar": _similar(look, iri),
    }  # fmt: skip


def _levels(look: PageContext, indicators: list[str], findings: list[StoredFinding]) -> list[Level]:
    tree: dict[str, dict[str, list[Indicator]]] = {}
    for iri in indicators:
        first, second = look.text(iri, JX.statedLevel1), look.text(iri, JX.statedLevel2)
        own = [f for f in findings if f.focus == iri]
        tree.setdefault(first, {}).setdefault(second, []).append(_indicator(look, iri, own))
    return [
        Level(first, [], [Level(second, of, []) for second, of in seconds.items()])
        for first, seconds in tree.items()
    ]


def _indicator(look: PageContext, iri: str, findings: list[StoredFinding]) -> Indicator:
    return Indicator(
        iri=iri,
        name=look.text(iri, SKOS.prefLabel),
        description=look.text(iri, DCT.description),
        target=look.text(iri, JX.hasTarget, JX.stated),
        basis=look.text(iri, JX.hasBasis, JX.stated),
        score=_score(look, iri),
        findings=findings,
    )


def _similar(look: PageContext, project: str) -> list[tuple[str, str, str, int, list[str]]]:
    """Return the projects that share most clusters of indicators, and what they have besides."""
    own = set(look.nodes(project, JX.hasIndicator, JX.inCluster))
    users = [look.held.once(("users", c), partial(_users, look, c)) for c in own]
    shared = Counter(chain.from_iterable(of for _, of in users))
    storage_errors = Counter(chain.from_iterable(of for common, of in users if not common))
    ranked = sorted(shared, key=lambda other: (-storage_errors[other], -shared[other], other))
    others = (o for o in ranked if o != project and look.is_a(o, JX.BudgetProject))
    return [
        (look.link(other), look.text(other, SKOS.prefLabel),
         _titled(look, look.node(other, JX.partOfBudget)),
         shared[other], _besides(look, other, own))
        for other in islice(others, 5)
    ]  # fmt: skip


def _users(look: PageContext, cluster: str) -> tuple[bool, list[str]]:
    """Tell whether a cluster is commonplace, and return projects with its indicators: then some."""
    indicators = look.users(JX.inCluster, cluster, _SOME)
    return len(indicators) == _SOME, look.held.index.projects_of_indicators(indicators)


def _besides(look: PageContext, project: str, own: set[str]) -> list[str]:
    indicators = look.nodes(project, JX.hasIndicator)
    lacking = [i for i in indicators if look.node(i, JX.inCluster) not in own]
    names = dict.fromkeys(look.text(i, SKOS.prefLabel) for i in sorted(lacking, key=look.order))
    return list(names)[:8]


def _finding(look: PageContext, iri: str) -> Page:
    document = look.node(iri, DCT.source)
    walk = found.of_document(look, document)
    kinds = look.job.value("rule"), look.job.value("severity")
    if any(kinds):
        walk = [f for f in walk if kinds[0] in ("", f.code) and kinds[1] in ("", f.severity)]
    at = next((n for n, f in enumerate(walk) if f.iri == iri), None)
    if at is None:
        raise Problem("not-found", what=iri)
    of = walk[at]
    shown = evidence.around(look, of.focus, of.culprit)
    return "finding.html", {
        "iri": iri,
        "title": f"{of.code} {rules()[of.code].name.in_language(look.job.lang)}",
        "finding": of,
        "rule": rules()[of.code],
        "document": (look.link(document), look.text(document, JX.fileName)),
        "subject": _subject(look, of.focus),
        "budgets": [
            (look.link(budget.iri), f"{budget.name} {budget.year}")
            for budget in look.held.index.budgets(document)
        ],
        "places": shown,
        "sheets": evidence.sheets(look, shown),
        "number": at + 1,
        "count": len(walk),
        "previous": look.link(walk[at - 1].iri) if at else "",
        "next": look.link(walk[at + 1].iri) if at + 1 < len(walk) else "",
        "suffix": f"?rule={kinds[0]}&severity={kinds[1]}" if any(kinds) else "",
    }


def _subject(look: PageContext, iri: str) -> tuple[str, str]:
    """Return the page that shows a thing, and what the thing is called."""
    shown = iri
    while "/" in shown.removeprefix(HOME) and not _shown(look, shown):
        shown = shown.rpartition("/")[0]
    called = _titled(look, iri) if look.is_a(iri, JX.DepartmentBudget) else look.label(iri)
    return look.link(shown) + ("" if shown == iri else f"#{_anchor(iri)}"), called


def _shown(look: PageContext, iri: str) -> bool:
    return look.is_a(iri, JX.BudgetProject) or look.is_a(iri, JX.DepartmentBudget)


def _anchor(iri: str) -> str:
    return iri.rpartition("/")[2]


def _value(look: PageContext, iri: str) -> Page:
    """Return the page of an annotation: where a value is printed."""
    shown = evidence.of_annotation(look, iri)
    return "value.html", _printed(look, iri, look.node(iri, OA.hasBody), shown)


def _printed(
    look: PageContext, iri: str, body: str, shown: list[evidence.Place]
) -> dict[str, object]:
    document = shown[0].document if shown else ""
    findings = [f for f in found.of_document(look, document) if f.focus == body]
    return {
        "iri": iri,
        "title": next((p.words for p in shown if p.words), look.label(body)),
        "subject": _subject(look, body),
        "document": (look.link(document), look.text(document, JX.fileName)),
        "places": shown,
        "sheets": evidence.sheets(look, shown),
        "findings": findings,
    }


def printed(look: PageContext) -> Page:
    """Return where all values of a thing are printed, or its `field` alone."""
    iri = named(HOME + look.job.path).value
    shown = evidence.around(look, iri) or evidence.of_row(look, iri)
    if field := look.job.value("field"):
        shown = [place for place in shown if place.names(field)] or shown
    if not shown:
        raise Problem("not-found", what=iri)
    return "value.html", _printed(look, iri, iri, shown)


def _indicator_page(look: PageContext, iri: str) -> Page:
    """Return the page of an indicator: where it is printed, or all that is said of it."""
    if evidence.around(look, iri):
        return printed(look)
    return _any(look, iri)


class _Links(Paths):
    """Links of the generic page of a thing, to the pages of this server."""

    def __init__(self, look: PageContext) -> None:
        super().__init__(look.job.path)
        self._look = look

    def link(self, iri: str) -> str:
        return self._look.link(iri)


def _any(look: PageContext, iri: str) -> Page:
    quads = said(look.held, NamedNode(iri))
    graph = look.store.database.contains_named_graph(NamedNode(iri))
    if not quads and not graph:
        raise Problem("not-found", what=iri)
    labels = look.held.once(("labels", look.job.lang), lambda: Labels(look.store, look.job.lang))
    quads.sort(key=lambda quad: str(quad.subject))
    if not quads:
        return "thing.html", {"iri": iri, "title": iri, "things": [], "graph": True}
    page = view(look.store, labels, _Links(look), quads)
    return "thing.html", {"iri": iri, "title": page.title, "things": page.things, "graph": graph}


_PAGES: dict[NamedNode, Callable[[PageContext, str], Page]] = {
    JX.BudgetProject: _project,
    JX.DepartmentBudget: _budget,
    JX.BudgetDepartment: _department,
    JX.Finding: _finding,
    OA.Annotation: _value,
    JX.PerformanceIndicator: _indicator_page,
}
