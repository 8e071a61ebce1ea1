"""Index entries of a document, made from its record and report.

The same entries can be decoded from the document's quads (`search_index.index_entries`); an index
that is rebuilt from a store has nothing else. A build has the record, and so need not decode
quads that it encoded a moment before. A test checks that both give equal entries.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode

from jixiao.model.finding import Report
from jixiao.model.record import Goal, Indicator, Record
from jixiao.rdf.derived.text_features import normalised, normalised_name
from jixiao.rdf.findings import SHACL_LEVELS, finding_iri
from jixiao.rdf.iris import (
    budget_iri,
    department_iri,
    document_iri,
    goal_iri,
    indicators_of,
    project_iri,
    region_iri,
)
from jixiao.store.search_index import Budget, ComparedWording, Hit, IndexEntries


def index_entries_of(record: Record, report: Report) -> IndexEntries:
    """Return the entries of a document.

    Args:
        record: what was read from it.
        report: what checking it gave.

    """
    document = record.document
    budget, department = budget_iri(document).value, department_iri(document).value
    year = f"{document.fiscal_year:04}" if document.fiscal_year else ""
    context = _joined(document.department, year)
    hits = [
        Hit(
            kind="budget",
            iri=budget,
            name=context,
            text=_goal_texts(_goals_of_budget(record)),
            basis="",
            context="",
            part_of=department,
        )
    ]
    worded = list[ComparedWording]()
    if document.kind == "budget":
        worded.append(ComparedWording("budget", budget, department, "", ""))
    for number, goal in _goals_of_budget(record):
        of_goal = _indicators(goal_iri(NamedNode(budget), number), goal.indicators, goal.name or "")
        for hit, wording in of_goal:
            hits.append(hit)
            worded += wording
    for project in record.projects:
        node = project_iri(document, project.id)
        goals = list(enumerate(project.goals, 1))
        name = normalised_name(project.name)
        hits.append(
            Hit("project", node.value, project.name, _goal_texts(goals), "", context, budget)
        )
        worded += _compared("project", node.value, budget, name, name)
        parents = [(node, project.indicators, f"{project.name} {context}")]
        # The goals of a project are of no budget by themselves: their context is their name.
        parents += [(goal_iri(node, n), goal.indicators, goal.name or "") for n, goal in goals]
        for parent, indicators, about in parents:
            for hit, wording in _indicators(parent, indicators, about):
                hits.append(hit)
                worded += wording
    region = region_iri(document)
    return IndexEntries(
        hits=tuple(sorted(hits, key=lambda hit: hit.iri)),
        budgets=(
            Budget(budget, department, document.department, year, region.value if region else ""),
        ),
        worded=tuple(sorted(worded, key=lambda wording: wording.iri)),
        failed=_failed(report, document_iri(document.sha256)),
    )


def _goals_of_budget(record: Record) -> list[tuple[int, Goal]]:
    overall = [record.overall_goal] if record.overall_goal else []
    return [*((0, goal) for goal in overall), *enumerate(record.goals, 1)]


def _indicators(
    parent: NamedNode, indicators: Sequence[Indicator], context: str
) -> Iterator[tuple[Hit, list[ComparedWording]]]:
    for indicator, node in zip(indicators, indicators_of(parent, indicators), strict=True):
        description = indicator.description
        yield (
            Hit(
                kind="indicator",
                iri=node.value,
                name=indicator.level3,
                text=_joined(description, indicator.value),
                basis=indicator.basis or "",
                context=context.strip(),
                part_of=parent.value,
            ),
            _indicator_wording(node, parent, indicator),
        )


def _indicator_wording(
    node: NamedNode, parent: NamedNode, indicator: Indicator
) -> list[ComparedWording]:
    if not indicator.level3:
        return []
    name, description = normalised(indicator.level3), normalised(indicator.description)
    text = name if description in ("", name) else f"{name}|{description}"
    return _compared("indicator", node.value, parent.value, name, text)


def _compared(kind: str, iri: str, part_of: str, name: str, text: str) -> list[ComparedWording]:
    """Return the wording if there is any: a name of signs alone (—) is not compared."""
    return [ComparedWording(kind, iri, part_of, name, text)] if text else []


def _goal_texts(goals: Sequence[tuple[int, Goal]]) -> str:
    # In the order of the texts themselves, as they come back from the graph, which has no order.
    return _joined(*sorted(goal.text for _, goal in goals))


def _joined(*texts: str) -> str:
    """Return the texts that are not blank, each once, with a space between."""
    return " ".join(dict.fromkeys(text for text in texts if text))


def _failed(report: Report, document: NamedNode) -> Counter[tuple[str, str]]:
    # By IRI: findings with the same node, shape and message are one node of the graph.
    findings = {finding_iri(f, document): f for f in report.findings}
    return Counter((f.code, SHACL_LEVELS[f.severity].value) for f in findings.values())
