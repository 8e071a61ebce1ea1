"""The list of departments with their budgets, by region."""

from collections import defaultdict

from jixiao.rdf.namespaces import SKOS
from jixiao.server.pages.context import Page, PageContext


def departments(context: PageContext) -> Page:
    """Return the page."""
    by_region: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(dict)
    for budget in budgets(context):
        by_region[budget["region_name"]].setdefault(budget["department"], []).append(budget)
    return "departments.html", {"title": "", "regions": sorted(by_region.items())}


def budgets(context: PageContext) -> list[dict[str, str]]:
    """Return all department budgets, by region and name, the latest year first.

    Returns:
        Of each the `iri`, `department` (an IRI), `name`, `year`, `region` (an IRI) and
        `region_name`.

    """
    return context.snapshot.cached("budgets", lambda: _budgets(context))


def _budgets(context: PageContext) -> list[dict[str, str]]:
    entries = context.snapshot.index.budgets()
    names = {r: context.text(r, SKOS.prefLabel) for r in {entry.region for entry in entries}}
    rows = [
        {"iri": b.iri, "department": b.department, "name": b.name, "year": b.year,
         "region": b.region, "region_name": names[b.region]}
        for b in entries
    ]  # fmt: skip
    rows.sort(key=lambda b: (b["year"], b["iri"]), reverse=True)
    return sorted(rows, key=lambda b: (b["region_name"], b["name"]))
