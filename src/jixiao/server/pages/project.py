"""The page of a project: amounts, goals, indicators with their findings, similar projects."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain, islice

from jixiao.rdf.findings import StoredFinding
from jixiao.rdf.namespaces import DCT, JX, SKOS
from jixiao.server.pages import findings, reading
from jixiao.server.pages.context import Page, PageContext

_MAX_SIMILAR = 5
_MAX_EXTRA = 8  # indicators of a similar project that this one lacks
# A cluster with so many indicators is commonplace ("按时完成"): half of all projects share it. Its
# users still count, so that every project has some, but behind those that share a rare cluster.
_COMMONPLACE = 60


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount: in yuan, as it is printed, and in which part of the document."""

    iri: str
    yuan: Decimal | None
    stated: str
    source: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as it is printed, with its findings."""

    iri: str
    name: str
    description: str
    target: str
    basis: str
    score: str
    findings: list[StoredFinding]
    others: list["Stated"]
    recipients: list["Stated"]


@dataclass(frozen=True, slots=True)
class Stated:
    """Words under a label of the document itself, or the target of a recipient."""

    iri: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Level:
    """A first-level indicator with its second levels, or a second level with its indicators."""

    name: str
    indicators: list[Indicator]
    levels: list["Level"]


def project(context: PageContext, iri: str) -> Page:
    """Return the page."""
    budget = context.node(iri, JX.partOfBudget)
    documents = context.nodes(budget, DCT.source)
    on_project = [
        f for d in documents for f in findings.under(findings.of_document(context, d), iri)
    ]
    indicators = set(context.nodes(iri, JX.hasIndicator))
    other_years = [*context.nodes(iri, JX.continues), *context.subjects(JX.continues, iri)]
    return "project.html", {
        "iri": iri,
        "title": context.text(iri, SKOS.prefLabel),
        "budget": (context.link(budget), context.budget_title(budget)),
        "budget_iri": budget,
        "department": context.labelled_link(context.node(budget, JX.department)),
        "score": context.score(iri),
        "scheme": context.label(context.node(iri, JX.indicatorScheme)),
        "carried_over": context.text(iri, JX.carriedOver) == "true",
        "amounts": amounts(context, iri),
        "goals": goals(context, iri),
        "levels": _levels(context, iri, on_project),
        # The others stand beside their indicators.
        "findings": [f for f in on_project if f.focus not in indicators],
        "counts": Counter(f.severity for f in on_project),
        "years": [
            (*context.labelled_link(p), context.budget_title(context.node(p, JX.partOfBudget)))
            for p in other_years
        ],
        "similar": _similar(context, iri),
        "others": others(context, iri),
        "unread": reading.unread_in(context, iri),
    }


def amounts(context: PageContext, iri: str) -> list[Amount]:
    """Return the amounts of a project."""
    return [
        Amount(
            iri=amount,
            yuan=context.number(amount, JX.amount),
            stated=context.text(amount, JX.stated),
            source=context.text(amount, JX.amountSource, SKOS.prefLabel),
        )
        for amount in sorted(context.nodes(iri, JX.hasAmount))
    ]


def goals(context: PageContext, iri: str) -> list[tuple[str, str, list[Indicator], list["Stated"]]]:
    """Return the goals of a project or a budget: IRI, text, indicators, and other content."""
    return [
        (
            goal,
            context.text(goal, JX.text),
            [_indicator(context, i, []) for i in _indicators(context, goal)],
            others(context, goal),
        )
        for goal in sorted(context.nodes(iri, JX.hasGoal), key=context.order)
    ]


def _indicators(context: PageContext, iri: str) -> list[str]:
    return sorted(context.nodes(iri, JX.hasIndicator), key=context.order)


def _levels(context: PageContext, iri: str, on_project: list[StoredFinding]) -> list[Level]:
    """Return the indicators of a project by first and second level, as they are printed."""
    tree: dict[str, dict[str, list[Indicator]]] = {}
    for indicator in _indicators(context, iri):
        first = context.text(indicator, JX.statedLevel1)
        second = context.text(indicator, JX.statedLevel2)
        on_indicator = [f for f in on_project if f.focus == indicator]
        row = _indicator(context, indicator, on_indicator)
        tree.setdefault(first, {}).setdefault(second, []).append(row)
    return [
        Level(first, [], [Level(second, rows, []) for second, rows in seconds.items()])
        for first, seconds in tree.items()
    ]


def _indicator(context: PageContext, iri: str, on_indicator: list[StoredFinding]) -> Indicator:
    return Indicator(
        iri=iri,
        name=context.text(iri, SKOS.prefLabel),
        description=context.text(iri, DCT.description),
        target=context.text(iri, JX.hasTarget, JX.stated),
        basis=context.text(iri, JX.hasBasis, JX.stated),
        score=context.score(iri),
        findings=on_indicator,
        others=others(context, iri),
        recipients=[
            Stated(
                target,
                context.text(target, JX.forRecipient, SKOS.prefLabel),
                context.text(target, JX.stated),
            )
            for target in sorted(context.nodes(iri, JX.hasRecipientTarget))
        ],
    )


def others(context: PageContext, iri: str) -> list[Stated]:
    """Return the content of a project, goal or indicator that no field has, under its labels."""
    return [
        Stated(node, context.text(node, SKOS.prefLabel), context.text(node, JX.text))
        for node in sorted(context.nodes(iri, JX.hasOther))
    ]


def _similar(context: PageContext, iri: str) -> list[tuple[str, str, str, int, list[str]]]:
    """Return the projects that share most clusters of indicators with a project.

    Returns:
        Of each the address, the name, the title of its budget, the number of shared clusters, and
        indicators that only the other project has.

    """
    clusters = set(context.nodes(iri, JX.hasIndicator, JX.inCluster))
    users = [
        context.snapshot.cached(("users", cluster), partial(_users, context, cluster))
        for cluster in clusters
    ]
    shared = Counter(chain.from_iterable(projects for _, projects in users))
    rare = Counter(chain.from_iterable(projects for common, projects in users if not common))
    ranked = sorted(shared, key=lambda other: (-rare[other], -shared[other], other))
    others = (p for p in ranked if p != iri and context.is_a(p, JX.BudgetProject))
    return [
        (
            context.link(other),
            context.text(other, SKOS.prefLabel),
            context.budget_title(context.node(other, JX.partOfBudget)),
            shared[other],
            _extra(context, other, clusters),
        )
        for other in islice(others, _MAX_SIMILAR)
    ]


def _users(context: PageContext, cluster: str) -> tuple[bool, list[str]]:
    """Return whether a cluster is commonplace, and projects with its indicators, not all if so."""
    indicators = context.subjects(JX.inCluster, cluster, _COMMONPLACE)
    projects = context.snapshot.index.projects_of_indicators(indicators)
    return len(indicators) == _COMMONPLACE, projects


def _extra(context: PageContext, project: str, clusters: set[str]) -> list[str]:
    """Return names of indicators of a project that are in none of the clusters."""
    indicators = context.nodes(project, JX.hasIndicator)
    extra = [i for i in indicators if context.node(i, JX.inCluster) not in clusters]
    names = (context.text(i, SKOS.prefLabel) for i in sorted(extra, key=context.order))
    return list(dict.fromkeys(names))[:_MAX_EXTRA]
