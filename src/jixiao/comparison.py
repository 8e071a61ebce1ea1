"""Compares the documents of a store: near-duplicate indicators, and what goes on over the years.

What is found is one more named graph, made anew when documents have changed.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions

from jixiao.clusters import groups
from jixiao.continuity import Budget, Link, Project, links
from jixiao.iris import digest
from jixiao.store import COMPARISON, Store
from jixiao.vocabulary import CODE, HOME, JX, RDF, SKOS, XSD

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
Row = tuple[str, ...]

_INDICATORS = """SELECT ?indicator ?name ?description WHERE {
    ?indicator jx:normalisedName ?name ; a jx:PerformanceIndicator .
    OPTIONAL { ?indicator jx:normalisedDescription ?description } }"""
_BUDGETS = """SELECT ?budget ?department ?name ?region ?region_name ?year WHERE {
    ?budget jx:department ?department ; jx:budgetYear ?year ; jx:departmentName ?name ;
        jx:documentKind <https://w3id.org/jixiao/code/document-kind/budget> .
    OPTIONAL { ?department dct:spatial ?region . ?region skos:prefLabel ?region_name } }"""
_PROJECTS = """SELECT ?budget ?project ?name ?indicator WHERE {
    ?project jx:partOfBudget ?budget ; a jx:BudgetProject ; jx:normalisedName ?name .
    OPTIONAL { ?project jx:hasIndicator/jx:normalisedName ?indicator } }"""
_PREFIXES = """PREFIX jx: <https://w3id.org/jixiao/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def compare(store: Store) -> None:
    """Bring the store's graph of comparisons up to date with its documents."""
    if not store.compared():
        found = (*_clusters(store), *_links(store))
        store.replace_comparison({Quad(*triple, COMPARISON) for triple in found})


def _clusters(store: Store) -> Iterator[Triple]:
    """Yield the clusters of indicators whose wording is nearly the same."""
    by_text = defaultdict[str, list[str]](list)
    for indicator, name, description in _rows(store, _INDICATORS):
        by_text[name if description in ("", name) else f"{name}|{description}"].append(indicator)
    texts = sorted(by_text)
    alone = {number for number, text in enumerate(texts) if len(by_text[text]) > 1}
    for group in groups(texts):
        members = (group.centre, *group.members)
        alone -= set(members)
        yield from _cluster([by_text[texts[n]] for n in members], texts[group.centre], group.least)
    for number in sorted(alone):
        yield from _cluster([by_text[texts[number]]], texts[number], 1.0)


def _cluster(indicators: list[list[str]], text: str, least: float) -> Iterator[Triple]:
    node = NamedNode(f"{HOME}id/cluster/{digest(text)}")
    yield node, RDF.type, JX.Cluster
    yield node, SKOS.prefLabel, Literal(text, language="zh-Hans")
    yield node, JX.representative, NamedNode(min(indicators[0]))
    yield node, JX.leastLikeness, _decimal(least)
    for same in indicators:
        for indicator in same:
            yield NamedNode(indicator), JX.inCluster, node


def _links(store: Store) -> Iterator[Triple]:
    """Yield what goes on over the years."""
    projects = defaultdict[str, dict[str, tuple[str, set[str]]]](dict)
    for budget, project, name, indicator in _rows(store, _PROJECTS):
        known = projects[budget].setdefault(project, (name, set()))[1]
        known |= {indicator} - {""}
    budgets = [
        Budget(
            iri=budget,
            department=department,
            region=region,
            name=name.removeprefix(region_name),
            year=int(year),
            projects=tuple(
                Project(iri, called, frozenset(indicators))
                for iri, (called, indicators) in sorted(projects[budget].items())
            ),
        )
        for budget, department, name, region, region_name, year in _rows(store, _BUDGETS)
    ]
    for link in links(budgets):
        yield from _link(link)


def _link(link: Link) -> Iterator[Triple]:
    earlier, later = NamedNode(link.earlier), NamedNode(link.later)
    node = NamedNode(f"{HOME}id/continuation/{digest(link.earlier, link.later)}")
    yield later, JX.continues, earlier
    yield node, RDF.type, JX.Continuation
    yield node, JX.earlier, earlier
    yield node, JX.later, later
    yield node, JX.confidence, _decimal(link.confidence)
    yield node, JX.nameLikeness, _decimal(link.names)
    yield node, JX.contentLikeness, _decimal(link.contents)
    for notation in link.evidence:
        yield node, JX.evidence, CODE[f"link-evidence/{notation}"]
    if link.departments:
        yield NamedNode(link.departments[0]), JX.succeeds, NamedNode(link.departments[1])


def _rows(store: Store, query: str) -> list[Row]:
    """Return the solutions of a query as texts, in order, blank where a value is not bound."""
    found = store.database.query(_PREFIXES + query)
    if not isinstance(found, QuerySolutions):
        raise TypeError(f"comparisons ask by SELECT only: {query}")
    return sorted({tuple("" if t is None else _text(t) for t in solution) for solution in found})


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))


def _decimal(number: float) -> Literal:
    return Literal(f"{Decimal(str(round(number, 3))):f}", datatype=XSD.decimal)
