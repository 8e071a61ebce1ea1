"""The page of a department: its budgets over the years."""

from jixiao.rdf.namespaces import DCT, JX, ORG, SKOS
from jixiao.server.pages import findings
from jixiao.server.pages.context import Page, PageContext


def department(context: PageContext, iri: str) -> Page:
    """Return the page."""
    budgets = sorted(
        context.subjects(JX.department, iri), key=lambda b: context.text(b, JX.budgetYear)
    )
    # Reforms rename and merge departments: one name succeeds another.
    related = [*context.nodes(iri, JX.succeeds), *context.subjects(JX.succeeds, iri)]
    return "department.html", {
        "iri": iri,
        "title": context.label(iri),
        "code": context.text(iri, ORG.identifier),
        "region": context.text(iri, DCT.spatial, SKOS.prefLabel),
        "region_iri": context.node(iri, DCT.spatial),
        "budgets": [_row(context, budget) for budget in reversed(budgets)],
        "related": [context.labelled_link(other) for other in related],
    }


def _row(context: PageContext, budget: str) -> dict[str, object]:
    parts = context.subjects(JX.partOfBudget, budget)
    return {
        "link": context.link(budget),
        "iri": budget,
        "name": context.text(budget, JX.departmentName),
        "year": context.text(budget, JX.budgetYear),
        "kind": context.label(context.node(budget, JX.documentKind)),
        "projects": sum(1 for part in parts if context.is_a(part, JX.BudgetProject)),
        "counts": findings.counted(context, context.nodes(budget, DCT.source)),
        "score": context.score(budget),
    }
