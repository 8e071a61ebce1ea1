"""Chooses the page of a thing by its class; the page of any other thing lists its triples."""

from collections.abc import Callable

from pyoxigraph import NamedNode

from jixiao.publishing.site.paths import Paths
from jixiao.publishing.site.view import Labels, view
from jixiao.rdf.namespaces import HOME, JX, OA
from jixiao.server.pages import evidence
from jixiao.server.pages.budget import budget
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.department import department
from jixiao.server.pages.finding import finding
from jixiao.server.pages.printed_value import annotation, printed_value
from jixiao.server.pages.project import project
from jixiao.server.pages.reading import coverage
from jixiao.server.problems import Problem, parse_iri
from jixiao.server.sparql.graphs import resource_quads


def thing(context: PageContext) -> Page:
    """Return the page of the thing `path`."""
    iri = parse_iri(HOME + context.job.path).value
    for kind, page in _PAGES.items():
        if context.is_a(iri, kind):
            return page(context, iri)
    return _triples(context, iri)


def _indicator(context: PageContext, iri: str) -> Page:
    """Return where an indicator is printed, or else its triples."""
    if evidence.around(context, iri):
        return printed_value(context)
    return _triples(context, iri)


def _printed(context: PageContext, iri: str) -> Page:
    """Return where a passage that was not read is printed."""
    return printed_value(context)


class _Links(Paths):
    """The links of the page of triples, which the static site shares, to pages of this server."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.job.path)
        self._context = context

    def link(self, iri: str) -> str:
        return self._context.link(iri)


def _triples(context: PageContext, iri: str) -> Page:
    """Return the page of triples."""
    quads = resource_quads(context.snapshot, NamedNode(iri))
    graph = context.store.database.contains_named_graph(NamedNode(iri))
    if not quads and not graph:
        raise Problem("not-found", what=iri)
    if not quads:
        return "thing.html", {"iri": iri, "title": iri, "things": [], "graph": True}
    labels = context.snapshot.cached(
        ("labels", context.job.lang), lambda: Labels(context.store, context.job.lang)
    )
    quads.sort(key=lambda quad: str(quad.subject))
    page = view(context.store, labels, _Links(context), quads)
    return "thing.html", {"iri": iri, "title": page.title, "things": page.things, "graph": graph}


# The first class that fits decides.
_PAGES: dict[NamedNode, Callable[[PageContext, str], Page]] = {
    JX.BudgetProject: project,
    JX.DepartmentBudget: budget,
    JX.BudgetDepartment: department,
    JX.Finding: finding,
    OA.Annotation: annotation,
    JX.PerformanceIndicator: _indicator,
    JX.ReadingCoverage: coverage,
    JX.UnreadPassage: _printed,
}
