"""The page of a department's budget of one year: projects, goals, budget tables, findings."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from jixiao.model.coverage import Totals, totals
from jixiao.pipeline.coverage_text import totals_line
from jixiao.rdf.findings import StoredFinding
from jixiao.rdf.namespaces import DCT, JX, QB, SKOS
from jixiao.server.pages import findings, reading
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.project import amounts, goals

_MAX_WEAK = 12


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a budget table, as it is printed."""

    iri: str
    stated: str


def budget(context: PageContext, iri: str) -> Page:
    """Return the page."""
    documents = context.nodes(iri, DCT.source)
    all_findings = [f for d in documents for f in findings.of_document(context, d)]
    parts = context.subjects(JX.partOfBudget, iri)
    projects = [part for part in parts if context.is_a(part, JX.BudgetProject)]
    projects.sort(key=context.order)
    on_projects = {f.iri for p in projects for f in findings.under(all_findings, p)}
    rest = [f for f in all_findings if f.iri not in on_projects and not f.contradicts]
    weak = findings.by_rule([f for f in all_findings if not f.contradicts])
    continued = [*context.nodes(iri, JX.continues), *context.subjects(JX.continues, iri)]
    return "budget.html", {
        "iri": iri,
        "title": context.budget_title(iri),
        "department": context.labelled_link(context.node(iri, JX.department)),
        "score": context.score(iri),
        "documents": [(context.link(d), context.text(d, JX.fileName)) for d in documents],
        "goals": goals(context, iri),
        "projects": [_project(context, p, findings.under(all_findings, p)) for p in projects],
        "statements": [
            _statement(context, s) for s in sorted(parts) if context.is_a(s, JX.Statement)
        ],
        "contradictions": [f for f in all_findings if f.contradicts],
        "rest": findings.by_rule(rest),
        "weak": weak[:_MAX_WEAK],
        "counts": Counter(f.severity for f in all_findings),
        "continues": [(context.link(b), context.budget_title(b)) for b in continued],
        **_read(context, iri, documents, parts),
    }


def _read(
    context: PageContext, iri: str, documents: list[str], parts: list[str]
) -> dict[str, object]:
    """Return what was read of the documents, as a line and in detail, and how they were told."""
    coverage = {document: reading.coverage_of(context, document) for document in documents}
    total = sum((totals(own) for own in coverage.values()), Totals())
    return {
        "read_line": totals_line(total, context.job.lang),
        "read": [
            (context.text(d, JX.fileName), *reading.of_document(context, d, own, parts))
            for d, own in coverage.items()
            if own
        ],
        "identified": reading.identified_by(context, iri, documents),
    }


def _project(context: PageContext, iri: str, on_project: list[StoredFinding]) -> dict[str, object]:
    return {
        "link": context.link(iri),
        "name": context.text(iri, SKOS.prefLabel),
        "amounts": amounts(context, iri),
        "indicators": len(context.nodes(iri, JX.hasIndicator)),
        "score": context.score(iri),
        "counts": Counter(f.severity for f in on_project),
    }


def _statement(context: PageContext, iri: str) -> dict[str, object]:
    """Return a budget table as it is printed: its columns, and its rows with their values."""
    cells, columns = defaultdict[str, dict[str, TableCell]](dict), dict[str, None]()
    for observation in context.subjects(QB.dataSet, iri):
        label = context.text(observation, JX.columnLabel)
        columns[label] = None
        stated = context.text(observation, JX.stated)
        cells[context.node(observation, JX.inRow)][label] = TableCell(observation, stated)
    rows = sorted(context.nodes(iri, JX.hasRow), key=context.order)
    kind = context.node(iri, JX.statementKind)
    return {
        "iri": iri,
        "title": context.text(iri, DCT.title) or context.label(kind),
        "unit": context.text(iri, JX.statedUnit),
        "columns": list(columns),
        "rows": [(row, context.text(row, SKOS.prefLabel), cells[row]) for row in rows],
    }
